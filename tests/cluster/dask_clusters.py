"""A real Dask scheduler and workers: processes of their own in folders of their own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from helpers.data.project import ROOT_VARIABLE, Project

KARABAKH = Path(sys.executable).with_name("karabakh")
PATIENCE = 60.0
WARM = "helpers.warm.parent"


def wait_until(happened: Callable[[], Any], what: str) -> Any:
    """Wait for a sign and return it."""
    end = time.monotonic() + PATIENCE
    while not (sign := happened()):
        if time.monotonic() > end:
            pytest.fail(f"in vain: {what}")
        time.sleep(0.02)
    return sign


def is_over(pid: int) -> bool:
    """Whether a process has ended, also when nobody has asked for its status yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def make_certificates(folder: Path) -> dict[str, str]:
    """Make an authority and one certificate of it; return the settings that tell Dask of them."""
    folder.mkdir()

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority")
    openssl("req", *new, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=ledger")
    signed = ("-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
    openssl("x509", "-req", *signed, "-out", "cert.pem", "-days", "2")
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {tls + "CA_FILE": "ca.pem"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings |= {f"{tls}{role}__CERT": "cert.pem", f"{tls}{role}__KEY": "key.pem"}
    return {name: str(folder / file) for name, file in settings.items()} | {
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"
    }


@dataclass
class Cluster:
    """A scheduler and its workers; nothing but the network connects them."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def start_scheduler(self, *options: str) -> None:
        file = self.folder / "scheduler.json"
        self._start(
            "scheduler", "scheduler", "--port", "0", "--scheduler-file", str(file), *options
        )
        wait_until(lambda: file.is_file() and file.read_text().endswith("}"), "the scheduler")
        self.address = json.loads(file.read_text())["address"]

    def start_worker(self, name: str, *options: str, **environment: str) -> None:
        options = options or ("--no-nanny",)
        self._start(name, "worker", self.address, "--nthreads", "1", *options, **environment)

    def wait_for(self, name: str) -> None:
        """Wait until the scheduler knows a worker."""
        log = self.folder / f"{name}.log"
        wait_until(lambda: "Registered to" in log.read_text(), f"worker {name}")

    def _start(self, name: str, kind: str, *options: str, **environment: str) -> None:
        home = self.folder / name
        (home / "tmp").mkdir(parents=True, exist_ok=True)
        clean = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
        here = {"TMPDIR": str(home / "tmp"), "WORKER": name}
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard"]
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                [*command, "--host", "127.0.0.1", *options],
                cwd=home,
                env={**clean, **here, **self.environment, **environment},
                stdout=log,
                stderr=log,
                text=True,
            )

    def warm_parents(self) -> list[psutil.Process]:
        """The processes from which the workers' kernels are forked."""
        family = [psutil.Process(item.pid).children() for item in self.processes.values()]
        return [one for children in family for one in children if WARM in one.cmdline()]

    def left(self, name: str) -> list[str]:
        """What lies in a worker's folder, besides the empty ones Dask keeps."""
        paths = [path for path in (self.folder / name).rglob("*") if not path.is_dir()]
        kept = [path for path in paths if path.suffix not in (".lock", ".dirlock")]
        return sorted(path.name for path in (*kept, *self.private_folders(name)))

    def private_folders(self, name: str) -> list[Path]:
        """Our own temporary folders on a worker."""
        return list((self.folder / name / "tmp").glob("karabakh*"))

    def stop(self, name: str) -> None:
        """End a process as a service manager would, and see that it leaves nothing."""
        process = self.processes.pop(name)
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        assert process.wait(timeout=30) == 0, (self.folder / f"{name}.log").read_text()
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
        assert self.left(name) == []

    def close(self) -> None:
        """End the workers, then the scheduler."""
        try:
            for name in sorted(self.processes, key="scheduler".__eq__):
                self.stop(name)
        finally:
            self.kill()

    def kill(self) -> None:
        """End what still runs, without asking."""
        for process in self.processes.values():
            process.kill()
            process.wait()


@dataclass
class Runner:
    """The command on one project, and the signs its notebooks give."""

    project: Project
    signs: Path

    def add(self, name: str, code: str = "") -> None:
        """Add an edition whose cell tells by a sign which worker and process run it."""
        from small_projects import write_notebook

        sign = f"import os, pathlib, time\nsigns = pathlib.Path({str(self.signs)!r})\n"
        sign += f"(signs / f\"{name} {{os.environ['WORKER']}} {{os.getpid()}}\").touch()"
        write_notebook(self.project, name, sign, code or "pass", f"print({name!r}, start)")
        with self.project.plan.open("a") as plan:
            plan.write(f'  {name}: {{notebook: {name}, cadence: "0 6 * * 1"}}\n')

    def given(self, name: str) -> list[tuple[str, int]]:
        """Worker and process of every try of an edition."""
        tries = [path.name.split(" ") for path in self.signs.glob(f"{name} *")]
        return [(worker, int(pid)) for _, worker, pid in tries]

    @contextmanager
    def start(
        self, address: str, *arguments: str, **environment: str
    ) -> Iterator[subprocess.Popen[str]]:
        """Start the command; it is killed if it outlives the block."""
        here = {ROOT_VARIABLE: str(self.project.root), **environment}
        with subprocess.Popen(
            [KARABAKH, "report", "--cluster", address, *arguments],
            env=os.environ | here,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, address: str, *arguments: str, **environment: str) -> tuple[int, str, str]:
        with self.start(address, *arguments, **environment) as process:
            out, err = process.communicate(timeout=2 * PATIENCE)
        return process.returncode, out, err

    def told(self, what: str) -> dict[str, str]:
        """One thing the manifest says of each edition."""
        manifest = json.loads((self.project.reports / "manifest.json").read_text("utf-8"))
        return {entry["edition"]: entry[what] for entry in manifest["editions"]}
