"""Runs every example of docs/reading_the_files.md in a folder that holds `output/smoke` and
`output/smoke.tables`: SQL by DuckDB, Python by this interpreter, R by Rscript.
Usage: run_guide.py GUIDE FOLDER"""

import os
import pathlib
import re
import subprocess
import sys

import duckdb

guide = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
os.chdir(sys.argv[2])
blocks = re.findall(r"^```(sql|python|r)\n(.*?)^```", guide, flags=re.M | re.S)
ran = {"sql": 0, "python": 0, "r": 0}
for language, code in blocks:
    if language == "sql":
        rows = duckdb.sql(code).fetchall()
        assert rows, code
        print(rows[:3])
    elif language == "python":
        exec(code, {})
    else:
        subprocess.run(["Rscript", "-e", code], check=True)
    ran[language] += 1
assert all(ran.values()), "the guide has lost its examples"
print("examples that ran:", ran)
