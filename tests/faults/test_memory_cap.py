"""A notebook that takes too much memory is told of it; it brings down nothing else."""

import pytest

from helpers.warm.provisioner import COLD_VARIABLE

HALF = "a notebook may take 0.5 GiB; allow more with --memory"
BLOCKS = "kept = []\nwhile True: kept.append(bytearray(2**20))"
# Small objects leave no room at all; they outlive the error in the cell's own variable.
CRUMBS = "crumb = None\nwhile True: crumb = (crumb,)"
# Python 3.11 has no memory left for the frames of the traceback, and loses the error.
DEEP = """
def leak(depth, kept):
    kept.append("x" * 100 * depth)
    return leak(depth + 1, kept) + 1 if depth < 900 else fill(kept)
def fill(kept):
    while True: kept.append(object())
leak(1, [])
"""
# The C++ library's own way to ask for memory: its exception finds nobody to catch it.
ABORT = "import ctypes\nctypes.CDLL('libstdc++.so.6')._Znwm(ctypes.c_size_t(2**40))"


@pytest.fixture(params=["warm", "cold"])
def way(request, monkeypatch):
    """How kernels start."""
    if request.param == "cold":
        monkeypatch.setenv(COLD_VARIABLE, "1")
    return request.param


def test_leaks_of_every_grain_end_as_memory_errors(ledger, way):
    before = ledger.pages()
    for name, code in zip(("first", "second", "third"), (BLOCKS, CRUMBS, DEEP), strict=True):
        ledger.fault(name, code)
    status, out, err = ledger.run("--force", "--memory", "0.5", "--jobs", "2")
    assert status == 1
    assert "\n3 failed\n" in out
    for record, line in zip(ledger.records().values(), err.splitlines(), strict=True):
        assert line.startswith(f"{record['edition']}: failed: cell 3: MemoryError: "), err
        assert line.endswith(HALF)
        assert record["message"].endswith(HALF)
        assert "MemoryError" in record["traceback"]
        assert (record["cell"], record["attempts"]) == (3, 1)
        assert record["kernel"].startswith(way)
    after = ledger.pages()
    assert {name for name in before if after[name] == before[name]} >= {
        f"{name}.html" for name in ledger.records()
    }
    ledger.assert_nothing_is_left()


def test_a_leak_of_4_gb_ends_at_the_usual_cap(ledger):
    ledger.fault("first", "kept = [bytearray(2**20) for _ in range(4 * 2**10)]")
    status, _, err = ledger.run("first", "--force")
    assert (status, err) == (
        1,
        "first: failed: cell 3: MemoryError: a notebook may take 2 GiB; allow more with --memory\n",
    )
    ledger.assert_nothing_is_left()


def test_a_death_for_want_of_memory_tells_the_cap_and_is_not_tried_again(ledger, way):
    ledger.fault("first", ABORT)
    status, _, err = ledger.run("first", "--force", "--memory", "0.5")
    assert status == 1
    assert err == (
        "first: kernel_died: cell 3: OutOfMemory: "
        f"terminate called after throwing an instance of 'std::bad_alloc'; {HALF}\n"
    )
    record = ledger.records()["first"]
    assert record["attempts"] == 1
    assert record["kernel"].startswith(way)
    ledger.assert_nothing_is_left()
