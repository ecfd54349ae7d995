"""Key figures: the few numbers that stand for many claims, each with who says so and when."""

import pandas as pd

from helpers.analysis.balances import handovers
from helpers.analysis.series import claim_series, ids, sound
from helpers.analysis.stocks import strength
from helpers.data.figures import KeyFigure
from helpers.data.series import is_office


def latest(series: pd.DataFrame, name: str, label: str) -> list[KeyFigure]:
    """Take the last stated value of a series.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`.
    name, label : str
        See :class:`~helpers.data.figures.KeyFigure`.

    Returns
    -------
    list of KeyFigure
        One, the :func:`standing` row, or none when nothing was stated.
    """
    if series["best"].notna().sum() == 0:
        return []
    row = standing(series)
    figure = (row["low"], row["best"], row["high"])
    return [KeyFigure(name, label, *figure, row["date"], row["claimant"], row["sources"])]


def standing(series: pd.DataFrame) -> pd.Series:
    """Return the row that stands for a series: its last level or total, or its largest flow.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, one series, not empty.

    Returns
    -------
    Series
        A row with a best value where there is one, of an office before an outlet that speaks for
        itself. Where the last statement is rounded, the last exact one that it allows stands for
        it.
    """
    rows = series
    for preferred in (rows["best"].notna(), is_office(rows)):
        rows = rows[preferred.loc[rows.index]] if preferred.loc[rows.index].any() else rows
    rows = rows.sort_values(["date", "support", "claimant_id"])
    if rows["measure"].iloc[0] == "flow":
        size = rows["best"].fillna(rows["low"])
        return rows.assign(size=size).sort_values("size", kind="stable").iloc[-1]
    last = rows.iloc[-1]
    exact = rows[rows["low"] == rows["high"]]
    allowed = exact[(exact["best"] >= last["low"]) & ~(exact["best"] > last["high"]).fillna(False)]
    return last if allowed.empty else allowed.iloc[-1]


def side_by_side(series: pd.DataFrame) -> pd.DataFrame:
    """Put the latest statement of each speaker next to each other.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, of one or several series.

    Returns
    -------
    DataFrame
        The last row of each series and claimant, largest first; columns as given.
    """
    last = series.sort_values("date").groupby(["series", "claimant_id"], as_index=False).tail(1)
    return last.sort_values(["series", "low"], ascending=[True, False], ignore_index=True)


def statements(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the series of all measures, one below the other.

    Parameters
    ----------
    claims : DataFrame
        Claims, e.g. from :func:`helpers.analysis.coverage.latest_statements`.

    Returns
    -------
    DataFrame
        As :func:`helpers.analysis.series.claim_series`, for showing side by side; never to add.
    """
    measures = [claim_series(claims, measure) for measure in ("flow", "cumulative", "stock")]
    return pd.concat([rows for rows in measures if len(rows)] or measures[:1], ignore_index=True)


def returns_figures(returns: pd.DataFrame) -> list[KeyFigure]:
    """Key figures on people returning and leaving.

    Parameters
    ----------
    returns : DataFrame
        Claims of the table `returns`.

    Returns
    -------
    list of KeyFigure
    """
    wanted = {
        "escorted_returns": "people brought back in escorted convoys",
        "exodus_arrivals": "people arrived in Armenia in the exodus",
    }
    totals = claim_series(sound(returns), "cumulative")
    figures = []
    for scope, label in wanted.items():
        rows = totals[(totals["series"] == f"{scope}/people") & is_office(totals)]
        figures += latest(rows, scope, label)
    resettled = totals[totals["series"] == "resettled_idps/people"]
    return figures + latest(resettled, "resettled_idps", "displaced Azerbaijanis resettled")


def exchange_figures(legs: pd.DataFrame) -> list[KeyFigure]:
    """Key figures on handovers: people and remains, for each receiving side.

    Parameters
    ----------
    legs : DataFrame
        From :func:`helpers.analysis.balances.handovers`.

    Returns
    -------
    list of KeyFigure
        Sums of the figures of single handovers; people and remains are never added together.
    """
    sides = {"armenian": ("armenia", "nk_authorities"), "azerbaijani": ("azerbaijan",)}
    figures = []
    for leg, noun in (("people", "people"), ("remains", "bodies")):
        for side, parties in sides.items():
            rows = legs[(legs["leg"] == leg) & legs["to_party"].isin(parties)]
            rows = rows[rows["high"].fillna(1) > 0]
            if rows.empty:
                continue
            low = rows["low"].sum()
            best = rows["best"].fillna(rows["low"]).sum()
            high = rows["high"].fillna(rows["best"]).fillna(rows["low"]).sum()
            label = f"{noun} handed to the {side.capitalize()} side"
            many = "handover" if len(rows) == 1 else "handovers"
            made = f"sum of {len(rows)} {many}, each as best supported"
            sources = ids(source for cell in rows["sources"] for source in cell)
            figures.append(
                KeyFigure(
                    f"{leg}_to_{side}", label, low, best, high, rows["date"].max(), made, sources
                )
            )
    return figures


def deployment_figures(deployments: pd.DataFrame) -> list[KeyFigure]:
    """Key figures on forces: strength and posts as last reported.

    Parameters
    ----------
    deployments : DataFrame
        Claims of the table `deployments`.

    Returns
    -------
    list of KeyFigure
    """
    wanted = [
        ("russian_peacekeepers", "personnel", "Russian peacekeepers"),
        ("russian_peacekeepers", "posts", "posts of the Russian peacekeepers"),
        ("euma", "personnel", "staff of the EU Mission in Armenia"),
    ]
    figures = []
    for force, category, label in wanted:
        figures += latest(strength(deployments, force, category), f"{force}_{category}", label)
    return figures


def overview_figures(
    returns: pd.DataFrame, exchanges: pd.DataFrame, deployments: pd.DataFrame, events: pd.DataFrame
) -> list[KeyFigure]:
    """All key figures of the overview.

    Parameters
    ----------
    returns, exchanges, deployments, events : DataFrame
        The tables of these names.

    Returns
    -------
    list of KeyFigure
    """
    legs = handovers(exchanges, events)
    return returns_figures(returns) + exchange_figures(legs) + deployment_figures(deployments)
