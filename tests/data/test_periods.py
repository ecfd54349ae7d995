"""The days a date can mean."""

import pandas as pd
import pytest

from helpers.data.periods import first_days, last_days


def claims(date: str, end: str | None, precision: str) -> pd.DataFrame:
    dates = pd.to_datetime(pd.Series([date])).astype("datetime64[us]")
    ends = pd.to_datetime(pd.Series([end])).astype("datetime64[us]")
    return pd.DataFrame({"date": dates, "date_end": ends, "date_precision": [precision]})


@pytest.mark.parametrize(
    ("date", "end", "precision", "last"),
    [
        ("2021-02-01", None, "day", "2021-02-01"),
        ("2021-02-01", None, "by", "2021-02-01"),
        ("2020-09-27", "2020-11-09", "days", "2020-11-09"),
        ("2021-02-01", None, "week", "2021-02-07"),
        ("2020-12-28", None, "week", "2021-01-03"),
        ("2020-02-01", None, "month", "2020-02-29"),
        ("2021-02-14", None, "month", "2021-02-28"),
        ("2021-02-28", None, "month", "2021-02-28"),
        ("2020-12-01", "2021-02-10", "month", "2021-02-10"),
        ("1993-01-01", None, "year", "1993-12-31"),
        ("1993-12-31", None, "year", "1993-12-31"),
        ("2020-11-10", "2022-11-09", "year", "2022-11-09"),
    ],
)
def test_first_and_last_day(date, end, precision, last):
    frame = claims(date, end, precision)
    assert first_days(frame)[0] == pd.Timestamp(date)
    assert last_days(frame)[0] == pd.Timestamp(last)
    assert last_days(frame).dtype == "datetime64[us]"


def test_rows_of_all_precisions_stay_apart():
    frame = pd.concat(
        [claims("2021-02-01", None, word) for word in ("day", "week", "month", "year")]
    )
    days = [f"{day:%m-%d}" for day in last_days(frame.reset_index(drop=True))]
    assert days == ["02-01", "02-07", "02-28", "12-31"]
