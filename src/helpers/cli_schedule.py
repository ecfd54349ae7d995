"""The commands that keep a schedule: parse, call, print."""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers.cli_options import CellSeconds, Cluster, Jobs, Memory, RunSeconds
from helpers.data.errors import ParameterError
from helpers.data.project import find_project
from helpers.reports.crew import Options
from helpers.reports.outcome import Limits

if TYPE_CHECKING:
    from helpers.schedule.standing import Overview

app = typer.Typer()
GRACE = 60.0
Grace = Annotated[
    float, typer.Option(min=0, help="Seconds that editions may go on for after SIGTERM.")
]
Metrics = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write metrics for Prometheus there.")
]
Now = Annotated[
    str, typer.Option(metavar="TIME", help="As if it were then, such as 2026-11-30T06:00, UTC.")
]


@app.command()
def due(
    context: typer.Context,
    *,
    now: Now = "",
    jobs: Jobs = None,
    cluster: Cluster = "",
    memory: Memory = Limits.memory_gib,
    cell_seconds: CellSeconds = Limits.cell_seconds,
    run_seconds: RunSeconds = Limits.run_seconds,
    grace: Grace = GRACE,
    metrics: Metrics = None,
) -> None:
    """Run the editions whose time has come, and exit: for cron, systemd timers and CI."""
    from helpers.reports.plan import PlanError
    from helpers.reports.thrift import save_memory
    from helpers.schedule.batch import run_due
    from helpers.schedule.log import Log
    from helpers.schedule.standing import overview
    from helpers.schedule.state import make_state_folder

    save_memory()
    project, limits = find_project(), Limits(cell_seconds, run_seconds, memory_gib=memory)
    options = Options(jobs=jobs, cluster=cluster, limits=limits, grace=grace)
    with Log(sys.stdout, make_state_folder(project)) as log:
        batch = run_due(
            project, log=log, now=_moment(now), options=options, addresses=context.obj or ""
        )
    for line in batch.complaints:
        typer.echo(line, err=True)
    if metrics:
        with suppress(PlanError):  # it was told already
            _write_metrics(metrics, overview(project, _moment(now)))
    if sys.stdout.isatty() and not batch.due:  # cron mails whatever is printed
        typer.echo("nothing is due" if not batch.busy else batch.busy)
    raise typer.Exit(batch.exit_status)


@app.command()
def schedule(
    context: typer.Context,
    *,
    jobs: Jobs = None,
    cluster: Cluster = "",
    memory: Memory = Limits.memory_gib,
    cell_seconds: CellSeconds = Limits.cell_seconds,
    run_seconds: RunSeconds = Limits.run_seconds,
    grace: Grace = GRACE,
    metrics: Metrics = None,
) -> None:
    """Keep the schedule in the foreground: sleep to the next time, run what is due, again."""
    from helpers.schedule.foreground import run_schedule
    from helpers.schedule.log import Log

    options = {
        "--jobs": jobs,
        "--cluster": cluster,
        "--memory": memory,
        "--cell-seconds": cell_seconds,
        "--run-seconds": run_seconds,
        "--grace": grace,
        "--metrics": metrics and metrics.resolve(),
    }
    given = {name: value for name, value in options.items() if value not in (None, "")}
    words = [word for name, value in given.items() for word in (name, str(value))]
    with Log(sys.stdout) as log:
        code = run_schedule(find_project(), log=log, words=words, addresses=context.obj or "")
    raise typer.Exit(code)


@app.command()
def status(
    *,
    now: Now = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    metrics: Metrics = None,
) -> None:
    """Tell the last and the next run of each edition; status 1 when one is overdue or failing."""
    from helpers.schedule.standing import overview
    from helpers.schedule.status_text import status_json, status_text

    project = find_project()
    seen = overview(project, _moment(now))
    if metrics:
        _write_metrics(metrics, seen)
    typer.echo(status_json(seen) if as_json else status_text(seen))
    raise typer.Exit(0 if seen.well else 1)


def _write_metrics(path: Path, seen: "Overview") -> None:
    from helpers.schedule.metrics import metrics_text, write_metrics

    state = seen.state
    text = metrics_text(
        seen.standings, now=seen.now, incidents=len(state.incidents), waiting=len(state.outbox)
    )
    write_metrics(path, text)


def _moment(text: str) -> datetime | None:
    """Read the time that counts as the present; without a zone it is UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            f"--now {text!r} is no time; write it as 2026-11-30T06:00, in UTC"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
