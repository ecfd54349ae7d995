"""Words for readers; the examples in the modules are run as they stand."""

import doctest

import pytest

from helpers.reports import editions, news, wide, words


@pytest.mark.parametrize("module", [words, news, editions, wide])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_selections_tell_what_the_edition_chose():
    usual = {"start": "", "end": "", "as_of": "", "names": "both", "force": "all"}
    assert words.selection_words(usual, []) == "The whole period"
    chosen = usual | {"end": "2021-01-02", "as_of": "2021-05-01", "names": "english"}
    assert words.selection_words(chosen, ["names", "as_of"]) == (
        "Until 2 January 2021 · as published by 1 May 2021 · names: english"
    )


def test_values_of_every_kind_have_words():
    values = [None, True, False, 3, 0.5, ["a_b", 2], {}, "2021-05-01", "plain_text"]
    assert [words.value_words(value) for value in values] == [
        "no limit",
        "yes",
        "no",
        "3",
        "0.5",
        "a b, 2",
        "all",
        "1 May 2021",
        "plain text",
    ]
    assert words.vintage_words("", "") == "everything curated"
