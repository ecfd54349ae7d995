"""What is made of a process's last words, and how the cap is told."""

import pytest

from helpers.reports.memory import with_cap, words_of_memory
from helpers.reports.outcome import Limits


@pytest.mark.parametrize(
    "line",
    [
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "FATAL ERROR: OUT OF MEMORY (src/msg.cpp:105)",
        "OpenBLAS error: Memory allocation still failed after 10 tries, giving up.",
        "libgomp: Out of memory allocating 1024 bytes",
        "fork: Cannot allocate memory",
        "MemoryError",
    ],
)
def test_last_words_of_memory_are_known(line):
    assert words_of_memory(["Loading", line, "Extension modules: out of memory"]) == line


def test_other_last_words_are_left_as_they_are():
    words = ["Fatal Python error: Segmentation fault", "Extension modules: a, MemoryError"]
    assert words_of_memory(words) == words_of_memory([]) == ""


def test_the_cap_is_told_where_there_is_one():
    rule = "a notebook may take 0.5 GiB; allow more with --memory"
    assert with_cap("no room", Limits(memory_gib=0.5)) == f"no room; {rule}"
    assert with_cap("", Limits(memory_gib=0.5)) == rule
    for none in (0, float("inf"), float("nan")):
        assert with_cap("no room", Limits(memory_gib=none)) == "no room"
