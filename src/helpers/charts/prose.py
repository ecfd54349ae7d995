"""Sentences with numbers: computed from the tables, cited, never typed."""

from html import escape

import pandas as pd

from helpers.analysis.figures import standing
from helpers.analysis.select import main_series
from helpers.analysis.series import ids, independent_support
from helpers.charts.citations import page, write_day
from helpers.charts.look import Look, noun_of, series_name, strength_name
from helpers.charts.piece import Html
from helpers.charts.words import join_words, plural, short_name, write_number, write_range
from helpers.data.frames import rows_of
from helpers.data.load import Table


def describe_news(events: pd.DataFrame) -> Html:
    """Say what happened last.

    Parameters
    ----------
    events : DataFrame
        Rows of the table `events`.

    Returns
    -------
    Html
    """
    if events.empty:
        return _news("No event falls into this selection.")
    last = events.sort_values(["date", "event_id"]).iloc[-1]
    cited = page().cite(last["source_ids"].split(";"))
    return _news(f"Latest, on {write_day(last['date'])}: {escape(last['title'])}.{cited}")


def describe_series(series: pd.DataFrame, look: Look) -> Html:
    """Say where a series ends, where it began and how far it is disputed.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`, one series.
    look : Look
        As for the chart.

    Returns
    -------
    Html
    """
    if series.empty:
        return _news(f"No count of {escape(look.what)} falls into this selection.")
    last = standing(series)
    when = {"cumulative": "by", "flow": "on", "stock": "as of"}[last["measure"]]
    counted = f"{_value(last)} {escape(noun_of(look, last))}"
    text = (
        f"{escape(short_name(last['claimant']))}: {counted} {when} "
        f"{write_day(last['date'])}{page().cite(last['sources'])}."
    )
    return _news(f"{text} {_first(series)} {_dispute(series)}")


def describe_latest(series: pd.DataFrame) -> Html:
    """Say where the series with the most claims stands.

    Parameters
    ----------
    series : DataFrame
        From :func:`helpers.analysis.series.claim_series`.

    Returns
    -------
    Html
    """
    main = main_series(series)
    return describe_series(main, Look(series_name("" if main.empty else main["series"].iloc[0])))


def describe_support(claims: pd.DataFrame) -> Html:
    """Say how many pages a selection rests on, and how many independent origins.

    Parameters
    ----------
    claims : DataFrame
        Rows of a claim table.

    Returns
    -------
    Html
    """
    if claims.empty:
        return _news("No claim falls into this selection.")
    pages, origins = claims["source_id"].nunique(), independent_support(claims)
    offices = claims["claimant_id"].nunique()
    return _news(
        f"{plural(len(claims), 'claim')} by {plural(offices, 'claimant')}, printed on "
        f"{plural(pages, 'page')} that go back to {plural(origins, 'independent origin')}."
    )


def describe_handovers(legs: pd.DataFrame) -> Html:
    """Say how many came back to each side, through whom and after how long.

    Parameters
    ----------
    legs : DataFrame
        From :func:`helpers.analysis.balances.handovers`.

    Returns
    -------
    Html
    """
    people = legs[(legs["leg"] == "people") & (legs["best"] > 0)]
    if people.empty:
        return _news("No handover of people falls into this selection.")
    last = people.sort_values("date").iloc[-1]
    news = (
        f"Latest handover, on {write_day(last['date'])}: {escape(last['title'])} "
        f"({plural(last['best'], 'person', 'people')}){page().cite(last['sources'])}."
    )
    parts = [news, _mediation(people), _custody(people)]
    return _news(" ".join(part for part in parts if part))


def describe_strength(series: pd.DataFrame, agreed: pd.DataFrame, force: str) -> Html:
    """Say how strong a force was, against what had been agreed.

    Parameters
    ----------
    series, agreed : DataFrame
        From :func:`helpers.analysis.stocks.strength`, deployed and authorised.
    force : str
        Coded force.

    Returns
    -------
    Html
    """
    if series["best"].notna().sum() == 0:
        return _news("No strength is stated in this selection.")
    last = standing(series)
    what = strength_name(force, unit=last["unit"])
    text = (
        f"{_value(last)} {escape(what)} were there on {write_day(last['date'])} "
        f"({escape(short_name(last['claimant']))}){page().cite(last['sources'])}."
    )
    if agreed["best"].notna().any():
        top = standing(agreed)
        agreed_on = f"as stated for {write_day(top['date'])}"
        text += f" Agreed: {_value(top)}, {agreed_on}{page().cite(top['sources'])}."
    return _news(f"{text} The last exact figure that later statements allow stands for them.")


def describe_hidden(*tables: Table) -> Html:
    """Say what the reader does not see because of `as_of`.

    Parameters
    ----------
    *tables : Table
        What the page loaded.

    Returns
    -------
    Html
    """
    rows = sum(len(table.frame) for table in tables)
    known = next((table.as_of for table in tables if table.as_of is not None), None)
    if known is None:
        return _note(f"This page draws on {plural(rows, 'row')}, whenever they were published.")
    later = sum(table.hidden_later for table in tables)
    undated = sum(table.hidden_undated for table in tables)
    return _note(
        f"This page shows what had been published by {write_day(known)}: {plural(rows, 'row')}. "
        f"Left out: {plural(later, 'row')} published later and {plural(undated, 'row')} from pages "
        "without a date, of which nobody can say when they were known."
    )


def _value(row: pd.Series) -> str:
    if pd.isna(row["best"]):
        return write_range(row["low"], row["high"])
    if pd.notna(row["high"]) and row["low"] == row["high"]:
        return write_number(row["best"])
    return f"{write_number(row['best'])} ({write_range(row['low'], row['high'])})"


def _first(rows: pd.DataFrame) -> str:
    stated = rows.dropna(subset=["best"])
    ordered = (rows if stated.empty else stated).sort_values(["date", "support"])
    first = ordered.iloc[0]
    if first["date"] == ordered["date"].iloc[-1]:
        return ""
    cited = page().cite(first["sources"])
    day = write_day(first["date"])
    return f"The first figure in this selection is {_value(first)}, on {day}{cited}."


def _dispute(series: pd.DataFrame) -> str:
    claims = len(ids(claim for cell in series["claims"] for claim in cell))
    split = series[series["conflict"]]
    text = f"{plural(claims, 'claim')} by {plural(series['claimant_id'].nunique(), 'claimant')}"
    if series["measure"].iloc[0] == "cumulative":
        return f"{text}."
    if split.empty:
        return f"{text}; none contradicts another of the same speaker and day."
    days = plural(split["date"].nunique(), "day")
    cited = page().cite(ids(source for cell in split["sources"] for source in cell))
    return f"{text}; on {days} one speaker is quoted with figures that exclude each other{cited}."


def _mediation(people: pd.DataFrame) -> str:
    named = people[people["mediators_name"] != ""]
    if named.empty:
        return ""
    counts = named["mediators_name"].str.split("; ").explode().value_counts()
    ordered = counts.reset_index().sort_values(["count", "mediators_name"], ascending=[False, True])
    top = [
        f"{escape(str(row.mediators_name).split(' (')[0])} in {write_number(row.count_)}"
        for row in rows_of(ordered.head(4).rename(columns={"count": "count_"}))
    ]
    of = plural(len(people), "handed-over group", "handed-over groups")
    return f"Mediators are named for {write_number(len(named))} of {of}: {join_words(top)}."


def _custody(people: pd.DataFrame) -> str:
    told = people.dropna(subset=["days_held"])
    if told.empty:
        return ""
    longest = told.sort_values(["days_held", "date"]).iloc[-1]
    return (
        f"How long they had been held is told for {plural(len(told), 'group')}; the longest is "
        f"{plural(longest['days_held'], 'day')} ({escape(longest['title'])})"
        f"{page().cite(longest['sources'])}."
    )


def _news(html: str) -> Html:
    return Html(f'<p class="kl-prose kl-news">{html.strip()}</p>')


def _note(text: str) -> Html:
    return Html(f'<p class="kl-note">{escape(text)}</p>')
