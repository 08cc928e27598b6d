"""Reads a run folder with pandas and holds its tables against summary.json: sums, counts, units."""

import json
import pathlib
import sys

import pandas as pd

run = pathlib.Path(sys.argv[1])
summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
tables = {path.stem: pd.read_csv(path, encoding="utf-8") for path in sorted(run.glob("*.csv"))}
policy, replications = summary["policy"], summary["replications"]


def same(name, got, expected, tolerance):
    print(f"{name}: table {got}, summary {expected}")
    assert abs(got - float(expected)) <= tolerance, name


daily = tables["daily"][tables["daily"]["arm"] == policy]
same("visits", daily["visits"].sum() / replications, summary["visits"]["mean"], 1e-6)
funds = tables["funds"]
billed = funds[funds["arm"] == policy]["amount_yuan"].sum()
same("settlement.total", billed, summary["settlement"]["total"]["mean"], 0.06)
for _, row in tables["losses"].iterrows():
    expected = summary["credit"]["loss_by_bearer"][row["bearer"]]["mean"]
    same(f"loss of {row['bearer']}", row["amount_yuan"], expected, 0.011)
described = set(zip(tables["dictionary"]["table"], tables["dictionary"]["name"]))
for name, table in tables.items():
    if name not in ("dictionary", "uncertainty"):
        missing = [column for column in table.columns if (f"{name}.csv", column) not in described]
        assert not missing, f"{name}.csv: not in the dictionary: {missing}"
print(f"{len(tables)} tables agree with summary.json")
