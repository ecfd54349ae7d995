"""The stage of a benchmark: copies of the project, and commands run in fresh processes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from helpers.data.build import build
from helpers.data.project import ROOT_VARIABLE, Project
from helpers.reports.editions import Edition
from helpers.reports.plan import read_plan

BIN = Path(sys.executable).parent
# A chart as its display hook writes it: the figure, and the picture inside.
CHART = re.compile(r'<figure\b[^>]*\bkl-chart\b[^>]*>(?:(?!</figure>).)*?"data:image/svg', re.S)
WORDS_OF_LOG = 1500

Command = list[str]
Watch = Callable[[subprocess.Popen[bytes]], None]


class BenchmarkError(Exception):
    """A side failed or did not do the work: its time would mean nothing."""


@dataclass(frozen=True)
class Stage:
    """A copy of the project, and what all sides are told alike.

    Attributes
    ----------
    folder : Path
        Everything of this stage lies here.
    editions : tuple of Edition
        What every side has to make.
    partial : bool
        Whether some editions of the plan were left out.
    jobs : int
        How many notebooks run at a time where a side runs several.
    """

    folder: Path
    editions: tuple[Edition, ...]
    partial: bool
    jobs: int

    @property
    def project(self) -> Project:
        """The copy."""
        return Project(self.folder / "project")

    @property
    def kept(self) -> Path:
        """Output folder that stays from run to run."""
        return self.folder / "kept"

    @property
    def work(self) -> Path:
        """What there is to do, as JSON for the sides that don't read our plan."""
        return self.folder / "work.json"

    @property
    def parameterised(self) -> Path:
        """Folder of the notebooks with their parameters already in them."""
        return self.folder / "parameterised"

    @property
    def names(self) -> list[str]:
        """Editions to name on our command line; none means all."""
        return [edition.name for edition in self.editions] if self.partial else []

    def environment(self) -> dict[str, str]:
        """Build the environment every process of this stage is started with."""
        path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
        return os.environ | {ROOT_VARIABLE: str(self.project.root), "PATH": path}

    def run(self, commands: Sequence[Command], *, watch: Watch | None = None) -> float:
        """Run commands one after another.

        Parameters
        ----------
        commands : sequence of list of str
        watch : callable, optional
            Given each process as soon as it is started.

        Returns
        -------
        float
            Wall time from the start of the first process to the end of the last, in seconds.

        Raises
        ------
        BenchmarkError
            A command failed; the message ends with its last words.
        """
        begin = time.perf_counter()
        for command in commands:
            self._run(command, watch)
        return time.perf_counter() - begin

    def _run(self, command: Command, watch: Watch | None) -> None:
        log = self.folder / "output.log"
        # A file, not a pipe: a process that outlives its command would keep the pipe open.
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the commands of this benchmark
                command,
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            if watch:
                watch(process)
            status = process.wait()
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise
        if status:
            words = log.read_text("utf-8", errors="replace")[-WORDS_OF_LOG:].strip()
            shown = " ".join(command)[:300]
            raise BenchmarkError(f"{shown}\nended with {status}:\n{words}")

    def charts(self, out: Path) -> dict[str, int]:
        """Count the charts of each edition's page.

        Parameters
        ----------
        out : Path
            Where a side wrote ``<edition>.html``.

        Returns
        -------
        dict of str to int

        Raises
        ------
        BenchmarkError
            A page is missing.
        """
        missing = [item.name for item in self.editions if not page(out, item).is_file()]
        if missing:
            raise BenchmarkError(f"{out.name}: no page for {', '.join(missing)}")
        pages = {item.name: page(out, item).read_text("utf-8") for item in self.editions}
        return {name: len(CHART.findall(text)) for name, text in pages.items()}

    def made(self) -> dict[str, int]:
        """Tell when each kept page was written; a page made anew has another time."""
        files = {edition.name: page(self.kept, edition) for edition in self.editions}
        return {name: file.stat().st_mtime_ns for name, file in files.items() if file.is_file()}


def page(out: Path, edition: Edition) -> Path:
    """Return where a side writes an edition."""
    return out / f"{edition.name}.html"


def set_stage(source: Project, folder: Path, *, editions: int | None, jobs: int) -> Stage:
    """Copy the project, build its data, and prepare what the other sides start from.

    Parameters
    ----------
    source : Project
        The project to measure; left untouched.
    folder : Path
        Empty or missing.
    editions : int or None
        How many of the plan's editions to use; None means all.
    jobs : int
        See `Stage`.

    Returns
    -------
    Stage
    """
    project = Project(folder / "project")
    shutil.copytree(source.raw, project.raw)
    shutil.copytree(source.notebooks, project.notebooks, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(source.plan, project.plan)
    build(project)
    plan = read_plan(project)
    chosen = plan[:editions]
    stage = Stage(folder, chosen, len(chosen) < len(plan), jobs)
    prepare_work(stage)
    return stage


def prepare_work(stage: Stage) -> None:
    """Write what the sides that don't read our plan start from.

    Parameters
    ----------
    stage : Stage
        Gets the list of what there is to do, and notebooks with their parameters in them, as
        papermill would run them.
    """
    # Late: papermill takes seconds to import.
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    tasks = [_task(stage, edition) for edition in stage.editions]
    stage.work.write_text(json.dumps(tasks, indent=1), encoding="utf-8")
    stage.parameterised.mkdir()
    for edition in stage.editions:
        notebook = load_notebook_node(str(notebook_of(stage, edition)))
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        notebook = parameterize_notebook(
            notebook, edition.given, kernel_name="python3", language="python"
        )
        nbformat.write(notebook, stage.parameterised / f"{edition.name}.ipynb")


def notebook_of(stage: Stage, edition: Edition) -> Path:
    """Return the notebook an edition runs."""
    return stage.project.notebooks / f"{edition.notebook}.ipynb"


def _task(stage: Stage, edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.name,
        "notebook": str(notebook_of(stage, edition)),
        "parameters": edition.given,
        "parameterised": str(stage.parameterised / f"{edition.name}.ipynb"),
    }
