"""HXL hashtags, the second header row that humanitarian data platforms read.

Hashtags are those of the HXL 1.1 standard (https://hxlstandard.org); attributes beyond it are ours.
"""

HASHTAGS = {
    "claim_id": "#meta+id+claim",
    "source_id": "#meta+id+source",
    "source_ids": "#meta+id+source+list",
    "claimant_id": "#org+id+claimant",
    "claimant": "#org+name+claimant",
    "claimant_party": "#org+code+party+claimant",
    "speaker": "#org+name+speaker",
    "publisher": "#org+name+publisher",
    "via": "#org+name+via",
    "wire": "#org+name+agency",
    "origin_key": "#org+name+origin",
    "published": "#date+published",
    "first_published": "#date+published+first",
    "language": "#meta+lang",
    "url": "#meta+url",
    "date": "#date+start",
    "date_end": "#date+end",
    "last_day": "#date+end+latest",
    "date_precision": "#date+precision",
    "since": "#date+since",
    "held_since": "#date+capture",
    "count": "#indicator+num+stated",
    "low": "#indicator+num+low",
    "best": "#indicator+num+best",
    "high": "#indicator+num+high",
    "qualifier": "#indicator+qualifier",
    "unit": "#indicator+unit",
    "measure": "#indicator+measure",
    "series": "#indicator+series",
    "known_issue": "#meta+issue",
    "note": "#description",
    "scope": "#group+scope",
    "category": "#group+category",
    "origin": "#loc+code+origin",
    "origin_name": "#loc+name+origin",
    "destination": "#loc+code+destination",
    "destination_name": "#loc+name+destination",
    "place_id": "#loc+code",
    "place_name": "#loc+name",
    "from_party": "#org+code+from",
    "from_party_name": "#org+name+from",
    "to_party": "#org+code+to",
    "to_party_name": "#org+name+to",
    "mediators": "#org+code+mediator+list",
    "mediators_name": "#org+name+mediator+list",
    "in_return_for": "#item+return",
    "event_id": "#event+id",
    "opened_event": "#event+id+opening",
    "closed_event": "#event+id+closing",
    "title": "#event+name",
    "parties": "#org+code+party+list",
    "parties_name": "#org+name+party+list",
    "party_id": "#org+code+party",
    "party_name": "#org+name+party",
    "force": "#org+code+force",
    "status": "#status",
    "activity": "#activity",
    "subject": "#activity+planned",
    "table": "#meta+table",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    "coordinates_from": "#meta+coordinates",
    "name_hy": "#loc+name+i_hy",
    "name_az": "#loc+name+i_az",
    "name_ru": "#loc+name+i_ru",
    "names_other": "#loc+name+alt+list",
}
# A name or a kind is that of whatever the table lists.
_SUBJECTS = {"events": "#event", "places": "#loc"}


def hashtag(table: str, column: str) -> str:
    """Return the hashtag of one column.

    Parameters
    ----------
    table, column : str

    Returns
    -------
    str
        One hashtag with its attributes, such as ``#date+start``.

    Raises
    ------
    KeyError
        The column has none yet: add it above.
    """
    subject = _SUBJECTS.get(table, "#org")
    own = {"name": f"{subject}+name", "kind": f"{subject}+type"}
    return own.get(column) or HASHTAGS[column]
