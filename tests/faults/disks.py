"""Folders on a disk that can be filled to the last byte, made with what this machine allows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledgers import Ledger

BALLAST = "ballast"
MOUNT = 'read -r folder; mount -t tmpfs -o size=3m,mode=755 tmpfs "$folder" && echo mounted && cat'
FILL = """
import os
with open({ballast!r}, "wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)) == 4096: pass
    except OSError: pass
"""
# Needs no privilege: files are made as usual, and what is written to them goes to the device that
# is always full. The error comes from the system, as it does from a full disk.
DEVICE = """
import errno, os, re, runpy, sys
original = os.open
def on_full_disk(path, flags, *rest, **names):
    fault = ""
    if flags & os.O_CREAT and os.path.exists({switch!r}):
        with open({switch!r}) as file:
            fault, _, pattern = file.read().partition(" ")
            fault = fault if re.match(pattern, os.path.abspath(os.fspath(path))) else ""
    if fault == "read-only":
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
    handle = original(path, flags, *rest, **names)
    if fault == "full":
        os.dup2(original("/dev/full", os.O_WRONLY), handle, inheritable=False)
    return handle
os.open = on_full_disk
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _may_mount(*way: str) -> bool:
    run = ["unshare", *way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(run, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


UNSHARE = next((way for way in (["-m"], ["-r", "-m"]) if _may_mount(*way)), [])
# The device always works; the real thing is taken wherever it is allowed.
BEST = "tmpfs" if UNSHARE else "device"


class Tmpfs:
    """A folder on a small disk of its own, in a mount namespace of its own."""

    def __init__(self, ledger: Ledger, folder: Path, holder: int) -> None:
        self.folder, self.seen = folder, Path(f"/proc/{holder}/root{folder}")
        ledger.view = f"/proc/{holder}/root"
        enter = ["nsenter", "--target", str(holder), "--mount"]
        user = ["--user", "--preserve-credentials"] if "-r" in UNSHARE else []
        self.enter = ledger.prefix = [*enter, *user]

    def code_that_fills(self) -> str:
        return FILL.format(ballast=str(self.folder / BALLAST))

    def fill(self, *, but_for: int = 0, name: str = "") -> None:
        """Fill the disk but for some bytes."""
        free = os.statvfs(self.seen)
        with (self.seen / BALLAST).open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - but_for)

    def free(self) -> None:
        (self.seen / BALLAST).unlink()

    def read_only(self, wanted: bool) -> None:
        """Let nobody write there, as after an error of the disk, or let everybody again."""
        mode = "remount,ro" if wanted else "remount,rw"
        subprocess.run([*self.enter, "mount", "-o", mode, str(self.folder)], check=True)


class Device:
    """A folder whose files cannot be filled."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.folder, self.switch = folder, ledger.project.root / "full"
        program = ledger.project.root / "on_full_disk.py"
        program.write_text(DEVICE.format(switch=str(self.switch)))
        ledger.prefix = [sys.executable, str(program)]

    def code_that_fills(self) -> str:
        return f"open({str(self.switch)!r}, 'w').write({self._fault('full')!r})"

    def fill(self, *, but_for: int = 0, name: str = "") -> None:
        """Fill the disk for the files of a name, or for all."""
        self.switch.write_text(self._fault("full", name))

    def free(self) -> None:
        self.switch.unlink()

    def read_only(self, wanted: bool) -> None:
        """Let nobody write there, or let everybody again."""
        if wanted:
            self.switch.write_text(self._fault("read-only"))
        else:
            self.free()

    def _fault(self, fault: str, name: str = "") -> str:
        pattern = re.escape(str(self.folder)) + "/.*" + (re.escape(name) or r"\.(html|json)")
        return f"{fault} {pattern}"


@contextmanager
def small_disk(way: str, ledger: Ledger, folder: Path) -> Iterator[Tmpfs | Device]:
    """Put a folder of a ledger on a disk that can be filled; what it holds goes along."""
    if way == "device":
        yield Device(ledger, folder)
        return
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = {path.relative_to(folder): path.read_bytes() for path in files}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = ["unshare", *UNSHARE, "sh", "-c", MOUNT]
    with subprocess.Popen(command, text=True, **pipes) as holder:
        print(folder, file=holder.stdin, flush=True)
        assert holder.stdout.readline() == "mounted\n"
        disk = Tmpfs(ledger, folder, holder.pid)
        for name, content in kept.items():
            (disk.seen / name).parent.mkdir(exist_ok=True)
            (disk.seen / name).write_bytes(content)
        yield disk
        holder.stdin.close()
