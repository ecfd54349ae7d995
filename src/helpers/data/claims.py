"""The claim tables, declared column by column: who said how many of what, and who printed it."""

from typing import Any

import pandera.pandas as pa
from pandera.typing import Series

from helpers.data import vocabulary as v
from helpers.data.columns import column

CLAIM_ID = r"(ret|exc|dep|ope|cas)-[0-9a-f]{8}"
PLACE: dict[str, Any] = {"references": "places.place_id", "example": "stepanakert"}
PARTY: dict[str, Any] = {"references": "parties.party_id", "example": "armenia"}


class Claim(pa.DataFrameModel):
    """One figure that one claimant stated and one source printed."""

    claim_id: Series[str] = column(
        "Stable id, never used twice",
        "id",
        pattern=CLAIM_ID,
        required=True,
        unique=True,
        example="ret-811571ba",
    )
    source_id: Series[str] = column(
        "Who printed it",
        "reference",
        required=True,
        references="sources.source_id",
        example="interfax-20210201-733a",
    )
    claimant_id: Series[str] = column(
        "Who states it: an office, an outlet in its own voice (media) or nobody named",
        "reference",
        required=True,
        references="claimants.claimant_id",
        example="unhcr",
    )
    date: Series[str] = column(
        "The day the figure is about, or the first day of its period", "date", required=True
    )
    date_end: Series[str] = column("Last day of the period, empty for a day", "date")
    date_precision: Series[str] = column(
        "How exact the date is", "word", words=v.PRECISIONS, required=True
    )
    count: Series[str] = column(
        "The figure as printed; for a vague word the lowest number the word allows",
        "number",
        required=True,
        unit="see the column unit",
    )
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
        "Who is counted; series of different scope are never mixed",
        "word",
        words=v.SCOPES,
        required=True,
    )
    origin: Series[str] = column("Where the people came from", "reference", **PLACE)
    destination: Series[str] = column("Where the people went", "reference", **PLACE)


class Exchanges(Observation):
    """Handovers of people, remains and maps; people held, missing, captured, sentenced."""

    event_id: Series[str] = column(
        "The handover or other event the figure belongs to",
        "reference",
        references="events.event_id",
        example="exchange-2021-07-03",
    )
    category: Series[str] = column(
        "What is counted, and in which role", "word", words=v.EXCHANGE_CATEGORIES, required=True
    )
    from_party: Series[str] = column(
        "Who gives; for people held, the holder", "reference", many=True, **PARTY
    )
    to_party: Series[str] = column(
        "Who receives; for people held or missing, whose people", "reference", many=True, **PARTY
    )
    mediators: Series[str] = column("Who mediated", "reference", many=True, **PARTY)
    in_return_for: Series[str] = column(
        "The event or thing given in return, by the claimant's account",
        "reference",
        references="events.event_id",
        also=v.RETURN_TERMS,
        example="swap",
    )
    held_since: Series[str] = column("Day of capture", "date")
    place_id: Series[str] = column("Where it happened", "reference", **PLACE)


class Deployments(Observation):
    """Strength, posts, vehicles and flights of forces and missions."""

    force: Series[str] = column("Force or mission", "word", words=v.FORCES, required=True)
    category: Series[str] = column(
        "What is counted", "word", words=v.DEPLOYMENT_CATEGORIES, required=True
    )
    status: Series[str] = column(
        "Agreed, arriving, there, or leaving", "word", words=v.STATUSES, required=True
    )
    place_id: Series[str] = column("Where", "reference", **PLACE)


class Operations(Observation):
    """What missions did: clearance, patients, aid, escorts, violations recorded."""

    force: Series[str] = column("Force or mission", "word", words=v.FORCES, required=True)
    activity: Series[str] = column("What was done", "word", words=v.ACTIVITIES, required=True)
    place_id: Series[str] = column("Where", "reference", **PLACE)


class Casualties(Observation):
    """Killed, wounded and missing, by whose dead and in which clash."""

    party_id: Series[str] = column("Whose people", "reference", many=True, required=True, **PARTY)
    category: Series[str] = column(
        "What is counted", "word", words=v.CASUALTY_CATEGORIES, required=True
    )
    event_id: Series[str] = column(
        "War, clash or accident", "reference", references="events.event_id", example="war-2020"
    )
    place_id: Series[str] = column("Where", "reference", **PLACE)


class Plans(Claim):
    """Announced targets and planned figures: not observations, kept apart."""

    table: Series[str] = column(
        "The claim table the figure would belong to",
        "word",
        words=dict.fromkeys(v.CLAIM_TABLES, ""),
        required=True,
    )
    subject: Series[str] = column(
        "Scope, category or activity planned", "id", required=True, example="escorted_returns"
    )
    force: Series[str] = column("Force or mission", "word", words=v.FORCES)
    place_id: Series[str] = column("Where", "reference", **PLACE)
