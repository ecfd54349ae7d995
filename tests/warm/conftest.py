"""A warm parent for all tests here, and kernels that are ended after each."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from warm_kernels import Kernel

from helpers.warm.client import WarmParent

ARGV = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]


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
