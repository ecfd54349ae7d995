"""Place names in the form the reader chose."""

import pandas as pd

from helpers.data.errors import ParameterError

FORMS = ("both", "armenian", "azerbaijani", "english")


def place_names(places: pd.DataFrame, form: str = "both") -> pd.Series:
    """Return what each place is called in one form.

    Parameters
    ----------
    places : DataFrame
        The table `places`: `place_id`, `name`, `name_hy`, `name_az`.
    form : str
        english, armenian or azerbaijani; both gives the English form with the Armenian and the
        Azerbaijani one behind it, where they are known and differ.

    Returns
    -------
    Series of str
        Indexed by `place_id`. A form that is not known falls back on the English one.

    Raises
    ------
    ParameterError
        Unknown form.
    """
    if form not in FORMS:
        raise ParameterError(f"names={form!r}: no such form; use one of {', '.join(FORMS)}")
    table = places.set_index("place_id")
    english = table["name"]
    if form == "english":
        return english
    if form in ("armenian", "azerbaijani"):
        own = table["name_hy" if form == "armenian" else "name_az"]
        return own.where(own != "", english)
    rows = zip(english, table["name_hy"], table["name_az"], strict=True)
    return pd.Series([_both(*row) for row in rows], index=table.index, dtype="str")


def _both(english: str, *forms: str) -> str:
    others = [name for name in dict.fromkeys(forms) if name not in ("", english)]
    return f"{english} ({' / '.join(others)})" if others else english


def replace_ids(cells: pd.Series, names: pd.Series, separator: str = ";") -> pd.Series:
    """Replace ids, single or joined by `separator`, by names.

    Parameters
    ----------
    cells : Series of str
        Ids as they stand in a table; empty stays empty.
    names : Series of str
        Names indexed by id.
    separator : str
        What joins several ids in one cell.

    Returns
    -------
    Series of str
        Names joined by "; ".
    """
    lookup = names.to_dict()
    known = {
        cell: "; ".join(lookup.get(word, word) for word in cell.split(separator) if word)
        for cell in cells.unique()
    }
    return cells.map(known).astype("str")


def name_column(column: str) -> str:
    """Return the column that holds the names for a column of ids."""
    return column.removesuffix("_id") + "_name"
