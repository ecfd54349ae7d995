"""Sweeps of the plan: one entry, an edition for every combination of values."""

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.data.errors import shorten
from helpers.reports.settings import Setting
from helpers.reports.words import value_words

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


def combinations(matrix: Mapping[str, Sequence[Setting]]) -> list[dict[str, Setting]]:
    """Return every combination of the values, the last parameter changing fastest.

    Parameters
    ----------
    matrix : mapping of str to sequence of Setting
        Values by parameter; empty gives the one combination that sets nothing.

    Returns
    -------
    list of dict
    """
    return [
        dict(zip(matrix, values, strict=True)) for values in itertools.product(*matrix.values())
    ]


def edition_name(base: str, combination: Mapping[str, Setting]) -> str:
    """Make the name of one edition of a sweep.

    Values count as they are written, so that a relative day gives the same name every day.

    Examples
    --------
    >>> edition_name("returns", {"scope": Setting("all_returns", ""), "start": Setting("-7d", "")})
    'returns-all-returns-7d'
    """
    return "-".join([base, *(_slug(setting.written) for setting in combination.values())])


def placeholders(title: str) -> list[str]:
    """Return the names that a title has a place for, such as `scope` in ``Returns: {scope}``."""
    return _PLACEHOLDER.findall(title)


def fill_title(title: str, parameters: Mapping[str, Any]) -> str:
    """Put values, in words, in place of their names in braces.

    Plain replacement, once: neither a format nor a value can make the text do anything else, and
    a long value, in many places, cannot make it long.

    Examples
    --------
    >>> fill_title("Since {start}: {scope} {x}", {"start": "2021-05-01", "scope": "{start}"})
    'Since 1 May 2021: {start} {x}'
    """
    used = set(placeholders(title)) & set(parameters)
    words = {name: shorten(value_words(parameters[name])) for name in used}
    return _PLACEHOLDER.sub(
        lambda found: words.get(found[1], found[0]),
        title,
    )


def _slug(value: Any) -> str:
    if isinstance(value, list) and value:
        return "-".join(_slug(item) for item in value)
    plain = value in (None, "", [], {}) or isinstance(value, bool)
    text = value_words(value) if plain else str(value)
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
