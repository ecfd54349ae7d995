"""The command `karabakh`: parse, call, print."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from helpers.data.errors import KarabakhError
from helpers.data.project import find_project

INTERRUPTED = 130

app = typer.Typer(
    help="Sourced claims about the aftermath of the 2020 Karabakh war: check, build, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; an error a user can cause is one plain line per fault, and status 1."""
    try:
        app()
    except KarabakhError as error:
        typer.echo(str(error), err=True)
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
    """Check the curated tables and build data/processed."""
    from helpers.data.build import build as build_project

    result = build_project(find_project())
    for table, rows in result.rows.items():
        typer.echo(f"{table:<12} {rows:>6,} rows")
    typer.echo("built" if result.written else "unchanged")


@app.command(name="list")
def list_editions() -> None:
    """List the editions: notebook, cadence and parameters."""
    from helpers.reports.plan import read_plan

    for edition in read_plan(find_project()):
        typer.echo(f"{edition.name}\n    {edition.title}")
        typer.echo(f"    notebook {edition.notebook}, cadence {edition.cadence} (UTC)")
        for name, value in edition.given.items():
            typer.echo(f"    {name}: {value!r}")


@app.command()
def report(
    editions: Annotated[
        list[str] | None, typer.Argument(help="Names of editions; all when left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use only what had been published by this day, YYYY-MM-DD.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Editions run at a time; default: processors.")
    ] = None,
) -> None:
    """Re-execute editions and write their pages and the index."""
    from rich.console import Console

    from helpers.reports.progress import RunProgress
    from helpers.reports.runner import run_reports

    with RunProgress(Console(highlight=False)) as progress:
        result = run_reports(
            find_project(), editions, out=out, as_of=as_of, jobs=jobs, listener=progress
        )
    for record in result.failures:
        typer.echo(f"{record.edition}: {record.status}: {record.reason}", err=True)
    typer.echo(f"{len(result.records) - len(result.failures)} of {len(result.records)} editions")
    typer.echo(str(result.index))
    if result.failures:
        raise typer.Exit(INTERRUPTED if result.interrupted else 1)
