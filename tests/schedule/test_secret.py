"""Where alerts go is nobody's business: no notebook can read it, in any process."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from helpers.data.errors import ReportError
from helpers.data.project import ALERTS_VARIABLE
from helpers.reports.kernel import kernel_environment
from helpers.schedule.secret import HANDED_VARIABLE, handed_over, take_addresses

SECRET = "mailto://ledger:s3cr3t-w0rd@mail.example.org"
COMMAND = """
import json, os, sys
from helpers.schedule.secret import take_addresses
before = os.getpid()
taken = take_addresses()
print(json.dumps({
    "taken": taken, "again": take_addresses(), "pid": before, "arguments": sys.argv[1:],
    "options": sys.flags.optimize, "names": [n for n in os.environ if n.startswith("KARABAKH")],
    "environ": open("/proc/self/environ").read(), "files": sorted(os.listdir("/proc/self/fd")),
}))
"""


@pytest.fixture
def command(tmp_path):
    """Run a small command that takes the addresses and tells what it sees."""
    (tmp_path / "command.py").write_text(COMMAND, encoding="utf-8")

    def run(*start: str, addresses: str = SECRET):
        environment = os.environ | {ALERTS_VARIABLE: addresses, "PYTHONPATH": str(tmp_path)}
        line = [sys.executable, *start, "due", "--now", "two words"]
        process = subprocess.Popen(
            line, env=environment, stdout=subprocess.PIPE, cwd=tmp_path, text=True
        )
        told = json.loads(process.communicate()[0])
        assert process.returncode == 0
        return told, process.pid

    return run


@pytest.mark.parametrize("start", [["command.py"], ["-m", "command"], ["-O", "-c", COMMAND]])
def test_a_command_starts_anew_without_the_addresses_and_has_them(command, start):
    told, pid = command(*start)
    assert told["taken"] == SECRET
    assert told["pid"] == pid
    assert told["arguments"] == ["due", "--now", "two words"]
    assert told["options"] == ("-O" in start)
    assert "s3cr3t" not in told["environ"]


def test_nothing_of_it_is_left_for_children(command):
    told, _ = command("command.py")
    without, _ = command("command.py", addresses="")
    assert told["again"] == ""
    assert told["names"] == []
    assert told["files"] == without["files"]


@pytest.mark.parametrize("nothing", ["", "  \n "])
def test_without_addresses_a_command_just_goes_on(nothing, monkeypatch):
    monkeypatch.setenv(ALERTS_VARIABLE, nothing)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("started anew"))
    assert take_addresses() == ""
    assert ALERTS_VARIABLE not in os.environ


@pytest.mark.parametrize("handed", ["9999", "letters"])
def test_addresses_that_are_not_there_are_an_error_not_silence(handed, monkeypatch):
    monkeypatch.setenv(HANDED_VARIABLE, handed)
    with pytest.raises(ReportError, match=f"^{HANDED_VARIABLE}={handed}: there is no such open"):
        take_addresses()


def test_more_than_a_pipe_holds_is_refused_at_once_and_not_shown(monkeypatch):
    monkeypatch.setenv(ALERTS_VARIABLE, f"{SECRET} " * 10_000)
    with pytest.raises(ReportError, match="bytes are too many; name fewer addresses") as caught:
        take_addresses()
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("addresses", [SECRET, ""], ids=["some", "none"])
def test_a_child_is_handed_the_addresses_without_its_environment(command, tmp_path, addresses):
    with handed_over(addresses) as (environment, files):
        process = subprocess.Popen(
            [sys.executable, tmp_path / "command.py"],
            env=environment,
            pass_fds=files,
            stdout=subprocess.PIPE,
        )
    told = json.loads(process.communicate()[0])
    assert told["taken"] == addresses
    assert "s3cr3t" not in told["environ"]


def test_the_environment_of_notebooks_leaves_them_out(project, tmp_path, monkeypatch):
    monkeypatch.setenv(ALERTS_VARIABLE, SECRET)
    assert SECRET not in kernel_environment(project, tmp_path).values()


# Looks wherever a process of the same user can look: itself, and all that it descends from.
SPY = """
import os
from contextlib import suppress
from pathlib import Path
seen, pid = [str(dict(os.environ))], os.getpid()
while pid > 1 and pid != {outside}:
    place = Path("/proc", str(pid))
    for part in ("environ", "cmdline"):
        seen.append((place / part).read_bytes().decode(errors="replace"))
    for number in list((place / "fd").iterdir()):
        with suppress(OSError):  # closed meanwhile
            seen.append(os.readlink(number))
    pid = int((place / "stat").read_text().rpartition(")")[2].split()[1])
Path(os.environ["KARABAKH_ROOT"], "seen.txt").write_text("\\n".join(seen))
print(os.environ)
"""
RUN = """
from pathlib import Path
from helpers.data.project import Project
from helpers.schedule.secret import take_addresses
from helpers.reports import runner
addresses = take_addresses()
runner.is_built = lambda project: True
result = runner.run_reports(Project(Path("project").resolve()))
print(addresses, *result.complaints)
raise SystemExit(result.exit_status)
"""


def test_a_notebook_that_looks_everywhere_finds_no_address(project, notebook, plan, tmp_path):
    (project.processed / "sources.csv").write_text("source_id,published\na,2021-01-01\n")
    notebook("spy", textwrap.dedent(SPY).format(outside=os.getpid()))
    plan('spy: {notebook: spy, cadence: "0 6 * * 1"}')
    environment = os.environ | {ALERTS_VARIABLE: SECRET}
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == SECRET
    seen = (project.root / "seen.txt").read_text(encoding="utf-8")
    assert "helpers.warm.parent" in seen  # it did look at where it comes from
    assert "from helpers.schedule.secret" in seen
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert project.reports / "spy.html" in written
    assert [path for path in written if b"s3cr3t" in path.read_bytes()] == []
