"""The cap on a kernel's memory, seen from inside."""

import subprocess
import sys

START = """
import asyncio, resource, sys
from types import SimpleNamespace
from ipykernel.zmqshell import ZMQInteractiveShell as Shell
from helpers.warm.cap import GIB, RESERVE, Cap, keep_to
DATA = resource.RLIMIT_DATA
def soft(): return resource.getrlimit(DATA)[0]
"""


def inside(code: str) -> list[str]:
    """Run code in a process of its own, as limits cannot be taken back; return what it prints."""
    run = subprocess.run(
        [sys.executable, "-c", START + code], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    return run.stdout.splitlines()


def test_the_cap_holds_while_code_runs_and_is_lifted_for_all_else():
    lines = inside(
        """
async def run(self, code, result, async_): print("code", soft() / GIB, async_)
Shell.run_code, shell = run, SimpleNamespace()
keep_to(1.5)
print("around", soft() == 1.5 * GIB + RESERVE == resource.getrlimit(DATA)[1])
asyncio.run(Shell.run_code(shell, "1", async_=True))
print("around", soft() == 1.5 * GIB + RESERVE)
"""
    )
    assert lines == ["around True", "code 1.5 True", "around True"]


def test_an_error_for_which_there_was_not_even_memory_to_tell_it_is_told():
    lines = inside(
        """
async def run(*_, **__): raise MemoryError
def show(self, told, **_): print(repr(told or sys.exception()), soft() > GIB)
Shell.run_code, Shell.showtraceback, shell = run, show, object.__new__(Shell)
keep_to(1)
result = SimpleNamespace()
print(asyncio.run(Shell.run_code(shell, "1", result)), repr(result.error_in_exec))
"""
    )
    assert lines == ["MemoryError() True", "True MemoryError()"]


def test_a_lost_error_is_one_of_memory_only_where_much_was_taken():
    lines = inside(
        """
def show(self, told, **_): print((told or [type(sys.exception())])[0].__name__)
Shell.showtraceback, shell = show, object.__new__(Shell)
keep_to(0.05)
def tell(error):
    try: raise error
    except Exception: shell.showtraceback()
tell(SystemError("<built-in function exec> returned NULL without setting an exception"))
tell(SystemError("error return without exception set"))
tell(SystemError("of another kind"))
tell(ValueError("without exception"))
print(type(Cap(64).true_error(SystemError("error return without exception set"))).__name__)
"""
    )
    assert lines == ["MemoryError", "MemoryError", "SystemError", "ValueError", "SystemError"]


def test_what_the_system_allows_less_stays():
    lines = inside(
        """
resource.setrlimit(DATA, (GIB, GIB))
Shell.run_code = None
keep_to(2)
print(resource.getrlimit(DATA) == (GIB, GIB))
"""
    )
    assert lines == ["True"]
