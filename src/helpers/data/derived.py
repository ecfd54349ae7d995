"""What the build adds to the curated columns."""

import pandas as pd

from helpers.data.columns import Column
from helpers.data.counts import intervals
from helpers.data.names import name_column, place_names, replace_ids
from helpers.data.periods import last_days
from helpers.data.schemas import COLUMNS
from helpers.data.series import series_of, speaker_of
from helpers.data.vocabulary import CLAIM_TABLES, FIGURE_TABLES

_LAST_DAY = Column("last_day", "Last day the date can mean, by its precision", "date")
_FIGURE_COLUMNS = (
    _LAST_DAY,
    Column("low", "Lowest number the words allow", "number", unit="see the column unit"),
    Column("best", "The number as stated; empty for a vague word", "number"),
    Column("high", "Highest number the words allow; empty when they set none", "number"),
    Column("known_issue", "Rules it is known to break, joined by semicolons", "text"),
    Column("claimant", "Name of the claimant", "text"),
    Column("claimant_party", "Party the claimant speaks for", "text"),
    Column("publisher", "Who printed it", "text"),
    Column("via", "The outlet that carried it, where another", "text"),
    Column("published", "Day it was printed, empty when undated", "date"),
    Column("language", "Language of the page", "text"),
    Column("url", "Address of the page", "url"),
    Column("origin_key", "Who it goes back to: the agency credited, else the publisher", "text"),
)
_SERIES = Column("series", "What is counted; only claims of one series may be compared", "text")
_SPEAKER = Column("speaker", "The claimant, or the outlet where no office is named", "text")
_EVENT_COLUMNS = (
    _LAST_DAY,
    Column("first_published", "Earliest dated report, empty when none is dated", "date"),
)


def derived_columns(table: str) -> tuple[Column, ...]:
    """List the columns the build adds to one table.

    Parameters
    ----------
    table : str

    Returns
    -------
    tuple of Column
    """
    names = tuple(
        Column(name_column(item.name), f"Names for the column {item.name}", "text")
        for item in COLUMNS[table]
        if item.references in ("places.place_id", "parties.party_id")
    )
    if table in CLAIM_TABLES:
        return (_SERIES, _SPEAKER, *_FIGURE_COLUMNS, *names)
    if table in FIGURE_TABLES:
        return (*_FIGURE_COLUMNS, *names)
    return (*_EVENT_COLUMNS, *names) if table == "events" else names


def derive(table: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Add to one table what the build derives.

    Parameters
    ----------
    table : str
        Table to extend.
    frames : dict of str to DataFrame
        All typed tables.

    Returns
    -------
    DataFrame
        The table's own columns in declared order, then :func:`derived_columns`.
    """
    frame = frames[table].reset_index(drop=True)
    if table in FIGURE_TABLES:
        frame = _add_figures(table, frame, frames)
    elif table == "events":
        frame = frame.assign(last_day=last_days(frame), first_published=_first(frame, frames))
    lookups = {
        "places.place_id": place_names(frames["places"], "english"),
        "parties.party_id": frames["parties"].set_index("party_id")["name"],
    }
    for item in COLUMNS[table]:
        if item.references in lookups:
            frame[name_column(item.name)] = replace_ids(frame[item.name], lookups[item.references])
    order = [item.name for item in (*COLUMNS[table], *derived_columns(table))]
    return frame[order]


def _add_figures(table: str, frame: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    claimants = frames["claimants"].set_index("claimant_id")
    sources = frames["sources"].set_index("source_id")
    issues = frames["known_issues"].groupby("claim_id")["rule"].agg(";".join)
    added = intervals(frame["count"], frame["qualifier"])
    added["last_day"] = last_days(frame)
    added["known_issue"] = frame["claim_id"].map(issues).fillna("").astype("str")
    added["claimant"] = frame["claimant_id"].map(claimants["name"])
    added["claimant_party"] = frame["claimant_id"].map(claimants["party_id"])
    for name in ("publisher", "via", "published", "language", "url"):
        added[name] = frame["source_id"].map(sources[name])
    added["origin_key"] = frame["wire"].where(frame["wire"] != "", added["publisher"])
    if table in CLAIM_TABLES:
        added["series"] = series_of(table, frame)
        added["speaker"] = speaker_of(frame, added["publisher"])
    return pd.concat([frame, added], axis=1)


def _first(events: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.Series:
    published = frames["sources"].set_index("source_id")["published"]
    single = events["source_ids"].str.split(";").explode()
    return single.map(published).groupby(level=0).min()
