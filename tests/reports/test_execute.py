"""A run's status is what happened to it."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from helpers.reports.editions import Edition
from helpers.reports.execute import Status, execute
from helpers.reports.kernel import (
    LONGEST_TEMPORARY_FOLDER,
    Kernels,
    kernel_environment,
    private_folder,
)


@pytest.fixture
def run(project, notebook, tmp_path, monkeypatch):
    """Run cells as a notebook, with a temporary folder of their own that must end up empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def execute_cells(*cells: str, given: dict | None = None, **options):
        notebook("n", *cells)
        before = sorted(project.root.rglob("*"))
        outcome = execute(Edition("e", "n", "t", "q", given=given or {}), project, **options)
        assert sorted(project.root.rglob("*")) == before
        assert list(folder.iterdir()) == []
        return outcome

    return execute_cells


def text_of(outcome, cell: int = -1) -> str:
    return "".join(output.get("text", "") for output in outcome.notebook.cells[cell].outputs)


def test_a_run_gets_its_parameters_and_a_clean_kernel(run, project, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "pdf")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(Path(__file__).parent)
    nasty = "a\"b'c\\d\n{e} {{f}} # g"
    outcome = run(
        """
        import os, sys, matplotlib
        print(repr(start)); print(os.getcwd()); print(sys.executable)
        for name in ("KARABAKH_ROOT", "PYTHONHASHSEED", "TZ"): print(os.environ[name])
        print(matplotlib.get_backend())
        """,
        given={"start": nasty},
    )
    assert outcome.status is Status.SUCCEEDED
    assert (outcome.cell, outcome.error, outcome.message) == (None, "", "")
    assert outcome.seconds > 0
    lines = text_of(outcome).splitlines()
    assert lines[0] == repr(nasty)
    assert lines[1] == str(project.notebooks)
    assert Path(lines[2]).samefile(sys.executable)
    assert lines[3:6] == [str(project.root), "0", "UTC"]
    assert lines[6].endswith("inline")


def test_an_exception_is_a_failure_with_its_cell_as_the_author_counts(run, capfd):
    """Cell 4 of the file is the fifth one papermill runs: it puts one in for the parameters."""
    outcome = run(
        "1 + 1", "raise ValueError('\\x1b[31mno\\x1b[0m such day\\nmore')", "2", given={"start": ""}
    )
    assert outcome.status is Status.FAILED
    assert (outcome.cell, outcome.error, outcome.message) == (4, "ValueError", "no such day")
    assert capfd.readouterr() == ("", "")


def test_a_killed_kernel_is_no_success(run, capfd):
    """Papermill's own metadata call every cell of such a run completed."""
    outcome = run("import os", "os.kill(os.getpid(), 9)", "2")
    assert (outcome.status, outcome.cell) == (Status.KERNEL_DIED, 4)
    assert "without a word" in outcome.message
    assert capfd.readouterr() == ("", "")


def test_a_kernels_last_words_are_kept_and_the_terminal_stays_clean(run, capfd):
    outcome = run("import os; os.write(2, b'Fatal: out of luck\\n'); os._exit(3)")
    assert (outcome.status, outcome.cell) == (Status.KERNEL_DIED, 3)
    assert outcome.message == "Fatal: out of luck"
    assert capfd.readouterr() == ("", "")


def test_a_cell_that_takes_too_long_is_timed_out(run):
    outcome = run("import time; time.sleep(60)", "2", cell_seconds=1)
    assert (outcome.status, outcome.cell, outcome.error) == (Status.TIMED_OUT, 3, "Timeout")


def test_leaving_early_is_no_success(run):
    """Papermill takes sys.exit(0) for a good end, however many cells come after."""
    outcome = run("import sys; sys.exit(0)", "print('never')")
    assert (outcome.status, outcome.cell, outcome.error) == (Status.FAILED, 3, "SystemExit")


def test_a_notebook_that_is_none_is_a_failure(project):
    (project.notebooks / "n.ipynb").write_text("{}", encoding="utf-8")
    outcome = execute(Edition("e", "n", "t", "q"), project)
    assert (outcome.status, outcome.cell, outcome.notebook) == (Status.FAILED, None, None)
    assert outcome.error


def test_a_run_can_be_stopped_from_another_thread(run, tmp_path):
    kernels, running = Kernels(), tmp_path / "running"
    stopper = threading.Thread(target=lambda: (wait_for(running), kernels.stop()))
    stopper.start()
    outcome = run(
        f"import os, pathlib, time; pathlib.Path({str(running)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)",
        kernels=kernels,
    )
    stopper.join()
    assert (outcome.status, outcome.cell) == (Status.INTERRUPTED, 3)
    with pytest.raises(ProcessLookupError):
        os.kill(int(running.read_text()), 0)


def test_a_run_begun_after_the_stop_does_not_go_on(run, tmp_path):
    kernels, trace = Kernels(), tmp_path / "trace"
    kernels.stop()
    outcome = run(f"open({str(trace)!r}, 'w').close()", kernels=kernels)
    assert outcome.status is Status.INTERRUPTED
    assert not trace.exists()


def test_relative_search_paths_hold_in_the_kernels_folder(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"src{os.pathsep}{os.pathsep}/opt/x")
    path = kernel_environment(project, tmp_path)["PYTHONPATH"]
    assert path == f"{tmp_path / 'src'}{os.pathsep}/opt/x"


def test_private_folders_are_private_and_short(tmp_path, monkeypatch):
    long = tmp_path / ("x" * LONGEST_TEMPORARY_FOLDER)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with private_folder() as name:
        assert len(name) <= LONGEST_TEMPORARY_FOLDER + 20
        assert Path(name).stat().st_mode & 0o077 == 0


def wait_for(path: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not (path.exists() and path.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
