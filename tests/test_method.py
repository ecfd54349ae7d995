"""The examples of docs/method.md give what the page says they give."""

import doctest
from pathlib import Path

METHOD = Path(__file__).resolve().parents[1] / "docs" / "method.md"


def test_the_examples_of_the_method_page_are_true() -> None:
    result = doctest.testfile(
        str(METHOD), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert result.attempted > 10
    assert result.failed == 0
