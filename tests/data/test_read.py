"""Faults of files, headers and lines."""

import csv

import pytest

from helpers.data.schemas import COLUMNS


def test_the_small_project_is_in_order(small):
    assert small.check() == []


@pytest.mark.parametrize("table", ["returns", "sources", "places", "known_issues"])
def test_missing_file(small, table):
    small.path(table).unlink()
    small.expect(table, 0, "", "", rule="cannot be read (No such file", remedy="restore it")


def test_folder_in_place_of_a_file(small):
    small.path("events").unlink()
    small.path("events").mkdir()
    small.expect("events", 0, "", "", rule="cannot be read (Is a directory)", remedy="restore it")


@pytest.mark.parametrize(
    ("table", "content"), [("returns", b""), ("sources", b"  \n\n"), ("corrections", b"\r\n")]
)
def test_empty_file(small, table, content):
    small.path(table).write_bytes(content)
    small.expect(table, 0, "", "", rule="the file is empty", remedy="header line included")


@pytest.mark.parametrize("table", ["returns", "sources"])
def test_byte_order_mark(small, table):
    small.edit(table, lambda data: b"\xef\xbb\xbf" + data)
    small.expect(table, 1, "", "", rule="byte order mark", remedy="save as UTF-8 without BOM")


def test_byte_order_mark_and_nothing_else(small):
    small.path("returns").write_bytes(b"\xef\xbb\xbf")
    rules = [problem.rule for problem in small.check()]
    assert rules == ["begins with a byte order mark"]


@pytest.mark.parametrize(("table", "ends"), [("returns", b"\r\n"), ("sources", b"\r")])
def test_windows_and_mac_line_ends(small, table, ends):
    small.edit(table, lambda data: data.replace(b"\n", ends))
    small.expect(table, 1, "", "", rule="Windows or Mac line ends", remedy="save with LF")


def test_one_windows_line_end_is_found_where_it_is(small):
    small.edit("returns", lambda data: data.replace(b"\n", b"\r\n", 3).replace(b"\r", b"", 2))
    small.expect_read("returns", 3, "", "", rule="Windows or Mac line ends", remedy="save with LF")


@pytest.mark.parametrize(("codec", "byte"), [("cp1251", "0xd5"), ("utf-16-le", "0xff")])
def test_wrong_encoding(small, codec, byte):
    mark = b"\xff\xfe" if codec == "utf-16-le" else b""
    line = 1 if mark else 2
    small.edit("places", lambda data: mark + data.decode().encode(codec, "replace"))
    small.expect("places", line, "", f"byte {byte}", rule="is not UTF-8", remedy="as UTF-8")


def test_wrong_encoding_names_the_line_of_the_byte(small):
    small.edit("returns", lambda data: data.replace(b"Newswire", b"N\xe9wswire"))
    small.expect_read("returns", 4, "", "byte 0xe9", rule="is not UTF-8", remedy="as UTF-8")


@pytest.mark.parametrize("table", ["returns", "sources"])
def test_missing_column(small, table):
    name = COLUMNS[table][1].name

    def cut(data: bytes) -> bytes:
        lines = [line.split(b",") for line in data.splitlines()]
        return b"\n".join(b",".join([*cells[:1], *cells[2:]]) for cells in lines) + b"\n"

    small.rows["returns"][0]["note"] = ""
    small.write("returns")
    small.edit(table, cut)
    small.expect(table, 1, name, "", rule="the column is missing", remedy="add the column")


def test_misspelled_column_is_one_fault(small):
    small.edit("returns", lambda data: data.replace(b"qualifier", b"qualifer", 1))
    small.expect_read("returns", 1, "qualifier", "", rule="is missing", remedy="rename 'qualifer'")


def test_blank_in_a_column_name_is_one_fault(small):
    small.edit("sources", lambda data: data.replace(b"source_id", b"source_id ", 1))
    small.expect_read(
        "sources", 1, "source_id", "", rule="is missing", remedy="rename 'source_id '"
    )


def test_extra_column(small):
    small.edit("parties", lambda data: data.replace(b"\n", b",x\n").replace(b",x", b",color", 1))
    small.expect_read(
        "parties", 1, "color", "", rule="column 4 is not declared", remedy="remove or"
    )


def test_extra_column_without_a_name(small):
    small.edit("parties", lambda data: data.replace(b"\n", b",\n"))
    small.expect_read(
        "parties", 1, "", "", rule="column 4 is not declared", remedy="remove or rename"
    )


def test_column_name_with_a_line_break_stays_on_one_line(small):
    small.edit("parties", lambda data: data.replace(b"\n", b",\n").replace(b",\n", b',"a\nb"\n', 1))
    (problem,) = small.check()
    assert str(problem).splitlines() == [str(problem)]
    assert r"a\nb" in str(problem)


@pytest.mark.parametrize("table", ["returns", "claimants"])
def test_duplicated_column(small, table):
    name = COLUMNS[table][0].name
    small.edit(
        table, lambda data: data.replace(b"\n", b",x\n").replace(b",x", f",{name}".encode(), 1)
    )
    small.expect_read(table, 1, name, "", rule="the column stands twice", remedy="remove one")


def test_columns_may_stand_in_another_order(small):
    def turn(data: bytes) -> bytes:
        return b"\n".join(b",".join(line.split(b",")[::-1]) for line in data.splitlines()) + b"\n"

    small.edit("parties", turn)
    assert small.check() == []


@pytest.mark.parametrize("table", ["parties", "sources"])
def test_missing_header_line(small, table):
    small.edit(table, lambda data: data.split(b"\n", 1)[1])
    found = [str(problem) for problem in small.check()]
    assert len(found) == 1
    assert found[0].startswith(f"data/raw/{table}.csv:1: ")
    assert "the header line is missing; write it: " + COLUMNS[table][0].name in found[0]


@pytest.mark.parametrize("table", ["returns", "sources"])
def test_a_table_of_only_a_header(small, table):
    small.edit(table, lambda data: data.split(b"\n", 1)[0] + b"\n")
    if table == "sources":
        small.expect("sources", 0, "", "", rule="has no rows, though", remedy="restore them")
    else:
        # The registers speak of claims that are gone.
        assert [(p.file, p.rule) for p in small.check()] == [
            ("data/raw/corrections.csv", "no such claim"),
            ("data/raw/known_issues.csv", "no such claim"),
        ]


@pytest.mark.parametrize(("cells", "count"), [("a,b", 2), ("a,b,c,d", 4)])
def test_ragged_line(small, cells, count):
    small.edit("parties", lambda data: data + cells.encode() + b"\n")
    rule = f"has {count} cells where the header has 3"
    small.expect_read("parties", 6, "", cells, rule=rule, remedy="quote cells that hold commas")


def test_thousands_separator_outside_quotes_is_one_ragged_line(small):
    small.edit("returns", lambda data: data.replace(b",51947,", b",51,947,"))
    (problem,) = small.check()
    assert (problem.line, problem.rule) == (4, "has 17 cells where the header has 16")
    assert ",51,947," in problem.value


def test_ragged_line_hides_no_other_fault_and_accuses_no_reference(small):
    small.edit("sources", lambda data: data.replace(b",http:", b",x,http:"))
    small.put("returns", 0, "count", "-1")
    assert [(p.file, p.line) for p in small.check()] == [
        ("data/raw/returns.csv", 2),
        ("data/raw/sources.csv", 4),
    ]


@pytest.mark.parametrize("blank", [b"\n", b",,\n", b'"",,""\n'])
def test_empty_line(small, blank):
    small.edit("parties", lambda data: data + blank)
    small.expect_read("parties", 6, "", "", rule="the line is empty", remedy="remove it")


@pytest.mark.parametrize("table", ["returns", "sources"])
def test_unclosed_quote_is_told_where_the_record_begins(small, table):
    lines = small.path(table).read_bytes().count(b"\n")
    small.edit(table, lambda data: data + b'"open,\nto the end\n')
    small.expect(table, lines + 1, "", "", rule="not valid CSV", remedy="close the quotes")


def test_text_behind_a_closing_quote(small):
    small.edit("parties", lambda data: data.replace(b"Westland", b'"West"land'))
    small.expect_read("parties", 2, "", "", rule="not valid CSV", remedy="close the quotes")


def test_line_numbers_are_right_behind_a_cell_that_spans_lines(small):
    small.rows["returns"][0]["note"] = 'He said "two\nlines", she\nsaid "three"'
    small.rows["returns"][2]["count"] = "-5"
    small.write("returns")
    first, second = small.check()
    assert (first.line, first.column) == (2, "note")
    assert (second.line, second.column, second.value) == (6, "count", "-5")
    assert (
        small.path("returns")
        .read_text(encoding="utf-8")
        .split("\n")[6 - 1]
        .startswith("ret-00000003")
    )


def test_quotes_and_commas_in_a_cell_are_no_fault(small):
    small.put("returns", 0, "note", 'He said "ninety-six, or so"; nothing else')
    assert small.check() == []


def test_cell_beyond_what_csv_reads(small):
    # Other libraries raise this limit for the whole process.
    before = csv.field_size_limit(131_072)
    small.put("returns", 0, "note", "x" * 140_000)
    small.expect_read(
        "returns", 2, "", "", rule="field larger than field limit", remedy="close the"
    )
    csv.field_size_limit(before)


def test_long_cell_is_shortened_in_the_message(small):
    small.put("returns", 0, "note", "<" * 100_000)
    small.expect("returns", 2, "note", "<" * 100_000, rule="no markup", remedy="reword")
    assert len(str(small.check()[0])) < 400


def test_file_of_an_undeclared_table(small):
    small.path("returns (1)").write_bytes(small.path("returns").read_bytes())
    small.expect("returns (1)", 0, "", "", rule="no table of this name", remedy="remove or rename")


def test_faults_of_several_files_are_all_told(small):
    small.path("places").unlink()
    small.edit("returns", lambda data: data.replace(b"\n", b"\r\n"))
    small.edit("parties", lambda data: data + b"a,b\n")
    small.put("events", 0, "kind", "earthquake")
    small.put("exchanges", 0, "event_id", "exchange-2099-01-01")
    small.put("sources", 2, "url", "ftp://example.org")
    assert [(p.file.removeprefix("data/raw/"), p.line, p.column) for p in small.check()] == [
        ("events.csv", 2, "kind"),
        ("exchanges.csv", 2, "event_id"),
        ("parties.csv", 6, ""),
        ("places.csv", 0, ""),
        ("returns.csv", 1, ""),
        ("sources.csv", 4, "url"),
    ]
