"""The part of a traceback that tells people where to look."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.data.errors import printable
from helpers.data.project import Project

LONGEST_MESSAGE = 300
LONGEST_EXCERPT = 4_000
FRAMES = 4
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# IPython begins a frame with its place: `Cell In[3], line 1` or `File /…/x.py:7, in f(…)`.
PLACE = re.compile(r"^(?:File |Cell |Input )")
FILE = re.compile(r"^(File )(.+?)(:\d+)", re.MULTILINE)
OURS = Path(__file__).resolve().parents[2]
LIBRARIES = re.compile(r"^.*/(?:site-packages|dist-packages|lib/python3\.\d+)/")


def first_line(text: str) -> str:
    r"""Return the first line without what a terminal would obey, shortened.

    Examples
    --------
    >>> first_line("\x1b[31mno such day\x1b[0m\nmore")
    'no such day'
    """
    plain = COLOUR.sub("", text).strip()
    line = printable(plain.splitlines()[0].strip()) if plain else ""
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def excerpt(traceback: Sequence[str], project: Project) -> str:
    """Shorten a traceback of IPython to its last frames, in plain text.

    Parameters
    ----------
    traceback : sequence of str
        As in an output of a notebook.
    project : Project

    Returns
    -------
    str
        The last frames and the error, at most `LONGEST_EXCERPT` characters. Files are named from
        the project or the library on, so that nothing tells of the machine.
    """
    parts = [COLOUR.sub("", part).strip("\n") for part in traceback]
    frames = [part for part in parts if PLACE.match(part)]
    kept = frames[-FRAMES:]
    if len(frames) > FRAMES:
        kept.insert(0, f"… {len(frames) - FRAMES} more frames")
    kept += parts[-1:] if parts and parts[-1] not in frames else []
    named = FILE.sub(lambda found: found[1] + _name(found[2], project) + found[3], "\n".join(kept))
    return last_part(without_root(named, project))


def without_root(text: str, project: Project) -> str:
    """Name the project's files in a text as from its root."""
    return text.replace(f"{project.root}/", "")


def last_part(text: str) -> str:
    """Keep the end of a text that is too long: the error stands there."""
    return text if len(text) <= LONGEST_EXCERPT else "…" + text[1 - LONGEST_EXCERPT :]


def last_lines(lines: Iterable[str], number: int = 20) -> str:
    """Join the last lines of a log.

    Parameters
    ----------
    lines : iterable of str
    number : int

    Returns
    -------
    str
        In plain text, at most `LONGEST_EXCERPT` characters.
    """
    return last_part(COLOUR.sub("", "\n".join(list(lines)[-number:])))


def _name(file: str, project: Project) -> str:
    path = Path(file).expanduser()
    if LIBRARIES.match(str(path)):
        return LIBRARIES.sub("", str(path))
    if path.is_relative_to(project.root):
        return path.relative_to(project.root).as_posix()
    package = Path(__file__).resolve().parents[1]
    return (
        path.relative_to(package.parent).as_posix() if path.is_relative_to(package) else path.name
    )
