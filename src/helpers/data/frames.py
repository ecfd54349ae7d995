"""Rows of a frame, one by one."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a frame as tuples with named fields.

    Parameters
    ----------
    frame : DataFrame

    Yields
    ------
    namedtuple
        As ``DataFrame.itertuples``; typed as Any, since a type checker can't know the columns.
    """
    yield from frame.itertuples()
