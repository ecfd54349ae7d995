"""What notebooks do works in a forked kernel, and its end is seen as it was."""

import base64
import signal
import time

import psutil
import pytest
from warm_kernels import gone, wait_until

NO_CORE = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))"


def test_everything_printed_arrives(start):
    kernel = start()
    assert kernel.run("import os, subprocess, sys; print('one')") == "one\n"
    assert kernel.run("print('two', file=sys.stderr)") == "two\n"
    text = kernel.run(
        "os.write(1, b'three'); os.system('echo four'); subprocess.run(['echo', 'five'])\n"
        "print(subprocess.run(['cat'], capture_output=True, input=b'six').stdout)\n"
        "import time; time.sleep(0.5)"  # a thread forwards what is written to the file itself
    )
    assert all(word in text for word in ("three", "four", "five", "six")), text


def test_what_the_process_itself_says_goes_where_the_client_wants(start, tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as file:
        kernel = start(stdout=file, stderr=file)
    kernel.client.execute(
        "import os, sys; sys.stderr._original_stdstream_copy and os.write("
        "sys.stderr._original_stdstream_copy, b'Fatal'); os._exit(3)"
    )
    wait_until(lambda: not kernel.manager.is_alive())
    assert log.read_text() == "Fatal"
    assert kernel.provisioner.process.returncode == 3


def test_awaiting_threads_and_processes_work(start):
    kernel = start()
    assert kernel.run("import asyncio; await asyncio.sleep(0.01); print('awaited')") == "awaited\n"
    assert (
        kernel.run(
            "from concurrent.futures import ThreadPoolExecutor as Pool\n"
            "with Pool(4) as pool: print(sum(pool.map(abs, range(-99, 0))))"
        )
        == "4950\n"
    )
    assert (
        kernel.run(
            "import multiprocessing, warnings\n"
            "with warnings.catch_warnings():\n"
            "    warnings.simplefilter('ignore')\n"
            "    with multiprocessing.get_context('fork').Pool(2) as pool:\n"
            "        print(pool.map(abs, [-1, -2]))"
        )
        == "[1, 2]\n"
    )
    assert (
        kernel.run(
            "with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(abs, [-3]))"
        )
        == "[3]\n"
    )


def test_tables_are_read_with_many_threads(start):
    """pyarrow starts its threads in the fork only."""
    kernel = start()
    code = (
        "import io, os, pandas, pyarrow, pyarrow.parquet\n"
        "frame = pandas.DataFrame({'n': range(200_000), 's': ['a', 'b'] * 100_000})\n"
        "file = io.BytesIO(frame.to_parquet())\n"
        "same = pandas.read_parquet(file)\n"
        "print(same.equals(frame), pyarrow.cpu_count() >= 1)"
    )
    assert kernel.run(code) == "True True\n"


def test_a_figure_is_shown_and_closed_after_its_cell(start):
    kernel = start()
    _, sent = kernel.execute(
        "import matplotlib.pyplot as plt\nimport seaborn\n"
        "figure, axes = plt.subplots()\nseaborn.lineplot(x=[1, 2], y=[3, 4], ax=axes);"
    )
    shown = [m["content"]["data"] for m in sent if m["msg_type"] == "display_data"]
    assert base64.b64decode(shown[0]["image/png"]).startswith(b"\x89PNG")
    assert kernel.run("print(plt.get_fignums(), plt.get_backend()[-6:])") == "[] inline\n"


def test_an_endless_cell_can_be_interrupted(start, parent):
    kernel = start()
    request = kernel.client.execute("print('begun', flush=True)\nwhile True: pass")
    wait_until(lambda: kernel.client.get_iopub_msg(timeout=60)["msg_type"] == "stream")
    kernel.manager.interrupt_kernel()
    reply = kernel.client.get_shell_msg(timeout=60)
    while reply["parent_header"]["msg_id"] != request:
        reply = kernel.client.get_shell_msg(timeout=60)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert kernel.run("print('goes on')") == "goes on\n"
    assert start().provisioner.how == "warm", "the parent was not interrupted"


def test_a_restart_makes_a_new_kernel_behind_the_same_sockets(start):
    kernel = start()
    first, address = kernel.process, kernel.manager.ip
    kernel.run("a = 1")
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.run("print('a' in globals())") == "False\n"
    assert gone(first.pid)
    assert kernel.provisioner.pid != first.pid
    assert kernel.provisioner.how == "warm"
    assert kernel.manager.ip == address
    kernel.manager.restart_kernel(now=True)
    kernel.client.wait_for_ready(timeout=60)
    assert kernel.run("print(1)") == "1\n"


def test_a_shutdown_runs_what_was_registered_for_the_exit(start, tmp_path):
    kernel, trace = start(), tmp_path / "trace"
    pid = kernel.provisioner.pid
    kernel.run(
        f"import atexit, pathlib; file = pathlib.Path({str(trace)!r})\n"
        "atexit.register(file.write_text, 'at exit')"
    )
    process = kernel.provisioner.process
    kernel.manager.shutdown_kernel()
    assert gone(pid)
    assert trace.read_text() == "at exit"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(7)", 7),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("import os; os.kill(os.getpid(), 15)", -signal.SIGTERM),
        ("import os; os.abort()", -signal.SIGABRT),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
    ],
)
def test_the_end_is_seen_at_once_and_as_it_was(start, code, status):
    kernel = start(env={"PYTHONHASHSEED": "0"})
    process = kernel.provisioner.process
    watched = psutil.Process(process.pid)
    kernel.client.execute(
        f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); {code}"
    )
    watched.wait(60)
    seen = time.monotonic()
    wait_until(lambda: not kernel.manager.is_alive())
    assert time.monotonic() - seen < 1
    assert process.returncode == status


def test_a_kernel_can_be_debugged(start):
    """The spec says that JupyterLab's debugger works."""
    kernel = start()
    control = kernel.client.control_channel
    arguments = {"type": "request", "seq": 1, "command": "debugInfo", "arguments": {}}
    control.send(kernel.client.session.msg("debug_request", arguments))
    info = kernel.client.get_control_msg(timeout=60)["content"]
    assert info["success"]
    initialize = {"clientID": "t", "adapterID": "", "linesStartAt1": True, "pathFormat": "path"}
    arguments = {"type": "request", "seq": 2, "command": "initialize", "arguments": initialize}
    control.send(kernel.client.session.msg("debug_request", arguments))
    assert kernel.client.get_control_msg(timeout=60)["content"]["success"]


def test_a_kernels_children_end_with_it_when_killed(start):
    kernel = start()
    kernel.run("import subprocess; child = subprocess.Popen(['sleep', '600'])")
    child = int(kernel.run("print(child.pid)"))
    kernel.manager.shutdown_kernel(now=True)
    wait_until(lambda: gone(child))
