"""A forked kernel finds itself in the state a cold one would."""

import difflib
import json
import os
import re

import pytest

PROBE = """
import gc, json, locale, logging, multiprocessing, os, resource, signal, sys
import tempfile, threading, time, warnings
import matplotlib, matplotlib.pyplot, numpy, pandas, seaborn

def name(thing):
    return thing.name if isinstance(thing, signal.Handlers) else getattr(thing, "__qualname__", "?")

def kind(path):
    for start in ("socket:", "pipe:", "/dev/pts"):
        path = start if path.startswith(start) else path
    return path

def files():
    for number in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink(f"/proc/self/fd/{number}")
            if "/ipython/" not in path:  # the journal of the history comes and goes
                yield kind(path)
        except FileNotFoundError:
            pass

state = {
    "path": sys.path,
    "argv": sys.argv,
    "command": [a for a in sys.orig_argv],
    "executable": [sys.executable, sys.prefix, sys.base_prefix],
    "flags": [str(sys.flags), str(sys._xoptions), sys.warnoptions, sys.dont_write_bytecode],
    "environment": {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"},
    "parent": int(os.environ["JPY_PARENT_PID"]) == os.getppid(),
    "session": os.getsid(0) == os.getpgrp() == os.getpid(),
    "folder": os.getcwd(),
    "umask": os.umask(0o22),
    "limits": [resource.getrlimit(getattr(resource, n)) for n in dir(resource) if "RLIMIT" in n],
    "cpus": sorted(os.sched_getaffinity(0)),
    "nice": os.nice(0),
    "settings": {k: repr(matplotlib.rcParams._get(k)) for k in sorted(matplotlib.rcParams)},
    "defaults": {k: repr(matplotlib.rcParamsDefault[k]) for k in sorted(matplotlib.rcParams)
                 if k != "backend"},
    "backend": matplotlib.get_backend(),
    "pandas": repr(pandas._config.config._global_config).split(", "),
    "numpy": repr(numpy.get_printoptions()) + repr(numpy.geterr()),
    "filters": sorted(map(str, warnings.filters)),
    "signals": {str(s): name(signal.getsignal(s)) for s in sorted(signal.valid_signals())},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "zone": [time.tzname, time.strftime("%H", time.localtime(0))],
    "locale": [str(locale.getlocale()), locale.getpreferredencoding(), sys.getfilesystemencoding()],
    "files": sorted(set(files())),
    "standard streams": [kind(os.readlink(f"/proc/self/fd/{number}")) for number in range(3)],
    "threads": sorted(t.name.split("-")[0] for t in threading.enumerate()),
    "streams": [[s.encoding, s.errors, s.isatty()] for s in (sys.__stdin__, sys.__stdout__,
                sys.__stderr__)],
    "end of input": sys.__stdin__.read(),
    "hash": hash("the same in every kernel"),
    "logging": [logging.root.level, list(map(repr, logging.root.handlers))],
    "import": list(map(str, map(type, sys.meta_path))) + list(map(str, sys.path_hooks)),
    "collector": [gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.garbage],
    "temporary": tempfile.gettempdir(),
    "start method": multiprocessing.get_start_method(),
    "limits of Python": [sys.getrecursionlimit(), sys.getswitchinterval(), sys.getprofile(),
                         sys.gettrace()],
    "shell": sorted(get_ipython().user_ns),
}
print(json.dumps(state))
"""
REQUESTED = {"PYTHONHASHSEED": "0", "TZ": "Asia/Yerevan", "OWN_VARIABLE": "ա=1", "EMPTY": ""}


def state_of(kernel) -> dict:
    """What the kernel sees, without addresses in memory and the name of its own file."""
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", kernel.run(PROBE))
    return json.loads(text.replace(os.path.realpath(kernel.manager.connection_file), "FILE"))


@pytest.mark.parametrize("backend", ["", "svg", "module://matplotlib_inline.backend_inline"])
def test_a_forked_kernel_finds_what_a_cold_one_does(start, tmp_path, backend):
    requested = REQUESTED | {"TMPDIR": str(tmp_path), "MPLBACKEND": backend}
    previous = os.umask(0o027)
    try:
        forked = start(env=requested)
        cold = start(env=requested, socket=None)
    finally:
        os.umask(previous)
    assert forked.provisioner.how == "warm"
    states = [state_of(kernel) for kernel in (forked, cold)]
    texts = [json.dumps(state, indent=1).splitlines() for state in states]
    if texts[0] != texts[1]:
        pytest.fail("\n".join(difflib.unified_diff(*texts, "forked", "cold", n=1, lineterm="")))
    assert states[0]["umask"] == 0o027
    assert states[0]["zone"][1] == "04"
    assert states[0]["temporary"] == str(tmp_path)


def test_two_forks_draw_different_random_numbers(start):
    code = """
import random, secrets, uuid, numpy, multiprocessing
print([random.random(), numpy.random.random(), numpy.random.default_rng().random(),
       secrets.token_hex(), uuid.uuid4().hex, multiprocessing.current_process().authkey.hex()])
"""
    first, second = (eval(start().run(code)) for _ in range(2))
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_a_forked_kernel_keeps_the_clients_limits(start):
    import resource

    old = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, old[1]))
    try:
        kernel = start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, old)
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    assert kernel.run(code).strip() == "200"
    assert kernel.provisioner.how == "warm"
