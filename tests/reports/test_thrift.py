"""Memory that is free goes back to the system, and threads share one heap."""

import subprocess
import sys

import pytest

from helpers.reports import thrift

# Four threads hold blocks of a size that Python leaves to the C library, all at the same time.
THREADS = """
import ctypes, sys, threading
from helpers.reports.thrift import give_back, save_memory

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def hold():
    held = [bytearray(10_000) for _ in range(2000)]
    together.wait()
    last.append(held[-1])

if "save" in sys.argv:
    save_memory()
together, last = threading.Barrier(4), []
threads = [threading.Thread(target=hold) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
before = resident()
give_back()
print((before - resident()) // 1_000_000, flush=True)
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""


def run(*words: str) -> tuple[int, int]:
    """Megabytes that went back, and heaps there are."""
    command = [sys.executable, "-c", THREADS, *words]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(told.split("\n")[0]), told.count("<heap nr=")


def test_free_memory_of_all_threads_goes_back():
    megabytes, heaps = run()
    assert megabytes > 20
    assert heaps > 1


def test_threads_share_a_heap_once_memory_is_to_be_saved():
    _, heaps = run("save")
    assert heaps == 1


def test_other_allocators_are_left_alone(monkeypatch):
    monkeypatch.setattr(thrift, "_allocator", lambda: None)
    thrift.save_memory()
    thrift.give_back()


@pytest.mark.parametrize("has", ["mallopt", "malloc_trim", ""])
def test_only_a_library_with_both_settings_is_asked(monkeypatch, has):
    library = type("Library", (), {has: None} if has else {})()
    monkeypatch.setattr(thrift.ctypes, "CDLL", lambda _: library)
    assert thrift._allocator.__wrapped__() is None
