"""Every table declared once: reading, checking, codebook and data package all come from here."""

import pandera.pandas as pa
from pandera.typing import Series

from helpers.data import vocabulary as v
from helpers.data.columns import Column, column, columns_of

_CLAIM_ID = r"(ret|exc|dep|ope|cas)-[0-9a-f]{8}"
_SOURCE_ID = r"[a-z0-9][a-z0-9-]*-(\d{8}|nd)-[0-9a-f]{4}"
_EVENT_ID = r"[a-z][a-z0-9-]*[a-z0-9]"
_PLACE = {"references": "places.place_id", "example": "stepanakert"}
_PARTY = {"references": "parties.party_id", "example": "armenia"}


class Claim(pa.DataFrameModel):
    """One figure that one claimant stated and one source printed."""

    claim_id: Series[str] = column(
        "Stable id, never used twice", "id", pattern=_CLAIM_ID, required=True, unique=True,
        example="ret-811571ba",
    )  # fmt: skip
    source_id: Series[str] = column(
        "Who printed it", "reference", required=True, references="sources.source_id",
        example="interfax-20210201-733a",
    )  # fmt: skip
    claimant_id: Series[str] = column(
        "Who states it: an office, an outlet in its own voice (media) or nobody named",
        "reference", required=True, references="claimants.claimant_id", example="unhcr",
    )  # fmt: skip
    date: Series[str] = column(
        "The day the figure is about, or the first day of its period", "date", required=True
    )
    date_end: Series[str] = column("Last day of the period, empty for a day", "date")
    date_precision: Series[str] = column(
        "How exact the date is", "word", words=v.PRECISIONS, required=True
    )
    count: Series[str] = column(
        "The figure as printed; for a vague word the lowest number the word allows",
        "number", required=True, unit="see the column unit",
    )  # fmt: skip
    qualifier: Series[str] = column(
        "How exact the figure is", "word", words=v.QUALIFIERS, required=True
    )
    unit: Series[str] = column("What is counted", "word", words=v.UNITS, required=True)
    wire: Series[str] = column("News agency that the page credits or reprints", "text")
    note: Series[str] = column("What the figure covers, in the curators' own words", "text")


class Observation(Claim):
    """A claim about what happened, as opposed to what was planned."""

    measure: Series[str] = column(
        "Flow, running total or level", "word", words=v.MEASURES, required=True
    )
    since: Series[str] = column("First day of the count, where the text says so", "date")


class Returns(Observation):
    """People returning, displaced, resettled, leaving."""

    scope: Series[str] = column(
        "Who is counted; series of different scope are never mixed", "word",
        words=v.SCOPES, required=True,
    )  # fmt: skip
    origin: Series[str] = column("Where the people came from", "reference", **_PLACE)
    destination: Series[str] = column("Where the people went", "reference", **_PLACE)


class Exchanges(Observation):
    """Handovers of people, remains and maps; people held, missing, captured, sentenced."""

    event_id: Series[str] = column(
        "The handover or other event the figure belongs to", "reference",
        references="events.event_id", example="exchange-2021-07-03",
    )  # fmt: skip
    category: Series[str] = column(
        "What is counted, and in which role", "word", words=v.EXCHANGE_CATEGORIES, required=True
    )
    from_party: Series[str] = column(
        "Who gives; for people held, the holder", "reference", many=True, **_PARTY
    )
    to_party: Series[str] = column(
        "Who receives; for people held or missing, whose people", "reference", many=True, **_PARTY
    )
    mediators: Series[str] = column("Who mediated", "reference", many=True, **_PARTY)
    in_return_for: Series[str] = column(
        "The event or thing given in return, by the claimant's account", "reference",
        references="events.event_id", also=v.RETURN_TERMS, example="swap",
    )  # fmt: skip
    held_since: Series[str] = column("Day of capture", "date")
    place_id: Series[str] = column("Where it happened", "reference", **_PLACE)


class Deployments(Observation):
    """Strength, posts, vehicles and flights of forces and missions."""

    force: Series[str] = column("Force or mission", "word", words=v.FORCES, required=True)
    category: Series[str] = column(
        "What is counted", "word", words=v.DEPLOYMENT_CATEGORIES, required=True
    )
    status: Series[str] = column(
        "Agreed, arriving, there, or leaving", "word", words=v.STATUSES, required=True
    )
    place_id: Series[str] = column("Where", "reference", **_PLACE)


class Operations(Observation):
    """What missions did: clearance, patients, aid, escorts, violations recorded."""

    force: Series[str] = column("Force or mission", "word", words=v.FORCES, required=True)
    activity: Series[str] = column("What was done", "word", words=v.ACTIVITIES, required=True)
    place_id: Series[str] = column("Where", "reference", **_PLACE)


class Casualties(Observation):
    """Killed, wounded and missing, by whose dead and in which clash."""

    party_id: Series[str] = column(
        "Whose people", "reference", many=True, required=True, **_PARTY
    )
    category: Series[str] = column(
        "What is counted", "word", words=v.CASUALTY_CATEGORIES, required=True
    )
    event_id: Series[str] = column(
        "War, clash or accident", "reference", references="events.event_id", example="war-2020"
    )
    place_id: Series[str] = column("Where", "reference", **_PLACE)


class Plans(Claim):
    """Announced targets and planned figures: not observations, kept apart."""

    table: Series[str] = column(
        "The claim table the figure would belong to", "word",
        words=dict.fromkeys(v.CLAIM_TABLES, ""), required=True,
    )  # fmt: skip
    subject: Series[str] = column("Scope, category or activity planned", "id", required=True)
    force: Series[str] = column("Force or mission", "word", words=v.FORCES)
    place_id: Series[str] = column("Where", "reference", **_PLACE)


class Events(pa.DataFrameModel):
    """Distinct events, each with the sources that report it."""

    event_id: Series[str] = column(
        "Stable id", "id", pattern=_EVENT_ID, required=True, unique=True, example="war-2020"
    )
    date: Series[str] = column("Day, or first day of the period", "date", required=True)
    date_end: Series[str] = column("Last day of the period", "date")
    date_precision: Series[str] = column(
        "How exact the date is", "word", words=v.PRECISIONS, required=True
    )
    kind: Series[str] = column("Kind of event", "word", words=v.EVENT_KINDS, required=True)
    title: Series[str] = column("What happened, in neutral words", "text", required=True)
    parties: Series[str] = column("Who took part", "reference", many=True, **_PARTY)
    mediators: Series[str] = column("Who mediated", "reference", many=True, **_PARTY)
    place_id: Series[str] = column("Where", "reference", **_PLACE)
    source_ids: Series[str] = column(
        "Who reports it", "reference", many=True, required=True, references="sources.source_id"
    )
    note: Series[str] = column("Remark of the curators", "text")


class Sources(pa.DataFrameModel):
    """Pages read: publisher, the outlet read it through, date, language, address."""

    source_id: Series[str] = column(
        "Stable id: publisher, day (nd when undated), four hexadecimal digits", "id",
        pattern=_SOURCE_ID, required=True, unique=True, example="interfax-20210201-733a",
    )  # fmt: skip
    publisher: Series[str] = column("Who published it", "text", required=True)
    via: Series[str] = column("The outlet that carried it, where another", "text")
    published: Series[str] = column("Day of publication, empty when undated", "date")
    language: Series[str] = column(
        "Language, ISO 639-1", "id", pattern="[a-z]{2}", required=True, example="en"
    )
    url: Series[str] = column("Address of the page, empty when not kept", "url")


class Claimants(pa.DataFrameModel):
    """Offices and bodies that state figures, and the party each speaks for."""

    claimant_id: Series[str] = column("Stable id", "id", required=True, unique=True)
    name: Series[str] = column("Name", "text", required=True)
    party_id: Series[str] = column("Party it speaks for", "reference", **_PARTY)
    kind: Series[str] = column("Kind of body", "word", words=v.CLAIMANT_KINDS, required=True)


class Parties(pa.DataFrameModel):
    """States, authorities and organisations."""

    party_id: Series[str] = column("Stable id", "id", required=True, unique=True)
    name: Series[str] = column("Name", "text", required=True)
    kind: Series[str] = column("Kind of party", "word", words=v.PARTY_KINDS, required=True)


class Places(pa.DataFrameModel):
    """Places with all their name forms."""

    place_id: Series[str] = column("Stable id", "id", required=True, unique=True)
    name: Series[str] = column("English form", "text", required=True)
    name_hy: Series[str] = column("Armenian form", "text")
    name_az: Series[str] = column("Azerbaijani form", "text")
    name_ru: Series[str] = column("Russian form", "text")
    names_other: Series[str] = column("Other forms, joined by semicolons", "text")
    kind: Series[str] = column("Kind of place", "word", words=v.PLACE_KINDS, required=True)
    lat: Series[str] = column("Latitude, WGS 84", "coordinate", unit="degrees")
    lon: Series[str] = column("Longitude, WGS 84", "coordinate", unit="degrees")
    coordinates_from: Series[str] = column("Origin of the coordinates", "text")


class Missions(pa.DataFrameModel):
    """Forces and missions, and the events with which each begins and ends."""

    force: Series[str] = column(
        "Force or mission", "word", words=v.FORCES, required=True, unique=True
    )
    opened_event: Series[str] = column(
        "Event with which it begins", "reference", required=True,
        references="events.event_id", example="opening-2023-02-20",
    )  # fmt: skip
    closed_event: Series[str] = column(
        "Event with which it ends; empty where none is reported", "reference",
        references="events.event_id", example="closure-2022-12-19",
    )  # fmt: skip
    party_id: Series[str] = column("Who sends it", "reference", many=True, **_PARTY)


class Corrections(pa.DataFrameModel):
    """Changes to claims; each says what it expects to find."""

    claim_id: Series[str] = column("Claim to correct", "id", pattern=_CLAIM_ID, required=True)
    field: Series[str] = column("Column to correct", "id", required=True)
    expected: Series[str] = column("What stands in the file today", "text")
    corrected: Series[str] = column("What it should be", "text")
    reason: Series[str] = column("Why", "text", required=True)
    recorded: Series[str] = column("Day the correction was recorded", "date", required=True)


class KnownIssues(pa.DataFrameModel):
    """Broken rules that are known, explained and kept."""

    claim_id: Series[str] = column("Claim concerned", "id", pattern=_CLAIM_ID, required=True)
    rule: Series[str] = column("Rule it breaks", "word", words=v.ISSUE_RULES, required=True)
    reason: Series[str] = column("Why it stays", "text", required=True)
    recorded: Series[str] = column("Day the issue was recorded", "date", required=True)


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
CLAIM_TABLES = v.CLAIM_TABLES
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
