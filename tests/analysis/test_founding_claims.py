"""Figures of the first dispatches, traced from the number shown to the rows that hold it."""

import pandas as pd

from helpers.analysis import claim_series, sound, where


def rows_of(table: pd.DataFrame, ids: tuple[str, ...]) -> pd.DataFrame:
    return table[table["claim_id"].isin(ids)]


def test_51947_on_1_february_2021_is_traced_to_interfax(tables: dict) -> None:
    returns = tables["returns"]
    series = claim_series(sound(where(returns, "scope", "escorted_returns")), "cumulative")
    day = series[
        (series["date"] == "2021-02-01") & (series["claimant_id"] == "russia_defence_ministry")
    ]
    assert len(day) == 1
    row = day.iloc[0]
    assert (row["low"], row["best"], row["high"]) == (51_947, 51_947, 51_947)
    printed = rows_of(returns, row["claims"])
    interfax = printed[printed["source_id"] == "interfax-20210201-733a"]
    assert interfax["count"].tolist() == [51_947]
    assert interfax["since"].tolist() == [pd.Timestamp("2020-11-14")]
    assert "interfax-20210201-733a" in row["sources"]


def test_escorted_and_all_returnees_of_22_november_2020_stand_apart(tables: dict) -> None:
    returns = sound(tables["returns"])
    totals = claim_series(where(returns, "scope", "escorted_returns"), "cumulative")
    # "About 9,000" was printed on the 23rd, before that day's bulletin; "over 7,000" on the 21st.
    days = totals[totals["claimant_id"] == "russia_defence_ministry"].set_index("date")
    before, after = days.loc["2020-11-21"], days.loc["2020-11-23"]
    assert before["low"] <= 9_000 <= after["low"]
    nine = rows_of(returns, after["claims"]).set_index("source_id").loc["tass-20201123-8646"]
    assert (nine["count"], nine["qualifier"], nine["scope"]) == (9_000, "about", "escorted_returns")

    flows = claim_series(where(returns, "scope", "all_returns"), "flow")
    row = flows[(flows["date"] == "2020-11-18") & (flows["last_day"] == "2020-11-22")].iloc[0]
    assert (row["best"], row["claimant_id"]) == (25_000, "nk_president")
    assert not row["conflict"]
    claims = rows_of(returns, row["claims"])
    assert set(claims["claim_id"]) == {
        "ret-9b05994d",
        "ret-bb39e831",
        "ret-cc01ba31",
        "ret-d40ae320",
    }
    assert set(claims["scope"]) == {"all_returns"}
    assert row["support"] == claims["origin_key"].nunique()
