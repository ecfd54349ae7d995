"""Faults of cells, ids, references and dates."""

import csv

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.data.schemas import COLUMNS
from helpers.data.vocabulary import UNITS

TEXT = "text has no markup, no line breaks or hidden marks and no formula sign (= + - @) in front"
NUMBER = "a count is a plain number, zero or more, no separators or signs, at most three decimals"
DATE = "a date is YYYY-MM-DD"
BLANKS = "a cell has no blanks at its ends"
# table, column, value, rule, remedy: each stands in a row of its own, otherwise valid.
CELLS = [
    ("returns", "date", "2021-02-30", "no such day", "look at the calendar"),
    ("returns", "date", "2021-13-01", "no such day", "look at the calendar"),
    ("returns", "date", "2021-1-30", DATE, "write the day"),
    ("returns", "date", "30.01.2021", DATE, "write the day"),
    ("returns", "date", "2021-01-30\n", BLANKS, "remove them"),
    ("returns", "date", "٢٠٢١-٠١-٣٠", DATE, "write the day"),
    ("returns", "date", "", "the cell must not be empty", "fill in the day the figure is about"),
    ("sources", "published", "2021-02-29", "no such day", "look at the calendar"),
    ("events", "date_end", "2021-06-31", "no such day", "look at the calendar"),
    ("corrections", "recorded", "2021-04-31", "no such day", "look at the calendar"),
    ("returns", "count", "-5", NUMBER, "write it like 51947 or 14.67"),
    ("returns", "count", "+5", NUMBER, "write it like 51947 or 14.67"),
    ("returns", "count", "51,947", NUMBER, "write 51947 if a thousands separator was meant"),
    ("returns", "count", "51 947", NUMBER, "write 51947 if a thousands separator was meant"),
    ("returns", "count", "51\u00a0947", NUMBER, "write 51947 if a thousands separator"),
    ("returns", "count", "1'051'947", NUMBER, "write 1051947 if a thousands separator"),
    ("returns", "count", "51.947", "people are counted in whole numbers", "write 51947 if"),
    ("operations", "count", "14.6789", NUMBER, "write it like"),
    ("returns", "count", "1e5", NUMBER, "write it like"),
    ("returns", "count", "many", NUMBER, "write it like"),
    ("returns", "count", "007", NUMBER, "write it like"),
    ("returns", "count", "1" * 13, NUMBER, "write it like"),
    ("returns", "count", "", "the cell must not be empty", "fill in the figure as printed"),
    ("returns", "scope", "escorted_return", "not in the vocabulary", "use one of: all_returns, "),
    ("returns", "unit", "persons", "not in the vocabulary", "use one of: aircraft, "),
    ("returns", "unit", "=1+1", "not in the vocabulary", "use one of: aircraft, "),
    ("exchanges", "category", "Held", "not in the vocabulary", "use one of: captured, "),
    ("known_issues", "rule", "typo", "not in the vocabulary", "date_after_publication, "),
    ("returns", "note", "=cmd|' /C calc'!A0", TEXT, "reword it"),
    ("returns", "note", "+44 people", TEXT, "reword it"),
    ("returns", "note", "-44 people", TEXT, "reword it"),
    ("returns", "wire", "@SUM(A1:A9)", TEXT, "reword it"),
    ("returns", "note", "See <b>this</b>", TEXT, "reword it"),
    ("returns", "note", "<script>alert(1)</script>", TEXT, "reword it"),
    ("returns", "note", "two\nlines", TEXT, "reword it"),
    ("returns", "note", "tab\there", TEXT, "reword it"),
    ("returns", "note", "null\x00byte", TEXT, "reword it"),
    ("returns", "note", "escape\x1b[31m", TEXT, "reword it"),
    ("returns", "note", "line\u2028separator", TEXT, "reword it"),
    ("returns", "note", "turned \u202eround", TEXT, "reword it"),
    ("returns", "note", " blank in front", BLANKS, "remove them"),
    ("returns", "note", "blank behind ", BLANKS, "remove them"),
    ("returns", "note", "no-break blank\u00a0", BLANKS, "remove them"),
    ("returns", "note", "break behind\n", BLANKS, "remove them"),
    ("returns", "note", " ", BLANKS, "remove them"),
    ("returns", "claimant_id", "ministry ", BLANKS, "remove them"),
    ("returns", "unit", " people", BLANKS, "remove them"),
    ("exchanges", "mediators", "northland; red_cross", "one id or several joined by ;", "exist"),
    ("exchanges", "mediators", "northland;;red_cross", "one id or several joined by ;", "exist"),
    ("exchanges", "mediators", "northland,red_cross", "one id or several joined by ;", "exist"),
    ("sources", "url", "ftp://example.org/1", "begins with http:// or https://", "copy it again"),
    ("sources", "url", "javascript:alert(1)", "begins with http:// or https://", "copy it again"),
    ("sources", "url", "https://example.org/a b", "has no blanks", "copy it again"),
    ("sources", "url", 'https://example.org/"><b>', "has no blanks", "copy it again"),
    ("sources", "language", "english", "an id is lower-case", "write it like en"),
    ("sources", "publisher", "", "the cell must not be empty", "fill in who published it"),
    ("places", "lat", "39,5", "degrees with a decimal point", "write it like 39.76006"),
    ("places", "lat", "399.5", "at most 90 north", "write it like 39.76006"),
    ("places", "lat", "90.5", "at most 90 north", "write it like 39.76006"),
    ("places", "lon", "180.25", "or 180 east", "write it like 39.76006"),
    ("places", "lon", "-190", "or 180 east", "write it like 39.76006"),
    ("places", "lon", "46°15'", "degrees with a decimal point", "write it like 39.76006"),
    ("places", "name", "", "the cell must not be empty", "fill in english form"),
    ("parties", "name", "<i>Land</i>", TEXT, "reword it"),
    ("deployments", "status", "gone", "not in the vocabulary", "use one of: authorised, "),
    ("casualties", "party_id", "", "the cell must not be empty", "fill in whose people"),
    ("plans", "table", "plans", "not in the vocabulary", "use one of: returns, exchanges, "),
    ("corrections", "reason", "", "the cell must not be empty", "fill in why"),
    ("returns", "source_id", "nobody-20210101-0000", "not in sources.csv", "raw/sources.csv or"),
    ("returns", "claimant_id", "nobody", "not in claimants.csv", "add it to data/raw/claimants"),
    ("returns", "origin", "atlantis", "not in places.csv", "add it to data/raw/places.csv or"),
    ("exchanges", "event_id", "exchange-1999-01-01", "not in events.csv", "raw/events.csv or"),
    ("exchanges", "in_return_for", "swapped", "not in events.csv", "or mend the reference"),
    ("exchanges", "mediators", "moon", "not in parties.csv", "or mend the reference"),
    ("events", "source_ids", "nobody-nd-0000", "not in sources.csv", "or mend the reference"),
    ("missions", "opened_event", "opening-1999", "not in events.csv", "or mend the reference"),
    ("claimants", "party_id", "moon", "not in parties.csv", "or mend the reference"),
    ("corrections", "claim_id", "ret-99999999", "no such claim", "remove the line"),
    ("known_issues", "claim_id", "ret-99999999", "no such claim", "remove the line"),
    ("returns", "date_end", "2021-01-29", "ends before it begins", "mend the dates"),
    ("events", "date_end", "2020-09-26", "ends before it begins", "mend the dates"),
    ("returns", "since", "2021-01-31", "counts from a day after the one", "mend the dates"),
    ("exchanges", "held_since", "2021-02-28", "counts from a day after", "mend the dates"),
    ("returns", "date", "2021-02-02", "after the day its source was published (2021-02-01)",
     "or list it with its reason in data/raw/known_issues.csv"),
    ("returns", "claim_id", "exc-12345678", "ids of this table begin with ret-", "mend the id"),
    ("returns", "claim_id", "ret-XYZ", "an id is lower-case", "write it like ret-811571ba"),
    ("sources", "source_id", "agency-20210202-00ff", "its day and published (2021-02-01) disagree",
     "mend the one that is wrong"),
    ("sources", "source_id", "agency-nd-00ff", "its day and published (2021-02-01) disagree",
     "mend the one that is wrong"),
]  # fmt: skip
# What makes an added row valid beside the row it repeats.
IDS = {
    "returns": "ret-{:08x}", "exchanges": "exc-{:08x}", "deployments": "dep-{:08x}",
    "operations": "ope-{:08x}", "casualties": "cas-{:08x}", "plans": "dep-{:08x}",
    "events": "event-{}", "sources": "agency-20210201-{:04x}", "claimants": "claimant-{}",
    "parties": "party-{}", "places": "place-{}",
}  # fmt: skip


def valid_row(table: str, number: int) -> dict[str, str]:
    """Return cells that set an added row apart from all others."""
    key = {COLUMNS[table][0].name: IDS[table].format(4096 + number)}
    # Flows of different size are no repeats of each other.
    return key | (
        {"count": str(1000 + number)} if "count" in [c.name for c in COLUMNS[table]] else {}
    )


# Faults of keys and registers hold back what depends on them, so they are planted alone.
LONE = [
    cell
    for cell in CELLS
    if cell[0] in ("corrections", "known_issues", "missions")
    or cell[1] in ("claim_id", "source_id")
    or (cell[1] == "date" and "published" in cell[3])
]
PLANTED = [cell for cell in CELLS if cell not in LONE]


@pytest.fixture(scope="module")
def planted(make_small, tmp_path_factory):
    """Every fault of PLANTED in a row of its own, checked once: the project and the problems."""
    project = make_small(tmp_path_factory.mktemp("planted") / "small")
    for number, (table, column, value, _, _) in enumerate(PLANTED):
        project.add(table, **valid_row(table, number) | {column: value})
    return project, project.check()


def test_all_faults_planted_are_told_each_once(planted):
    _, problems = planted
    expected = [(f"data/raw/{table}.csv", column, value) for table, column, value, _, _ in PLANTED]
    assert sorted((p.file, p.column, p.value) for p in problems) == sorted(expected)


@pytest.mark.parametrize(
    ("number", "table", "column", "value", "rule", "remedy"),
    [(number, *cell) for number, cell in enumerate(PLANTED)],
    ids=[f"{table}-{column}-{value[:12]!r}" for table, column, value, _, _ in PLANTED],
)
def test_planted_fault_is_told_in_full(planted, number, table, column, value, rule, remedy):
    project, problems = planted
    key = COLUMNS[table][0].name
    mine = [row[key] == valid_row(table, number)[key] for row in project.rows[table]]
    # A cell that holds a line break spans two lines, and so moves those below it.
    above = project.rows[table][: mine.index(True)]
    line = 2 + sum(1 + sum(cell.count("\n") for cell in row.values()) for row in above)
    (found,) = [p for p in problems if (p.column, p.value, p.line) == (column, value, line)
                and p.file == f"data/raw/{table}.csv"]  # fmt: skip
    text = str(found)
    assert text.startswith(f"data/raw/{table}.csv:{line}: {column}")
    assert not value or repr(value) in text
    assert rule in text
    assert remedy in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("table", "column", "value", "rule", "remedy"),
    LONE,
    ids=[f"{table}-{column}-{value!r}" for table, column, value, _, _ in LONE],
)
def test_lone_fault_is_one_problem(small, table, column, value, rule, remedy):
    if (table, column) == ("sources", "source_id"):
        # Those who refer to the source follow it, so that the day alone is wrong.
        for name in ("returns", "exchanges", "deployments", "operations", "casualties", "plans"):
            for row in small.rows[name]:
                row["source_id"] = row["source_id"].replace("agency-20210201-00a1", value)
            small.write(name)
        cell = small.rows["events"][1]["source_ids"].replace("agency-20210201-00a1", value)
        small.put("events", 1, "source_ids", cell)
    small.put(table, 0, column, value)
    small.expect(table, 2, column, value, rule=rule, remedy=remedy)


def test_dangling_reference_beside_a_bad_cell_of_the_same_row(small):
    small.rows["returns"][0] |= {"count": "-1", "source_id": "nobody-nd-0000"}
    small.write("returns")
    assert [p.column for p in small.check()] == ["count", "source_id"]


def test_each_missing_entry_of_a_list_is_told(small):
    small.put("exchanges", 0, "mediators", "moon;northland;mars")
    assert [p.value for p in small.check()] == ["mars", "moon"]


def test_bad_key_is_told_once_not_by_all_who_refer_to_it(small):
    small.put("parties", 0, "party_id", "West Land")
    small.expect("parties", 2, "party_id", "West Land", rule="an id is", remedy="write it like")


def test_every_remedy_for_an_id_shows_one(small):
    for table in ("claimants", "parties", "places", "sources", "events"):
        small.put(table, 0, COLUMNS[table][0].name, "Not an id")
    small.put("plans", 0, "subject", "Not an id")
    small.put("corrections", 0, "field", "Not an id")
    found = small.check()
    assert len(found) == 8  # the correction of "Not an id" names a column that isn't there, too
    for problem in found:
        assert not problem.remedy.endswith("like ")


@pytest.mark.parametrize("table", ["returns", "events", "sources", "places"])
def test_duplicate_id_of_one_table_is_told_at_the_second_row(small, table):
    key = COLUMNS[table][0].name
    twin = small.rows[table][1][key]
    extra = {"date": "2021-01-19"} if table == "returns" else {}
    if table == "sources":
        extra = {"published": ""}
    small.add(table, **{key: twin} | extra)
    line = len(small.rows[table]) + 1
    small.expect(table, line, key, twin, rule="the id stands twice", remedy="an id of its own")


def test_duplicate_id_across_tables_names_the_other_place(small):
    small.put("plans", 0, "claim_id", "dep-00000001")
    small.expect(
        "plans", 2, "claim_id", "dep-00000001",
        rule="the id stands in data/raw/deployments.csv:2 too", remedy="give a new id",
    )  # fmt: skip


@pytest.mark.parametrize("table", ["returns", "plans"])
def test_empty_claim_id_is_told_with_the_id_to_write(small, table):
    kind = "ret-" if table == "returns" else "dep-"
    small.add(table, claim_id="", count="77")
    line = len(small.rows[table]) + 1
    small.expect(
        table, line, "claim_id", "", rule="the cell must not be empty", remedy=f"write {kind}"
    )
    (problem,) = small.check()
    small.put(table, -1, "claim_id", problem.remedy.removeprefix("write "))
    assert small.check() == []


def test_two_empty_claim_ids_are_two_problems(small):
    small.add("returns", claim_id="", count="77")
    small.add("returns", claim_id="", count="78")
    first, second = small.check()
    assert first.rule == second.rule == "the cell must not be empty"
    assert first.remedy != second.remedy


@pytest.mark.parametrize(
    ("precision", "end", "rule"),
    [("days", "", "the precision days needs a last day"), ("days", "2021-01-31", "")],
)
def test_days_need_a_last_day(small, precision, end, rule):
    small.rows["returns"][0] |= {"date_precision": precision, "date_end": end}
    small.write("returns")
    if rule:
        small.expect("returns", 2, "date_end", "", rule=rule, remedy="mend the dates")
    else:
        assert small.check() == []


@pytest.mark.parametrize("precision", ["month", "year"])
def test_since_may_lie_within_the_month_or_year_told(small, precision):
    small.rows["returns"][0] |= {"date": "2021-01-01", "since": "2021-01-20"}
    small.rows["returns"][0] |= {"date_precision": precision}
    small.write("returns")
    assert small.check() == []


@pytest.mark.parametrize("unit", ["hectares", "kilometres", "percent", "tonnes"])
def test_what_is_measured_may_have_decimals(small, unit):
    assert unit in UNITS
    small.put("operations", 0, "unit", unit)
    assert small.check() == []


def test_undated_source_may_carry_any_date(small):
    small.rows["returns"][0] |= {"source_id": "paper-nd-00a2", "date": "2030-01-01"}
    small.write("returns")
    assert small.check() == []


def test_a_hundred_thousand_rows_one_of_them_wrong(small):
    names = [item.name for item in COLUMNS["returns"]]
    first = small.rows["returns"][1]
    with small.path("returns").open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        for number in range(100_000):
            row = {"claim_id": f"ret-{number + 65536:08x}", "count": str(100_000 + number)}
            writer.writerow(first | row | {"source_id": "paper-nd-00a2", "date": "2021-02-03"})
        # The series rises by one line a day; the last line falls below all of it.
        writer.writerow(first | {"claim_id": "ret-ffffffff", "date": "2021-02-04", "count": "9",
                                 "source_id": "paper-nd-00a2"})  # fmt: skip
    small.expect(
        "returns", 100_007, "count", "9",
        rule="is below the earlier total of", remedy="mend it, or list it with its reason",
    )  # fmt: skip


@given(data=st.binary(max_size=400), table=st.sampled_from(["returns", "sources", "corrections"]))
@hypothesis_settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_problems_of_one_line_and_no_traceback(small, data, table):
    before = small.path(table).read_bytes()
    small.path(table).write_bytes(data)
    found = small.check()
    small.path(table).write_bytes(before)
    assert found
    assert all(str(problem).splitlines() == [str(problem)] for problem in found)


@given(
    data=st.data(),
    value=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30),
)
@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_in_any_cell_gives_problems_of_that_line_and_no_traceback(small, data, value):
    table = data.draw(st.sampled_from(sorted(COLUMNS)))
    column = data.draw(st.sampled_from([item.name for item in COLUMNS[table]]))
    before = small.rows[table][0].get(column, "")
    small.put(table, 0, column, value)
    found = small.check()
    small.put(table, 0, column, before)
    for problem in found:
        assert str(problem).isprintable() or len(str(problem).splitlines()) == 1
        assert problem.line >= 2
