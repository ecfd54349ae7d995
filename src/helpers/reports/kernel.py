"""The kernel a report runs in: our Python, a clean environment, private sockets."""

import os
import signal
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from helpers.data.project import ROOT_VARIABLE, Project

# Unix socket names end at 107 bytes; "/kernel-65535" and the folder's random part need 30 of them.
LONGEST_TEMPORARY_FOLDER = 75


class Kernels:
    """The kernels now running, so that an interrupted run leaves none behind."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._groups: set[int] = set()
        self._lock = threading.Lock()

    def add(self, group: int) -> None:
        """Remember a kernel by its process group, or end it at once after `stop`."""
        with self._lock:
            self._groups.add(group)
            if self.stopped.is_set():
                _kill(group)

    def remove(self, group: int) -> None:
        """Forget a kernel that has ended."""
        with self._lock:
            self._groups.discard(group)

    def stop(self) -> None:
        """Kill every kernel; their runs end as interrupted."""
        with self._lock:
            self.stopped.set()
            for group in self._groups:
                _kill(group)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def private_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a temporary folder, readable by nobody else, whose path is short enough for sockets."""
    usual = tempfile.gettempdir()
    base = usual if len(os.fsencode(usual)) <= LONGEST_TEMPORARY_FOLDER else "/tmp"  # noqa: S108
    return tempfile.TemporaryDirectory(prefix="karabakh-", dir=base, ignore_cleanup_errors=True)


def kernel_environment(project: Project, folder: Path) -> dict[str, str]:
    """Build the environment a notebook runs in, the same wherever the command was called.

    Parameters
    ----------
    project : Project
        Becomes ``KARABAKH_ROOT``, so a copy of the project is reported on as itself.
    folder : Path
        Private folder for IPython's profile and history: none of the user's settings take part.

    Returns
    -------
    dict of str to str
        A fixed hash seed, UTC, the inline backend, and ``PYTHONPATH`` made absolute because the
        kernel's folder is another.
    """
    environment = dict(os.environ)
    paths = environment.get("PYTHONPATH", "").split(os.pathsep)
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(path).resolve()) for path in paths if path)
    environment |= {
        ROOT_VARIABLE: str(project.root),
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": str(folder / "ipython"),
    }
    return environment


class ReportKernelManager(AsyncKernelManager):
    """Kernel manager for one run; `bound_to` makes the class that knows which.

    Sockets and connection file lie in a private folder: no ports to race for, nothing sent over
    TCP (ipykernel warns of that on every start), nothing left in the user's Jupyter folders. The
    kernel is always this Python, whatever kernel specs the user has installed.
    """

    _project: Project
    _folder: Path
    _kernels: Kernels
    _group = 0

    def __init__(self, **options: Any) -> None:
        address, file = f"{self._folder}/kernel", f"{self._folder}/kernel.json"
        super().__init__(transport="ipc", ip=address, connection_file=file, **options)

    @classmethod
    def bound_to(
        cls, project: Project, folder: Path, kernels: Kernels
    ) -> type["ReportKernelManager"]:
        """Make the class for one run: nbclient takes a class and fills in what it knows itself.

        Parameters
        ----------
        project : Project
        folder : Path
            Private folder, see `private_folder`.
        kernels : Kernels
            Told of the kernel's start and end.
        """
        return type(
            cls.__name__, (cls,), {"_project": project, "_folder": folder, "_kernels": kernels}
        )

    @property
    def kernel_spec(self) -> KernelSpec:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The spec of this very Python."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def start_kernel(self, **options: Any) -> None:  # pyright: ignore
        """Start the kernel in the notebooks' folder, as JupyterLab would.

        What the process itself prints goes to a file instead of the user's terminal.
        """
        with kernel_log(self._folder).open("ab") as log:
            await super().start_kernel(
                cwd=str(self._project.notebooks),
                env=kernel_environment(self._project, self._folder),
                stdout=log,
                stderr=log,
                **options,
            )
        self._group = getattr(self.provisioner, "pgid", 0)
        if self._group:
            self._kernels.add(self._group)

    async def cleanup_resources(self, restart: bool = False) -> None:  # pyright: ignore
        """Forget the kernel."""
        self._kernels.remove(self._group)
        await super().cleanup_resources(restart=restart)


def kernel_log(folder: Path) -> Path:
    """Return where the kernel's process writes what doesn't belong to a cell."""
    return folder / "kernel.log"
