"""The engine within limits on time and output, here and as papermill's own."""

import json
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import papermill_io

from helpers.reports.editions import Edition
from helpers.reports.execute import execute
from helpers.reports.kernel import Kernels
from helpers.reports.notebook_client import KernelDiedError, LimitError
from helpers.reports.outcome import Limits, OutputLimits, Status
from helpers.reports.outputs import Gate, abridge
from helpers.reports.scratch import private_folder
from helpers.warm.client import WarmParent

MEGABYTE = 1_000_000
SMALL = OutputLimits(characters=1_000, display_bytes=20_000, cell_bytes=50_000, displays=10)


@pytest.fixture(scope="module")
def kernels():
    with private_folder() as folder, WarmParent(Path(folder)) as parent:
        yield Kernels(parent)


@pytest.fixture
def outputs(project, notebook, kernels):
    """Run cells and return the outputs of the last."""

    def run(*cells: str, limits: OutputLimits = SMALL) -> list[nbformat.NotebookNode]:
        notebook("n", *cells)
        chosen = Limits(cell_seconds=120, attempts=1, outputs=limits)
        outcome = execute(Edition("e", "n", "t", "q"), project, limits=chosen, kernels=kernels)
        assert (outcome.status, outcome.message) == (Status.SUCCEEDED, "")
        nbformat.validate(outcome.notebook)
        return outcome.notebook.cells[-1].outputs

    return run


def texts(outputs) -> list[str]:
    return [item["text"] if "text" in item else item["data"]["text/plain"] for item in outputs]


def peak() -> int:
    """Return the most memory this process has had since the last reset, in bytes."""
    (line,) = [
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line
    ]
    return int(line.split()[1]) * 1024


def test_a_hundred_megabytes_of_text_are_cut_as_they_arrive(outputs):
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    (text,) = texts(outputs("print('é' * 50 + 'x' * 100_000_000)", limits=OutputLimits()))
    # The message alone takes 100 MB here and as much in ZeroMQ; taking it to pieces, four times it.
    assert peak() - before < 330 * MEGABYTE
    assert text.startswith("é" * 50 + "x" * 1000)
    kept, _, note = text.partition("\n[")
    assert len(kept) == 200_000
    left_out = int(note.split()[0].replace(",", ""))
    assert abs(left_out - 99_800_050) < 1_000
    assert note.endswith("more characters were left out: a cell may print 200,000]\n")


def test_much_text_in_many_pieces_is_cut_at_the_same_place(outputs):
    (text,) = texts(outputs("for n in range(3_000): print(n, 'y' * 1_000)"))
    assert text.startswith("0 " + "y" * 998 + "\n[3,0")
    assert text.endswith(" more characters were left out: a cell may print 1,000]\n")


def test_twenty_thousand_messages_become_one_output(outputs):
    code = "import sys\nfor n in range(20_000): print(n, flush=True)\nprint('end')"
    start = time.monotonic()
    (output,) = outputs(code, limits=OutputLimits())
    assert output["text"] == "".join(f"{n}\n" for n in range(20_000)) + "end\n"
    assert time.monotonic() - start < 60


def test_a_giant_display_is_replaced_by_a_note(outputs):
    code = """
        from IPython.display import HTML, display
        print("before"); display(HTML("x" * 50_000_000)); print("after")
        "y" * 50_000_000
    """
    before, shown, after, result = outputs(code, limits=OutputLimits())
    assert (before["text"], after["text"]) == ("before\n", "after\n")
    note = "[left out: an output of 50.0 MB, where 10.0 MB are allowed]"
    assert shown["data"] == result["data"] == {"text/plain": note}
    assert (shown.output_type, result.output_type) == ("display_data", "execute_result")
    assert result["execution_count"] == 2


def test_a_big_display_within_limits_is_whole(outputs):
    code = "from IPython.display import HTML, display\ndisplay(HTML('x' * 9_000_000))"
    (shown,) = outputs(code, limits=OutputLimits())
    assert shown["data"]["text/html"] == "x" * 9_000_000


def test_too_many_displays_are_told(outputs):
    shown = texts(outputs("for n in range(25): display(n)"))
    assert shown[:10] == [str(n) for n in range(10)]
    assert len(shown) == 11
    assert shown[10].startswith("[left out: 15 more outputs of 0.0 MB; a cell may show 10 of")


def test_displays_are_limited_in_sum(outputs):
    shown = texts(outputs("for n in range(5): display('z' * 15_000)"))
    assert len(shown) == 4
    assert shown[3] == "[left out: 2 more outputs of 0.0 MB; a cell may show 10 of 0.1 MB in all]"


def test_both_streams_have_their_own_limit(outputs):
    code = "import sys\nprint('a' * 2_000); print('b' * 2_000, file=sys.stderr); print('last')"
    found = {output["name"]: output["text"] for output in outputs(code)}
    assert found["stdout"].startswith("a" * 1_000 + "\n[1,006 more")
    assert found["stderr"].startswith("b" * 1_000 + "\n[1,001 more")


def test_each_cell_begins_anew(outputs):
    (text,) = texts(outputs("print('a' * 5_000)", "print('b' * 900)"))
    assert text == "b" * 900 + "\n"


def test_what_is_cleared_counts_no_longer(outputs):
    code = """
        from IPython.display import clear_output
        for n in range(40):
            clear_output(wait=True)
            print("a" * 900)
            display("b" * 15_000)
    """
    text, shown = outputs(code)
    assert text["text"] == "a" * 900 + "\n"
    assert len(shown["data"]["text/plain"]) == 15_002
    code = (
        "from IPython.display import clear_output\nprint('a' * 5_000); clear_output(); print('b')"
    )
    assert texts(outputs(code)) == ["b\n"]


def test_displays_can_be_updated(outputs):
    code = """
        handle = display("first", display_id=True)
        giant = display("g" * 50_000, display_id=True)
        for n in range(100): handle.update("n" * 10_000)
        handle.update("last")
        giant.update("small")
        display("next")
    """
    assert texts(outputs(code)) == ["'last'", "'small'", "'next'"]


def test_an_update_may_be_too_big_as_well(outputs):
    code = "handle = display('first', display_id=True)\nhandle.update('u' * 30_000)"
    assert texts(outputs(code)) == ["[left out: an output of 0.0 MB, where 0.0 MB are allowed]"]


def test_a_display_of_an_earlier_cell_can_be_updated(outputs):
    assert texts(outputs("h = display(1, display_id=True)", "display(2)\nh.update(3)")) == ["2"]


def test_a_lost_end_of_output_is_told_and_costs_no_report(outputs, monkeypatch):
    """The kernel's word that it is done may get lost in a flood; its answer never does."""
    monkeypatch.setattr("helpers.reports.notebook_client.SILENCE", 1.0)
    silence = """
        kernel = get_ipython().kernel
        kernel._publish_status = lambda *args, **options: None
        print("said")
    """
    said, note = texts(outputs(silence))
    assert said == "said\n"
    assert note == "[some output was lost: the cell put out more than could be received]"


@pytest.mark.parametrize("keep", range(1, 60))
def test_a_giant_text_can_be_cut_anywhere(keep):
    text = 'tab\t "quoted" \\ back é \U0001f600 \ud7ff end' * 20
    for escaped in (True, False):
        raw = json.dumps({"name": "stderr", "text": text}, ensure_ascii=escaped).encode()
        content = abridge(raw, "stream", keep)
        assert content["name"] == "stderr"
        assert text.startswith(content["text"])
        assert len(content["text"]) >= min(keep, len(text)) // 2
        assert content["left_out"] > 0


def test_nothing_follows_a_gap():
    gate = Gate(OutputLimits(characters=10))
    content = {"name": "stdout", "text": "abc", "left_out": 90}
    assert gate.admit({"msg_type": "stream", "content": content})
    assert not gate.admit({"msg_type": "stream", "content": {"name": "stdout", "text": "de"}})
    outputs: list[nbformat.NotebookNode] = []
    gate.finish(outputs)
    assert texts(outputs) == ["\n[92 more characters were left out: a cell may print 10]\n"]


def test_other_messages_are_read_whole():
    assert abridge(b'{"name": "stdout"}', "stream", 10) is None
    assert abridge(b"{}", "error", 10) is None


def run_papermill(path: Path, out: Path, **options):
    """Run as anybody would who has papermill and the name of the engine."""
    return papermill.execute_notebook(
        path, out, engine_name="karabakh", kernel_name="python3", progress_bar=False, **options
    )


def statuses(path: Path) -> list[str]:
    return [cell.metadata.papermill.status for cell in nbformat.read(path, as_version=4).cells]


def test_papermill_writes_the_notebook_once(notebook, tmp_path, monkeypatch):
    path, out, writes = notebook("n", "print(start)", "1 / 2"), tmp_path / "out.ipynb", []
    write = papermill_io.write
    monkeypatch.setattr(
        papermill_io, "write", lambda text, to, *more: (writes.append(to), write(text, to, *more))
    )
    result = run_papermill(path, out, parameters={"start": "a\"b'{}\n"})
    assert [to for to in writes if to] == [str(out)]
    assert result.cells[-2].outputs[0]["text"] == "a\"b'{}\n\n"
    assert statuses(out) == ["completed"] * 5
    assert result.metadata.language_info.name == "python"
    assert result.metadata.papermill.exception is None


def test_papermill_learns_of_every_kind_of_failure(notebook, tmp_path):
    out = tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError, match="no such day"):
        run_papermill(notebook("n", "raise ValueError('no such day')", "1"), out)
    assert out.exists()
    out.unlink()
    with pytest.raises(KernelDiedError) as died:
        run_papermill(notebook("n", "import os; os.kill(os.getpid(), 9)", "1"), out)
    assert died.value.exit_code == -9
    # Papermill's own engine calls all of these completed.
    assert statuses(out) == ["completed", "completed", "failed", "pending"]
    with pytest.raises(LimitError, match="the cell took longer than 1 s"):
        run_papermill(notebook("n", "import time; time.sleep(60)"), out, execution_timeout=1)
    assert statuses(out) == ["completed", "completed", "failed"]


def test_a_kernel_that_is_never_ready_is_a_matter_of_time(notebook, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import time; time.sleep(60)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(LimitError, match="the kernel was not ready within 2 s"):
        run_papermill(notebook("n", "1"), tmp_path / "out.ipynb", start_timeout=2)


def test_a_kernel_that_ends_before_it_is_ready_has_died(notebook, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(KernelDiedError):
        run_papermill(notebook("n", "1"), tmp_path / "out.ipynb")


def test_the_command_line_of_papermill_knows_the_engine(notebook, tmp_path):
    """In a process of its own, where papermill is imported first and loads the engine's name."""
    out, path = tmp_path / "out.ipynb", notebook("n", "print(start)", "print('x' * 300_000)")
    command = [sys.executable, "-m", "papermill", str(path), str(out), "-k", "python3"]
    command += ["--engine", "karabakh", "-p", "start", "2021", "--no-progress-bar"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    *_, first, last = nbformat.read(out, as_version=4).cells
    assert texts(first.outputs) == ["2021\n"]
    assert texts(last.outputs)[0].endswith("a cell may print 200,000]\n")
