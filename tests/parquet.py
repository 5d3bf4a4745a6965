#!/usr/bin/env python3
"""Opens, filters and sorts a table of measures as Parquet, and compares it with its CSV.

    tests/parquet.py OUT        # a folder that `soleus run` wrote

polars says in its files that texts are views, which pyarrow 14 cannot open and later
versions can neither filter nor sort; `measures.parquet` says that they are plain.
"""

import csv
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def main(folder: Path) -> None:
    path = folder / "measures.parquet"
    with open(folder / "measures.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    table = pq.read_table(path)
    assert table.column_names == list(rows[0]), table.column_names
    assert table.num_rows == len(rows) > 100, (table.num_rows, len(rows))
    for field in table.schema:
        plain = (pa.string(), pa.large_string(), pa.float64(), pa.uint64())
        assert field.type in plain, f"{field.name} is {field.type}"

    for name in ("subject", "measure", "note", "value", "n"):
        for ours, text in zip(table[name].to_pylist(), (row[name] for row in rows)):
            same = (ours is None and text == "") or str(ours) == text
            assert same or float(text) == ours, (name, ours, text)

    wanted = [("measure", "==", "rms"), ("side", "==", "left")]
    rms = pq.read_table(path, filters=wanted).sort_by("value")
    expected = sorted(
        float(row["value"])
        for row in rows
        if row["measure"] == "rms" and row["side"] == "left" and row["value"]
    )
    found = [value for value in rms["value"].to_pylist() if value is not None]
    assert found == expected and found, (found, expected)

    by_word = table.sort_by([("measure", "ascending")])["measure"].to_pylist()
    assert by_word == sorted(row["measure"] for row in rows)
    counts = table.group_by("quality").aggregate([("value", "count")])
    assert counts.num_rows >= 2, counts
    print(f"pyarrow {pa.__version__} reads {path.name}: {table.num_rows} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
