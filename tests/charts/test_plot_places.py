"""The map: areas are numbers, places lie where they are, labels touch nothing, no event is lost."""

from itertools import combinations

import matplotlib.colors as mcolors
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from helpers.analysis import claim_series, events_by_place, latest_by_place, sound, where
from helpers.analysis.places import NO_PLACE
from helpers.charts import Chart, plot_places
from helpers.charts.map_drawing import draw_map
from helpers.charts.map_labels import Room
from helpers.charts.map_view import MAP_HEIGHT, MAP_WIDTH, extent, fit_view, leave_out
from helpers.charts.theme import MUTED, PARTY_COLOURS
from helpers.data.boundaries import Outline
from helpers.data.load import load, load_boundaries
from pages import Page, Runner

LAND = [
    Outline("Northland", (np.array([[43, 38], [47, 38], [47, 42], [43, 42], [43, 38]]),)),
    Outline("Southland", (np.array([[47, 38], [51, 38], [51, 42], [47, 42], [47, 38]]),)),
]
MAPS = ["timeline-2020-2021", "timeline-blockade-2022-2023", "resettlement"]


def rows(*cells: tuple, kind: str = "town") -> pd.DataFrame:
    """Make rows of places: name, count, longitude and latitude."""
    frame = pd.DataFrame(cells, columns=["place", "count", "lon", "lat"])
    frame["place_id"] = [place.lower() if place != NO_PLACE else "" for place in frame["place"]]
    numbers = {"count": "Float64", "lon": "Float64", "lat": "Float64"}
    frame = frame.astype(numbers).assign(kind=kind)
    return frame.assign(sources=[(f"agency-{n % 3 + 1}",) for n in range(len(frame))])


def maps(page: Page) -> list[Chart]:
    return [chart for chart in page.drawn if "on the map" in chart.table]


def discs(chart: Chart) -> np.ndarray:
    """Return x, y (inches) and area (square points) of every circle on the map, largest first."""
    assert chart.figure is not None
    found = []
    for group in chart.figure.axes[0].collections:
        assert isinstance(group, PathCollection)
        if len(group.get_sizes()):
            places = np.asarray(group.get_offsets(), dtype=float)
            found += [(x, y, s) for (x, y), s in zip(places, group.get_sizes(), strict=True)]
    return np.array(sorted((disc for disc in found if disc[1] > 0), key=lambda disc: -disc[2]))


def texts(chart: Chart) -> list[str]:
    assert chart.figure is not None
    return [text.get_text() for text in chart.figure.axes[0].texts]


@pytest.mark.parametrize("name", MAPS)
def test_areas_drawn_are_the_numbers_of_the_table(runner: Runner, name: str) -> None:
    (chart,) = maps(runner.edition(name))
    counts = chart.table.loc[chart.table["on the map"] == "yes", "count"].to_numpy(float)
    areas = discs(chart)[:, 2]
    assert len(areas) == len(counts) > 4
    np.testing.assert_allclose(areas / areas.sum(), np.sort(counts)[::-1] / counts.sum())


@pytest.mark.parametrize("name", MAPS)
def test_places_lie_where_they_are(runner: Runner, name: str) -> None:
    (chart,) = maps(runner.edition(name))
    places = load("places", project=runner.project).frame
    by_name = load("events", project=runner.project).frame.set_index("place_name")["place_id"]
    returns = load("returns", project=runner.project).frame
    by_name = pd.concat([by_name, returns.set_index("destination_name")["destination"]])
    ids = by_name[~by_name.index.duplicated()]
    drawn = chart.table[chart.table["on the map"] == "yes"]
    where_ = places.set_index("place_id").loc[ids.loc[drawn["place"]], ["lon", "lat"]]
    points = where_.to_numpy(float)
    view = fit_view(points, load_boundaries(runner.project))
    expected, found = view.place(points), discs(chart)[:, :2]
    order = [np.lexsort(part.round(4).T) for part in (expected, found)]
    np.testing.assert_allclose(expected[order[0]], found[order[1]], atol=1e-6)
    assert (found > 0).all()
    assert (found < (MAP_WIDTH, MAP_HEIGHT)).all()


@pytest.mark.parametrize("name", MAPS)
def test_what_is_not_drawn_is_counted(runner: Runner, name: str) -> None:
    (chart,) = maps(runner.edition(name))
    left = chart.table[chart.table["on the map"] != "yes"]
    assert len(left)
    assert set(left["on the map"]) <= {
        "no: no place named",
        "no: a whole country",
        "no: coordinates not known",
        "no: outside the map",
    }
    assert "Not drawn: " in chart.note
    assert "Natural Earth's and imply no position" in chart.note
    if "date" in chart.table:
        assert all(f"{row.place} {row.count_:,.0f}" in chart.note for row in named(left))
    else:
        lost = left.groupby("on the map")["count"].sum()
        assert all(f" {count:,.0f} " in chart.note for count in lost)
        assert f"of {chart.table['count'].sum():,.0f} events" in chart.subtitle


def named(frame: pd.DataFrame) -> list:
    return list(frame.rename(columns={"count": "count_"}).itertuples())


def test_events_of_the_map_are_the_events_of_the_page(runner: Runner) -> None:
    page = runner.edition("timeline-2020-2021")
    (chart,) = maps(page)
    assert chart.table["count"].sum() == len(page.drawn[0].table)


@pytest.mark.parametrize("names", ["both", "armenian", "azerbaijani", "english"])
def test_labels_are_in_the_readers_form_of_names(runner: Runner, names: str) -> None:
    (chart,) = maps(runner.run("06_timeline", names=names))
    form = {
        "both": "Երևան / İrəvan",
        "armenian": "Երևան 12",
        "azerbaijani": "İrəvan 12",
        "english": "Yerevan 12",
    }
    assert form[names] in texts(chart)
    assert len([text for text in texts(chart) if text[-1].isdigit()]) > 20


def test_kinds_choose_the_events_of_the_map(runner: Runner) -> None:
    (chart,) = maps(runner.run("06_timeline", kinds=["clash"]))
    frame = load("events", start="2020-11-09", project=runner.project).frame
    assert chart.table["count"].sum() == (frame["kind"] == "clash").sum()


@pytest.mark.parametrize("name", ["returns-first-winter", "exodus-2023"])
def test_scopes_without_places_say_so(runner: Runner, name: str) -> None:
    page = runner.edition(name)
    assert maps(page) == []
    assert any(words.startswith("Nothing to draw on a map.") for words in page.words)


def test_alternative_text_names_the_largest_places_with_their_numbers(runner: Runner) -> None:
    (chart,) = maps(runner.edition("resettlement"))
    top = chart.table.iloc[0]
    assert f"{top['place']} {top['count']:,.0f}" in chart.alt
    assert chart.title.startswith(f"{top['place']}: {top['count']:,.0f} ")
    assert "Not drawn: " in chart.alt


def test_the_map_takes_the_colour_of_the_party_that_speaks(runner: Runner) -> None:
    def faces(name: str) -> set[str]:
        (chart,) = maps(runner.edition(name))
        assert chart.figure is not None
        groups = chart.figure.axes[0].collections[1:]
        return {mcolors.to_hex(face) for group in groups for face in group.get_edgecolor()}

    assert PARTY_COLOURS["azerbaijan"] not in faces("timeline-2020-2021")
    assert MUTED in faces("timeline-2020-2021")
    (chart,) = maps(runner.edition("resettlement"))
    assert chart.figure is not None
    face = chart.figure.axes[0].collections[2].get_facecolor()
    assert mcolors.to_hex(np.asarray(face)[0]) == PARTY_COLOURS["azerbaijan"]


def test_the_same_map_is_the_same_bytes(small_page: None) -> None:
    frame = rows(("Oldbridge", 9, 46, 40), ("Newford", 4, 46.5, 40.2), ("Far", 1, 44, 41))
    charts = [plot_places(frame, LAND, "events") for _ in range(2)]
    assert charts[0].svg() == charts[1].svg()
    assert charts[0]._repr_html_() == charts[1]._repr_html_()


def test_an_empty_selection_and_one_that_cannot_be_drawn_say_so(small_page: None) -> None:
    chart = plot_places(rows().head(0), LAND, "events")
    assert chart.figure is None
    assert "No count of events" in chart._repr_html_()
    frame = rows(("Oldbridge", 3, None, None), (NO_PLACE, 2, None, None), ("Rome", 1, 12.5, 41.9))
    chart = plot_places(frame, LAND, "events")
    assert chart.figure is None
    assert "3 at places without coordinates, such as Oldbridge" in chart.subtitle
    assert "2 without a place and 1 outside the map, such as Rome" in chart.subtitle
    assert chart.table["on the map"].str.startswith("no: ").all()


def test_no_point_stands_for_a_country() -> None:
    frame = pd.concat(
        [rows(("Northland", 9, 45, 40), kind="country"), rows(("Oldbridge", 1, 46, 40))]
    )
    chart = plot_places(frame, LAND, "events")
    assert len(discs(chart)) == 1
    assert chart.table["on the map"].tolist() == ["no: a whole country", "yes"]
    assert "9 in a country as a whole" in chart.note
    assert "the only place" in chart.title


def test_districts_are_hollow_and_the_key_says_so() -> None:
    plain = plot_places(rows(("Oldbridge", 1, 46, 40)), LAND, "events")
    hollow = plot_places(rows(("Oldbridge", 1, 46, 40), kind="district"), LAND, "events")
    assert "a district or province, at its middle" in texts(hollow)
    assert "a district or province, at its middle" not in texts(plain)


def test_a_tie_names_all_and_a_crowd_is_counted() -> None:
    tie = rows(("Aby", 2, 46, 40), ("Bee", 2, 46.4, 40), ("Cee", 1, 46.8, 40))
    assert plot_places(tie, LAND, "events").title.startswith("Aby and Bee: 2 events each")
    crowd = rows(*[(f"P{n}", 2, 45 + n / 4, 40) for n in range(5)])
    assert plot_places(crowd, LAND, "events").title.startswith("5 places with 2 events each")


def test_a_view_shows_what_is_kept_and_stays_inside_the_outlines() -> None:
    rng = np.random.default_rng(20201109)
    low, high = extent(LAND)
    whole = 0
    for _ in range(80):
        room = rng.uniform(0.01, 1) * (high - low)
        start = low + rng.uniform(0, 1, 2) * (high - low - room)
        points = start + rng.uniform(0, 1, (rng.integers(1, 12), 2)) * room
        out = leave_out(points, np.ones(len(points)), LAND)
        view = fit_view(points[~out], LAND)
        first = np.array([view.west, view.south])
        last = first + np.array([MAP_WIDTH / view.shrink, MAP_HEIGHT]) / view.scale
        assert (first >= low - 1e-9).all()
        assert (last <= high + 1e-9).all()
        assert len(points[~out])
        assert view.holds(points[~out]).all()
        whole += not out.any()
    assert whole > 40


def test_a_degree_of_longitude_is_as_much_shorter_as_on_the_globe() -> None:
    view = fit_view(np.array([[46.0, 40.0], [47.0, 40.5]]), LAND)
    east, north = view.place(np.array([[46, 40], [47, 40], [46, 41]]))[1:] - view.place(
        np.array([[46, 40]])
    )
    assert east[0] / north[1] == pytest.approx(np.cos(np.radians(40)), abs=1e-3)
    assert (east[1], north[0]) == pytest.approx((0, 0))


def test_a_far_place_is_left_out_only_where_it_is_small() -> None:
    near = [(46 + n / 10, 38.6) for n in range(4)]
    points = np.array([*near, (46, 41.8)])
    small, large = np.array([30, 30, 20, 19, 1.0]), np.array([30, 30, 20, 19, 40.0])
    assert leave_out(points, small, LAND).tolist() == [False] * 4 + [True]
    assert not leave_out(points, large, LAND).any()
    assert not leave_out(points[:4], small[:4], LAND).any()


def test_labels_touch_neither_circles_nor_lines_nor_each_other() -> None:
    rng = np.random.default_rng(51947)
    for _ in range(15):
        middles = rng.uniform((2, 2), (5, 4), (25, 2))
        circles = np.column_stack([middles, rng.uniform(0.05, 0.25, 25)])
        room = Room(MAP_WIDTH, MAP_HEIGHT, circles)
        found = [room.take(at, 0.9, 0.27) for at in range(25)]
        spots = [spot for spot in found if spot]
        assert len(spots) > 8
        for one, other in combinations(spots, 2):
            assert (
                one.right <= other.left
                or other.right <= one.left
                or one.top <= other.bottom
                or other.top <= one.bottom
            )
        for spot in spots:
            near = np.clip(circles[:, :2], (spot.left, spot.bottom), (spot.right, spot.top))
            assert (np.hypot(*(near - circles[:, :2]).T) >= circles[:, 2]).all()
            assert 0 <= spot.left < spot.right <= MAP_WIDTH
        lines = [np.reshape(spot.leader, (2, 2)) for spot in spots if spot.leader]
        assert lines
        for line in lines:
            along = line[0] + (line[1] - line[0]) * np.linspace(0, 1, 25)[:, None]
            for spot in spots:
                inside = (along > (spot.left + 0.01, spot.bottom + 0.01)).all(1)
                assert not (inside & (along < (spot.right - 0.01, spot.top - 0.01)).all(1)).any()


def test_a_label_that_fits_nowhere_is_left_out_and_told() -> None:
    frame = rows(*[(f"Place with a long name {n}", 3, 46 + n / 500, 40) for n in range(40)])
    figure, labelled = draw_map(
        frame.assign(figure="3", is_area=False), LAND, colour=MUTED, what="events", areas=""
    )
    assert 0 < labelled < 40
    written = [text.get_text() for text in figure.axes[0].texts]
    assert len([text for text in written if text.startswith("Place")]) == labelled
    assert f"{labelled} places carry their name" in plot_places(frame, LAND, "events").subtitle


def test_a_vague_total_is_written_as_the_range_its_words_allow(tables: dict) -> None:
    series = claim_series(sound(where(tables["returns"], "scope", "resettled_idps")), "cumulative")
    series = where(series, "unit", "people")
    frame = latest_by_place(series, PLACES).assign(best=pd.NA, low=100, high=200, count=100)
    assert "Fuzuli 100 to 200" in " ".join(texts(plot_places(frame, LAND, "people")))


PLACES = pd.DataFrame({"place_id": ["fuzuli"], "kind": ["town"], "lat": [39.6], "lon": [47.1]})


def test_every_event_is_at_one_place_on_the_table(tables: dict, runner: Runner) -> None:
    places = load("places", project=runner.project).frame
    frame = events_by_place(tables["events"], places)
    table = plot_places(frame, load_boundaries(runner.project), "events").table
    assert table["count"].sum() == len(tables["events"])
    assert NO_PLACE in set(table["place"])
