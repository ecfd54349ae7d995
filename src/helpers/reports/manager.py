"""The kernel manager of a report: our Python, a clean environment, private sockets."""

import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from helpers.data.project import Project
from helpers.reports.kernel import Kernels, kernel_environment, kernel_log, profile_folder

PROVISIONER = "karabakh-warm-provisioner"
NO_PARENT = "cold: no warm parent"
# Settings IPython reads in the kernel, before it makes sockets. ZeroMQ throws messages away when
# 1,000 wait to be sent; a cell that prints in a loop would lose lines, and its end, in silence.
KERNEL_SETTINGS = """
import zmq
from ipykernel.kernelapp import IPKernelApp

init_iopub = IPKernelApp.init_iopub

def keep_all(app, context):
    context.setsockopt(zmq.SNDHWM, 0)
    init_iopub(app, context)

IPKernelApp.init_iopub = keep_all
"""
CAP_SETTINGS = """
from helpers.warm.cap import keep_to

keep_to({gib!r})
"""


class ReportKernelManager(AsyncKernelManager):
    """Kernel manager for one run; `bound_to` makes the class that knows which.

    Sockets and connection file lie in a private folder: no ports to race for, nothing sent over
    TCP (ipykernel warns of that on every start), nothing left in the user's Jupyter folders. The
    kernel is always this Python, whatever kernel specs the user has installed.
    """

    how = NO_PARENT
    _project: Project
    _folder: Path
    _kernels: Kernels
    _memory_gib = 0.0
    _group = 0

    def __init__(self, **options: Any) -> None:
        address, file = f"{self._folder}/kernel", f"{self._folder}/kernel.json"
        super().__init__(transport="ipc", ip=address, connection_file=file, **options)

    @classmethod
    def bound_to(
        cls, project: Project, folder: Path, kernels: Kernels, *, memory_gib: float = 0.0
    ) -> type["ReportKernelManager"]:
        """Make the class for one run: nbclient takes a class and fills in what it knows itself.

        Parameters
        ----------
        project : Project
        folder : Path
            Private folder, see `helpers.reports.scratch.private_folder`.
        kernels : Kernels
            Told of the kernel's start and end.
        memory_gib : float
            How much memory the notebook may take, where the system can tell; 0 for any.

        Returns
        -------
        type
            Its attribute `how` tells after a start how the kernel was started.
        """
        own = {"_project": project, "_folder": folder, "_kernels": kernels}
        return type(cls.__name__, (cls,), {**own, "_memory_gib": memory_gib})

    @property
    def kernel_spec(self) -> KernelSpec:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The spec of this very Python, from the run's warm parent where there is one."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        parent, metadata = self._kernels.parent, {}
        if parent:
            config = {"socket": str(parent.socket)}
            about = {"provisioner_name": PROVISIONER, "config": config}
            metadata = {"kernel_provisioner": about}
        return KernelSpec(
            argv=command, display_name="Python 3", language="python", metadata=metadata
        )

    async def start_kernel(self, **options: Any) -> None:  # pyright: ignore
        """Start the kernel in the notebooks' folder, as JupyterLab would.

        What the process itself prints goes to a file instead of the user's terminal.
        """
        profile = profile_folder(self._folder)
        profile.mkdir(parents=True, exist_ok=True)
        (profile / "ipython_kernel_config.py").write_text(self._settings(), encoding="utf-8")
        with kernel_log(self._folder).open("ab") as log:
            await super().start_kernel(
                cwd=str(self._project.notebooks),
                env=kernel_environment(self._project, self._folder),
                stdout=log,
                stderr=log,
                **options,
            )
        type(self).how = getattr(self.provisioner, "how", NO_PARENT)
        self._group = getattr(self.provisioner, "pgid", 0)
        if self._group:
            self._kernels.add(self._group)

    def _settings(self) -> str:
        capped = self._memory_gib and sys.platform.startswith("linux")
        return KERNEL_SETTINGS + CAP_SETTINGS.format(gib=self._memory_gib) * bool(capped)

    async def cleanup_resources(self, restart: bool = False) -> None:  # pyright: ignore
        """Forget the kernel."""
        self._kernels.remove(self._group)
        await super().cleanup_resources(restart=restart)
