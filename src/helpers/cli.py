"""The command `karabakh`: parse, call, print."""

import atexit
import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from helpers import cli_schedule
from helpers.cli_options import CellSeconds, Cluster, Jobs, Memory, RunSeconds
from helpers.data.errors import KarabakhError
from helpers.data.project import find_project
from helpers.reports.outcome import Limits
from helpers.schedule.secret import take_addresses

app = typer.Typer(
    help="Sourced claims about the aftermath of the 2020 Karabakh war: check, build, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; an error a user can cause is one plain line per fault, and status 1."""
    # In the end Python looks for garbage in all that is loaded; that takes a tenth of a second.
    atexit.register(gc.freeze)
    try:
        # For every command: what is in the environment could be read by each notebook it runs.
        app(obj=take_addresses())
    except KarabakhError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:  # the disk is full, a file may not be read or written
        place = f"{error.filename}: " if error.filename else ""
        remedy = "free some space or see to the permissions, then run it again"
        typer.echo(f"{place}{error.strerror or error}; {remedy}", err=True)
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        from helpers.reports.version import version

        typer.echo(f"karabakh {version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def check() -> None:
    """Check the curated tables; list every problem."""
    from helpers.data.check import check as check_project

    problems = check_project(find_project())
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(problems) or 'no'} problem{'s' * (len(problems) != 1)} found")
    if problems:
        raise typer.Exit(1)


@app.command()
def build() -> None:
    """Check the curated tables and build data/processed, unless nothing has changed."""
    from helpers.data.freshness import ensure_built

    result = ensure_built(find_project())
    for table, rows in result.rows.items() if result else ():
        typer.echo(f"{table:<12} {rows:>6,} rows")
    typer.echo("built" if result and result.written else "unchanged")


@app.command(name="list")
def list_editions() -> None:
    """List the editions: parameters, cadence, last run, and why each would run or not."""
    from helpers.reports.listing import listing

    typer.echo(listing(find_project()))


@app.command()
def report(
    editions: Annotated[
        list[str] | None, typer.Argument(help="Names of editions; all when left out.")
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="Folder to write to.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use only what had been published by this day, YYYY-MM-DD.")
    ] = None,
    jobs: Jobs = None,
    force: Annotated[bool, typer.Option("--force", help="Run what has not changed, too.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Make a PDF of every page, too.")] = False,
    cluster: Cluster = "",
    cell_seconds: CellSeconds = Limits.cell_seconds,
    run_seconds: RunSeconds = Limits.run_seconds,
    memory: Memory = Limits.memory_gib,
) -> None:
    """Re-execute the editions that changed and write their pages and the index."""
    from helpers.reports.crew import Options
    from helpers.reports.progress import RunProgress, Screen
    from helpers.reports.runner import run_reports
    from helpers.reports.thrift import save_memory

    if pdf:
        from helpers.reports.pdf import require_pdf

        require_pdf()
    save_memory()
    limits = Limits(cell_seconds=cell_seconds, run_seconds=run_seconds, memory_gib=memory)
    options = Options(jobs, force, cluster, limits)
    with RunProgress(Screen(highlight=False)) as progress:
        result = run_reports(
            find_project(), editions, out=out, as_of=as_of, options=options, listener=progress
        )
    if pdf and not result.stopped_by:
        from helpers.reports.pdf import write_pdfs

        faults = write_pdfs(result.folder, result.records, jobs=jobs or os.cpu_count() or 1)
        result = replace(result, faults=(*result.faults, *faults))
    for line in result.complaints:
        typer.echo(line, err=True)
    typer.echo(result.summary)
    typer.echo(str(result.index))
    raise typer.Exit(result.exit_status)


@app.command()
def diff(
    edition: Annotated[str, typer.Argument(help="Name of an edition.")],
    dates: Annotated[
        list[str] | None,
        typer.Argument(help="Two dated editions, such as 2026-11-02; the last two when left out."),
    ] = None,
    *,
    out: Annotated[Path | None, typer.Option(help="Folder that the pages are in.")] = None,
) -> None:
    """Tell what differs between two dated editions: key figures, and the claims behind them."""
    from helpers.reports.difference_text import difference_text

    typer.echo(difference_text(find_project(), edition, dates or (), folder=out))


@app.command()
def export(
    out: Annotated[
        Path | None, typer.Option(help="The zip; reports/karabakh-ledger.zip when left out.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Only what had been published by this day, YYYY-MM-DD.")
    ] = None,
    names: Annotated[
        str, typer.Option(help="Place names: both, armenian, azerbaijani or english.")
    ] = "both",
) -> None:
    """Write all tables with their descriptions into one zip: CSV, Parquet and a workbook."""
    from helpers.exports.archive import export as export_tables

    project = find_project()
    path = out or project.reports / "karabakh-ledger.zip"
    exported = export_tables(project, path, as_of=as_of, names=names)
    for table, rows in exported.rows.items():
        typer.echo(f"{table:<12} {rows:>6,} rows")
    typer.echo(f"{exported.path} ({exported.bytes / 1e6:.1f} MB)")


@app.command()
def warm(
    stop: Annotated[bool, typer.Option("--stop", help="End it instead.")] = False,
    linger: Annotated[
        float, typer.Option(min=1, help="Seconds it stays when no kernel needs it.")
    ] = 600,
) -> None:
    """Load the libraries once, for kernels "Karabakh (warm)" that start at once."""
    from helpers.warm.client import start_shared, stop_shared

    if stop:
        typer.echo(f"{stop_shared() or 'none'} ended")
        return
    if refusal := start_shared(linger):
        typer.echo(f"kernels will start cold: {refusal}", err=True)
        raise typer.Exit(1)
    typer.echo("warm")


app.add_typer(cli_schedule.app)

if __name__ == "__main__":
    main()
