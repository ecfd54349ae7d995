"""The outlines of countries that maps are drawn on."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.data.errors import Problem, shorten
from helpers.data.inputs import BOUNDARIES
from helpers.data.project import Project

_SHORTEST = 4  # points of a closed ring


@dataclass(frozen=True)
class Outline:
    """One country, as far as the file shows it.

    Attributes
    ----------
    name : str
        English name.
    rings : tuple of ndarray
        Each of shape (points, 2): longitude and latitude in degrees, WGS 84; closed, so that the
        last point repeats the first. Holes are rings like others, and run the other way round.
    """

    name: str
    rings: tuple[np.ndarray, ...]


def read_outlines(content: bytes) -> list[Outline]:
    """Read outlines from GeoJSON (RFC 7946).

    Parameters
    ----------
    content : bytes
        A FeatureCollection of MultiPolygons, each with the property `name`.

    Returns
    -------
    list of Outline
        In the order of the file.

    Raises
    ------
    ValueError
        Not such a file; the message says which feature is wrong, and how.
    """
    try:
        features = json.loads(content)["features"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("not a GeoJSON FeatureCollection") from None
    return [_outline(feature, number) for number, feature in enumerate(features, start=1)]


def check_boundaries(project: Project) -> list[Problem]:
    """Check the outlines, where the raw folder holds any.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Problem
        The first fault of the file, or none.
    """
    path = project.raw / BOUNDARIES
    if not path.is_file():
        return []
    try:
        read_outlines(path.read_bytes())
    except ValueError as error:
        remedy = "restore the file; data/raw/README.md says how it was made"
        return [Problem(project.name_of(path), 0, "", "", str(error), remedy)]
    return []


def _outline(feature: Any, number: int) -> Outline:
    try:
        name, geometry = str(feature["properties"]["name"]), feature["geometry"]
        kind, polygons = geometry["type"], geometry["coordinates"]
        rings = tuple(np.array(ring, dtype=float) for polygon in polygons for ring in polygon)
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"feature {number}: no named outline") from None
    where = f"feature {number} ({shorten(name)})"
    if kind != "MultiPolygon" or not rings:
        raise ValueError(f"{where}: not a MultiPolygon")
    for ring in rings:
        if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < _SHORTEST:
            raise ValueError(f"{where}: a ring needs four points of longitude and latitude")
        if (ring[0] != ring[-1]).any():
            raise ValueError(f"{where}: a ring is not closed")
        if not (np.abs(ring) <= (180, 90)).all():
            raise ValueError(f"{where}: a point is not on the globe")
    return Outline(name, rings)
