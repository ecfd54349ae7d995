"""The explorer: controls, chart, claims and sources that follow each other."""

from html import escape

import ipywidgets as widgets

from helpers.data.errors import KarabakhError
from helpers.data.project import Project
from helpers.explore.controls import Controls
from helpers.explore.downloads import files_of, links_to
from helpers.explore.ledger import Ledger
from helpers.explore.selection import Selection
from helpers.explore.stanza import edition_stanza
from helpers.explore.style import STYLE
from helpers.explore.view import View, lay_out, look_up

_PANELS = ("said", "chart", "taken", "claims", "sources")


class Explorer(widgets.VBox):
    """Widgets over the functions that the reports use.

    Parameters
    ----------
    ledger : Ledger
    opening : Selection
        What is shown at first.

    Raises
    ------
    KarabakhError
        The tables are not built, or the selection names what is not there.
    """

    def __init__(self, ledger: Ledger, opening: Selection) -> None:
        self._ledger, self._drawn = ledger, None
        self.controls = Controls(ledger, opening)
        panels = {name: widgets.HTML() for name in _PANELS}
        for name, panel in panels.items():
            panel.add_class(f"kl-{name}-panel")
        self.said, self.chart, self.taken, self.claims, self.sources = panels.values()
        self.download = widgets.Button(description="Prepare downloads", icon="download")
        self.edition = widgets.Button(description="Make this an edition", icon="file-text-o")
        self.download.on_click(self._offer_files)
        self.edition.on_click(self._offer_stanza)
        actions = widgets.HBox([self.download, self.edition])
        actions.add_class("kl-actions")
        shown = [self.said, self.chart, actions, self.taken, self.claims, self.sources]
        super().__init__([widgets.HTML(STYLE), self.controls.box, *shown])
        self.add_class("kl-explore")
        self.view = self._show()
        self.controls.listen(self._update)

    def _update(self) -> None:
        """Follow the controls; what goes wrong is told where the reader looks."""
        try:
            self.view = self._show()
        except KarabakhError as error:
            self._drawn = None
            self.chart.value = self.claims.value = self.sources.value = self.taken.value = ""
            self.said.value = _note(str(error))

    def _show(self) -> View:
        view = look_up(self._ledger, self.controls.selection)
        self.said.value, self.taken.value = _note(view.said), ""
        if (drawn := _content(view)) != self._drawn:
            panels = (self.chart, self.claims, self.sources)
            for panel, html in zip(panels, lay_out(view, self._ledger), strict=True):
                panel.value = html
            self._drawn = drawn
        return view

    def _offer_files(self, _: widgets.Button) -> None:
        files = files_of(self.view, self._ledger)
        self.taken.value = links_to(files, self.view.selection.slug)

    def _offer_stanza(self, _: widgets.Button) -> None:
        stanza = escape(edition_stanza(self.view))
        ask = "Add this below <code>editions:</code> in <code>reports.yml</code>:"
        self.taken.value = f'<p>{ask}</p><pre class="kl-stanza" tabindex="0">{stanza}</pre>'


def explore(
    *,
    table: str = "returns",
    series: str = "",
    as_of: str = "",
    names: str = "both",
    project: Project | None = None,
) -> Explorer:
    """Explore the ledger with controls.

    Parameters
    ----------
    table : str
        Claim table to open with.
    series : str
        Key of a series, as in the column `series`; the one with the most claims where left out.
    as_of : str
        Only what had been published by this day, YYYY-MM-DD; empty means all.
    names : str
        Form of place names: both, armenian, azerbaijani or english.
    project : Project, optional
        The project found from the current folder by default.

    Returns
    -------
    Explorer
        A widget; the last value of a cell shows itself.

    Raises
    ------
    KarabakhError
        The tables are not built, or there is no such table, series, day or form.
    """
    return Explorer(Ledger(project), Selection(table, series, "", as_of=as_of, names=names))


def _content(view: View) -> tuple[object, ...]:
    """Return what the panels depend on; a slider often passes days on which it stays the same."""
    chosen = view.selection
    what = (chosen.table, chosen.series, chosen.measure, chosen.names)
    return (*what, tuple(view.claims["claim_id"]))


def _note(text: str) -> str:
    return f'<p class="kl-said" role="status">{escape(text)}</p>'
