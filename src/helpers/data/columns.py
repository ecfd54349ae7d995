"""How one column is declared: its kind, what it means, and what may stand in it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa

LIST_SEPARATOR = ";"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The limits are those within which `counts.rounding_unit` is exact.
_NUMBER = r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?"
_COORDINATE = r"-?[0-9]{1,3}(\.[0-9]+)?"
_SLUG = r"[a-z0-9][a-z0-9_-]*"
# No markup, and nothing invisible: control characters, line separators, marks that turn the
# direction of the text.
_CHARACTER = r"[^<>\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
# No blanks at either end, and no lead that a spreadsheet would run as a formula.
_TEXT = rf"(?![=+\-@\s]){_CHARACTER}+(?<!\s)"
# Digits in groups of three: comma, point, blank, apostrophe, and the blanks typesetters use.
_GROUPED = r"[0-9]{1,3}([,. '’\u00a0\u2009\u202f][0-9]{3})+"
_URL = r"https?://[^\s<>\"'\\]+"

_RULES = {
    "id": ("an id is lower-case words, digits and hyphens", "write it like {example}"),
    "reference": ("a reference is one id or several joined by ;", "write ids that exist"),
    "date": ("a date is YYYY-MM-DD", "write the day, or leave the cell empty if it may be"),
    "number": (
        "a count is a plain number, zero or more, no separators or signs, at most three decimals",
        "write it like 51947 or 14.67",
    ),
    "coordinate": (
        "a coordinate is degrees with a decimal point, at most 90 north or 180 east",
        "write it like 39.76006",
    ),
    "word": ("the word is not in the vocabulary", "use one of: {words}"),
    "text": (
        "text has no markup, no line breaks or hidden marks and no formula sign (= + - @) in front",
        "reword it",
    ),
    "url": ("an address begins with http:// or https:// and has no blanks", "copy it again"),
}
_DTYPES = {"date": "datetime64[us]", "number": "Float64", "coordinate": "Float64"}
_PACKAGE_TYPES = {"date": "date", "number": "number", "coordinate": "number"}


@dataclass(frozen=True)
class Column:
    """What a schema says about one column.

    Attributes
    ----------
    name, description, kind, unit : str
        `kind` is one of id, reference, date, number, coordinate, word, text, url.
    words : dict of str to str
        Closed vocabulary with labels; empty when any value of the kind is allowed.
    references : str
        ``table.column`` the values must exist in, or empty.
    also : dict of str to str
        Words that may stand instead of a reference.
    many : bool
        Whether the cell holds a list joined by semicolons.
    required, unique : bool
        Whether the cell may be empty; whether values may repeat.
    example : str
        A value that fits.
    """

    name: str
    description: str
    kind: str
    unit: str = ""
    words: dict[str, str] | None = None
    references: str = ""
    also: dict[str, str] | None = None
    many: bool = False
    required: bool = False
    unique: bool = False
    example: str = ""

    @property
    def dtype(self) -> str:
        """Pandas dtype of the built column."""
        return _DTYPES.get(self.kind, "str")

    @property
    def package_type(self) -> str:
        """Type word of the Table Schema standard."""
        return _PACKAGE_TYPES.get(self.kind, "string")

    def rule(self, value: str) -> tuple[str, str]:
        """Return (rule, remedy) for a value that does not fit this column."""
        if self.required and not value:
            return "the cell must not be empty", f"fill in {self.description.rstrip('.').lower()}"
        if value != value.strip():
            return "a cell has no blanks at its ends", "remove them"
        rule, remedy = _RULES[self.kind]
        if self.kind == "number" and re.fullmatch(_GROUPED, value):
            remedy = f"write {re.sub(r'[^0-9]', '', value)} if a thousands separator was meant"
        words = ", ".join(self.words or ())
        return rule, remedy.format(words=words, example=self.example)


def column(
    description: str,
    kind: str,
    *,
    pattern: str = "",
    words: Collection[str] | None = None,
    many: bool = False,
    required: bool = False,
    **facts: Any,
) -> Any:
    """Declare one column of a table for pandera, with what the codebook needs beside it.

    Parameters
    ----------
    description : str
        One sentence for the codebook.
    kind : str
        id, reference, date, number, coordinate, word, text or url.
    pattern : str, optional
        Narrower regular expression than the kind's own.
    words : dict or collection of str, optional
        Closed vocabulary.
    many : bool
        A list joined by semicolons.
    required : bool
        The cell may not be empty.
    **facts
        `unit`, `references`, `also`, `unique`, `example`: see :class:`Column`.

    Returns
    -------
    pandera field
    """
    one = pattern or _pattern(kind, words)
    whole = f"{one}(;{one})*" if many else one
    meta = {"kind": kind, "words": words, "many": many, "required": required, **facts}
    return pa.Field(
        description=description,
        metadata=meta,
        # \Z, since $ would let a line break at the end pass.
        str_matches=rf"^({whole}){'' if required else '?'}\Z",
        unique=bool(facts.get("unique")),
    )


def columns_of(model: type[pa.DataFrameModel]) -> tuple[Column, ...]:
    """List what a pandera model declares, in declared order.

    Parameters
    ----------
    model : pandera DataFrameModel
        One of :data:`helpers.data.schemas.MODELS` or a derived model.

    Returns
    -------
    tuple of Column
    """
    declared = model.to_schema().columns
    return tuple(
        Column(name=name, description=field.description or "", **(field.metadata or {}))
        for name, field in declared.items()
    )


def typed(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Turn checked text columns into the dtypes their kinds call for.

    Parameters
    ----------
    frame : DataFrame of str
        Checked raw table.
    columns : tuple of Column
        What each column is.

    Returns
    -------
    DataFrame
        Same rows; dates as datetime64 (NaT when empty), numbers as Float64 (NA when empty).
    """
    result = frame.copy()
    for item in columns:
        if item.kind == "date":
            # A format, since pandas guesses none from the first century and then warns.
            days = pd.to_datetime(frame[item.name].replace("", None), format="%Y-%m-%d")
            result[item.name] = days.astype(item.dtype)
        elif item.dtype == "Float64":
            result[item.name] = pd.to_numeric(frame[item.name].replace("", None)).astype("Float64")
    return result


def _pattern(kind: str, words: Collection[str] | None) -> str:
    if words is not None:
        return "(" + "|".join(re.escape(word) for word in words) + ")"
    kinds = {"date": _DATE, "number": _NUMBER, "coordinate": _COORDINATE, "text": _TEXT}
    kinds |= {"url": _URL, "id": _SLUG, "reference": _SLUG}
    return kinds[kind]
