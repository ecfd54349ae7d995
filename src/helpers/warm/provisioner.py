"""Kernels from a warm parent, for everything that starts kernels through jupyter_client."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from helpers.data.errors import ReportError
from helpers.warm.client import ATTEMPTS, connect_shared
from helpers.warm.process import WarmProcess, ask
from helpers.warm.sockets import connect_to
from helpers.warm.surroundings import own_surroundings
from helpers.warm.wire import Line

COLD_VARIABLE = "KARABAKH_COLD"
LAUNCHER = ["-m", "ipykernel_launcher"]
# The longest a parent may take to load, or to answer.
PATIENCE = 120.0
# How long a killed kernel is waited for before the caller looks by itself.
KILL_PATIENCE = 2.0
# What the forked process can be given; any other option of Popen needs a process of its own.
OPTIONS = {"cwd", "env", "stdout", "stderr", "extra_arguments", "kernel_id", "independent"}


class WarmProvisioner(LocalProvisioner):
    """Forks the kernel from a warm parent, or starts a cold one and says why.

    Attributes
    ----------
    how : str
        ``warm``, or ``cold: `` and the reason, for the kernel now running.
    """

    socket: str = Unicode(  # pyright: ignore[reportAssignmentType]
        "", config=True, help="Socket of the parent to use; empty for the shared one."
    )
    how = ""
    _line: Line | None = None
    _folder = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Find the parent before the connection file is written, since that names the sockets."""
        environment = dict(kwargs.get("env") or os.environ)
        folder = Path(kwargs.get("cwd") or Path.cwd())
        reason = self._obstacle(kwargs, environment, folder)
        if not reason:
            try:
                reason = await asyncio.wait_for(self._reach(environment, folder), PATIENCE)
            except TimeoutError:
                reason = f"the warm parent did not answer for {PATIENCE:.0f} s"
            except (OSError, ReportError) as error:
                reason = f"no warm parent: {error}"
        self._be_cold(reason) if reason else self._use_private_sockets()
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; it is ready for messages then."""
        if self._line:
            answer = await self._fork(self._line, cmd, kwargs)
            if "pid" in answer:
                self.how = "warm"
                self.pid = self.pgid = answer["pid"]
                self.process = WarmProcess(self._line, answer["pid"])
                self.cwd = kwargs.get("cwd") or Path.cwd()
                return self.connection_info
            self._be_cold(answer.get("refusal", "the kernel or its warm parent ended at once"))
        return await super().launch_kernel(cmd, **kwargs)

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        if isinstance(self.process, WarmProcess):
            await self.process.ended()
        return await super().wait()

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see its end: the caller would look again only after 0.1 s."""
        await super().kill(restart=restart)
        if isinstance(self.process, WarmProcess):
            try:
                await asyncio.wait_for(self.process.ended(), KILL_PATIENCE)
            except TimeoutError:
                self.log.warning("the kernel is still there %s s after its kill", KILL_PATIENCE)

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and its subprocesses, unless it has ended."""
        if await self.poll() is None:
            await super().send_signal(signum)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave the parent and remove the sockets; for a restart they stay."""
        if not restart:
            self._leave()
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = ""
        await super().cleanup(restart=restart)

    def _obstacle(self, kwargs: dict[str, Any], environment: dict[str, str], folder: Path) -> str:
        """Say what can be known without a parent of why this kernel can't be forked."""
        if not self.parent:
            return "no kernel manager"
        if not sys.platform.startswith("linux"):
            return f"forking is not safe on {sys.platform}"
        if environment.get(COLD_VARIABLE, "") not in ("", "0"):
            return f"{COLD_VARIABLE} is set"
        python, *rest = self.parent.format_kernel_cmd()
        if not _same_python(python) or rest[:2] != LAUNCHER:
            return f"{' '.join([python, *rest[:2]])}: not ipykernel of {sys.executable}"
        if not folder.is_dir():
            return f"{folder}: no folder"
        if odd := sorted(set(kwargs) - OPTIONS):
            return f"{', '.join(odd)}: an option only a new process can have"
        if kwargs.get("independent") or subprocess.PIPE in (
            kwargs.get("stdout"),
            kwargs.get("stderr"),
        ):
            return "it shall outlive its client, or be read through pipes"
        return ""

    async def _reach(self, environment: dict[str, str], folder: Path) -> str:
        """Connect to the parent and wait till it has loaded; return why it can't serve."""
        self._leave()
        for _ in range(1 if self.socket else ATTEMPTS):
            if self.socket:
                connection = connect_to(Path(self.socket))
            else:
                loop = asyncio.get_running_loop()
                connection = await loop.run_in_executor(None, connect_shared, environment, folder)
            self._line = Line(connection)
            if answer := await ask(self._line, {"hello": True}):
                return answer["refusal"]
            self._leave()  # it was just ending
        return "the warm parent ended while loading"

    async def _fork(self, line: Line, cmd: list[str], options: dict[str, Any]) -> dict[str, Any]:
        """Ask for the kernel; the answer holds its ``pid`` or a ``refusal``."""
        request = {
            "argv": cmd[1 + len(LAUNCHER) :],
            "env": options["env"],
            "cwd": str(options.get("cwd") or Path.cwd()),
            "folder": self._folder,
            "surroundings": own_surroundings(),
        }
        with ExitStack() as stack:
            out, error = options.get("stdout"), options.get("stderr")
            if subprocess.DEVNULL in (out, error):
                nothing = stack.enter_context(Path(os.devnull).open("wb"))
                out, error = (nothing if s == subprocess.DEVNULL else s for s in (out, error))
            out = _number(out, 1)
            files = (out, out if error == subprocess.STDOUT else _number(error, 2))
            try:
                return await asyncio.wait_for(ask(line, request, files), PATIENCE)
            except TimeoutError:
                return {"refusal": f"the warm parent did not answer for {PATIENCE:.0f} s"}

    def _use_private_sockets(self) -> None:
        """Let kernel and clients meet at files instead of ports, in a folder of their own."""
        manager = self.parent
        if self._folder:
            Path(self._folder).mkdir(mode=0o700, exist_ok=True)
        elif manager and manager.transport == "tcp" and not manager.shell_port and self._line:
            near = Path(self._line.socket.getpeername()).parent
            self._folder = tempfile.mkdtemp(prefix="k", dir=near)
            manager.transport, manager.ip = "ipc", f"{self._folder}/c"
            manager.cache_ports = False

    def _be_cold(self, reason: str) -> None:
        self._leave()
        self.how = f"cold: {reason}"
        self.log.warning("Kernel started cold: %s", reason)

    def _leave(self) -> None:
        """Hang up, which ends a kernel that still runs; the sockets' folder stays with us."""
        if self._line:
            with suppress(OSError):
                self._line.send({"folder": ""})
            self._line.close()
            self._line = None


def _same_python(command: str) -> bool:
    """Tell whether a command is this Python, in this environment, under any of its names."""
    asked, mine = Path(command), Path(sys.executable)
    return (
        asked.is_absolute()
        and asked.exists()
        and asked.parent.resolve() == mine.parent.resolve()
        and asked.samefile(mine)
    )


def _number(stream: Any, default: int) -> int:
    """Return the number of the file that Popen would give a kernel for this option."""
    if stream is None:
        return default
    return stream if isinstance(stream, int) else stream.fileno()
