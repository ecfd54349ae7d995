"""Peak memory of a command and of every process it started.

The sum of proportional set sizes: a page of memory shared by several processes, such as forked
children and their parent, counts once in all. Linux only.
"""

import subprocess
import time
from contextlib import suppress

import psutil

SECONDS = 0.05


def proportional_bytes(process: psutil.Process) -> int:
    """Add up the memory of a process and of all that descend from it.

    Parameters
    ----------
    process : Process

    Returns
    -------
    int
        Proportional set size, in bytes; what ends while it is looked at counts nothing.
    """
    total = 0
    with suppress(psutil.NoSuchProcess):
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += member.memory_full_info().pss
    return total


class Peak:
    """Samples the memory of a command while it runs; hand `watch` to `Stage.run`.

    Attributes
    ----------
    bytes : int
        The highest sum seen.
    samples : int
        How often it was looked at.
    """

    def __init__(self) -> None:
        self.bytes = self.samples = 0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Sample until the process ends.

        Parameters
        ----------
        process : Popen
            The command.
        """
        root = psutil.Process(process.pid)
        while process.poll() is None:
            self.bytes = max(self.bytes, proportional_bytes(root))
            self.samples += 1
            time.sleep(SECONDS)
