"""How the editions stand, in Prometheus' text format, for node exporter's textfile collector.

What is not known is left out: a missing sample is no zero. Titles may change and stand apart, in an
info metric, so that the series of an edition do not break when one does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from helpers.data.project import write_atomic
from helpers.schedule.standing import Standing

PREFIX = "karabakh"
# Node exporter runs as somebody else.
MODE = 0o644

Value = float | None
Gauge = tuple[str, str, Callable[[Standing], Value]]


def _moment(moment: datetime | None) -> Value:
    return moment.timestamp() if moment else None


PER_EDITION: tuple[Gauge, ...] = (
    (
        "last_run_timestamp_seconds",
        "When a scheduled run last dealt with the edition.",
        lambda standing: _moment(standing.last_run),
    ),
    (
        "last_success_timestamp_seconds",
        "When a scheduled run of the edition last went well.",
        lambda standing: _moment(standing.last_success),
    ),
    (
        "next_run_timestamp_seconds",
        "When the schedule will next deal with the edition: a slot, or a retry.",
        lambda standing: _moment(standing.next_run),
    ),
    (
        "cadence_seconds",
        "Time between the edition's slot and the next one.",
        lambda standing: standing.period.total_seconds(),
    ),
    (
        "last_run_duration_seconds",
        "How long the edition's last run took.",
        lambda standing: standing.seconds,
    ),
    (
        "overdue",
        "1 when a slot of the edition has waited too long.",
        lambda standing: standing.overdue,
    ),
    (
        "failing",
        "1 when the edition's last run went wrong.",
        lambda standing: standing.failing,
    ),
)


def metrics_text(
    standings: Sequence[Standing],
    *,
    now: datetime,
    incidents: int | None = None,
    waiting: int | None = None,
) -> str:
    r"""Write how editions stand as metrics.

    Parameters
    ----------
    standings : sequence of Standing
        One per edition.
    now : datetime
        Aware; tells readers how old the figures are.
    incidents : int, optional
        Incidents that are open; left out when unknown.
    waiting : int, optional
        Alerts that have not reached anybody yet; left out when unknown.

    Returns
    -------
    str
        Gauges with their help and type, without timestamps, as the textfile collector wants them.

    Examples
    --------
    >>> metrics_text([], now=datetime.fromisoformat("2026-11-30T06:00Z")).splitlines()[-1]
    'karabakh_status_timestamp_seconds 1796018400.0'
    """
    lines = [*_family("editions", "Editions in the plan.", {"": len(standings)})]
    facts = {_labels(edition=s.edition, title=s.title, cadence=s.cadence): 1.0 for s in standings}
    lines += _family("edition_info", "Title and cadence of the edition; always 1.", facts)
    for name, meaning, value_of in PER_EDITION:
        values = {_labels(edition=standing.edition): value_of(standing) for standing in standings}
        lines += _family(f"edition_{name}", meaning, values)
    lines += _family("incidents_open", "Incidents that are not over.", {"": incidents})
    lines += _family("alerts_waiting", "Alerts that have reached nobody yet.", {"": waiting})
    lines += _family("status_timestamp_seconds", "When all this was so.", {"": now.timestamp()})
    return "".join(f"{line}\n" for line in lines)


def write_metrics(path: Path, text: str) -> None:
    """Write metrics where node exporter finds them, never a part of them.

    Parameters
    ----------
    path : Path
        In the folder that ``--collector.textfile.directory`` names; it reads ``*.prom`` there.
    text : str
        As `metrics_text` returns it.

    Raises
    ------
    OSError
        The file cannot be written; it is then as it was.
    """
    write_atomic(path, text)
    path.chmod(MODE)


def _family(name: str, meaning: str, values: Mapping[str, Value]) -> Iterator[str]:
    """Lay out one metric; one that has no sample is not mentioned."""
    samples = {labels: value for labels, value in values.items() if value is not None}
    if not samples:
        return
    yield f"# HELP {PREFIX}_{name} {meaning}"
    yield f"# TYPE {PREFIX}_{name} gauge"
    for labels, value in samples.items():
        # Python's shortest form keeps every digit of a moment.
        yield f"{PREFIX}_{name}{labels} {float(value)!r}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escape(text)}"' for name, text in labels.items()) + "}"


def _escape(text: str) -> str:
    """Escape a label's value; half a surrogate pair, which YAML can spell, is no UTF-8."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
