"""The strength of a force against what had been agreed."""

import pandas as pd

from helpers.analysis.figures import standing
from helpers.charts.chart import Chart
from helpers.charts.look import Look, force_name
from helpers.charts.trend import plot_claims
from helpers.charts.words import write_number
from helpers.data.vocabulary import DEPLOYMENT_CATEGORIES


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
    what = force_name(force)
    what = what if category == "personnel" else f"{DEPLOYMENT_CATEGORIES[category]}, {what}"
    if agreed["best"].notna().sum() == 0:
        return plot_claims(deployed, Look(what, "step"))
    last = standing(agreed)
    label = f"Agreed: {write_number(last['best'])}"
    return plot_claims(deployed, Look(what, "step", float(last["best"]), label))
