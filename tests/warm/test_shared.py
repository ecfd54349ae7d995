"""The shared parent behind the kernel spec "Karabakh (warm)"."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.multikernelmanager import AsyncMultiKernelManager
from warm_kernels import Kernel, gone, run_python, wait_until

from helpers.data.errors import ReportError
from helpers.warm.client import (
    connect_shared,
    shared_folder,
    shared_socket,
    start_shared,
    stop_shared,
)
from helpers.warm.preload import FOR_ANALYSTS
from helpers.warm.stamp import PACKAGE, environment_stamp, source_stamp
from helpers.warm.startup import taken_once

SPEC = PACKAGE / "warm" / "kernelspec" / "kernel.json"
PARENT_OF_CODE = """
import os, sys
from pathlib import Path
from helpers.warm.client import connect_shared
line = connect_shared(os.environ, Path.cwd())
print(line.getpeername())
"""


def shared_parents(folder: Path) -> list[psutil.Process]:
    """The parents with sockets in a folder; kernels, their forks, look the same."""
    found = {}
    for process in psutil.process_iter(["cmdline", "ppid", "status"]):
        words = process.info["cmdline"] or []
        if "helpers.warm.parent" in words and any(w.startswith(str(folder)) for w in words):
            found[process.pid] = process
    return [p for p in found.values() if p.info["ppid"] not in found]


@contextmanager
def runtime_folder(folder: Path) -> Iterator[Path]:
    """Let shared parents live in a folder of the test's own, so nobody else's are met."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "jupyter"))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        yield folder
        stop_shared()
        wait_until(lambda: not shared_parents(folder))
        assert {path.name for path in folder.iterdir()} <= {"jupyter", "ipython"}


@pytest.fixture
def runtime(short_folder):
    with runtime_folder(short_folder()) as folder:
        yield folder


@pytest.fixture(scope="module")
def lasting(short_folder):
    """A runtime folder, and so a shared parent, for all tests that leave it alive."""
    with runtime_folder(short_folder()) as folder:
        yield folder


@contextmanager
def kernel_of_the_spec() -> Iterator[Kernel]:
    with closing(Kernel(KernelManager(kernel_name="karabakh"))) as kernel:
        yield kernel


def test_the_spec_is_installed_as_it_is_in_the_package():
    spec = KernelSpecManager().get_kernel_spec("karabakh")
    assert json.loads(Path(spec.resource_dir, "kernel.json").read_text("utf-8")) == json.loads(
        SPEC.read_text("utf-8")
    )
    assert spec.display_name == "Karabakh (warm)"


def test_kernels_of_the_spec_share_a_parent_that_lingers(lasting):
    with kernel_of_the_spec() as kernel:
        assert kernel.provisioner.how == "warm"
        (parent,) = shared_parents(lasting)
        assert kernel.process.ppid() == parent.pid
        with kernel_of_the_spec() as second:
            assert second.process.ppid() == parent.pid
        for module in FOR_ANALYSTS:  # loaded beforehand, here where analysts work
            assert kernel.run(f"import sys; print({module!r} in sys.modules)") == "True\n"
        folder = lasting / f"karabakh-{os.getuid()}"
        assert sorted(p.suffix for p in folder.iterdir()) == ["", ".warm"], "the first's sockets"
    assert parent.is_running()


def test_servers_with_many_kernels_can_use_it(lasting):
    """This is the manager that JupyterLab's is made of."""

    async def work() -> None:
        manager = AsyncMultiKernelManager()
        names = [await manager.start_kernel(kernel_name="karabakh") for _ in range(2)]
        for name in names:
            one = manager.get_kernel(name)
            assert one.provisioner.how == "warm"
            assert (one.transport, one.cache_ports) == ("ipc", False)
            await manager.interrupt_kernel(name)
            await manager.restart_kernel(name)
            client = one.client()
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            assert (await client.execute_interactive("1 + 1"))["content"]["status"] == "ok"
            client.stop_channels()
            assert await one.is_alive()
        await manager.shutdown_all()
        manager.context.term()

    asyncio.run(work())


def test_papermill_runs_on_it_from_a_plain_shell(lasting, notebook, tmp_path):
    source = notebook("n", 'import os; print(open(f"/proc/{os.getppid()}/cmdline").read())')
    out = tmp_path / "out.ipynb"
    command = [Path(sys.executable).parent / "papermill", source, out, "-k", "karabakh"]
    done = subprocess.run(
        [*command, "--no-progress-bar"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (output,) = nbformat.read(out, as_version=4).cells[-1].outputs
    parent = output.text.strip().split("\0")[:-1]
    assert parent in [process.cmdline() for process in shared_parents(lasting)]


def test_two_who_start_it_at_once_get_the_same(runtime):
    with ThreadPoolExecutor(4) as pool:
        lines = list(pool.map(lambda _: connect_shared(os.environ, Path.cwd()), range(4)))
    assert len({line.getpeername() for line in lines}) == 1
    (first,) = shared_parents(runtime)
    for line in lines:
        line.close()
    first.kill()
    wait_until(lambda: gone(first.pid))
    (left,) = (runtime / f"karabakh-{os.getuid()}").iterdir()
    assert start_shared(600) == "", "a killed one's socket is used again"
    (second,) = shared_parents(runtime)
    assert second.pid != first.pid
    assert [left] == list(left.parent.iterdir())


def test_it_goes_when_nobody_needs_it_for_long_enough(runtime):
    assert start_shared(600) == ""
    (parent,) = shared_parents(runtime)
    with kernel_of_the_spec() as kernel:
        assert start_shared(0.3) == "", "the new patience holds for the running one"
        time.sleep(0.6)
        assert parent.is_running(), "a kernel needs it"
        assert kernel.run("print(1)") == "1\n"
    wait_until(lambda: gone(parent.pid))
    assert not (runtime / f"karabakh-{os.getuid()}").exists()


def test_stopping_waits_for_kernels_and_a_restart_gets_another(runtime):
    with kernel_of_the_spec() as kernel:
        (first,) = shared_parents(runtime)
        assert stop_shared() == 1
        assert stop_shared() == 0
        assert kernel.run("print(1)") == "1\n"
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=60)
        wait_until(lambda: gone(first.pid))
        assert kernel.provisioner.how == "warm"
        (second,) = shared_parents(runtime)
        assert kernel.process.ppid() == second.pid
        second.terminate()
        wait_until(lambda: gone(second.pid))
        assert gone(kernel.provisioner.pid), "a terminated one ends its kernels"
        wait_until(lambda: not kernel.manager.is_alive())


def test_changed_code_gets_another_parent(runtime, tmp_path):
    copy = tmp_path / "src"
    shutil.copytree(PACKAGE, copy / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    module = copy / "helpers" / "charts" / "words.py"

    def ask() -> str:
        environment = os.environ | {"PYTHONPATH": str(copy)}
        with run_python(PARENT_OF_CODE, env=environment, cwd=tmp_path) as process:
            return process.communicate(timeout=60)[0]

    first = ask()
    assert ask() == first
    assert len(shared_parents(runtime)) == 1
    text = module.read_text("utf-8")
    module.write_text(text + "\n# changed\n", "utf-8")
    assert ask() not in (first, "")
    assert len(shared_parents(runtime)) == 2
    module.write_text(text, "utf-8")
    assert ask() == first


def test_other_variables_at_start_get_another_parent(runtime):
    names = [
        shared_socket(taken_once(dict(os.environ) | variables, Path.cwd()))
        for variables in ({}, {"PYTHONUTF8": "1"}, {"TERM": "x", "MPLBACKEND": "svg"})
    ]
    assert names[0] == names[2] != names[1]


def test_a_folder_others_may_write_to_is_refused(short_folder, monkeypatch):
    runtime = short_folder()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    folder = shared_folder()
    assert folder.parent == runtime
    folder.chmod(0o770)
    with pytest.raises(ReportError, match="not a private folder"):
        shared_folder()
    folder.rmdir()
    folder.symlink_to(short_folder())
    with pytest.raises(ReportError, match="not a private folder"):
        start_shared()


def test_long_runtime_folders_are_passed_over(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", str(long))
    try:
        assert shared_folder().parent == Path("/tmp")
    finally:
        if not list(shared_folder().iterdir()):
            shared_folder().rmdir()


def test_stamps_tell_changes(tmp_path, monkeypatch):
    package, site = tmp_path / "helpers", tmp_path / "site"
    (package / "__pycache__").mkdir(parents=True)
    (package / "a.py").write_text("a = 1")
    (site / "numpy-2.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr("helpers.warm.stamp.PACKAGE", package)
    monkeypatch.setattr(sys, "path", [str(site), str(tmp_path / "none")])
    source, environment = source_stamp(), environment_stamp()
    (package / "__pycache__" / "a.pyc").write_text("compiled")
    assert (source_stamp(), environment_stamp()) == (source, environment)
    (package / "a.py").rename(package / "b.py")
    assert source_stamp() != source
    (site / "numpy-2.0.dist-info").rename(site / "numpy-2.1.dist-info")
    assert environment_stamp() != environment
