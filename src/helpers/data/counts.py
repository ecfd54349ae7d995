"""What the words of a figure allow: low, best and high.

The interval is not a confidence interval. It says which numbers the printed words can mean; the
rule is written out with examples in ``docs/method.md``.
"""

import numpy as np
import pandas as pd

_SMALLEST, _LARGEST = -3, 12


def rounding_unit(count: pd.Series) -> pd.Series:
    """Return the unit a figure is rounded to: that of its last significant digit.

    A one followed by zeros is taken to be rounded to a tenth of itself: "nearly 100,000" does not
    allow 0.

    Parameters
    ----------
    count : Series of Float64
        Figures as printed, zero or more, with at most three decimals.

    Returns
    -------
    Series of Float64
        51,900 -> 100; 14.67 -> 0.01; 100,000 -> 10,000; 0 -> 1.
    """
    thousandths = np.rint(count.to_numpy(dtype=float, na_value=0.0) * 1000).astype(np.int64)
    exponent = np.full(len(count), _SMALLEST)
    for power in range(_SMALLEST + 1, _LARGEST + 1):
        exponent = np.where(thousandths % 10 ** (power + 3) == 0, power, exponent)
    # Zero is a multiple of everything; the words "about none" still speak of single units.
    exponent = np.where(thousandths == 0, 0, exponent)
    round_one = (exponent >= 1) & (thousandths == 10 ** (np.maximum(exponent, 1) + 3))
    unit = 10.0 ** np.where(round_one, exponent - 1, exponent)
    return pd.Series(unit, index=count.index, dtype="Float64").mask(count.isna())


def intervals(count: pd.Series, qualifier: pd.Series) -> pd.DataFrame:
    """Turn figures and their qualifiers into low, best and high.

    exact n: n, n, n. about n: half a :func:`rounding_unit` either way. at_least n: from n to one
    unit above. at_most n: from one unit below to n. vague: from n to the top of its
    decade (24 for "dozens" -> 99), without a best value; words below ten ("some") have no top.

    Parameters
    ----------
    count : Series of Float64
        Figures as printed, zero or more.
    qualifier : Series of str
        One of exact, about, at_least, at_most, vague.

    Returns
    -------
    DataFrame
        `low`, `best`, `high` (Float64), indexed like `count`; low <= best <= high where known.
    """
    unit = rounding_unit(count)
    low, best, high = count.copy(), count.copy(), count.copy()
    about = qualifier == "about"
    low = low.mask(about, count - unit / 2)
    high = high.mask(about, count + unit / 2)
    high = high.mask(qualifier == "at_least", count + unit)
    low = low.mask(qualifier == "at_most", count - unit)
    vague = qualifier == "vague"
    best = best.mask(vague)
    high = high.mask(vague, _top_of_decade(count))
    return pd.DataFrame({"low": low.clip(lower=0.0), "best": best, "high": high})


def _top_of_decade(count: pd.Series) -> pd.Series:
    values = count.to_numpy(dtype=float, na_value=0.0)
    digits = np.floor(np.log10(np.maximum(values, 1.0))) + 1
    top = pd.Series(10.0**digits - 1, index=count.index, dtype="Float64")
    return top.mask((values < 10) | count.isna())
