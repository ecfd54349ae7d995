"""A small project run by the installed command, and ways to see what it leaves behind."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from helpers.data.project import ROOT_VARIABLE, Project

NAMES = ("first", "second", "third")
ENDINGS = (".html", ".json")
AROUND = ("archive.html", "failed.html", "index.html")
KARABAKH = Path(sys.executable).with_name("karabakh")
PATIENCE = 120.0


def wait_until(happened: Callable[[], Any], *, or_end_of: subprocess.Popen[str]) -> None:
    """Wait for a sign; the end of the process that should give it is an error."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if or_end_of.poll() is not None:
            pytest.fail("ended too early: " + "\n".join(map(str, or_end_of.communicate())))
        if time.monotonic() > end:
            pytest.fail("the sign never came")
        time.sleep(0.01)


@dataclass
class Ledger:
    """A project, its folder for temporary files, and the command that runs there."""

    project: Project
    temporary: Path
    # How the command is called, and where its files are seen, when its disks are its own.
    prefix: list[str] = field(default_factory=list)
    view: str = ""

    @property
    def out(self) -> Path:
        return Path(f"{self.view}{self.project.reports}")

    @property
    def environment(self) -> dict[str, str]:
        here = {ROOT_VARIABLE: str(self.project.root), "TMPDIR": str(self.temporary)}
        return os.environ | here

    def start(self, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
        """Start `karabakh report`."""
        return self.launch("report", *arguments)

    @contextmanager
    def launch(
        self, *words: str, stdout: IO[str] | int = subprocess.PIPE, **environment: str
    ) -> Iterator[subprocess.Popen[str]]:
        """Start a command in a session of its own, as a terminal or a service would."""
        process = subprocess.Popen(
            [*self.prefix, str(KARABAKH), *words],
            env=self.environment | environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run `karabakh report`; return its status, output and errors."""
        return self.call("report", *arguments)

    def call(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run a command; return its status, output and errors."""
        with self.launch(*words, **environment) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of `karabakh`."""
        return subprocess.run(
            [str(KARABAKH), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def fault(self, name: str, code: str) -> None:
        """Let an edition run this code."""
        folder = self.project.root / "faults"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(code)

    def hang(self, name: str) -> Callable[[], bool]:
        """Let an edition give a sign that its cell runs, and then never end; return the sign."""
        sign = self.project.root / f"{name} runs"
        code = f"import time\nPath({str(sign)!r}).touch()\nwhile True: time.sleep(600)"
        self.fault(name, code)
        return sign.exists

    def mend(self) -> None:
        """Take every fault away."""
        shutil.rmtree(self.project.root / "faults", ignore_errors=True)

    def pages(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.out.glob("*.html")}

    def dated(self, name: str) -> list[str]:
        """The dated editions of an edition, by name."""
        return sorted({path.stem for path in (self.out / name).glob("*.json")})

    def records(self) -> dict[str, dict[str, Any]]:
        manifest = json.loads((self.out / "manifest.json").read_text("utf-8"))
        return {entry["edition"]: entry for entry in manifest["editions"]}

    def statuses(self) -> list[str]:
        return [self.records()[name]["status"] for name in NAMES]

    def processes(self) -> list[psutil.Process]:
        """Every process that came from this project's runs, however it was started."""
        found = []
        for process in psutil.process_iter():
            try:
                about = [*process.cmdline(), *process.environ().values()]
            except psutil.Error:
                continue
            if any(str(self.temporary) in text for text in about):
                found.append(process)
        return found

    def wait_for_no_processes(self) -> None:
        """Fail when any process outlives its run; a warm parent ends once it has loaded."""
        _, alive = psutil.wait_procs(self.processes(), timeout=PATIENCE)
        assert alive == []

    def assert_nothing_is_left(self) -> None:
        """No process, no socket, no temporary folder, no lock, no half-written file or edition."""
        assert self.processes() == []
        assert list(Path(f"{self.view}{self.temporary}").iterdir()) == []
        names = {path.name for path in self.out.iterdir()}
        folders = {name for name in NAMES if (self.out / name).is_dir()}
        assert names - folders - {"feed.xml"} == {"manifest.json"} | set(self.pages())
        for name in folders:
            files = sorted(path.name for path in (self.out / name).iterdir())
            assert files == sorted(f"{stem}{end}" for stem in self.dated(name) for end in ENDINGS)

    def assert_the_next_run_completes(self) -> None:
        """Without the fault, the command ends well, whatever happened before."""
        self.mend()
        status, out, err = self.run()
        assert (status, err) == (0, "")
        assert self.statuses() == ["succeeded"] * 3, out
        assert set(self.pages()) == {*AROUND, *(f"{name}.html" for name in NAMES)}
        for name in NAMES:
            page = self.records()[name]["page"]
            assert (self.out / page["file"]).stat().st_size == page["bytes"]
        self.assert_nothing_is_left()
