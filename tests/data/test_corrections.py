"""The register of corrections: applied, and stopped when the file changes under it."""

from helpers.data.build import build
from helpers.data.load import load
from helpers.data.tables import read_curated


def test_correction_is_applied_and_the_raw_file_left_alone(small):
    before = small.path("returns").read_bytes()
    build(small.project)
    claims = load("returns", project=small.project).frame.set_index("claim_id")
    assert claims.at["ret-00000005", "count"] == 3000
    assert claims.at["ret-00000005", "low"] == 2500
    assert small.path("returns").read_bytes() == before


def test_correction_whose_expectation_no_longer_holds(small):
    small.put("returns", 4, "count", "2100")
    small.expect(
        "corrections", 2, "expected", "2000", rule="ret-00000005.count now holds '2100'",
        remedy="look at the claim again, then mend or remove the correction",
    )  # fmt: skip
    assert read_curated(small.project).frames["returns"].at[6, "count"] == "2100"


def test_correction_that_the_file_already_follows(small):
    small.put("returns", 4, "count", "3000")
    small.expect(
        "corrections",
        2,
        "expected",
        "2000",
        rule="now holds '3000'",
        remedy="remove the correction",
    )


def test_correction_of_an_unknown_claim(small):
    small.put("corrections", 0, "claim_id", "ret-00000099")
    small.expect(
        "corrections", 2, "claim_id", "ret-00000099", rule="no such claim", remedy="remove the line"
    )


def test_correction_of_an_unknown_field(small):
    small.put("corrections", 0, "field", "number")
    small.expect(
        "corrections", 2, "field", "number", rule="returns has no such column to correct",
        remedy="name a column of that table",
    )  # fmt: skip


def test_ids_cannot_be_corrected(small):
    small.rows["corrections"][0] |= {"field": "claim_id", "expected": "ret-00000005"}
    small.write("corrections")
    small.expect(
        "corrections", 2, "field", "claim_id", rule="returns has no such column to correct",
        remedy="other than its id",
    )  # fmt: skip


def test_correction_may_fill_and_may_empty_a_cell(small):
    small.add("corrections", claim_id="ret-00000001", field="wire", expected="", corrected="Agency")
    small.add(
        "corrections", claim_id="ret-00000003", field="wire", expected="Newswire", corrected=""
    )
    assert small.check() == []
    wires = read_curated(small.project).frames["returns"]["wire"]
    assert (wires[2], wires[4]) == ("Agency", "")


def test_a_second_correction_starts_from_the_first(small):
    small.add("corrections", expected="3000", corrected="3100")
    assert small.check() == []
    assert read_curated(small.project).frames["returns"].at[6, "count"] == "3100"


def test_a_plan_can_be_corrected(small):
    small.add("corrections", claim_id="dep-00000002", field="count", expected="16", corrected="17")
    assert small.check() == []
    assert read_curated(small.project).frames["plans"].at[2, "count"] == "17"


def test_a_wrong_correction_is_blamed_itself(small):
    small.put("corrections", 0, "corrected", "three thousand")
    small.expect(
        "corrections", 2, "corrected", "three thousand", rule="plain number", remedy="write it like"
    )


def test_a_correction_that_breaks_a_rule_between_rows_is_blamed_itself(small):
    small.rows["corrections"][0] |= {"claim_id": "ret-00000003", "expected": "51947"}
    small.rows["corrections"][0] |= {"corrected": "50000"}
    small.write("corrections")
    small.expect(
        "corrections", 2, "corrected", "50000", rule="below the earlier total of ret-00000002",
        remedy="mend it",
    )  # fmt: skip
