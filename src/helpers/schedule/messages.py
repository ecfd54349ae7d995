"""What is told: one message for all that broke in a run, one for all that is well again."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from helpers.data.errors import shorten
from helpers.reports.outcome import Status
from helpers.schedule.figure_changes import FigureChange
from helpers.schedule.incidents import DATA, PLAN, RUN, WHOLE, Incident, Result, Settled

LONGEST_LINE = 300
LONGEST_TITLE = 120
# Of a reason with many lines, such as the problems of a table, so many are told.
MOST_LINES = 5
# What a chat takes in one piece; whatever goes beyond is counted only.
LONGEST_BODY = 3_500

_WORDS: dict[str, str] = {
    Status.FAILED: "failed",
    Status.TIMED_OUT: "took too long",
    Status.KERNEL_DIED: "its kernel died",
}
_REMEDIES: dict[str, str] = {
    Status.FAILED: "mend the notebook, the data or the disk, whichever the reason names, then run "
    "`karabakh report {key}`",
    Status.TIMED_OUT: "find out what it waits for; allow more with --cell-seconds or --run-seconds "
    "if it needs more",
    Status.KERNEL_DIED: "mostly memory: fewer at a time with --jobs, or look at what the cell does",
}
_ANY_REMEDY = "see 'When something fails' in docs/operations.md"
_WHOLE_REMEDIES = {
    DATA: "mend each line as it says; `karabakh check` lists all of them",
    PLAN: "mend reports.yml or the notebook as each line says; `karabakh list` checks them",
    RUN: _ANY_REMEDY,
}
_CHANGE_REMEDY = (
    "the page names the claims behind a change, and so does `karabakh diff {edition}`; "
    "if one is wrong, correct it in data/raw/corrections.csv"
)
_ONCE = "This is told once. You hear of it again when it is well."


@dataclass(frozen=True)
class Message:
    """What somebody is told, as plain text.

    Attributes
    ----------
    title, body : str
    kind : str
        ``failure``, ``success`` or ``info``: what apprise calls its type, which decides on
        colours and can be read by webhooks.
    """

    title: str
    body: str
    kind: str = "info"


def write_messages(
    settled: Settled, changes: Iterable[FigureChange] = (), *, project: str, run: str
) -> tuple[Message, ...]:
    """Write what there is to tell after a run.

    Parameters
    ----------
    settled : Settled
    changes : iterable of FigureChange
    project : str
        Begins each title.
    run : str
        Id of the run, at the end of each message.

    Returns
    -------
    tuple of Message
        At most three: what broke, what is well again, which key figures changed. None when
        nothing happened. However much there is to tell, each is short.
    """
    changed = list(changes)
    told = (
        _failures(settled.opened) if settled.opened else None,
        _recoveries(settled.closed) if settled.closed else None,
        _changes(changed) if changed else None,
    )
    return tuple(
        replace(
            message,
            title=_line(f"{project}: {message.title}", LONGEST_TITLE),
            body=f"{message.body}\nRun {_line(run)}",
        )
        for message in told
        if message
    )


def _failures(opened: Sequence[tuple[Incident, Result]]) -> Message:
    incident = opened[0][0]
    title = f"{incident.title}: {_words(incident.status)}"
    if len(opened) > 1:
        title = f"{len(opened)} reports failed"
    blocks = [(item.key, _failure(item, result)) for item, result in opened]
    return Message(title, f"{_fitting(blocks)}\n\n{_ONCE}", "failure")


def _failure(incident: Incident, result: Result) -> str:
    lines = [
        f"{_name(result)}: {_words(incident.status)}",
        f"Since: {_when(incident.since)}",
        *_why(incident.reason),
        f"What to do: {_remedy(result)}",
    ]
    lines += [f"Last good page: {result.page}"] if result.page else []
    return "\n".join(map(_line, lines))


def _why(reason: str) -> list[str]:
    lines = [line for line in reason.splitlines() if line.strip()]
    more = len(lines) - MOST_LINES
    shown = lines[:MOST_LINES] + ([f"and {more} more like these"] if more > 0 else [])
    return [f"Why: {shown[0]}", *shown[1:]] if shown else []


def _remedy(result: Result) -> str:
    usual = _WHOLE_REMEDIES.get(result.key) or _REMEDIES.get(result.status, _ANY_REMEDY)
    return result.remedy or usual.format(key=result.key)


def _recoveries(closed: Sequence[tuple[Incident, Result]]) -> Message:
    title = f"{closed[0][1].title}: well again"
    if len(closed) > 1:
        title = f"{len(closed)} reports are well again"
    blocks = [(item.key, _recovery(item, result)) for item, result in closed]
    return Message(title, f"{_fitting(blocks)}\n", "success")


def _recovery(incident: Incident, result: Result) -> str:
    lines = [f"{_name(result)}: well again", f"It was not since: {_when(incident.since)}"]
    lines += [f"Page: {result.page}"] if result.page else []
    return "\n".join(map(_line, lines))


def _changes(changes: Sequence[FigureChange]) -> Message:
    title = _moved(changes[0])
    if len(changes) > 1:
        title = f"{len(changes)} key figures changed"
    blocks = [(item.edition, _change(item)) for item in changes]
    editions = {item.edition for item in changes}
    remedy = _CHANGE_REMEDY.format(edition=editions.pop() if len(editions) == 1 else "EDITION")
    return Message(title, f"{_fitting(blocks)}\n\n{_line(f'What to do: {remedy}')}")


def _change(change: FigureChange) -> str:
    lines = [_moved(change), f"Said by: {change.said_by}", f"Page: {change.page}"]
    return "\n".join(map(_line, lines))


def _moved(change: FigureChange) -> str:
    percent = f" ({change.percent})" if change.percent else ""
    return f"{change.label}: {change.before or 'none'} → {change.after or 'none'}{percent}"


def _name(result: Result) -> str:
    return result.title if result.key in WHOLE else f"{result.title} ({result.key})"


def _words(status: str) -> str:
    return _WORDS.get(status, status)


def _when(since: str) -> str:
    return f"{datetime.fromisoformat(since):%Y-%m-%d %H:%M} UTC"


def _fitting(blocks: Sequence[tuple[str, str]]) -> str:
    """Join as many blocks as a message holds, at least one, and name the others."""
    shown = [blocks[0][1]]
    for _, block in blocks[1:]:
        if sum(map(len, shown)) + len(block) > LONGEST_BODY:
            break
        shown.append(block)
    rest = [name for name, _ in blocks[len(shown) :]]
    if rest:
        names = ", ".join(dict.fromkeys(rest))
        shown.append(_line(f"and {len(rest)} more: {names}"))
    return "\n\n".join(shown)


def _line(text: str, limit: int = LONGEST_LINE) -> str:
    """Write a text as one short line in which nothing is invisible."""
    return shorten("".join(map(_visible, text)), limit)


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    # No-break spaces and their kin are what they look like; the rest could do something.
    is_space = unicodedata.category(letter) == "Zs"
    return " " if is_space else letter.encode("unicode_escape").decode()
