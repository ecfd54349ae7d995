"""A run's status is what happened to it."""

import json
import os
import shutil
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from helpers.reports.editions import Edition
from helpers.reports.execute import Limits, Status, execute
from helpers.reports.kernel import Kernels, kernel_environment
from helpers.reports.outcome import OutputLimits
from helpers.reports.scratch import private_folder
from helpers.warm.client import WarmParent

QUICK = Limits(cell_seconds=30, attempts=1)
ONE_SECOND = Limits(cell_seconds=1)


@pytest.fixture(scope="module")
def parent():
    """One warm parent for all tests that don't ask for a cold kernel: each run is quick."""
    with private_folder() as folder, WarmParent(Path(folder)) as parent:
        yield parent


@pytest.fixture
def kernels(parent):
    return Kernels(parent)


@pytest.fixture
def run(project, notebook, tmp_path, monkeypatch, kernels):
    """Run cells as a notebook, with a temporary folder of their own that must end up empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def execute_cells(*cells: str, given: dict | None = None, **options):
        notebook("n", *cells)
        before = sorted(project.root.rglob("*"))
        options = {"limits": QUICK, "kernels": kernels} | options
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
    assert outcome.message == "its process was ended by SIGKILL, perhaps because memory ran out"
    assert outcome.attempts == 1
    assert capfd.readouterr() == ("", "")


def test_a_dying_kernel_is_tried_again_a_few_times_with_longer_and_longer_pauses(run, tmp_path):
    begun = tmp_path / "begun"
    limits = Limits(attempts=3, back_off=0.2)
    start = time.monotonic()
    outcome = run(
        f"import os, time; open({str(begun)!r}, 'a').write(f'{{time.monotonic()}}\\n')",
        "os.kill(os.getpid(), 9)",
        limits=limits,
    )
    assert (outcome.status, outcome.cell, outcome.attempts) == (Status.KERNEL_DIED, 4, 3)
    assert 0.6 < outcome.seconds <= time.monotonic() - start
    assert len(begun.read_text().splitlines()) == 3


def test_a_kernel_that_dies_once_costs_an_attempt_and_no_report(run, tmp_path):
    died = tmp_path / "died"
    outcome = run(
        f"""
        import os, pathlib
        died = pathlib.Path({str(died)!r})
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), 9)
        print("alive")
        """,
        limits=Limits(back_off=0.1),
    )
    assert (outcome.status, outcome.attempts, outcome.cell) == (Status.SUCCEEDED, 2, None)
    assert text_of(outcome) == "alive\n"
    assert (outcome.error, outcome.message, outcome.traceback) == ("", "", "")


def test_nothing_but_death_is_tried_again(run, tmp_path):
    trace = tmp_path / "trace"
    outcome = run(f"open({str(trace)!r}, 'a').write('x'); raise ValueError", limits=Limits())
    assert (outcome.status, outcome.attempts) == (Status.FAILED, 1)
    assert trace.read_text() == "x"


def test_the_wait_for_another_attempt_ends_with_a_stop(run, kernels):
    stopper = threading.Timer(2.5, kernels.stop)
    stopper.start()
    limits = Limits(back_off=60)
    outcome = run("import os; os._exit(1)", limits=limits, kernels=kernels)
    stopper.join()
    assert outcome.status is Status.INTERRUPTED
    assert outcome.seconds < 30


def test_a_kernels_last_words_are_kept_and_the_terminal_stays_clean(run, capfd):
    outcome = run("import os; os.write(2, b'Fatal: out of luck\\n'); os._exit(3)")
    assert (outcome.status, outcome.cell) == (Status.KERNEL_DIED, 3)
    assert outcome.message == "Fatal: out of luck"
    assert outcome.traceback.endswith("Fatal: out of luck")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("gib", [1, 0])
def test_memory_that_fits_the_cap_or_has_none_is_given(run, gib):
    code = "import resource\nkept = bytearray(2**28)\n"
    code += "print(resource.getrlimit(resource.RLIMIT_DATA)[0] / 2**30 == 1)"
    outcome = run(code, limits=Limits(attempts=1, memory_gib=gib))
    assert outcome.status is Status.SUCCEEDED
    assert text_of(outcome) == f"{gib == 1}\n"


def test_a_cell_that_takes_too_long_is_timed_out(run):
    outcome = run("import time; time.sleep(60)", "2", limits=ONE_SECOND)
    assert (outcome.status, outcome.cell, outcome.error) == (Status.TIMED_OUT, 3, "Timeout")
    assert outcome.message == "the cell took longer than 1 s"
    assert outcome.attempts == 1


def test_a_run_that_takes_too_long_is_timed_out_in_whatever_cell(run):
    naps = ["import time"] + ["time.sleep(0.5)"] * 6
    outcome = run(*naps, limits=Limits(cell_seconds=30, run_seconds=1.2))
    assert outcome.status is Status.TIMED_OUT
    assert outcome.message == "all cells together took longer than 1.2 s"
    assert outcome.cell in (5, 6)


def test_a_cell_that_never_stops_printing_is_timed_out(run):
    limits = Limits(cell_seconds=1, outputs=OutputLimits(characters=100))
    outcome = run("while True: print('on and on', flush=True)", limits=limits)
    assert (outcome.status, outcome.cell) == (Status.TIMED_OUT, 3)
    text = text_of(outcome)
    assert text.startswith("on and on\n" * 10 + "\n[")
    assert text.endswith("more characters were left out: a cell may print 100]\n")


def test_leaving_early_is_no_success(run):
    """Papermill takes sys.exit(0) for a good end, however many cells come after."""
    outcome = run("import sys; sys.exit(0)", "print('never')")
    assert (outcome.status, outcome.cell, outcome.error) == (Status.FAILED, 3, "SystemExit")


def test_a_notebook_that_is_none_is_a_failure(project):
    (project.notebooks / "n.ipynb").write_text("{}", encoding="utf-8")
    outcome = execute(Edition("e", "n", "t", "q"), project)
    assert (outcome.status, outcome.cell, outcome.notebook) == (Status.FAILED, None, None)
    assert outcome.error


def test_a_run_can_be_stopped_from_another_thread(run, tmp_path, kernels):
    running = tmp_path / "running"
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


def test_a_run_begun_after_the_stop_does_not_go_on(run, tmp_path, kernels):
    trace = tmp_path / "trace"
    kernels.stop()
    outcome = run(f"open({str(trace)!r}, 'w').close()", kernels=kernels)
    assert outcome.status is Status.INTERRUPTED
    assert not trace.exists()


def test_relative_search_paths_hold_in_the_kernels_folder(project, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"src{os.pathsep}{os.pathsep}/opt/x")
    path = kernel_environment(project, tmp_path)["PYTHONPATH"]
    assert path == f"{tmp_path / 'src'}{os.pathsep}/opt/x"


def test_an_interrupted_kernel_is_an_interrupted_run(run, tmp_path):
    running = tmp_path / "running"

    def interrupt() -> None:
        wait_for(running)
        os.kill(int(running.read_text()), signal.SIGINT)

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    outcome = run(
        f"import os, pathlib, time; pathlib.Path({str(running)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)",
    )
    interrupter.join()
    assert (outcome.status, outcome.cell) == (Status.INTERRUPTED, 3)
    assert outcome.error == "KeyboardInterrupt"


def test_a_traceback_tells_where_without_colours_or_machine_paths(run, project):
    steps = [f"def step{n}():\n    return step{n + 1}()\n" for n in range(7)]
    (project.notebooks / "mine.py").write_text("".join(steps) + "def step7():\n    return [][0]\n")
    outcome = run("import mine", "import json", "mine.step0()")
    assert (outcome.error, outcome.cell) == ("IndexError", 5)
    lines = outcome.traceback.splitlines()
    assert lines[0] == "… 5 more frames"
    frames = [line for line in lines if line.startswith("File ")]
    assert frames == [f"File notebooks/mine.py:{2 * n + 2}, in step{n}()" for n in (4, 5, 6, 7)]
    assert lines[-1] == "IndexError: list index out of range"
    assert "\x1b" not in outcome.traceback
    assert str(project.root) not in outcome.traceback
    outcome = run("import json", "json.loads('{')")
    assert "Cell In[3], line 1" in outcome.traceback
    assert "File json/decoder.py:" in outcome.traceback
    assert sys.prefix not in outcome.traceback
    outcome = run(f"open({str(project.root / 'none')!r})")
    assert outcome.message == "[Errno 2] No such file or directory: 'none'"


def test_a_giant_error_is_cut(run):
    outcome = run("raise ValueError('x' * 20_000_000)")
    assert (outcome.error, len(outcome.message)) == ("ValueError", 300)
    assert len(outcome.traceback) <= 4_000
    (error,) = outcome.notebook.cells[-1].outputs
    assert len(error.evalue) == 10_000
    assert max(map(len, error.traceback)) <= 20_000


def test_what_was_loaded_is_known(run, project, shipped):
    shutil.copytree(shipped.processed, project.processed, dirs_exist_ok=True)
    shutil.copytree(shipped.raw, project.raw, dirs_exist_ok=True)
    package = json.loads((project.processed / "datapackage.json").read_text(encoding="utf-8"))
    hashes = {item["path"]: item["hash"] for item in package["resources"]}
    loaded = {name: hashes[name] for name in ("places.parquet", "returns.parquet")}
    outcome = run(
        "from helpers.data.load import load",
        "load('returns'); load('returns')",
        "load('returns', as_of='2021-01-01', names='armenian')",
    )
    assert outcome.status is Status.SUCCEEDED
    assert outcome.reads == loaded
    assert run("1 + 1").reads == {}


def test_how_the_kernel_was_started_is_known(run, monkeypatch):
    assert run("1").kernel == "warm"
    assert run("1", kernels=Kernels()).kernel == "cold: no warm parent"
    monkeypatch.setenv("MPLCONFIGDIR", "elsewhere")
    outcome = run("1")
    assert outcome.status is Status.SUCCEEDED
    assert outcome.kernel.startswith("cold: MPLCONFIGDIR")


def test_no_more_than_so_many_compute_at_a_time(project, notebook, tmp_path, parent):
    """Three runs, one turn: the cells don't overlap, and waiting is nobody's running time."""
    times = tmp_path / "times"
    notebook(
        "n",
        f"""
        import time
        start = time.monotonic(); time.sleep(0.5)
        open({str(times)!r}, "a").write(f"{{start}} {{time.monotonic()}}\\n")
        """,
    )
    kernels, edition = Kernels(parent, jobs=1), Edition("e", "n", "t", "q")
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(execute, edition, project, kernels=kernels) for _ in range(3)]
        outcomes = [run.result() for run in runs]
    assert {outcome.status for outcome in outcomes} == {Status.SUCCEEDED}
    spans = sorted(tuple(map(float, line.split())) for line in times.read_text().splitlines())
    assert all(early[1] <= late[0] for early, late in pairwise(spans))


def test_waiting_for_a_turn_is_not_running_and_ends_with_a_stop(run, tmp_path, parent):
    kernels, trace = Kernels(parent, jobs=1), tmp_path / "trace"
    kernels.turn.acquire()
    threading.Timer(3, lambda: (kernels.stop(), kernels.turn.release())).start()
    outcome = run(f"open({str(trace)!r}, 'w').close()", kernels=kernels)
    assert outcome.status is Status.INTERRUPTED
    assert not trace.exists()
    assert outcome.seconds < 3


def test_the_limits_are_documented():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    limits = Limits()
    for words in (
        f"{limits.cell_seconds:,.0f} s, `--cell-seconds`",
        f"{limits.run_seconds:,.0f} s, `--run-seconds`",
        f"| time until the kernel is ready | {limits.start_seconds:g} s |",
        f"| memory of a notebook | {limits.memory_gib:g} GiB, `--memory` |",
        f"{limits.attempts} attempts, after {limits.back_off:g} s and {2 * limits.back_off:g} s",
        f"{limits.outputs.characters:,} characters each",
        f"| one display | {limits.outputs.display_bytes / 1e6:g} MB |",
        f"{limits.outputs.displays:,}, and {limits.outputs.cell_bytes / 1e6:g} MB together",
    ):
        assert words in text


def wait_for(path: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not (path.exists() and path.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
