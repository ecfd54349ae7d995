"""Ids made from content."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.ids import new_claim_id, new_source_id
from helpers.data.schemas import COLUMNS
from helpers.data.vocabulary import CLAIM_TABLES

ROW = {"source_id": "interfax-20210201-733a", "claimant_id": "unhcr", "date": "2021-02-01",
       "count": "96", "unit": "people", "note": "Bulletin"}  # fmt: skip


def test_id_is_the_same_today_and_tomorrow():
    # Written down: ids that are in use must never change with the code.
    assert new_claim_id("returns", ROW) == "ret-ec1eb024"
    assert (
        new_source_id("Interfax", "2021-02-01", "https://example.org/1") == "interfax-20210201-8baa"
    )


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_id_fits_its_table(table):
    assert re.fullmatch(rf"{table[:3]}-[0-9a-f]{{8}}", new_claim_id(table, ROW))


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_plan_bears_the_letters_of_the_table_it_would_belong_to(table):
    name = new_claim_id("plans", ROW | {"table": table})
    assert re.fullmatch(rf"{table[:3]}-[0-9a-f]{{8}}", name)


@given(order=st.permutations(sorted(ROW)))
def test_order_of_cells_does_not_count(order):
    assert new_claim_id("returns", {name: ROW[name] for name in order}) == new_claim_id(
        "returns", ROW
    )


@given(note=st.text(max_size=20), own=st.text(max_size=8))
def test_note_and_id_do_not_count(note, own):
    row = ROW | {"note": note, "claim_id": own}
    assert new_claim_id("returns", row) == new_claim_id("returns", ROW)


@pytest.mark.parametrize("table", CLAIM_TABLES)
def test_every_other_cell_counts(table):
    names = [item.name for item in COLUMNS[table] if item.name not in ("claim_id", "note")]
    ids = {new_claim_id(table, ROW | {name: "other"}) for name in names}
    assert len(ids | {new_claim_id(table, ROW)}) == len(names) + 1


def test_text_moved_to_the_next_cell_is_other_content():
    one = new_claim_id("returns", {"origin": "a", "scope": "b"})
    assert one != new_claim_id("returns", {"origin": "", "scope": "ab"})
    assert one != new_claim_id("returns", {"origin": "ab", "scope": ""})


@pytest.mark.parametrize(
    ("publisher", "day", "start"),
    [
        ("Interfax", "2021-02-01", "interfax-20210201-"),
        ("Agence France-Presse", "", "agence-france-presse-nd-"),
        ("Estado de São Paulo", "", "estado-de-sao-paulo-nd-"),
        ("168.am", "2020-12-21", "168-am-20201221-"),
        ("Արմենպրես", "", "source-nd-"),
    ],
)
def test_source_id_is_read_easily_and_passes_the_check(publisher, day, start):
    name = new_source_id(publisher, day, "https://example.org/1")
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{4}", name)


@given(data=st.tuples(st.text(max_size=9), st.dates().map(str), st.text(max_size=9)))
def test_any_source_gets_a_well_formed_id(data):
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-(\d{8}|nd)-[0-9a-f]{4}", new_source_id(*data))


def test_source_id_differs_with_the_address():
    ids = {new_source_id("Interfax", "2021-02-01", f"https://example.org/{n}") for n in range(50)}
    assert len(ids) == 50
