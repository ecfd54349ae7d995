"""Where a fork cannot be like a cold kernel, there is a cold kernel, and the reason."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from helpers.warm import preload, provisioner, startup
from helpers.warm.server import Server
from helpers.warm.sockets import connect_to, listen
from helpers.warm.startup import parent_environment, reason_against, taken_once


def check_cold(kernel, *words: str) -> None:
    how = kernel.provisioner.how
    assert how.startswith("cold: ")
    assert all(word in how for word in words), how
    assert kernel.run("print(1)") == "1\n"
    assert kernel.process.ppid() == os.getpid()
    assert "ipykernel_launcher" in kernel.process.cmdline()


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"PYTHONHASHSEED": "7"}, "PYTHONHASHSEED=7"),
        ({"PYTHONWARNINGS": "error"}, "PYTHONWARNINGS"),
        ({"HOME": "/nonexistent"}, "HOME"),
        ({"LC_ALL": "C", "MATPLOTLIBRC": "/x"}, "LC_ALL, MATPLOTLIBRC"),
        ({"PYTHONPATH": "/opt/other"}, "PYTHONPATH"),
    ],
)
def test_variables_that_only_a_starting_process_heeds(tmp_path, monkeypatch, env, word):
    started = {"HOME": "/root", "LC_ALL": "C.UTF-8", "PYTHONPATH": "/opt", "TERM": "dumb"}
    monkeypatch.setattr(startup, "STARTED", started)
    assert reason_against(started | {"TERM": "xterm", "MPLBACKEND": "svg"}, tmp_path) == ""
    assert word in reason_against(started | env, tmp_path)


def test_a_kernel_that_asks_for_another_start_is_cold(start):
    kernel = start(env={"PYTHONOPTIMIZE": "1"})
    check_cold(kernel, "PYTHONOPTIMIZE: not as when the warm parent started")
    assert kernel.run("import sys; print(sys.flags.optimize)") == "1\n"


def test_cold_kernels_can_be_asked_for(start):
    check_cold(start(env={"KARABAKH_COLD": "1"}), "KARABAKH_COLD is set")
    assert start(env={"KARABAKH_COLD": "0"}).provisioner.how == "warm"


def test_a_file_that_hides_a_loaded_module(start, tmp_path):
    (tmp_path / "PIL.py").write_text("mine = 1")
    kernel = start()
    check_cold(kernel, "PIL.py", "loaded already")
    assert kernel.run("import PIL; print(PIL.mine)") == "1\n"


def test_settings_of_matplotlib_in_the_folder(start, tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7")
    kernel = start()
    check_cold(kernel, "matplotlibrc")
    assert kernel.run("import matplotlib; print(matplotlib.rcParams['lines.linewidth'])") == "7.0\n"


def test_another_command(start, tmp_path):
    other = tmp_path / "bin" / "python"
    other.parent.mkdir()
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    other.chmod(0o755)
    argv = [str(other), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert str(other) in start(argv=argv).provisioner.how
    argv = [sys.executable, "-W", "ignore", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    check_cold(start(argv=argv), "not ipykernel")


def test_what_only_popen_can_do(start):
    check_cold(start(independent=True), "outlive")
    check_cold(start(process_group=None), "process_group")
    kernel = start(stderr=subprocess.PIPE)
    check_cold(kernel, "pipes")
    kernel.provisioner.process.stderr.close()


def test_streams_can_be_discarded_and_joined(start, tmp_path):
    with (tmp_path / "log").open("wb") as log:
        for options in (
            {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
            {"stdout": log.fileno(), "stderr": subprocess.STDOUT},
        ):
            kernel = start(**options)
            assert kernel.provisioner.how == "warm"
            kernel.run("import sys; print('said', file=sys.__stderr__, flush=True)")
            target = kernel.run("import os; print(os.readlink('/proc/self/fd/2'))")
            assert target.startswith("pipe:")  # ipykernel's own; it keeps a copy of the stream


def test_another_system(start, monkeypatch):
    monkeypatch.setattr(provisioner.sys, "platform", "darwin")
    check_cold(start(), "darwin")


def test_a_folder_that_is_none_fails_as_ever(start, tmp_path):
    with pytest.raises(FileNotFoundError):
        start(cwd=str(tmp_path / "none"))


def test_no_parent(start, tmp_path):
    check_cold(start(socket=tmp_path / "none"), "No such file")


def test_a_parent_killed_between_two_kernels(start, short_folder):
    from helpers.warm.client import WarmParent

    with WarmParent(short_folder()) as parent:
        kernel = start(socket=parent.socket)
        psutil.Process(parent._process.pid).kill()
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=60)
        check_cold(kernel, "refused")


PARENT = """
import sys
from helpers.warm import parent, preload
preload.MODULES, preload.OURS = (sys.argv.pop(1),), ()
parent.main()
"""


@pytest.fixture
def parent_with(short_folder, tmp_path):
    """Start a parent that preloads only a module of the test's own."""
    running = []

    def run(code: str) -> Path:
        modules = tmp_path / "modules"
        modules.mkdir()
        (modules / "loaded_first.py").write_text(code)
        with listen(path := short_folder() / "warm") as listener:
            process = subprocess.Popen(
                [sys.executable, "-c", PARENT, "loaded_first", path, "--linger", "600"],
                stdin=listener.fileno(),
                env=parent_environment({"PYTHONPATH": str(modules)}),
            )
        running.append(process)
        return path

    yield run
    for process in running:
        process.terminate()
        assert process.wait(60) == 0


def test_a_parent_with_threads_forks_nothing(start, parent_with):
    socket = parent_with(
        "import ctypes, threading\nthreading.Thread(target=lambda: ("
        "ctypes.CDLL(None).prctl(15, b'tick-tock'), threading.Event().wait()), daemon=True).start()"
    )
    check_cold(start(socket=socket), "unsafe: 2 threads (tick-tock)")


def test_a_parent_that_cannot_load_says_why(start, parent_with):
    socket = parent_with("import no_such_package")
    check_cold(start(socket=socket), "No module named 'no_such_package'")


def test_a_parent_that_dies_loading(start, parent_with):
    socket = parent_with("import os, time; time.sleep(1); os._exit(0)")
    check_cold(start(socket=socket), "ended while loading")


def test_other_users_are_sent_away(short_folder, monkeypatch):
    """The socket's owner is compared with what the system says of the caller, never with words."""
    with listen(path := short_folder() / "warm") as listener:
        server = Server(listener, path, linger=0, shared=False, refusal="")
        for user, welcome in ((os.getuid() + 1, False), (os.getuid(), True)):
            monkeypatch.setattr(os, "getuid", lambda user=user: user)
            with connect_to(path) as caller:
                server._accept()
                assert bool(server.clients) is welcome
                if not welcome:
                    assert caller.recv(1) == b""
        server.stop()
        assert not server.clients
    assert not path.exists()


def test_sockets_are_for_their_user_alone(parent):
    assert parent.socket.stat().st_mode & 0o777 == 0o600
    assert parent.socket.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("words", [b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b'{"env": 1}\n', b"1\n"])
def test_a_caller_who_speaks_another_language_harms_nobody(parent, start, words):
    with connect_to(parent.socket) as caller:
        caller.sendall(words)
        assert caller.recv(1) == b""
    assert start().provisioner.how == "warm"


def test_variables_taken_once_are_told_from_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = {
        "HOME": "/h",
        "LANG": "C",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "3",
        "MPLBACKEND": "svg",
        "PYTHONPATH": f"src{os.pathsep}{os.pathsep}/opt",
        "MPLCONFIGDIR": "/m",
        "PATH": "/bin",
        "OMP_NUM_THREADS": "8",
    }
    path = f"{tmp_path / 'src'}{os.pathsep}/opt"
    expected = {"HOME": "/h", "LANG": "C", "PYTHONUTF8": "1", "PYTHONPATH": path}
    assert taken_once(environment, tmp_path) == expected | {"MPLCONFIGDIR": "/m"}
    assert taken_once({"PYTHONPATH": ""}, tmp_path) == {}


def test_only_files_that_would_be_imported_hide_modules(tmp_path):
    environment = dict(os.environ)
    (tmp_path / "numpy").mkdir()
    for name in ("json.txt", "json.ipynb"):
        (tmp_path / name).touch()
    (tmp_path / "helpers").symlink_to(Path(preload.__file__).parents[1])
    assert reason_against(environment, tmp_path) == ""
    (tmp_path / "json.py").touch()
    assert "json.py" in reason_against(environment, tmp_path)
