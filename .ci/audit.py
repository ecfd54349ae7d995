"""Look the pinned packages up among known vulnerabilities, and never pretend to have done so.

pip-audit ends with success when the service knows none of the packages, as a mirror may answer
that has no such service. That is told as what it is.

    python .ci/audit.py [--required] requirements.txt

Ends with 0 when nothing is known against any package, or nobody could be asked about some and
--required is not given; with 1 when something is known, pip-audit does not run as it should, or
--required is given and not every package was looked up.
"""

import argparse
import json
import subprocess  # nosec B404
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PIP_AUDIT = (sys.executable, "-m", "pip_audit")
OPTIONS = (
    *("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"),
    *("--timeout", "15", "--requirement"),
)
SECONDS = 600
NAMED = 5


@dataclass(frozen=True)
class Finding:
    """What is known about the packages of one file."""

    audited: int = 0
    vulnerable: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    silent: str = ""
    broken: str = ""

    def lines(self) -> list[str]:
        """Say all of it; what could not be looked up comes last and cannot be overlooked."""
        told = [f"VULNERABLE: {line}" for line in self.vulnerable]
        if self.broken:
            told.append(f"BROKEN: pip-audit did not run as it should ({self.broken})")
        if self.audited and not self.vulnerable:
            told.append(f"nothing is known against {self.audited} packages")
        if self.silent:
            told.append(f"NOT AUDITED: nobody could be asked ({self.silent})")
        if self.skipped:
            names = ", ".join(self.skipped[:NAMED])
            more = f" and {len(self.skipped) - NAMED} more" if len(self.skipped) > NAMED else ""
            total = self.audited + len(self.skipped)
            told.append(
                f"NOT AUDITED: {len(self.skipped)} of {total} packages, of which the service "
                f"knows nothing: {names}{more}"
            )
        return told

    def status(self, *, required: bool) -> int:
        """Return the exit status."""
        unknown = bool(self.silent or self.skipped)
        return int(bool(self.vulnerable or self.broken) or (required and unknown))


def read_answer(status: int, out: str, err: str) -> Finding:
    """Make sense of what pip-audit left: its exit status and what it printed."""
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (err.strip().splitlines() or ["it said nothing"])[-1]
        # 1 stands for a finding and for a service that cannot be reached; the first has an answer.
        return Finding(silent=last) if status == 1 else Finding(broken=last)
    known = [package for package in packages if "skip_reason" not in package]
    vulnerable = tuple(
        f"{package['name']} {package['version']}: {fault['id']}, "
        f"mended in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for package in known
        for fault in package["vulns"]
    )
    skipped = tuple(package["name"] for package in packages if "skip_reason" in package)
    if not packages or (status and not vulnerable):
        return Finding(broken=f"status {status}, {len(packages)} packages")
    return Finding(len(known), vulnerable, skipped)


def ask(file: Path) -> Finding:
    """Let pip-audit look up the packages of a file."""
    command = [*PIP_AUDIT, *OPTIONS, str(file)]
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603 # no word of it comes from outside
            command, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return Finding(silent=f"no answer within {SECONDS} s")
    return read_answer(done.returncode, done.stdout, done.stderr)


def main(words: Sequence[str] | None = None) -> int:
    """Audit the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--required", action="store_true", help="fail also when nobody was asked")
    options = parser.parse_args(words)
    status = 0
    for file in options.files:
        finding = ask(file)
        status |= finding.status(required=options.required)
        for line in finding.lines():
            print(f"{file}: {line}")
    return status


if __name__ == "__main__":
    sys.exit(main())
