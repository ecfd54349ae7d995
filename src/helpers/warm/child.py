"""From a fork of the warm parent to a kernel like any other."""

import atexit
import ctypes
import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
from multiprocessing import process
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from helpers.warm.preload import INLINE
from helpers.warm.startup import set_since_start
from helpers.warm.surroundings import take_on
from helpers.warm.wire import Line

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def detach(parent: int, files: list[int]) -> None:
    """Make a session of its own that ends with the parent, on the client's standard streams.

    Parameters
    ----------
    parent : int
        Process id of the warm parent.
    files : list of int
        Standard output and standard error, as received; they are closed after copying.
    """
    os.setsid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before the line above
    nothing, writer = os.pipe()
    os.close(writer)  # a cold kernel's standard input is at its end, too
    for source, target in zip((nothing, *files), (0, 1, 2), strict=True):
        os.dup2(source, target)
        os.close(source)


def run_kernel(request: dict[str, Any], line: Line) -> NoReturn:
    """Be the kernel, and end with its exit status; the parent's code never runs on.

    Parameters
    ----------
    request : dict of str to object
        ``argv`` (arguments of ``ipykernel_launcher``), ``env``, ``cwd`` and ``surroundings``.
    line : Line
        Where to tell that the kernel is ready; closed then.
    """
    status = 1
    try:
        _reset_signals()
        take_on(request["surroundings"])
        _reset_state(request)
        kernel = _make_kernel(request["argv"])
        # Clients that connect before the sockets are there would try again only after 0.1 s.
        line.send({"pid": os.getpid()})
        line.close()
        kernel.start()
        status = 0
    except SystemExit as exit_:
        status = _status(exit_.code)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        _finish(status)


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        handler = signal.getsignal(number)
        if callable(handler) and handler is not signal.default_int_handler:
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


def _reset_state(request: dict[str, Any]) -> None:
    """Put right what Python and the libraries took from the parent's surroundings."""
    environment = request["env"]
    environment |= {n: v for n, v in set_since_start().items() if n not in environment}
    os.environ.clear()
    os.environ.update(environment)
    # The kernel watches over its parent as cold ones do; that one is not the client here.
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    time.tzset()
    os.chdir(request["cwd"])
    tempfile.tempdir = None
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.reconfigure(line_buffering=stream is sys.__stderr__ or stream.isatty())
    random.seed()
    process.current_process().authkey = os.urandom(32)
    sys.modules["numpy.random"].seed()
    # ipykernel names this backend where nothing else is named, before a cell can import matplotlib.
    backend = os.environ.get("MPLBACKEND") or INLINE
    sys.modules["matplotlib"].rcParams["backend"] = backend


def _make_kernel(arguments: list[str]) -> "IPKernelApp":
    """Do what ``python -m ipykernel_launcher`` does, up to its loop."""
    from ipykernel import kernelapp

    launcher = str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py")
    sys.argv = [launcher, *arguments]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *arguments]
    # ipykernel read its parent's number from the environment when it was imported.
    app = kernelapp.IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize()
    return app


def _status(code: object) -> int:
    """Return the exit status Python would end with after ``SystemExit(code)``."""
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    print(code, file=sys.__stderr__)
    return 1


def _finish(status: int) -> NoReturn:
    """End as Python does, without taking apart what the fork shares with its parent."""
    try:
        threading._shutdown()  # pyright: ignore[reportAttributeAccessIssue]
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
    finally:
        os._exit(status)
