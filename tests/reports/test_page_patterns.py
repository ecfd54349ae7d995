"""The fast patterns find in a page what plain ones, spelled out here, find slowly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.reports import wide
from helpers.reports.contents import name_sections

PLAIN = {
    "TABLE": re.compile(
        r'<div class="kl-scroll">\s*(<table\b(?:(?!<table\b).)*?</table>)\s*</div>'
        r"|<table\b.*?</table>",
        re.DOTALL,
    ),
    "SOURCES": re.compile(r'<ol class="kl-sources">.*?</ol>', re.DOTALL),
}
PIECES = (
    *('<table class="kl-table">', "<table>", "</table>", '<div class="kl-scroll">', "</div>"),
    *("<td>", "&lt;table", "<", "tables", "\n ", "<tables>", "<ol>", "<li>", "</ol>"),
    '<ol class="kl-sources">',
)


@pytest.mark.parametrize("name", PLAIN)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
def test_the_same_is_found(name, pieces):
    page = "".join(pieces)
    fast, plain = getattr(wide, name), PLAIN[name]
    assert [(m.span(), m.groups()) for m in fast.finditer(page)] == [
        (m.span(), m.groups()) for m in plain.finditer(page)
    ]


@pytest.mark.parametrize(
    ("before", "name"),
    [('<p id="why">', "why-2"), ('<p\nid="why">', "why-2"), ('<p data-id="why">', "why")],
)
def test_only_an_id_takes_a_name(before, name):
    assert name_sections(f"{before}<h2>Why?</h2>") == f'{before}<h2 id="{name}">Why?</h2>'


@pytest.mark.parametrize(("attribute", "cards"), [("colspan", 0), ("rowspan", 0), ("title", 1)])
def test_tables_with_spans_do_not_become_cards(attribute, cards):
    heads = "".join(f"<th>{name}</th>" for name in "abcdef")
    table = f'<table><thead><tr>{heads}</tr></thead><tr><td {attribute}="2">x</td></tr></table>'
    page = wide.frame_wide(f"<style></style>{table}")
    assert page.count('class="kl-scroll kl-stack"') == cards
