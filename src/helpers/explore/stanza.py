"""From a view to an edition: the lines of reports.yml that make it a page of its own."""

from typing import Any

import yaml

from helpers.analysis.balances import LEGS
from helpers.charts.citations import write_day
from helpers.charts.words import short_name
from helpers.data.load import day_of
from helpers.explore.labels import MEASURE_NAMES, look_at, party_label
from helpers.explore.view import View

_WEEKLY = "0 6 * * 1"


def edition_stanza(view: View) -> str:
    """Write the stanza of reports.yml for a view.

    Parameters
    ----------
    view : View

    Returns
    -------
    str
        YAML, indented to stand below ``editions:``.
    """
    notebook, parameters = answering(view)
    chosen = view.selection
    days = {"start": chosen.start, "end": chosen.end, "as_of": chosen.as_of}
    # Notebooks open with the ceasefire, so that no limit has to be said.
    common = {name: day for name, day in days.items() if day or name == "start"}
    if chosen.names != "both":
        common["names"] = chosen.names
    entry = {
        "notebook": notebook,
        "title": _title(view),
        "parameters": common | parameters,
        "cadence": _WEEKLY,
    }
    text = yaml.safe_dump({chosen.slug: entry}, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"  {line}\n" for line in text.splitlines())


def answering(view: View) -> tuple[str, dict[str, Any]]:
    """Find the notebook that answers a view's question, and the parameters that ask it.

    Parameters
    ----------
    view : View

    Returns
    -------
    notebook : str
        Its name: the table's own notebook where that draws the series; otherwise the one on
        claims, which takes any series and claimants.
    parameters : dict
    """
    chosen = view.selection
    first, *rest = chosen.series.split("/")
    own: dict[str, tuple[bool, str, dict[str, Any]]] = {
        "returns": (rest == ["people"], "02_returns", {"scope": first}),
        "exchanges": (
            LEGS.get(first) in ("people", "remains"),
            "03_exchanges",
            {"categories": [first]},
        ),
        "deployments": (
            rest[:2] in (["personnel", "deployed"], ["posts", "deployed"]),
            "04_deployments",
            {"force": first},
        ),
        "operations": (True, "05_operations", {"force": first, "activities": rest[:1]}),
    }
    draws, notebook, parameters = own.get(chosen.table, (False, "", {}))
    everyone = not (chosen.claimant or chosen.party)
    level = chosen.measure == "stock" and chosen.table != "deployments"
    if draws and everyone and not level:
        return notebook, parameters
    voices = [] if everyone else sorted(view.ever["claimant_id"].unique())
    asked = {"table": chosen.table, "contains": chosen.series}
    return "07_claims", asked | ({"claimants": voices} if voices else {})


def _title(view: View) -> str:
    chosen = view.selection
    what = look_at(chosen.table, chosen.series, chosen.measure, view.words).what
    said = [what[:1].upper() + what[1:], MEASURE_NAMES[chosen.measure]]
    if chosen.claimant:
        said.append(short_name(view.ever["claimant"].iloc[0]))
    elif chosen.party:
        said.append(f"said by {party_label(chosen.party, view.words)}")
    days = {"from": chosen.start, "to": chosen.end, "known on": chosen.as_of}
    stamps = {word: day_of(day, word) for word, day in days.items() if day}
    said += [f"{word} {write_day(day)}" for word, day in stamps.items() if day is not None]
    return ", ".join(said)
