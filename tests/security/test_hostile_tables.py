"""Tables from somebody else: whatever they hold, each fault is a line, and nothing is built."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.columns import columns_of, typed
from helpers.data.project import ROOT_VARIABLE
from helpers.data.read import read_raw
from helpers.data.schemas import MODELS
from pages import ROOT

KARABAKH = Path(sys.executable).with_name("karabakh")
COLUMNS = columns_of(MODELS["returns"])
HEADER = ",".join(item.name for item in COLUMNS).encode()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\0" * 5000, "the header line is missing"),
        (b"\0" + HEADER + b"\n", "the column is missing"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not UTF-8"),
        (HEADER + b"\n\xed\xa0\x80", "is not UTF-8"),
        (HEADER.decode().encode("utf-16"), "is not UTF-8"),
        (HEADER + b"\n" + b"x" * 200_000, "field larger than field limit"),
        (HEADER + b'\n"' + b"x" * 200_000, "field larger than field limit"),
        (HEADER + b"," + b",".join(b"c%d" % n for n in range(50_000)), "50,"),
        (b"claim_id," + b",".join(b"c" for _ in range(50_000)), "50,001 columns, more than 200"),
        (HEADER + b"\n" + b"," * 100_000, "the line is empty"),
        (HEADER + b"\n" + b"x," * 100_000, "has 100001 cells where the header has"),
        (b"\x1b]0;x\x07," + HEADER, "is not declared"),
        (HEADER + b"\n\n", "the line is empty"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_short_lines(tmp_path, content, fault):
    path = tmp_path / "returns.csv"
    path.write_bytes(content)
    raw = read_raw(path, COLUMNS, "data/raw/returns.csv")
    lines = [str(problem) for problem in raw.problems]
    assert any(fault in line for line in lines)
    assert len(lines) < 10
    assert all(line.isprintable() and len(line) < 600 for line in lines)
    assert not raw.whole


def test_a_limit_that_somebody_else_lifted_holds_and_is_left_as_it_was(tmp_path):
    path = tmp_path / "returns.csv"
    path.write_bytes(b"claim_id\n" + b"x" * 200_000)
    before = csv.field_size_limit(10**9)
    try:
        (problem,) = read_raw(path, COLUMNS, "data/raw/returns.csv").problems
        assert "field larger than field limit" in str(problem)
        assert csv.field_size_limit() == 10**9
    finally:
        csv.field_size_limit(before)


def test_days_at_the_ends_of_the_calendar_are_read_without_a_word():
    """A warning would be an error here, and a line on the user's terminal."""
    texts = {item.name: ["0001-01-01", "9999-12-31"] for item in COLUMNS if item.kind == "date"}
    frame = pd.DataFrame({item.name: texts.get(item.name, ["", ""]) for item in COLUMNS})
    read = typed(frame, COLUMNS)
    assert [f"{day:%Y}".zfill(4) for day in read["date"]] == ["0001", "9999"]


def test_a_build_tells_hostile_tables_line_by_line_and_builds_nothing(tmp_path):
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    (root / "docs").mkdir()
    (root / "reports.yml").write_text("editions: {}\n", encoding="utf-8")

    def spoil(table: str, column: str, value: str) -> None:
        path = root / "data" / "raw" / f"{table}.csv"
        header, first, rest = path.read_text("utf-8").split("\n", 2)
        cells = first.split(",")
        cells[header.split(",").index(column)] = value
        path.write_text("\n".join([header, ",".join(cells), rest]), encoding="utf-8")

    spoil("returns", "claim_id", "../../../etc/passwd")
    spoil("exchanges", "claim_id", "=cmd|' /C calc'!A0")
    spoil("casualties", "count", "9" * 5000)
    spoil("operations", "note", "\x1b]0;mine\x07\u202e")
    spoil("deployments", "date", "٢٠٢٠-٠١-٠١")
    (root / "data" / "raw" / "places.csv").write_bytes(os.urandom(5000))
    done = subprocess.run(
        [KARABAKH, "build"],
        env=os.environ | {ROOT_VARIABLE: str(root)},
        capture_output=True,
        text=True,
    )
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert {re.split(r"[/:]", line)[2] for line in lines} >= {
        *("returns.csv", "exchanges.csv", "casualties.csv", "operations.csv"),
        *("deployments.csv", "places.csv"),
    }
    assert all(line.startswith("data/raw/") and line.isprintable() for line in lines)
    assert max(map(len, lines)) < 1000
    assert not (root / "data" / "processed").exists()
