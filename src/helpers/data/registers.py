"""Events, reference tables and registers, declared column by column."""

import pandera.pandas as pa
from pandera.typing import Series

from helpers.data import kinds as k
from helpers.data import vocabulary as v
from helpers.data.claims import CLAIM_ID, PARTY, PLACE
from helpers.data.columns import column

_SOURCE_ID = r"[a-z0-9][a-z0-9-]*-(\d{8}|nd)-[0-9a-f]{4}"
_EVENT_ID = r"[a-z][a-z0-9-]*[a-z0-9]"


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
    kind: Series[str] = column("Kind of event", "word", words=k.EVENT_KINDS, required=True)
    title: Series[str] = column("What happened, in neutral words", "text", required=True)
    parties: Series[str] = column("Who took part", "reference", many=True, **PARTY)
    mediators: Series[str] = column("Who mediated", "reference", many=True, **PARTY)
    place_id: Series[str] = column("Where", "reference", **PLACE)
    source_ids: Series[str] = column(
        "Who reports it", "reference", many=True, required=True, references="sources.source_id"
    )
    note: Series[str] = column("Remark of the curators", "text")


class Sources(pa.DataFrameModel):
    """Pages read: publisher, the outlet read it through, date, language, address."""

    source_id: Series[str] = column(
        "Stable id: publisher, day (nd when undated), four hexadecimal digits",
        "id",
        pattern=_SOURCE_ID,
        required=True,
        unique=True,
        example="interfax-20210201-733a",
    )
    publisher: Series[str] = column("Who published it", "text", required=True)
    via: Series[str] = column("The outlet that carried it, where another", "text")
    published: Series[str] = column("Day of publication, empty when undated", "date")
    language: Series[str] = column(
        "Language, ISO 639-1", "id", pattern="[a-z]{2}", required=True, example="en"
    )
    url: Series[str] = column("Address of the page, empty when not kept", "url")


class Claimants(pa.DataFrameModel):
    """Offices and bodies that state figures, and the party each speaks for."""

    claimant_id: Series[str] = column(
        "Stable id", "id", required=True, unique=True, example="unhcr"
    )
    name: Series[str] = column("Name", "text", required=True)
    party_id: Series[str] = column("Party it speaks for", "reference", **PARTY)
    kind: Series[str] = column("Kind of body", "word", words=k.CLAIMANT_KINDS, required=True)


class Parties(pa.DataFrameModel):
    """States, authorities and organisations."""

    party_id: Series[str] = column("Stable id", "id", required=True, unique=True, example="armenia")
    name: Series[str] = column("Name", "text", required=True)
    kind: Series[str] = column("Kind of party", "word", words=k.PARTY_KINDS, required=True)


class Places(pa.DataFrameModel):
    """Places with all their name forms."""

    place_id: Series[str] = column(
        "Stable id", "id", required=True, unique=True, example="stepanakert"
    )
    name: Series[str] = column("English form", "text", required=True)
    name_hy: Series[str] = column("Armenian form", "text")
    name_az: Series[str] = column("Azerbaijani form", "text")
    name_ru: Series[str] = column("Russian form", "text")
    names_other: Series[str] = column("Other forms, joined by semicolons", "text")
    kind: Series[str] = column("Kind of place", "word", words=k.PLACE_KINDS, required=True)
    lat: Series[str] = column(
        "Latitude, WGS 84",
        "coordinate",
        unit="degrees",
        pattern=r"-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?)",
    )
    lon: Series[str] = column(
        "Longitude, WGS 84",
        "coordinate",
        unit="degrees",
        pattern=r"-?(180(\.0+)?|(1[0-7])?[0-9](\.[0-9]+)?|[1-9][0-9](\.[0-9]+)?)",
    )
    coordinates_from: Series[str] = column("Origin of the coordinates", "text")


class Missions(pa.DataFrameModel):
    """Forces and missions, and the events with which each begins and ends."""

    force: Series[str] = column(
        "Force or mission", "word", words=v.FORCES, required=True, unique=True
    )
    opened_event: Series[str] = column(
        "Event with which it begins",
        "reference",
        required=True,
        references="events.event_id",
        example="opening-2023-02-20",
    )
    closed_event: Series[str] = column(
        "Event with which it ends; empty where none is reported",
        "reference",
        references="events.event_id",
        example="closure-2022-12-19",
    )
    party_id: Series[str] = column("Who sends it", "reference", many=True, **PARTY)


class Corrections(pa.DataFrameModel):
    """Changes to claims; each says what it expects to find."""

    claim_id: Series[str] = column(
        "Claim to correct", "id", pattern=CLAIM_ID, required=True, example="ret-811571ba"
    )
    field: Series[str] = column("Column to correct", "id", required=True, example="count")
    expected: Series[str] = column("What stands in the file today", "text")
    corrected: Series[str] = column("What it should be", "text")
    reason: Series[str] = column("Why", "text", required=True)
    recorded: Series[str] = column("Day the correction was recorded", "date", required=True)


class KnownIssues(pa.DataFrameModel):
    """Broken rules that are known, explained and kept."""

    claim_id: Series[str] = column(
        "Claim concerned", "id", pattern=CLAIM_ID, required=True, example="ret-811571ba"
    )
    rule: Series[str] = column("Rule it breaks", "word", words=k.ISSUE_RULES, required=True)
    reason: Series[str] = column("Why it stays", "text", required=True)
    recorded: Series[str] = column("Day the issue was recorded", "date", required=True)
