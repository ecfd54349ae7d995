"""What `karabakh status` shows."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from helpers.reports.terminal import INDENT, columns, fill
from helpers.schedule.standing import Overview, Standing


def status_text(seen: Overview, *, width: int | None = None) -> str:
    """Describe for a terminal how everything stands.

    Parameters
    ----------
    seen : Overview
    width : int, optional
        Columns to fill; those of the terminal by default, at most 100.

    Returns
    -------
    str
        What is wrong first, then each edition with its last and next run.
    """
    width = columns(width)
    parts = [[_headline(seen)]]
    if seen.damage:
        parts.append([f"{seen.damage}; the next `karabakh due` puts it aside and starts anew"])
    for incident in seen.state.incidents.values():
        parts.append([f"wrong since {_moment(incident.since)}: {incident.title}"])
        parts[-1].append(f"{incident.status.replace('_', ' ')}: {incident.reason}")
    parts += [list(_lines(item, seen.now)) for item in seen.standings]
    return "\n\n".join(
        "\n".join(
            fill(line, width, first=INDENT if number else "", later=INDENT * 2)
            for number, line in enumerate(lines)
        )
        for lines in parts
    )


def status_json(seen: Overview) -> str:
    """Return the same as JSON, for other programs.

    Parameters
    ----------
    seen : Overview

    Returns
    -------
    str
        One object; moments are ISO 8601 in UTC, durations seconds, what is unknown null.
    """
    content = {
        "now": seen.now,
        "well": seen.well,
        "next": seen.next_time,
        "damage": seen.damage,
        "messages_waiting": len(seen.state.outbox),
        "incidents": [asdict(incident) for incident in seen.state.incidents.values()],
        "editions": [asdict(item) | {"age": _age(item, seen.now)} for item in seen.standings],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, default=_plain)


def _headline(seen: Overview) -> str:
    failing = sum(item.failing for item in seen.standings)
    overdue = sum(item.overdue for item in seen.standings)
    waiting = len(seen.state.outbox)
    told = [f"{failing} failing"] * bool(failing) + [f"{overdue} overdue"] * bool(overdue)
    told += [f"{waiting} messages not sent yet"] * bool(waiting)
    rest = ", ".join(told) or ("all is well" if seen.well else "something is wrong")
    return f"{len(seen.standings)} editions: {rest}; next {_moment(seen.next_time)}"


def _lines(item: Standing, now: datetime) -> Iterator[str]:
    flags = " FAILING" * item.failing + " OVERDUE" * item.overdue
    yield item.edition + flags
    if item.last_run is None:
        yield "never ran on schedule"
    else:
        words = item.status.replace("_", " ")
        seconds = f" after {item.seconds:.1f} s" if item.seconds and item.status != "held" else ""
        yield f"last run {_moment(item.last_run)}: {words}{seconds}"
    if item.reason:
        yield item.reason
    if item.last_success:
        age, period = _words(now - item.last_success), _words(item.period)
        yield f"last good one {_moment(item.last_success)}, {age} ago; due every {period}"
    yield f"due since {_moment(item.due_since)}" if item.due_since else _next(item)


def _next(item: Standing) -> str:
    again = "next try" if item.failing else "next run"
    return f"{again} {_moment(item.next_run)} ({item.cadence} UTC)"


def _age(item: Standing, now: datetime) -> timedelta | None:
    return now - item.last_success if item.last_success else None


def _moment(moment: datetime | str) -> str:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _words(span: timedelta) -> str:
    """Write a span of time with the unit that fits.

    Examples
    --------
    >>> _words(timedelta(days=7)), _words(timedelta(hours=5, minutes=50))
    ('7 days', '5 hours')
    """
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' * (count != 1)}"
    return "less than a minute"


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat()
