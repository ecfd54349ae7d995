"""Events and totals by place: nothing lost, nothing mixed."""

import pandas as pd
import pytest

from helpers.analysis import claim_series, events_by_place, latest_by_place, sound, where
from helpers.analysis.places import NO_PLACE
from helpers.data.load import load
from small_frames import claims, events

PLACES = pd.DataFrame(
    {
        "place_id": ["oldbridge", "newford", "hills"],
        "kind": ["town", "village", "region"],
        "lat": pd.array([40.0, 39.5, None], "Float64"),
        "lon": pd.array([46.0, 46.5, None], "Float64"),
    }
)


def at(*places: str) -> pd.DataFrame:
    """Make one event at each of the places; an empty id names none."""
    rows = [
        {"event_id": f"e{n}", "place_name": place.capitalize(), "source_ids": f"agency-{n % 2};x"}
        for n, place in enumerate(places)
    ]
    return events(*rows).assign(place_id=list(places))


def totals(*rows: dict, **shared) -> pd.DataFrame:
    """Make series of resettlement; a row's `town` is empty for the programme."""
    for row in rows:
        town = row.pop("town", "oldbridge")
        parts = (row.get("scope", "resettled_idps"), town, row.get("unit", "people"))
        row |= {"series": "/".join(filter(None, parts)), "place_name": town.capitalize()}
    made = claims(*rows, **shared)
    return claim_series(made, made["measure"].iloc[0])


def test_events_are_counted_by_place_and_keep_their_sources():
    rows = events_by_place(at("newford", "oldbridge", "newford", "", "hills"), PLACES)
    assert rows["place_id"].tolist() == ["newford", "", "hills", "oldbridge"]
    assert rows["place"].tolist() == ["Newford", NO_PLACE, "Hills", "Oldbridge"]
    assert rows["count"].tolist() == [2, 1, 1, 1]
    assert rows["events"].tolist()[0] == ("e0", "e2")
    assert rows["sources"].tolist()[0] == ("agency-0", "x")
    assert rows["lat"].isna().tolist() == [False, True, True, False]
    assert rows["kind"].tolist() == ["village", "", "region", "town"]


def test_no_event_gives_no_row():
    rows = events_by_place(at("newford").head(0), PLACES)
    assert rows.empty
    assert {"place", "lat", "lon", "count", "sources"} <= set(rows.columns)


def test_every_shipped_event_is_at_one_place_or_at_none(shipped, tables):
    rows = events_by_place(tables["events"], load("places", project=shipped).frame)
    assert rows["count"].sum() == len(tables["events"])
    listed = [event for cell in rows["events"] for event in cell]
    assert sorted(listed) == sorted(tables["events"]["event_id"])
    stepanakert = rows.set_index("place_id").loc["stepanakert"]
    assert stepanakert["count"] == (tables["events"]["place_id"] == "stepanakert").sum() > 3
    assert (stepanakert["lat"], stepanakert["lon"]) == (39.8177, 46.7528)


def test_the_latest_total_of_each_town_stands_and_the_programmes_joins_none():
    rows = latest_by_place(
        totals(
            {"count": 90, "date": "2023-01-01"},
            {"count": 120, "date": "2023-06-01"},
            {"count": 300, "date": "2023-05-01", "town": "newford"},
            {"count": 5000, "date": "2023-07-01", "town": ""},
        ),
        PLACES,
    )
    assert rows["place_id"].tolist() == ["newford", "oldbridge"]
    assert rows["count"].tolist() == [300, 120]
    assert rows["date"].tolist() == [pd.Timestamp("2023-05-01"), pd.Timestamp("2023-06-01")]
    assert all(len(cell) == 1 for cell in rows["sources"])


def test_a_figure_without_a_best_value_counts_as_its_lowest():
    row = latest_by_place(totals({"count": 24, "qualifier": "vague"}), PLACES).iloc[0]
    assert row["count"] == row["low"] == 24
    assert pd.isna(row["best"])


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ({"unit": "families"}, "several units share no map: families, people"),
        ({"scope": "new_settlers"}, "several scopes share no map: new_settlers, resettled_idps"),
        ({"scope": "new_settlers", "town": ""}, "several scopes"),
    ],
)
def test_scopes_and_units_are_not_mixed(other, complaint):
    with pytest.raises(ValueError, match=complaint):
        latest_by_place(totals({}, other), PLACES)


def test_measures_are_not_mixed_and_flows_have_no_level():
    stock, total, flow = (totals({}, measure=name) for name in ("stock", "cumulative", "flow"))
    with pytest.raises(ValueError, match="several measures"):
        latest_by_place(pd.concat([stock, total]), PLACES)
    with pytest.raises(ValueError, match="no latest level"):
        latest_by_place(flow, PLACES)


def test_a_scope_without_places_of_its_own_gives_no_row(shipped, tables):
    places = load("places", project=shipped).frame
    for scope in ("escorted_returns", "exodus_arrivals", "no such scope"):
        series = claim_series(where(tables["returns"], "scope", scope), "cumulative")
        assert latest_by_place(where(series, "unit", "people"), places).empty


def test_the_shipped_towns_of_the_return_programme(shipped, tables):
    places = load("places", project=shipped).frame
    series = claim_series(sound(where(tables["returns"], "scope", "resettled_idps")), "cumulative")
    rows = latest_by_place(where(series, "unit", "people"), places).set_index("place_id")
    assert {"fuzuli", "lachin", "shusha", "aghali", "zabukh"} <= set(rows.index)
    assert rows.loc["fuzuli", "count"] == 3132
    assert rows.loc["fuzuli", "date"] == pd.Timestamp("2024-07-31")
    assert rows["count"].max() < series.loc[series["place"] == "", "best"].max()
