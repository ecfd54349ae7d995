"""Every table by name: reading, checking, codebook and data package all start here."""

import pandera.pandas as pa

from helpers.data.claims import Casualties, Deployments, Exchanges, Operations, Plans, Returns
from helpers.data.columns import Column, columns_of
from helpers.data.registers import (
    Claimants,
    Corrections,
    Events,
    KnownIssues,
    Missions,
    Parties,
    Places,
    Sources,
)
from helpers.data.vocabulary import CLAIM_TABLES

MODELS: dict[str, type[pa.DataFrameModel]] = {
    "returns": Returns,
    "exchanges": Exchanges,
    "deployments": Deployments,
    "operations": Operations,
    "casualties": Casualties,
    "plans": Plans,
    "events": Events,
    "sources": Sources,
    "claimants": Claimants,
    "parties": Parties,
    "places": Places,
    "missions": Missions,
}
REGISTERS: dict[str, type[pa.DataFrameModel]] = {
    "corrections": Corrections,
    "known_issues": KnownIssues,
}
FIGURE_TABLES = (*CLAIM_TABLES, "plans")
COLUMNS: dict[str, tuple[Column, ...]] = {
    name: columns_of(model) for name, model in {**MODELS, **REGISTERS}.items()
}
# What tells one series from another, within a table and for one claimant, measure and unit.
IDENTITY: dict[str, tuple[str, ...]] = {
    "returns": ("scope", "destination"),
    "exchanges": ("category", "from_party", "to_party"),
    "deployments": ("force", "category", "status", "place_id"),
    "operations": ("force", "activity", "place_id"),
    "casualties": ("party_id", "category", "event_id"),
}


def describe_table(name: str) -> str:
    """Return the one-line description of a table, from its declaration."""
    return ((MODELS | REGISTERS)[name].__doc__ or "").strip()
