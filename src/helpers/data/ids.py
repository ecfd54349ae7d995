"""Ids for new rows, made from what the row says, never from where it stands."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from helpers.data.schemas import COLUMNS


def new_claim_id(table: str, row: Mapping[str, str]) -> str:
    """Make the id of a new claim from its content.

    Parameters
    ----------
    table : str
        Claim table, e.g. ``returns``, or ``plans``.
    row : mapping of str to str
        The row's cells; the id itself and the note don't count, so that rewording a note keeps
        the id.

    Returns
    -------
    str
        Such as ``ret-811571ba``; a plan's id begins like those of the table it plans for.

    Examples
    --------
    >>> row = {"source_id": "interfax-20210201-733a", "count": "96", "note": "Daily bulletin"}
    >>> new_claim_id("returns", row) == new_claim_id("returns", row | {"note": "Reworded"})
    True
    """
    names = sorted(item.name for item in COLUMNS[table] if item.name not in ("claim_id", "note"))
    content = "\x1f".join(f"{name}={row.get(name, '')}" for name in names)
    kind = row.get("table", "") if table == "plans" else table
    return f"{kind[:3]}-{_digest(content, 8)}"


def new_source_id(publisher: str, published: str, url: str) -> str:
    """Make the id of a new source from publisher, day and address.

    Parameters
    ----------
    publisher : str
        Name of the publisher.
    published : str
        Day as YYYY-MM-DD, empty when the page bears none.
    url : str
        Address of the page, may be empty.

    Returns
    -------
    str
        Such as ``interfax-20210201-733a`` or ``bbc-nd-01ab``.

    Examples
    --------
    >>> new_source_id("Agence France-Presse", "", "")[:24]
    'agence-france-presse-nd-'
    """
    plain = unicodedata.normalize("NFKD", publisher).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "source"
    day = published.replace("-", "") or "nd"
    return f"{slug}-{day}-{_digest(chr(31).join((publisher, published, url)), 4)}"


def _digest(content: str, digits: int) -> str:
    return hashlib.blake2b(content.encode("utf-8"), digest_size=8).hexdigest()[:digits]
