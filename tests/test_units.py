"""The ready units and the crontab: systemd and a shell take them, and they call what exists."""

import os
import re
import shlex
import subprocess
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from croniter import croniter

from commands import assert_called
from helpers.data.project import Project
from pages import ROOT

DEPLOY = ROOT / "deploy"
HOME = "/opt/karabakh-ledger"
SETTINGS = "/etc/karabakh-ledger"
PROGRAM = f"{HOME}/.venv/bin/karabakh"
UNITS = sorted(path.name for path in DEPLOY.glob("karabakh-*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
STUB = """#!/bin/sh
printf '%s|' "$PWD" "$*" "$KARABAKH_ALERTS" > "$0.called"
echo done
echo 'one failed' >&2
exit 1
"""


def settings(name: str) -> dict[str, list[str]]:
    """Read a unit: values by key, of all sections."""
    found = defaultdict(list)
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found[key].append(value)
    return dict(found)


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "cat"}
    command = ["systemd-analyze", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def install(folder: Path, *change: str) -> Path:
    """Copy the units, with a program that exists; the two texts of a change replace each other."""
    program = folder / "karabakh"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        if change and change[0] in text:
            text = text.replace(*change)
        (folder / name).write_text(text.replace(PROGRAM, str(program)))
    return folder


def complaints(unit: Path) -> str:
    """What systemd says of a unit; of others on this machine it may say what it likes."""
    done = analyze("verify", "--man=no", str(unit))
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if "karabakh" in line)


def test_the_units_are_there() -> None:
    assert UNITS == ["karabakh-due.service", "karabakh-due.timer", "karabakh-schedule.service"]


@pytest.mark.parametrize("name", UNITS)
def test_systemd_has_nothing_to_say(tmp_path: Path, name: str) -> None:
    assert complaints(install(tmp_path) / name) == ""


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("karabakh-due.service", "MemoryMax=4G", "MemoryMax=plenty"),
        ("karabakh-due.service", "UMask=", "Umask="),
        ("karabakh-due.service", "[Service]", "[Services]"),
        ("karabakh-due.service", "@system-service", "@systems"),
        ("karabakh-due.service", PROGRAM, f"{HOME}/nowhere"),
        ("karabakh-due.service", "TimeoutStopSec=90", "TimeoutStopSec=a while"),
        ("karabakh-due.timer", "*:0/5", "*:0/five"),
        ("karabakh-due.timer", "OnCalendar=*:0/5", ""),
        ("karabakh-schedule.service", "Restart=on-failure", "Restart=always\nType=oneshot"),
        ("karabakh-schedule.service", "AF_UNIX", "AF_PIGEON"),
    ],
)
def test_systemd_refuses_broken_units(tmp_path: Path, name: str, right: str, wrong: str) -> None:
    assert right in (DEPLOY / name).read_text("utf-8")
    assert complaints(install(tmp_path, right, wrong) / name) != ""


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_shut_in(tmp_path: Path, name: str) -> None:
    unit = str(install(tmp_path) / name)
    judged = analyze("security", "--offline=yes", "--threshold=25", unit)
    assert judged.returncode == 0, judged.stdout
    # The same without its walls is beyond that.
    open_unit = str(install(tmp_path, "NoNewPrivileges=yes\nCapabilityBoundingSet=\n", "") / name)
    assert analyze("security", "--offline=yes", "--threshold=25", open_unit).returncode != 0


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_write_what_is_made_and_no_more(name: str) -> None:
    project = Project(Path(HOME))
    made = {project.processed, project.docs, project.reports, project.root / ".schedule"}
    told = settings(name)
    assert {Path(word) for line in told["ReadWritePaths"] for word in line.split()} == made
    assert told["ProtectSystem"] == ["strict"]
    assert told["WorkingDirectory"] == [HOME]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_is_stopped_has_its_grace(name: str) -> None:
    told = settings(name)
    words = shlex.split(told["ExecStart"][0])
    grace = float(words[words.index("--grace") + 1])
    assert float(told["TimeoutStopSec"][0]) > grace
    # Otherwise the signal would go to the kernels, too, and end what the grace is for.
    assert told["KillMode"] == ["mixed"]
    assert told["SuccessExitStatus"] == ["143"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_calls_what_exists(name: str) -> None:
    (line,) = settings(name)["ExecStart"]
    assert line.startswith(f"{PROGRAM} ")
    assert_called(shlex.split(line))


def test_both_services_have_the_same_walls_and_limits() -> None:
    one, other = (settings(name) for name in SERVICES)
    differ = {key for key in one | other if one.get(key) != other.get(key)}
    own = {"Description", "Type", "ExecStart", "TimeoutStartSec", "WantedBy"}
    assert differ == own | {"Restart", "RestartSec", "RestartPreventExitStatus"}


def test_the_timer_comes_every_five_minutes_and_after_a_night_off() -> None:
    told = settings("karabakh-due.timer")
    assert told["Persistent"] == ["yes"]
    words = ["--iterations=3", "--base-time=2026-11-30 05:58:00 UTC", *told["OnCalendar"]]
    shown = analyze("calendar", *words).stdout
    moments = re.findall(r"(\d\d:\d\d:\d\d) UTC", shown)
    assert list(dict.fromkeys(moments)) == ["06:00:00", "06:05:00", "06:10:00"]


@pytest.mark.parametrize("name", ["karabakh-due.service"])
def test_the_drop_in_for_metrics_fits(tmp_path: Path, name: str) -> None:
    (text,) = re.findall(r"(?s)```ini\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"))
    unit = install(tmp_path) / name
    folder = tmp_path / f"{name}.d"
    folder.mkdir()
    drop_in = folder / "override.conf"
    drop_in.write_text(text.replace(PROGRAM, str(tmp_path / "karabakh")))
    assert complaints(unit) == ""
    drop_in.write_text(text.replace(PROGRAM, "/nowhere"))  # so it is read, indeed
    assert "/nowhere" in complaints(unit)
    words = shlex.split(text.split("ExecStart=")[-1].splitlines()[0])
    assert_called(words)
    assert settings(name)["ExecStart"] == [shlex.join(words[: words.index("--metrics")])]
    place = Path(words[words.index("--metrics") + 1])
    assert place.suffix == ".prom"
    assert f"ReadWritePaths={place.parent}\n" in text


def cron_line() -> tuple[str, str]:
    """Return the five fields of the crontab's only line, and its command."""
    lines = (DEPLOY / "crontab").read_text("utf-8").splitlines()
    (line,) = (line for line in lines if line and not line.startswith("#"))
    found = re.fullmatch(r"((?:\S+ ){5})(.*)", line)
    assert found
    return found[1].strip(), found[2]


def test_cron_comes_every_five_minutes() -> None:
    fields, _ = cron_line()
    slots = croniter(fields, datetime(2026, 11, 30, 5, 58, tzinfo=UTC))
    first, second = slots.get_next(datetime), slots.get_next(datetime)
    assert (first.minute, second - first) == (0, timedelta(minutes=5))


def test_cron_calls_what_exists() -> None:
    _, command = cron_line()
    assert "%" not in command  # cron would end the line there
    words = shlex.split(command)
    assert_called(words[words.index(".venv/bin/karabakh") : words.index(">/dev/null")])


@pytest.mark.parametrize("told", ["mailto://u:p@example.org?to=a@b&c=d", ""])
def test_crons_command_runs_in_a_shell(tmp_path: Path, told: str) -> None:
    home, etc = tmp_path / "ledger", tmp_path / "etc"
    program = home / ".venv" / "bin" / "karabakh"
    program.parent.mkdir(parents=True)
    program.write_text(STUB)
    program.chmod(0o755)
    if told:
        etc.mkdir()
        (etc / "alerts.env").write_text(f"KARABAKH_ALERTS='{told}'\n")
    command = cron_line()[1].replace(HOME, str(home)).replace(SETTINGS, str(etc))
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    shell = ["/bin/sh", "-c", command]
    done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
    # Only complaints are left for cron to mail.
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "one failed\n")
    assert (program.parent / "karabakh.called").read_text() == f"{home}|due|{told}|"


def test_cron_says_so_when_the_folder_is_gone(tmp_path: Path) -> None:
    command = cron_line()[1].replace(HOME, str(tmp_path / "gone"))
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "gone" in done.stderr
