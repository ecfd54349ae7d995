"""Kinds of events, bodies, parties and places, and the rules an issue may be listed under."""

EVENT_KINDS = {
    "exchange": "handovers",
    "talks": "talks",
    "agreement": "agreements",
    "statement": "statements",
    "territory_handover": "territory handed over",
    "deployment": "deployments",
    "withdrawal": "withdrawals",
    "opening": "openings",
    "closure": "closures",
    "clash": "clashes",
    "violation": "ceasefire violations",
    "accident": "accidents",
    "blockade": "Lachin road",
    "politics": "politics",
    "legal": "legal steps",
}
CLAIMANT_KINDS = {
    "armed_forces": "armed forces",
    "court": "court",
    "government": "government",
    "international": "international organisation",
    "local_authority": "local authority",
    "media": "media",
    "ministry": "ministry",
    "ngo": "non-governmental organisation",
    "ombudsman": "ombudsman",
    "person": "individuals",
    "security_service": "security service",
}
PARTY_KINDS = {
    "state": "state",
    "de_facto": "de facto authority",
    "international": "international organisation",
    "other": "other",
}
PLACE_KINDS = {
    "airport": "airport",
    "border": "border",
    "corridor": "corridor",
    "country": "country",
    "district": "district",
    "mountain": "mountain",
    "other": "other",
    "region": "region",
    "road": "road",
    "town": "town",
    "village": "village",
}
ISSUE_RULES = {
    "date_after_publication": "dated after the day its source was published",
    "cumulative_fall": "a running total below an earlier one of the same series",
    "duplicate_claim": "the same figure of the same source, curated twice",
    "twin_claim": "looks like a repeat, but is a figure of its own",
    "misprint": "a figure evidently printed wrong, kept as printed",
}
