"""The audit fails on what is known, and says loudly what nobody could be asked about."""

import importlib.util
import json
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from pages import ROOT


@pytest.fixture
def audit(monkeypatch) -> ModuleType:
    specification = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "audit", module)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def run(audit, monkeypatch, capsys):
    """Run the script where pip-audit leaves a status, an answer and words."""

    def run(status: int, out: str, err: str = "", *words: str) -> tuple[int, str]:
        def fake(command, **options):
            assert command[1:3] == ["-m", "pip_audit"]
            assert {"--require-hashes", "--disable-pip"} <= set(command)
            return SimpleNamespace(returncode=status, stdout=out, stderr=err)

        monkeypatch.setattr(audit.subprocess, "run", fake)
        ended = audit.main([*words, "requirements.txt"])
        return ended, capsys.readouterr().out

    return run


def answer(*packages: dict) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


def fine(name: str) -> dict:
    return {"name": name, "version": "1.0", "vulns": []}


def unknown(name: str) -> dict:
    return {"name": name, "skip_reason": f"Dependency not found and could not be audited: {name}"}


FAULT = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": "bad"}


def test_packages_without_a_known_fault_pass(run):
    told = "requirements.txt: nothing is known against 2 packages\n"
    assert run(0, answer(fine("a"), fine("b")), "No known vulnerabilities found") == (0, told)
    assert run(0, answer(fine("a"), fine("b")), "", "--required")[0] == 0


@pytest.mark.parametrize("words", [(), ("--required",)])
def test_a_known_fault_fails_and_names_package_fault_and_remedy(run, words):
    faulty = {**fine("b"), "vulns": [FAULT]}
    status, told = run(1, answer(fine("a"), faulty, unknown("c")), "Found 1", *words)
    assert status == 1
    assert told.splitlines() == [
        "requirements.txt: VULNERABLE: b 1.0: PYSEC-2026-1, mended in 1.1",
        "requirements.txt: NOT AUDITED: 1 of 3 packages, of which the service knows nothing: c",
    ]
    hopeless = {**fine("b"), "vulns": [FAULT | {"fix_versions": []}]}
    assert "mended in no version yet" in run(1, answer(hopeless))[1]


@pytest.mark.parametrize("known", [[], [fine("z")]])
def test_a_service_that_knows_nothing_is_no_clean_bill(run, known):
    packages = answer(*map(unknown, "abcdefg"), *known)
    status, told = run(0, packages, "No known vulnerabilities found")
    assert status == 0
    assert told.splitlines()[-1] == (
        f"requirements.txt: NOT AUDITED: 7 of {7 + len(known)} packages, of which the service "
        "knows nothing: a, b, c, d, e and 2 more"
    )
    assert ("nothing is known against" in told) == bool(known)
    assert run(0, packages, "", "--required")[0] == 1


def test_a_service_that_does_not_answer_is_told(run, audit, monkeypatch, capsys):
    words = "ERROR:pip_audit: connecting\nERROR:pip_audit:Could not connect to the feed\n"
    told = (
        "requirements.txt: NOT AUDITED: nobody could be asked "
        "(ERROR:pip_audit:Could not connect to the feed)\n"
    )
    assert run(1, "", words) == (0, told)
    assert run(1, "", words, "--required") == (1, told)

    def hang(command, timeout, **options):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(audit.subprocess, "run", hang)
    assert audit.main(["requirements.txt"]) == 0
    assert "NOT AUDITED: nobody could be asked (no answer within" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "out", "err"),
    [
        (2, "", "usage: pip-audit: unrecognized arguments"),
        (-9, "", ""),
        (0, answer(), ""),
        (1, answer(fine("a")), ""),
    ],
)
def test_an_audit_that_did_not_run_as_it_should_fails(run, status, out, err):
    ended, told = run(status, out, err)
    assert ended == 1
    assert told.startswith("requirements.txt: BROKEN: pip-audit did not run as it should (")


def test_the_script_reads_the_pinned_packages_as_pip_audit_gives_them(audit, tmp_path):
    """A service that is not there, asked by the real pip-audit."""
    file = tmp_path / "pins.txt"
    file.write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    here = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "HTTPS_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit.py", str(file)],
        env={"PATH": "", "HOME": str(tmp_path), **here},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{file}: NOT AUDITED: " in done.stdout
    assert "nothing is known against" not in done.stdout


def test_bandit_finds_nothing_and_every_rule_left_out_has_its_reason():
    command = ["--quiet", "--configfile", "pyproject.toml", "--recursive", "src", ".ci"]
    done = subprocess.run(
        [sys.executable, "-m", "bandit", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    skips = text.partition("[tool.bandit]")[2].partition("\n]")[0].splitlines()
    rules = [line for line in skips if line.strip().startswith('"B')]
    assert rules
    assert [line for line in rules if "  # " not in line] == []


def test_every_change_is_audited():
    assert "make audit" in (ROOT / ".ci" / "run").read_text("utf-8")
