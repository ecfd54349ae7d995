"""Cells that a spreadsheet would run as a formula, made plain text."""

import pandas as pd

# Excel, LibreOffice and Google Sheets take these at the start of a cell for a formula or a command;
# https://owasp.org/www-community/attacks/CSV_Injection lists them.
_FORMULA = r"^([=+\-@\t\r\n])"


def neutral(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would take for a formula.

    Parameters
    ----------
    frame : DataFrame
        Left untouched. Numbers and days are no text and stay as they are.

    Returns
    -------
    DataFrame
    """
    texts = frame.select_dtypes(include="str").columns
    plain = {name: frame[name].str.replace(_FORMULA, r"'\1", regex=True) for name in texts}
    return frame.assign(**plain)
