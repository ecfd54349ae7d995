"""One line per event: in words on a terminal, as JSON elsewhere, and as JSON in a rotated file."""

import json
import logging
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

FOLDER, FILE = "log", "karabakh.jsonl"
MOST_BYTES, KEPT = 1_000_000, 5
LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Log:
    """Notes events. What cannot be written (a full disk, a reader who left) stops nothing.

    Use as a context manager.

    Parameters
    ----------
    stream : file object
        Where lines go: words when it is a terminal, JSON otherwise.
    folder : Path, optional
        Folder of the state; the file is in ``log`` below it. Without it there is no file.

    Attributes
    ----------
    run : str
        Id of the run that events belong to.
    """

    def __init__(self, stream: TextIO, folder: Path | None = None) -> None:
        self.run = ""
        # A logger of our own: it belongs to nobody's tree and changes nobody's settings.
        self._logger = logging.Logger("karabakh", logging.INFO)
        shown = _Stream(stream)
        shown.setFormatter(_Words() if stream.isatty() else _Json())
        self._logger.addHandler(shown)
        if folder:
            with suppress(OSError):
                self._logger.addHandler(_file(folder / FOLDER / FILE))

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *_: object) -> None:
        for handler in self._logger.handlers:
            with suppress(OSError):
                handler.close()

    def event(self, name: str, /, level: str = "info", **facts: Any) -> None:
        """Note an event.

        Parameters
        ----------
        name : str
            What happened, such as ``edition``.
        level : str
            ``info``, ``warning`` or ``error``.
        **facts : object
            JSON-able; what is None or empty is left out.
        """
        told = {key: value for key, value in facts.items() if value not in (None, "", [], ())}
        about = ({"run": self.run} if self.run else {}) | told
        self._logger.log(LEVELS[level], name, extra={"facts": about})


class _Quiet:
    """A handler whose failure is nobody's."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Let the line go."""


class _Stream(_Quiet, logging.StreamHandler[TextIO]):
    pass


class _File(_Quiet, RotatingFileHandler):
    pass


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        about = {
            "time": f"{_time(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(about | getattr(record, "facts", {}), ensure_ascii=False)


class _Words(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", {})
        told = ", ".join(f"{key} {_plain(value)}" for key, value in facts.items() if key != "run")
        line = f"{_time(record, '%H:%M:%S')}  {record.getMessage().replace('_', ' '):<14} {told}"
        # A reason may hold what would move the cursor.
        return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


def _file(path: Path) -> logging.Handler:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handler = _File(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(_Json())
    return handler


def _time(record: logging.LogRecord, form: str) -> str:
    return time.strftime(form, time.gmtime(record.created))


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
