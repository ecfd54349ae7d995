"""Small frames of claims and events, with the columns and types that `load` gives."""

from itertools import count

import pandas as pd

from helpers.data.counts import intervals

_TEXT = (
    "claim_id", "source_id", "claimant_id", "date_precision", "qualifier", "unit", "wire", "note",
    "measure", "series", "speaker", "known_issue", "claimant", "claimant_party", "publisher", "via",
    "language", "url", "origin_key", "place_name", "category", "from_party", "to_party",
    "from_party_name", "to_party_name", "event_id", "in_return_for", "force", "status", "scope",
)  # fmt: skip
_DAYS = ("date", "date_end", "since", "last_day", "published", "held_since")
_USUAL = {
    "date_precision": "day",
    "qualifier": "exact",
    "unit": "people",
    "claimant_id": "ministry",
    "claimant": "Ministry of Bridges (Northland)",
    "claimant_party": "russia",
    "measure": "cumulative",
    "series": "escorted_returns/people",
    "scope": "escorted_returns",
    "place_name": "Oldbridge",
    "language": "en",
    "url": "https://www.example.org/page",
    "published": "2021-02-02",
    "date": "2021-02-01",
    "count": 96,
    "force": "russian_peacekeepers",
    "category": "personnel",
    "status": "deployed",
}
_HANDOVER = {
    "measure": "flow",
    "category": "servicemen",
    "unit": "servicemen",
    "series": "servicemen/azerbaijan/armenia/servicemen",
    "event_id": "exchange-1",
    "from_party": "azerbaijan",
    "to_party": "armenia",
    "count": 10,
}
_numbers = count(1)


def claims(*rows: dict, **shared) -> pd.DataFrame:
    """Make claims: each row says what sets it apart, `shared` what all have in common."""
    made = [_complete(_USUAL | shared | row) for row in rows]
    frame = pd.DataFrame(made, columns=[*_TEXT, *_DAYS, "count"])
    frame = frame.astype(dict.fromkeys(_TEXT, "str"))
    for name in _DAYS:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame["count"] = frame["count"].astype("Float64")
    return frame.join(intervals(frame["count"], frame["qualifier"]))


def handover_claims(*rows: dict, **shared) -> pd.DataFrame:
    """Make claims on a handover: ten servicemen to Armenia, unless a row says otherwise."""
    return claims(*rows, **(_HANDOVER | shared))


def events(*rows: dict) -> pd.DataFrame:
    """Make events of the table `events`."""
    usual = {
        "event_id": "exchange-1",
        "date": "2021-12-19",
        "date_precision": "day",
        "kind": "exchange",
        "title": "Ten servicemen released",
        "source_ids": "agency-1",
        "note": "",
    }
    names = dict.fromkeys(["place_name", "parties_name", "mediators", "mediators_name"], "")
    made = [usual | names | row for row in rows]
    frame = pd.DataFrame(
        [{"last_day": row["date"]} | row for row in made], columns=[*usual, *names, "last_day"]
    )
    frame[["date", "last_day"]] = frame[["date", "last_day"]].apply(pd.to_datetime)
    days = dict.fromkeys(["date", "last_day"], "datetime64[us]")
    return frame.astype(dict.fromkeys([*usual, *names], "str") | days)


def sources(*names: str, **cells) -> pd.DataFrame:
    """Make the table `sources`; a name is both id and publisher."""
    usual = {"via": "", "published": "2021-02-02", "language": "en", "url": "https://example.org/1"}
    columns = ["source_id", "publisher", *usual]
    rows = [{"source_id": name, "publisher": name} | usual | cells for name in names]
    frame = pd.DataFrame(rows, columns=columns)
    frame["published"] = pd.to_datetime(frame["published"]).astype("datetime64[us]")
    return frame


def _complete(row: dict) -> dict:
    number = next(_numbers)
    made = (
        dict.fromkeys(_TEXT, "")
        | {
            "claim_id": f"ret-{number:08d}",
            "source_id": f"agency-{number}",
            "publisher": f"Agency {number}",
            "speaker": row["claimant_id"],
            "last_day": row["date"],
            "from_party_name": str(row.get("from_party", "")).capitalize(),
            "to_party_name": str(row.get("to_party", "")).capitalize(),
        }
        | row
    )
    return made | {"origin_key": made["wire"] or made["publisher"]}
