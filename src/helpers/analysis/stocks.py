"""Levels over time, and how long missions lasted."""

import pandas as pd

from helpers.analysis.series import claim_series, sound
from helpers.data.frames import rows_of


def strength(
    deployments: pd.DataFrame, force: str, category: str, *, status: str = "deployed"
) -> pd.DataFrame:
    """Return what was said to stand at a place, day by day as claimed.

    Parameters
    ----------
    deployments : DataFrame
        Claims of the table `deployments`.
    force, category : str
        E.g. ``russian_peacekeepers`` and ``personnel``.
    status : str
        deployed for what was there, authorised for what was agreed.

    Returns
    -------
    DataFrame
        As :func:`helpers.analysis.series.claim_series` for stocks of that force and category.
    """
    chosen = sound(deployments)
    chosen = chosen[
        (chosen["force"] == force) & (chosen["category"] == category) & (chosen["status"] == status)
    ]
    return claim_series(chosen, "stock")


def lifelines(missions: pd.DataFrame, events: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Return from when to when each force or mission was there.

    Parameters
    ----------
    missions : DataFrame
        The table `missions`.
    events : DataFrame
        The table `events`, as known on the chosen day: a mission whose first event is not known
        yet has no line, one whose last event is not known yet is open.
    reports : DataFrame
        Claims with `force`, `last_day` and `published`: an open line ends with the last day that
        one of them speaks of, which is not after the day it was printed.

    Returns
    -------
    DataFrame
        `force`, `party_id`, `start`, `end` (datetime64), `open` (bool), `opened`, `closed`
        (titles), `sources` (tuple of ids), sorted by start.
    """
    known = events.set_index("event_id")
    # "In May", printed on the first of May, says nothing of the rest of the month.
    spoken = reports[["last_day", "published"]].min(axis=1)
    heard = spoken.groupby(reports["force"]).max()
    begun = missions[missions["opened_event"].isin(known.index)]
    rows = [_lifeline(mission, known, heard) for mission in rows_of(begun)]
    columns = ["force", "party_id", "start", "end", "open", "opened", "closed", "sources"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(["start", "force"], ignore_index=True)


def _lifeline(mission, known: pd.DataFrame, heard: pd.Series) -> tuple:
    opened = known.loc[mission.opened_event]
    sources, title, still = opened["source_ids"], "", mission.closed_event not in known.index
    if still:
        end = max(opened["last_day"], heard.get(mission.force, opened["last_day"]))
    else:
        closed = known.loc[mission.closed_event]
        end, title = closed["date"], closed["title"]
        sources += ";" + closed["source_ids"]
    return (
        mission.force,
        mission.party_id,
        opened["date"],
        end,
        still,
        opened["title"],
        title,
        tuple(sources.split(";")),
    )
