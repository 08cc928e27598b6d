"""The reference workload in one sitting: this engine, its plain heap, and the peers that are installed.

Usage: python3 benches/peers/run.py [ROUNDS]

Builds this program and the crate under engines/ in release mode, then runs every engine in turn, ours
also with each feature at the cashier, ROUNDS times (3), and prints the best of each. SimPy is run if the Python named by AFTERCARE_PYTHON (or
the one that runs this script) can import it. Figures per second of processor time are less disturbed by
a busy machine than figures per second of the clock; only ratios of one table may be quoted.

The bounds are those of the fastest programs that we know for this day, carried here by their ratio to the
heap by hand: A, a bare binary heap, with every feature of this engine; C, exact and without an event list,
for networks that allow it.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NETWORK = ROOT / "scenarios/networks/outpatient_day.toml"
PYTHON = os.environ.get("AFTERCARE_PYTHON", sys.executable)
DAYS = {"fast": "300", "heap": "60", "simrs": "30", "simpy": "2"}
BY_HAND = "heap by hand (Rust)"
BOUND_A, BOUND_C = 1.08, 3.79
PRIORITY = 'discipline = "priority"\n'
# What the cashier may have, one row each.
FEATURES = {
    "patience": "patience = { exponential = { mean_s = 1200 } }\n",
    "priorities": PRIORITY,
    "a room of 60": "room = 60\n",
    "balking": "balking = [{ line = 20, share = 0.5 }]\n",
    "a pause of 1,000 s": "breaks = [{ from_s = 14000, to_s = 15000, servers = 14 }]\n",
    "a line a window": 'lines = "per_window"\n',
}
PAIRS = ("patience", "a room of 60", "balking", "a pause of 1,000 s")
FEATURES |= {f"priorities, {other}": PRIORITY + FEATURES[other] for other in PAIRS}


def target(manifest):
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--manifest-path", manifest]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return pathlib.Path(json.loads(answer.stdout)["target_directory"]) / "release"


def build(manifest, *more):
    command = ["cargo", "build", "--release", "--quiet", "--manifest-path", manifest, *more]
    return subprocess.run(command, check=False).returncode == 0


def with_cashier(folder, name, lines):
    text = NETWORK.read_text(encoding="utf-8").replace("#:schema ./network.schema.json\n", "")
    station = 'name = "cashier"\n'
    assert text.count(station) == 1, "the network has one cashier"
    file = pathlib.Path(folder) / f"{name}.toml"
    file.write_text(text.replace(station, station + lines), encoding="utf-8")
    return str(file)


def engines(folder):
    assert build(str(ROOT / "Cargo.toml"), "--bin", "aftercare"), "aftercare does not build"
    ours = str(target(str(ROOT / "Cargo.toml")) / "aftercare")

    def flow(network, days, *more):
        return [ours, "flow", network, "--replications", days, "--format", "json", *more]

    day, one = str(NETWORK), ("--threads", "1")
    rows = [
        ("aftercare", flow(day, DAYS["fast"], *one)),
        ("aftercare, two threads", flow(day, "600", "--threads", "2")),
        ("aftercare, plain heap", flow(day, DAYS["heap"], *one, "--plain")),
    ]
    for place, (feature, lines) in enumerate(FEATURES.items()):
        network = with_cashier(folder, f"feature_{place}", lines)
        rows.append((f"at the cashier: {feature}", flow(network, DAYS["fast"], *one)))
    peers = str(HERE / "engines/Cargo.toml")
    if build(peers):
        folder = target(peers)
        rows.append((BY_HAND, [str(folder / "heap_by_hand"), DAYS["fast"]]))
        rows.append(("simrs 0.2.0 (Rust)", [str(folder / "simrs_day"), DAYS["simrs"]]))
    else:
        print("the crate of peers does not build here: left out")
    if subprocess.run([PYTHON, "-c", "import simpy"], capture_output=True, check=False).returncode == 0:
        rows.append(("SimPy", [PYTHON, str(HERE / "simpy_day.py"), DAYS["simpy"]]))
    else:
        print(f"{PYTHON} has no simpy: left out")
    return rows


def run(command):
    started, before = time.perf_counter(), os.times()
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - started, os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    result = json.loads(answer.stdout)
    patients, events = result["patients"], result["events"]
    return patients / wall, patients / busy, events / patients


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        rows = engines(folder)
        best = {name: (0.0, 0.0, 0.0) for name, _ in rows}
        before = os.getloadavg()[0]
        for _ in range(rounds):
            for name, command in rows:
                got = run(command)
                best[name] = tuple(max(old, new) for old, new in zip(best[name], got, strict=True))
    load = f"{before:.1f} before, {os.getloadavg()[0]:.1f} after"
    print(f"{os.cpu_count()} processors, load average {load}, best of {rounds}\n")
    table(best)


def table(best):
    ours, hand = best["aftercare"], best.get(BY_HAND)
    bounds = f"{'of hand':>9}{'of A':>7}{'of C':>7}" if hand else ""
    print(f"{'engine':<42}{'patients/s':>12}{'per cpu s':>12}{'events/s':>13}{'ours is':>10}{bounds}")
    for name, (wall, busy, events) in best.items():
        line = f"{name:<42}{wall:>12,.0f}{busy:>12,.0f}{wall * events:>13,.0f}"
        line += f"{ours[1] / busy:>8.2f} x"
        if hand:
            by_hand = busy / hand[1]
            line += f"{by_hand:>9.2f}{by_hand / BOUND_A:>7.2f}{by_hand / BOUND_C:>7.2f}"
        print(line)
    both = best["aftercare, two threads"][0] / ours[0]
    print(f"\ntwo threads: {both:.2f} x one by the clock; the other ratios compare processor time")
    if hand:
        of_c = ours[0] / hand[0] / BOUND_C
        print(f"one thread by the clock: {ours[0] / hand[0]:.2f} x the heap by hand, {of_c:.2f} of bound C")


if __name__ == "__main__":
    main()
