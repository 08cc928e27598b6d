"""The reference workload in one sitting: this engine, its plain heap, and the peers that are installed.

Usage: python3 benches/peers/run.py [ROUNDS]

Builds this program and the crate under engines/ in release mode, then runs every engine in turn,
ROUNDS times (3), and prints the best of each. SimPy is run if the Python named by AFTERCARE_PYTHON (or
the one that runs this script) can import it. Figures per second of processor time are less disturbed by
a busy machine than figures per second of the clock; only ratios of one table may be quoted.
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
    impatient = with_cashier(
        folder, "impatient", "patience = { exponential = { mean_s = 1200 } }\n"
    )
    ranked = with_cashier(folder, "ranked", 'discipline = "priority"\n')

    def flow(network, days, *more):
        return [ours, "flow", network, "--replications", days, "--format", "json", *more]

    day, one = str(NETWORK), ("--threads", "1")
    rows = [
        ("aftercare", flow(day, DAYS["fast"], *one)),
        ("aftercare, two threads", flow(day, "600", "--threads", "2")),
        ("aftercare, patience at the cashier", flow(impatient, DAYS["fast"], *one)),
        ("aftercare, priorities at the cashier", flow(ranked, DAYS["fast"], *one)),
        ("aftercare, plain heap", flow(day, DAYS["heap"], *one, "--plain")),
    ]
    peers = str(HERE / "engines/Cargo.toml")
    if build(peers):
        folder = target(peers)
        rows.append(("heap by hand (Rust)", [str(folder / "heap_by_hand"), DAYS["fast"]]))
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
    ours = best["aftercare"]
    print(f"{'engine':<38}{'patients/s':>12}{'per cpu s':>12}{'events/s':>12}{'ours is':>10}")
    for name, (wall, busy, events) in best.items():
        times = f"{ours[1] / busy:.2f} x"
        print(f"{name:<38}{wall:>12,.0f}{busy:>12,.0f}{wall * events:>12,.0f}{times:>10}")
    both = best["aftercare, two threads"][0] / ours[0]
    print(f"\ntwo threads: {both:.2f} x one by the clock; `ours is` compares processor time")


if __name__ == "__main__":
    main()
