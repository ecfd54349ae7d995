"""Choosing rows: small questions that notebooks ask in one line."""

from collections.abc import Sequence

import pandas as pd

from helpers.data.series import is_office

# The first convoy and the start of the operation are one beginning; two years are not.
SAME_START = pd.Timedelta(days=7)
# The pages this ledger began with: Interfax, TASS twice, TRT World, Pledge Times.
FOUNDING_DISPATCHES = (
    "interfax-20210201-733a",
    "tass-20210113-b403",
    "tass-20210707-9432",
    "trt-world-20201120-333a",
    "pledge-times-20211219-3c5b",
)
# Scopes that count the same movement of people differently.
KINDRED_SCOPES = (
    "all_returns",
    "escorted_returns",
    "unescorted_returns",
    "displaced",
    "still_displaced",
    "exodus_arrivals",
)


def where(frame: pd.DataFrame, column: str, words: str | Sequence[str]) -> pd.DataFrame:
    """Keep rows whose cell is one of the words.

    Parameters
    ----------
    frame : DataFrame
    column : str
    words : str or sequence of str
        One word or several; an empty sequence keeps everything.

    Returns
    -------
    DataFrame
    """
    chosen = [words] if isinstance(words, str) else list(words)
    return frame[frame[column].isin(chosen)] if chosen else frame


def single_days(claims: pd.DataFrame) -> pd.DataFrame:
    """Keep claims about one day; figures for a week or a month belong to no day.

    Parameters
    ----------
    claims : DataFrame
        Needs `date`, `last_day` and `date_precision`.

    Returns
    -------
    DataFrame
    """
    return claims[(claims["date"] == claims["last_day"]) & (claims["date_precision"] != "by")]


def recent(events: pd.DataFrame, days: int) -> pd.DataFrame:
    """Keep the events of the last days before the latest one.

    Parameters
    ----------
    events : DataFrame
        Needs `date`.
    days : int
        Length of the window.

    Returns
    -------
    DataFrame
        Empty when there are no events.
    """
    return events[events["date"] > events["date"].max() - pd.Timedelta(days=days)]


def claims_from(frames: Sequence[pd.DataFrame], source_ids: Sequence[str]) -> pd.DataFrame:
    """Gather what certain pages print, over several tables.

    Parameters
    ----------
    frames : sequence of DataFrame
        Claim tables.
    source_ids : sequence of str

    Returns
    -------
    DataFrame
        The columns that all tables share.
    """
    return pd.concat([where(frame, "source_id", source_ids) for frame in frames], join="inner")


def events_from(events: pd.DataFrame, source_ids: Sequence[str]) -> pd.DataFrame:
    """Keep the events that certain pages report.

    Parameters
    ----------
    events : DataFrame
        Needs `source_ids`.
    source_ids : sequence of str

    Returns
    -------
    DataFrame
    """
    wanted = set(source_ids)
    reported = events["source_ids"].map(lambda cell: bool(wanted & set(str(cell).split(";"))))
    return events[reported.astype("bool")]


def main_series(series: pd.DataFrame, prefer: str = "") -> pd.DataFrame:
    """Keep one series, since figures of different series share no chart.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`.
    prefer : str
        The series to take when it is there, e.g. ``resettled_idps/people``.

    Returns
    -------
    DataFrame
        The preferred series, else the one with the most claims.
    """
    if series.empty or prefer in set(series["series"]):
        return series[series["series"] == prefer].reset_index(drop=True)
    sizes = series.assign(n=series["claims"].map(len)).groupby("series")["n"].sum()
    return series[series["series"] == sizes.idxmax()].reset_index(drop=True)


def leading_claims(claims: pd.DataFrame, series: str = "") -> pd.DataFrame:
    """Keep the flows and running totals of the office that states most of them.

    Parameters
    ----------
    claims : DataFrame
        Rows of a claim table.
    series : str
        Key of the series, e.g. ``escorted_returns/people``; the one with the most claims where
        left out.

    Returns
    -------
    DataFrame
        Claims of one series and speaker, counted from one day: totals that count from another
        day than most are left out. Empty where no office states the series. Of casualties only
        running totals: a toll that is stated again is no growth.
    """
    measures = ["cumulative"] if "party_id" in claims else ["flow", "cumulative"]
    counts = claims[claims["measure"].isin(measures) & is_office(claims)]
    if len(counts):
        counts = counts[counts["series"] == (series or counts["series"].value_counts().idxmax())]
    if counts.empty:
        return counts
    counts = counts[counts["speaker"] == counts["speaker"].value_counts().idxmax()]
    starts = counts.loc[counts["measure"] == "cumulative", "since"].dropna()
    if starts.empty:
        return counts
    start = starts.mode().iloc[-1]
    same = (counts["since"] - start).abs() <= SAME_START
    return counts[same | counts["since"].isna() | (counts["measure"] == "flow")]
