"""Reads a run's folder and its exports with pandas and DuckDB and holds them against summary.json: sums,
counts, units. Usage: check_tables.py RUN EXPORT (EXPORT made by `aftercare export --bom --parquet --xlsx`)."""

import json
import pathlib
import sys

import duckdb
import pandas as pd

run, export = map(pathlib.Path, sys.argv[1:3])
summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
tables = {path.stem: pd.read_csv(path, encoding="utf-8") for path in sorted(run.glob("*.csv"))}
scenario, policy, replications = summary["scenario"], summary["policy"], summary["replications"]


def same(name, got, expected, tolerance):
    print(f"{name}: table {got}, summary {expected}")
    assert abs(float(got) - float(expected)) <= tolerance, name


def check_csv():
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
        marked = (export / f"{name}.csv").read_bytes()
        assert marked == b"\xef\xbb\xbf" + (run / f"{name}.csv").read_bytes(), name


def check_parquet():
    """Every table has the rows of its CSV, and every column of numbers their sum."""
    for name, table in tables.items():
        if name == "dictionary" or table.empty:
            continue
        files = (export / name).as_posix() + "/**/*.parquet"
        read = duckdb.sql(f"SELECT * FROM read_parquet('{files}', hive_partitioning = true)").df()
        assert len(read) == len(table), name
        assert set(read["scenario"]) == {scenario}, name
        assert set(read.columns) == set(table.columns) | {"scenario"}, name
        for column in table.select_dtypes("number").columns:
            want, got = table[column].sum(), pd.to_numeric(read[column]).sum()
            assert abs(got - want) <= 1e-9 * max(1.0, abs(want)), f"{name}.{column}: {got}, {want}"
        for column in table.select_dtypes(exclude="number").columns:
            want = table[column].astype(str)
            if column not in ("day", "month_end") and table[column].notna().all():
                want = sorted(value.lower() for value in want)
                got = sorted(str(value).lower() for value in read[column])
                assert got == want, f"{name}.{column}"
    daily = (export / "daily").as_posix() + "/**/*.parquet"
    visits = duckdb.sql(
        f"SELECT sum(visits) / count(DISTINCT replication) FROM read_parquet('{daily}') "
        f"WHERE arm = '{policy}' AND day >= DATE '2000-01-01'"
    ).fetchall()[0][0]
    same("visits of the Parquet files", visits, summary["visits"]["mean"], 1e-6)


def check_workbook():
    book = pd.read_excel(export / f"{scenario}.xlsx", sheet_name=None)
    metrics = book["metrics"].set_index("metric")
    for path in ("credit.drawn_total", "queue.time_in_hospital.all.saved", "visits"):
        found = summary
        for key in path.split("."):
            found = found[key]
        same(f"{path} of the workbook", metrics.loc[path, "mean"], found["mean"], 1e-6)
        assert (metrics.loc[path, "unit"] in ("yuan", "min", "visits")), path
    # The guide's formulas by the letters of their columns: SUMIFS(D, B) / MAX(A), XLOOKUP in E and F.
    daily = book["daily"]
    letter = lambda sheet, mark: sheet.iloc[:, ord(mark) - ord("A")]
    of_policy = letter(daily, "D")[letter(daily, "B") == policy].sum() / letter(daily, "A").max()
    same("the guide's SUMIFS", of_policy, summary["visits"]["mean"], 1e-6)
    drawn = book["metrics"][letter(book["metrics"], "A") == "credit.drawn_total"]
    for mark, end in zip("EF", summary["credit"]["drawn_total"]["ci95"]):
        same(f"the guide's XLOOKUP, {mark}", letter(drawn, mark).iloc[0], end, 0.011)
    for name, table in tables.items():
        sheet = book[name[:31]]
        assert list(sheet.columns) == list(table.columns) and len(sheet) == len(table), name
    assert "第一医院" in "".join(book["hospitals"]["hospital"]), "Chinese names survive"


check_csv()
check_parquet()
check_workbook()
print(f"{len(tables)} tables agree with summary.json as CSV, Parquet and workbook")
