"""What is shown of a selection: chart, claims, sources, and words for what is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from helpers.analysis import claim_series, sound
from helpers.charts import Chart, open_page, plot_claims, show_claims, show_sources
from helpers.charts.citations import write_day
from helpers.charts.words import plural
from helpers.explore.labels import Words, look_at
from helpers.explore.ledger import Ledger
from helpers.explore.selection import Selection, voiced, within


@dataclass(frozen=True)
class View:
    """A selection with the claims that fall into it.

    Attributes
    ----------
    selection : Selection
    claims : DataFrame
        Rows of the table, known issues among them.
    ever : DataFrame
        The same for any period and state of knowledge.
    said : str
        How much is shown, how much is not and why, in words.
    words : mapping
        What the words in the key of a series mean.
    """

    selection: Selection
    claims: pd.DataFrame
    ever: pd.DataFrame
    said: str
    words: Words

    def chart(self) -> Chart:
        """Draw the claims; an empty selection gives a chart that says so in words."""
        chosen = self.selection
        series = claim_series(sound(self.claims), chosen.measure)
        return plot_claims(series, look_at(chosen.table, chosen.series, chosen.measure, self.words))


def look_up(ledger: Ledger, selection: Selection) -> View:
    """Find the claims of a selection.

    Parameters
    ----------
    ledger : Ledger
    selection : Selection

    Returns
    -------
    View
    """
    chosen = {"as_of": selection.as_of, "names": selection.names}
    known = voiced(ledger.claims(selection.table, **chosen), selection)
    ever = voiced(ledger.claims(selection.table, names=selection.names), selection)
    claims = within(known, selection)
    said = describe_view(claims, known, ever, selection.as_of)
    return View(selection, claims, ever, said, ledger.words(selection.names))


def lay_out(view: View, ledger: Ledger) -> Iterator[str]:
    """Write a view as HTML; citations are numbered from one, in the order of the panels.

    Parameters
    ----------
    view : View
    ledger : Ledger

    Yields
    ------
    str
        Chart, claims, sources, each as soon as it is ready: the browser shows one while the next
        is written.
    """
    open_page(ledger.sources)
    yield view.chart()._repr_html_()
    claims = show_claims(view.claims, caption="Claims", fold=False)
    yield f"<h3>Claims</h3>{claims._repr_html_()}"
    yield f"<h3>Sources</h3>{show_sources()._repr_html_()}"


def describe_view(claims: pd.DataFrame, known: pd.DataFrame, ever: pd.DataFrame, as_of: str) -> str:
    """Say how much is shown, how much is not, and why.

    Parameters
    ----------
    claims, known, ever : DataFrame
        Claims shown; those known on the day, at any time; all that were ever printed.
    as_of : str
        The day, YYYY-MM-DD, or empty.

    Returns
    -------
    str
        A few sentences.
    """
    said = [_shown(claims)]
    if as_of:
        day = write_day(pd.Timestamp(as_of))
        later = int((ever["published"] > pd.Timestamp(as_of)).sum())
        undated = int(ever["published"].isna().sum())
        hidden = f"{later} printed later and {undated} on undated pages are hidden"
        said.append(f"Known on {day}; {hidden}." if len(known) else _unknown(ever, day))
    if len(known) > len(claims):
        said.append(f"{plural(len(known) - len(claims), 'more claim')} outside the period.")
    if left_out := len(claims) - len(sound(claims)):
        reason = "listed, but not drawn: misprinted, doubled or out of step"
        said.append(f"{plural(left_out, 'claim')} {reason}.")
    return " ".join(said)


def _shown(claims: pd.DataFrame) -> str:
    if claims.empty:
        return "Nothing to show: no claim falls into this selection."
    by = plural(claims["speaker"].nunique(), "speaker")
    pages = plural(claims["source_id"].nunique(), "page")
    return f"{plural(len(claims), 'claim')} by {by} on {pages}."


def _unknown(ever: pd.DataFrame, day: str) -> str:
    first = ever["published"].min()
    if pd.isna(first):
        return f"Nothing is known to have been printed by {day}: its pages are undated."
    return f"Nothing had been printed by {day}; the first dated page is of {write_day(first)}."
