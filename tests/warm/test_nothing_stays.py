"""Whoever dies, and however: no kernel, no parent, no socket and no folder stays behind."""

import os
import signal
import subprocess
import sys

import psutil
from warm_kernels import gone, run_python, wait_until

OWNER = """
import sys, time
from pathlib import Path
from helpers.warm.client import WarmParent
parent = WarmParent(Path(sys.argv[1]))
print(parent._process.pid, flush=True)
time.sleep(600)
"""
CLIENT = """
import os, sys, time
import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
about = {"provisioner_name": "karabakh-warm-provisioner", "config": {"socket": sys.argv[1]}}
manager = KernelManager(kernel_name="", connection_file=sys.argv[2])
manager._kernel_spec = KernelSpec(
    argv=["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    language="python", metadata={"kernel_provisioner": about},
)
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
if sys.argv[3] == "busy":
    client.execute("import subprocess; subprocess.Popen(['sleep', '600']).wait()")
if sys.argv[3] == "forked" and not os.fork():
    time.sleep(600)  # holds copies of every open file
kernel = psutil.Process(manager.provisioner.pid)
while sys.argv[3] == "busy" and not kernel.children():
    time.sleep(0.01)
print(manager.provisioner.how, manager.provisioner.pid, flush=True)
time.sleep(600)
"""


def family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def end(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    process.send_signal(number)
    process.wait(60)
    assert process.stdout
    process.stdout.close()


def test_a_killed_clients_kernel_ends_with_its_children(parent, tmp_path):
    client = run_python(CLIENT, parent.socket, tmp_path / "kernel.json", "busy")
    assert client.stdout
    how, pid = client.stdout.readline().split()
    assert how == "warm"
    kernel = family(int(pid))
    assert len(kernel) == 2
    end(client)
    for process in kernel:
        wait_until(lambda process=process: gone(process.pid))
    wait_until(lambda: [path.name for path in parent.socket.parent.iterdir()] == ["warm"])


def test_so_it_does_when_a_fork_of_the_client_still_holds_the_line(parent, tmp_path):
    client = run_python(CLIENT, parent.socket, tmp_path / "kernel.json", "forked")
    assert client.stdout
    _, pid = client.stdout.readline().split()
    (fork,) = [p for p in psutil.Process(client.pid).children() if p.pid != int(pid)]
    end(client)
    wait_until(lambda: gone(int(pid)))
    assert not gone(fork.pid)
    fork.kill()


def test_kernels_of_a_killed_parent_end_and_their_clients_see_it(short_folder, start):
    owner = run_python(OWNER, folder := short_folder())
    assert owner.stdout
    parent = int(owner.stdout.readline())
    kernels = [start(socket=folder / "warm") for _ in range(2)]
    assert {kernel.provisioner.how for kernel in kernels} == {"warm"}
    os.kill(parent, signal.SIGKILL)
    for kernel in kernels:
        wait_until(lambda kernel=kernel: gone(kernel.provisioner.pid))
        wait_until(lambda kernel=kernel: not kernel.manager.is_alive())
        assert kernel.provisioner.process.returncode == -signal.SIGKILL
    end(owner)


def test_the_parent_of_a_killed_owner_ends(short_folder, start):
    owner = run_python(OWNER, folder := short_folder(), start_new_session=True)
    assert owner.stdout
    parent = int(owner.stdout.readline())
    kernel = start(socket=folder / "warm")
    # Ctrl-C in the owner's terminal goes to its process group, and reaches neither.
    assert os.getpgid(parent) != os.getpgid(owner.pid)
    assert os.getsid(parent) != os.getsid(owner.pid)
    assert os.getsid(kernel.provisioner.pid) == kernel.provisioner.pid
    kernel.close()
    end(owner)
    wait_until(lambda: gone(parent))
    assert list(folder.iterdir()) == []


def test_so_it_does_when_the_owner_is_killed_while_it_loads(short_folder):
    owner = run_python(OWNER, folder := short_folder())
    assert owner.stdout
    parent = int(owner.stdout.readline())
    end(owner)
    wait_until(lambda: gone(parent))
    assert list(folder.iterdir()) == []


def test_an_ended_parent_takes_its_kernels_along(short_folder, start):
    from helpers.warm.client import WarmParent

    with WarmParent(folder := short_folder()) as parent:
        kernel = start(socket=parent.socket)
        pid = kernel.provisioner.pid
    assert gone(pid)
    assert list(folder.iterdir()) == []
    parent.close()  # again does nothing


def test_a_parent_can_be_ended_before_it_has_loaded(short_folder):
    from helpers.warm.client import WarmParent

    with WarmParent(folder := short_folder()):
        assert [path.name for path in folder.iterdir()] == ["warm"]
    assert list(folder.iterdir()) == []


def test_modules_of_the_folder_a_parent_is_started_in_are_not_its_own(short_folder, tmp_path):
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong one')")
    code = (
        "import sys; from pathlib import Path; sys.path.pop(0)\n"
        "from helpers.warm.client import WarmParent\n"
        "from helpers.warm.sockets import connect_to, converse\n"
        "with WarmParent(Path(sys.argv[1])) as parent, connect_to(parent.socket) as line:\n"
        "    print(converse(line, {'hello': True}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, short_folder()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("{'refusal': ''}\n", 0), done.stderr
