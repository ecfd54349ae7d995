"""The same reports from workers that share no disk, whatever happens to workers and runner."""

import re
import shutil
import signal
import socket
import sys
import time

import dask.config
import pytest
from dask_clusters import Cluster, is_over, make_certificates, wait_until

from helpers.reports.cluster import ClusterError, run_on_cluster
from pages import ROOT

HOLD = "while not (signs / 'go').exists(): time.sleep(0.05)"
KILL = """
import psutil
boss = next(p for p in psutil.Process().parents() if "spawn_main" in str(p.cmdline()))
boss.kill()
time.sleep(600)
"""


def normal(page: str) -> str:
    """Leave out when a page was made, and by which run."""
    moment = r"[0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}( at|,) [0-9]{2}:[0-9]{2} UTC"
    run = r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}"
    return re.sub(run, "(run)", re.sub(moment, "(moment)", page))


def test_pages_equal_those_of_a_local_run(cluster, runner):
    shutil.copy(ROOT / "notebooks" / "02_returns.ipynb", runner.project.notebooks)
    with runner.project.plan.open("a") as plan:
        plan.write("  winter:\n    notebook: 02_returns\n    parameters: {end: 2021-03-31}\n")
        plan.write('    cadence: "0 6 * * 1"\n')
    runner.add("one")
    runner.add("two", "raise ValueError('no such day')")
    status, out, err = runner.run(cluster.address)
    assert (status, err) == (1, "two: failed: cell 4: ValueError: no such day\n"), out
    assert {worker for worker, _ in runner.given("one")} <= {"north", "south"}
    there = {path.name: path.read_text("utf-8") for path in runner.project.reports.glob("*.html")}
    assert set(runner.told("kernel").values()) == {"warm"}
    # What was made there is known here: its tables, its code and its environment are the same.
    status, out, err = runner.run("", "one", "winter", WORKER="here")
    assert (status, err) == (0, "")
    assert "2 unchanged" in out
    out = runner.project.root / "local"
    assert runner.run("", "one", "winter", "--out", str(out), WORKER="here")[0] == 0
    for name in ("one.html", "winter.html"):
        assert normal(there[name]) == normal((out / name).read_text("utf-8"))
    assert [worker for worker, _ in runner.given("one")].count("here") == 1


def test_a_killed_worker_costs_a_retry_and_not_a_report(cluster, runner):
    for name in ("one", "two", "three"):
        runner.add(name, HOLD)
    with runner.start(cluster.address) as process:
        wait_until(lambda: len(list(runner.signs.iterdir())) == 2, "both workers busy")
        # Which edition went where is Dask's to say.
        ((edition, pid),) = [
            (name, pid)
            for name in ("one", "two", "three")
            for worker, pid in runner.given(name)
            if worker == "north"
        ]
        cluster.processes["north"].kill()
        wait_until(lambda: is_over(pid), "the end of the killed worker's kernel")
        (runner.signs / "go").touch()
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, ""), out
    assert set(runner.told("status").values()) == {"succeeded"}
    assert [worker for worker, _ in sorted(runner.given(edition))] == ["north", "south"]
    # Its successor clears away what it could not.
    assert any("karabakh" in name for name in cluster.left("north"))
    cluster.processes.pop("north").wait()
    cluster.start_worker("north")
    cluster.wait_for("north")
    assert runner.run(cluster.address, "--force")[0] == 0
    wait_until(lambda: len(cluster.private_folders("north")) == 1, "a tidy worker")


def test_a_warm_parent_that_was_killed_is_replaced(cluster, runner):
    runner.add("one")
    runner.add("two")
    runner.run(cluster.address)
    before = cluster.warm_parents()
    assert before
    for parent in before:
        parent.kill()
    assert runner.run(cluster.address, "--force")[0] == 0
    assert runner.told("kernel") == {"one": "warm", "two": "warm"}
    assert not set(before) & set(cluster.warm_parents())


def test_an_edition_that_kills_its_workers_fails_alone(folder, runner):
    cluster = Cluster(folder / "fragile")
    try:
        cluster.start_scheduler()
        cluster.start_worker("phoenix", "--nanny")
        runner.add("fatal", KILL)
        runner.add("fine")
        status, out, err = runner.run(cluster.address)
        assert runner.told("status") == {"fatal": "kernel_died", "fine": "succeeded"}, out + err
        assert status == 1
        assert err == (
            "fatal: kernel_died: WorkerLost: its worker was lost, again and again, the last time "
            "with nothing else on it\n"
        )
        assert len(runner.given("fatal")) == 3
        # The next run finds a sound worker, which clears away what the killed ones could not.
        assert runner.run(cluster.address, "fine", "--force")[0] == 0
    finally:
        cluster.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_runner_that_ends_early_leaves_no_kernel_on_any_worker(cluster, runner, number):
    for name in ("one", "two", "three"):
        runner.add(name, HOLD)
    with runner.start(cluster.address) as process:
        wait_until(lambda: len(list(runner.signs.iterdir())) == 2, "both workers busy")
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    pids = [pid for name in ("one", "two", "three") for _, pid in runner.given(name)]
    wait_until(lambda: all(map(is_over, pids)), "the end of the kernels")
    assert len(pids) == 2
    if number != signal.SIGKILL:
        assert process.returncode == 128 + number
        assert set(runner.told("status").values()) == {"interrupted"}, out + err
    for name in ("north", "south"):  # one folder is the worker's own
        wait_until(lambda name=name: len(cluster.private_folders(name)) == 1, "a tidy worker")


def test_a_cluster_that_ends_all_at_once_leaves_no_kernel(folder, runner):
    runner.add("one", HOLD)
    cluster = Cluster(folder / "brief")
    try:
        cluster.start_scheduler()
        cluster.start_worker("only")
        with runner.start(cluster.address) as process:
            ((_, pid),) = wait_until(lambda: runner.given("one"), "a busy worker")
            for one in cluster.processes.values():
                one.terminate()
            wait_until(lambda: is_over(pid), "the end of the kernel")
            _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert err == "one: failed: SchedulerLost: the scheduler no longer answers\n"
        wait_until(lambda: cluster.private_folders("only") == [], "a tidy worker")
    finally:
        cluster.kill()


def test_a_worker_of_other_code_is_refused_and_the_run_goes_on(folder, runner, tmp_path):
    shutil.copytree(ROOT / "src" / "helpers", tmp_path / "other" / "helpers")
    with (tmp_path / "other" / "helpers" / "cli.py").open("a") as file:
        file.write("# changed\n")
    runner.add("one")
    cluster = Cluster(folder / "mixed")
    try:
        cluster.start_scheduler()
        cluster.start_worker("other", PYTHONPATH=str(tmp_path / "other"))
        status, _, err = runner.run(cluster.address)
        assert status == 1
        line = err.splitlines()[-1]
        assert line.startswith(f"{cluster.address}: no worker runs this code: worker tcp://")
        theirs, ours = re.findall(r"code ([0-9a-f]{12}), environment [0-9a-f]{12}", line)
        assert theirs != ours
        assert "requirements.txt" in line
        cluster.start_worker("same")
        cluster.wait_for("same")
        status, _, err = runner.run(cluster.address)
        assert status == 0
        assert re.search(r"worker tcp://\S+ runs code [0-9a-f]{12}", err)
        assert [worker for worker, _ in runner.given("one")] == ["same"]
    finally:
        cluster.close()


def test_only_holders_of_a_certificate_use_an_encrypted_cluster(folder, runner):
    certificates = make_certificates(folder / "certificates")
    runner.add("one")
    cluster = Cluster(folder / "private", certificates)
    try:
        cluster.start_scheduler("--protocol", "tls")
        cluster.start_worker("trusted")
        assert cluster.address.startswith("tls://")
        status, _, err = runner.run(cluster.address, **make_certificates(folder / "stranger"))
        assert status == 1
        assert err.startswith(f"{cluster.address}: no connection to a Dask scheduler (")
        assert err.count("\n") == 1
        status, _, err = runner.run(cluster.address, **certificates)
        assert (status, err) == (0, "")
        assert [worker for worker, _ in runner.given("one")] == ["trusted"]
    finally:
        cluster.close()


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("tls", {}, "there is no certificate for the client"),
        ("tcp", {"require-encryption": True}, "Dask's configuration demands encryption"),
        ("tls", {"tls.ca-file": "/none/ca.pem"}, "[Errno 2] No such file or directory"),
    ],
)
def test_what_is_wrong_with_certificates_is_told(project, kind, settings, reason):
    address = f"{kind}://127.0.0.1:8786"
    files = {"tls.client.cert": "/none/cert.pem"} if settings and kind == "tls" else {}
    configuration = {f"distributed.comm.{key}": value for key, value in (settings | files).items()}
    with dask.config.set(configuration), pytest.raises(ClusterError) as caught:
        next(run_on_cluster(address, [], project))
    assert str(caught.value) == (
        f"{address}: no connection to a Dask scheduler ({reason}); start one with "
        "`dask scheduler`, or correct the address or Dask's configuration (distributed.comm)"
    )


def test_a_scheduler_that_does_not_answer_is_told_soon(runner):
    runner.add("one")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        start = time.monotonic()
        status, _, err = runner.run(address)
    assert status == 1
    assert re.fullmatch(
        rf"{address}: no connection to a Dask scheduler \(.+\); "
        r"start one with `dask scheduler`, or correct the address\n",
        err,
    )
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("address", ["host:8786", "http://host:80", "tcp://host", "tcp://a b:1"])
def test_what_is_no_address_is_told(project, address):
    with pytest.raises(ClusterError, match=r"is no address; write tcp://HOST:PORT") as caught:
        next(run_on_cluster(address, [], project))
    assert repr(address) in str(caught.value)


def test_a_missing_extra_is_told(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install \"karabakh-ledger\[cluster\]\""):
        next(run_on_cluster("tcp://host:8786", [], project))
