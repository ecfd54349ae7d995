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
COLUMNS: dict[str, tuple[Column, ...]] = {
    name: columns_of(model) for name, model in {**MODELS, **REGISTERS}.items()
}


def describe_table(name: str) -> str:
    """Return the one-line description of a table, from its declaration."""
    return ((MODELS | REGISTERS)[name].__doc__ or "").strip()
