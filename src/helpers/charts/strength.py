"""The strength of a force against what had been agreed."""

import pandas as pd

from helpers.charts.chart import Chart
from helpers.charts.look import Look, strength_name
from helpers.charts.trend import plot_claims


def plot_strength(
    deployed: pd.DataFrame, agreed: pd.DataFrame, force: str, *, category: str = "personnel"
) -> Chart:
    """Draw the strength of a force as steps, against what had been agreed.

    Parameters
    ----------
    deployed, agreed : DataFrame
        From :func:`helpers.analysis.stocks.strength`; `agreed` may be empty.
    force : str
        Coded force.
    category : str
        personnel, posts, …

    Returns
    -------
    Chart
    """
    unit = "people" if deployed.empty else str(deployed["unit"].mode().iloc[0])
    what = strength_name(force, category, unit)
    stated = agreed.dropna(subset=["best"]).sort_values(["date", "support"])
    exact = stated[stated["low"] == stated["high"]]
    steps = (stated if exact.empty else exact).drop_duplicates("date", keep="last")
    if len(deployed):
        steps = steps[steps["date"] <= deployed["date"].max()]
    return plot_claims(deployed, Look(what, "step", None if steps.empty else steps))
