"""Tells that a notebook ran out of memory: what its process said last, and what it may take."""

import re

from helpers.reports.outcome import Limits

# The last words of processes that could not be given memory: of the C++ library, libzmq, OpenBLAS,
# and others. What lists loaded modules after a crash says nothing.
WORDS = re.compile(
    r"(?i)(?!Extension modules:).*(out of memory|memory exhausted|memory allocation|bad_alloc"
    r"|MemoryError|(cannot|could not|unable to|failed to) allocate)"
)


def words_of_memory(lines: list[str]) -> str:
    """Find the first line of a log that tells of memory a process was not given.

    Parameters
    ----------
    lines : list of str

    Returns
    -------
    str
        Empty when there is none.
    """
    return next((line for line in lines if WORDS.match(line)), "")


def with_cap(message: str, limits: Limits) -> str:
    """Add to a message what a notebook may take, if that is limited, and how to allow it more.

    Parameters
    ----------
    message : str
        May be empty.
    limits : Limits

    Returns
    -------
    str
    """
    if not limits.capped:
        return message
    rule = f"a notebook may take {limits.memory_gib:g} GiB; allow more with --memory"
    return f"{message}; {rule}" if message else rule
