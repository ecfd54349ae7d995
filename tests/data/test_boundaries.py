"""The outlines of countries: sound, small, recorded, and faults of the file told in one line."""

import copy
import json

import numpy as np
import pytest

from helpers.data.boundaries import BOUNDARIES, check_boundaries, read_outlines
from helpers.data.build import build
from helpers.data.check import check
from helpers.data.errors import ProjectError
from helpers.data.load import load, load_boundaries, record_reads

BOX = (42.5, 38.2, 50.5, 42.2)
SQUARE = [[45.0, 40.0], [46.0, 40.0], [46.0, 41.0], [45.0, 40.0]]


def collection(*rings: list, name: str = "Northland") -> dict:
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    feature = {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def area(ring: np.ndarray) -> float:
    """Area by the shoelace formula, square degrees; positive where the ring runs anticlockwise."""
    x, y = ring[:-1].T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def test_the_shipped_file_is_small_with_one_feature_a_line(repository):
    content = (repository / "data" / "raw" / BOUNDARIES).read_bytes()
    assert len(content) < 60_000
    head, *lines, foot, rest = content.decode("utf-8").split("\n")
    assert (head + foot + rest).endswith("]}")
    names = [json.loads(line.removesuffix(","))["properties"]["name"] for line in lines]
    assert names == ["Armenia", "Azerbaijan", "Georgia", "Iran", "Russia", "Turkey"]
    assert json.loads(content)["bbox"] == list(BOX)
    assert len({tuple(json.loads(line.removesuffix(","))) for line in lines}) == 1


def test_the_shipped_rings_are_closed_and_inside_the_box(shipped):
    outlines = load_boundaries(shipped)
    assert [outline.name for outline in outlines][:2] == ["Armenia", "Azerbaijan"]
    for outline in outlines:
        for ring in outline.rings:
            assert ring.shape[1] == 2
            assert len(ring) >= 4
            np.testing.assert_array_equal(ring[0], ring[-1])
            assert (ring >= BOX[:2]).all()
            assert (ring <= BOX[2:]).all()
            np.testing.assert_array_equal(ring, ring.round(3))


def test_the_shipped_outlines_are_the_countries_they_are_called(shipped):
    outlines = {outline.name: outline for outline in load_boundaries(shipped)}
    # Square kilometres of a square degree at 40 degrees north, on a globe of 6371 km.
    square = np.radians(1) ** 2 * 6371**2 * np.cos(np.radians(40.2))
    sizes = {name: sum(map(area, item.rings)) * square for name, item in outlines.items()}
    assert sizes["Armenia"] == pytest.approx(29_743, rel=0.03)
    assert sizes["Azerbaijan"] == pytest.approx(86_600, rel=0.03)
    # Nakhchivan is a part of its own; Natural Earth draws its river border with a broad pen.
    assert sorted(area(ring) * square for ring in outlines["Azerbaijan"].rings)[-2] == (
        pytest.approx(5_500, rel=0.15)
    )


def test_loading_is_recorded_and_the_copy_is_the_raw_file(shipped):
    with record_reads() as reads:
        load_boundaries(shipped)
    assert set(reads) == {BOUNDARIES}
    raw, built = (folder / BOUNDARIES for folder in (shipped.raw, shipped.processed))
    assert raw.read_bytes() == built.read_bytes()


def test_a_folder_without_outlines_is_built_and_says_what_is_missing(small):
    build(small.project)
    assert not load("places", project=small.project).frame.empty
    with pytest.raises(ProjectError, match=r"boundaries\.geojson: not built"):
        load_boundaries(small.project)


def test_new_outlines_ask_for_a_new_build(small):
    build(small.project)
    (small.project.raw / BOUNDARIES).write_text(json.dumps(collection(SQUARE)), encoding="utf-8")
    with pytest.raises(ProjectError, match="has changed since"):
        load("places", project=small.project)
    build(small.project)
    (outline,) = load_boundaries(small.project)
    assert outline.name == "Northland"
    assert outline.rings[0].tolist() == SQUARE


OPEN, FAR = copy.deepcopy(SQUARE), copy.deepcopy(SQUARE)
OPEN[-1] = [45.5, 40.0]
FAR[1] = [46.0, 91.0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "not a GeoJSON FeatureCollection"),
        ("[]", "not a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection"}', "not a GeoJSON FeatureCollection"),
        ('{"features": [{"properties": {}}]}', "feature 1: no named outline"),
        (collection(SQUARE[:2], OPEN), "feature 1 (Northland): a ring needs four points"),
        (collection([[1, 2], [3], [1, 2]]), "feature 1: no named outline"),
        (collection(OPEN), "feature 1 (Northland): a ring is not closed"),
        (collection(FAR), "feature 1 (Northland): a point is not on the globe"),
        (collection(), "feature 1 (Northland): not a MultiPolygon"),
    ],
)
def test_a_fault_of_the_file_is_told_in_one_line(small, content, fault):
    text = content if isinstance(content, str) else json.dumps(content)
    (small.project.raw / BOUNDARIES).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="^" + fault.split("(")[0].strip()):
        read_outlines(text.encode())
    (problem,) = check_boundaries(small.project)
    assert problem in check(small.project)
    assert str(problem).startswith("data/raw/boundaries.geojson")
    assert fault in str(problem)
    assert "README.md says how" in str(problem)
    assert "\n" not in str(problem)
