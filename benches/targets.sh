#!/usr/bin/env bash
# The settlement core against its targets and its peers, in one sitting on one machine; a few minutes.
# Prints one table with ratios; what is missed is said. Needs an installed PostgreSQL server.
#   benches/targets.sh [folder for reports] [people]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-output/targets}
people=${2:-1000000}
mkdir -p "$out"
cargo build --quiet --release --features postgres
cargo build --quiet --release --features postgres --manifest-path benches/peers/stores/Cargo.toml
program=${CARGO_TARGET_DIR:-target}/release/aftercare
peers=${CARGO_TARGET_DIR:-benches/peers/stores/target}/release/peers
scenario=scenarios/guangzhou.toml
fresh() { rm -rf "$out/journal-$1"; echo "$out/journal-$1"; }
load() { # name, arguments...
  local name=$1
  shift
  "$program" --quiet --format json load "$scenario" --population "$people" "$@" \
    --journal "$(fresh "$name")" > "$out/$name.json" || true
  rm -rf "$out/journal-$name"
}
echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
load memory --store memory --rate 1000000 --seconds 3 --slo 'p99 < 50ms' --search --repeats 2
load journal --store journal --rate 200000 --seconds 3 --slo 'p99 < 5ms' --search --repeats 2
load journal_500k --store journal --rate 500000 --seconds 4 --slo 'p99 < 5ms'
load single --store journal --rate 10000 --seconds 4 --slo 'p50 < 300us'
load overload --store journal --rate 300000 --seconds 3 --overload 3
load overload_memory --store memory --rate 300000 --seconds 3 --overload 3
load postgres --store postgres --start-postgres --batch 2000 --rate 5000 --seconds 3 \
  --slo 'p99 < 500ms' --search
"$peers" 2 "$out" > "$out/peers.json"
echo "load average after: $(cut -d' ' -f1-3 /proc/loadavg)"
python3 - "$out" <<'PYTHON'
import json, sys
out = sys.argv[1]
def read(name):
    try:
        return json.load(open(f"{out}/{name}.json"))
    except ValueError:
        return {}
reports = {name: read(name) for name in ["memory", "journal", "journal_500k", "single", "overload", "overload_memory", "postgres"]}
peers = read("peers")
rate = {}
for row in peers.get("rows", []):
    rate[row["store"]] = max(rate.get(row["store"], 0), row["per_s"])
best = max(rate.get(name, 0) for name in ["redb", "fjall", "sqlite"])
print(f"\n{'store':10}{'capacity/s':>14}{'p50 ms':>10}{'p99 ms':>10}{'p99.9 ms':>10}  verdict")
for name in ["memory", "journal", "postgres"]:
    r = reports[name]
    capacity = r.get("capacity_per_s") or 0
    print(f"{name:10}{capacity:14,.0f}{r.get('p50_ms', 0):10.3f}{r.get('p99_ms', 0):10.3f}{r.get('p999_ms', 0):10.3f}  {r.get('verdict')}")
print("\nthe same settlements, one durable step a group (own bench, one sitting):")
ours = {row["group"]: row["per_s"] for row in peers.get("rows", []) if row["store"] == "journal"}
for row in peers.get("rows", []):
    mine = row["store"] in ["journal", "memory"] or row["group"] not in ours
    ratio = "" if mine else f"   journal / {row['store']}: {ours[row['group']] / row['per_s']:.1f} x"
    print(f"{row['store']:18} groups of {row['group']:5}{row['per_s']:14,.0f}/s   p50 {row['p50_ms']:.3f}   p99 {row['p99_ms']:.3f} ms{ratio}")
def target(what, value, wanted, unit=""):
    word = "met" if value >= wanted else "MISSED"
    print(f"{what:64}{value:12,.2f}{unit} of {wanted:,}{unit}: {word}")
print()
target("memory, settlements/s, both cores", rate.get("memory", 0), 5_000_000)
held = reports["journal_500k"]
target("journal, answered/s of 500,000 offered within p99 5 ms", held.get("achieved_per_s", 0) if held.get("objective_met") else 0, 475_000)
disk = held.get("disk") or {}
for name, flush in [("log", disk.get("flush")), ("segments ahead", disk.get("flush_ahead"))]:
    if flush:
        print(f"  flushes of the {name}: p50 {flush['p50_us'] / 1e3:.2f}   p99 {flush['p99_us'] / 1e3:.2f}   longest {flush['max_us'] / 1e3:.2f} ms")
for group in held.get("slowest_groups", [])[:5]:
    print(f"  slow group at {group['at_ms']:,.0f} ms: {group['requests']:,} requests, before {group['before_ms']:.1f}, decided {group['submit_ms']:.1f}, flushed {group['flush_ms']:.1f} ms")
single = reports["single"]
print(f"{'journal, p50 of single requests at 10,000/s':64}{single.get('p50_ms', 0):12.3f} ms of 0.3 ms: {'met' if single.get('p50_ms', 9) <= 0.3 else 'MISSED'}")
target("journal by the best embedded peer", rate.get("journal", 0) / max(best, 1), 7, " x")
target("postgres batched on one connection, settlements/s", rate.get("postgres", 0), 60_000)
target("postgres batched by one call a settlement", rate.get("postgres", 0) / max(rate.get("postgres_one_call", 1), 1), 11, " x")
for store, name in [("journal", "overload"), ("memory", "overload_memory")]:
    over = reports[name].get("overload") or {}
    low, high = over.get("share_bounds", [0, 0])
    share = over.get("share_of_capacity", 0)
    print(f"overload x3, {store}: {over.get('answered_per_s', 0):,.0f}/s answered = {100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f} in pairs) of {over.get('capacity_per_s', 0):,.0f}/s, p99 {over.get('p99_ms', 0):.1f} ms, {over.get('refused', 0):,} refused at once: {'met' if share >= 0.9 else 'MISSED'}")
print("TigerBeetle is not run here: its single replica was measured elsewhere; it does more (network, history, replication).")
PYTHON
