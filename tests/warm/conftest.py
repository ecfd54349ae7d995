"""Kernels from a warm parent, driven through jupyter_client as notebooks drive them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from helpers.warm.client import WarmParent

PATIENCE = 60
ARGV = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]


class Kernel:
    """A kernel with a client: `run` gives what a cell printed, `execute` everything it sent."""

    def __init__(self, manager: KernelManager, **options: Any) -> None:
        self.manager = manager
        manager.start_kernel(**options)
        self.client = manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def provisioner(self) -> Any:
        return self.manager.provisioner

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.provisioner.pid)

    def execute(self, code: str) -> tuple[dict, list[dict]]:
        sent: list[dict] = []
        reply = self.client.execute_interactive(code, timeout=PATIENCE, output_hook=sent.append)
        return reply["content"], sent

    def run(self, code: str) -> str:
        reply, sent = self.execute(code)
        assert reply["status"] == "ok", reply
        return "".join(m["content"]["text"] for m in sent if m["msg_type"] == "stream")

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.client.context.term()


def wait_until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for something that happens in another process."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def run_python(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start another Python on some code; its standard output can be read."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)


@pytest.fixture(scope="session")
def short_folder():
    """Make folders whose names leave room for a socket's."""
    made = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="kw-", dir="/tmp")))
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def parent(short_folder):
    with WarmParent(short_folder()) as parent:
        yield parent
    assert not list(parent.socket.parent.iterdir())


@pytest.fixture
def start(parent, short_folder, tmp_path, monkeypatch):
    """Start kernels, forked from the session's parent unless told otherwise."""
    kernels = []
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def start_kernel(
        *, socket: Path | None = parent.socket, argv: list[str] = ARGV, env: dict | None = None, **o
    ) -> Kernel:
        about = {"provisioner_name": "karabakh-warm-provisioner", "config": {"socket": str(socket)}}
        metadata = {"kernel_provisioner": about} if socket else {}
        manager = KernelManager(kernel_name="")
        manager._kernel_spec = KernelSpec(argv=[*argv], language="python", metadata=metadata)
        env = dict(os.environ, IPYTHONDIR=str(tmp_path / "ipython")) | (env or {})
        del env["PYTEST_CURRENT_TEST"]  # it makes ipykernel leave file 1 and file 2 alone
        kernels.append(Kernel(manager, env=env, **({"cwd": str(tmp_path)} | o)))
        return kernels[-1]

    yield start_kernel
    for kernel in kernels:
        kernel.close()
    assert [path.name for path in parent.socket.parent.iterdir()] == ["warm"]
