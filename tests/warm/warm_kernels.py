"""Kernels from a warm parent, driven through jupyter_client as notebooks drive them."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
from jupyter_client.manager import KernelManager

PATIENCE = 60


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
