"""One line per event: words on a terminal, JSON elsewhere and in a rotated file."""

import io
import json
from pathlib import Path

import pytest

from helpers.schedule import log as module
from helpers.schedule.log import Log


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_elsewhere_than_on_a_terminal_a_line_is_json(tmp_path: Path) -> None:
    stream = io.StringIO()
    with Log(stream, tmp_path) as log:
        log.event("first")
        log.run = "r1"
        log.event("edition", level="error", edition="a", reason="x\ny", seconds=1.5, page=None)
    first, second = lines(stream.getvalue())
    assert (first["event"], first["level"]) == ("first", "info")
    assert "run" not in first
    moment = second.pop("time")
    assert moment.endswith("Z")
    assert "T" in moment
    assert second == {
        "level": "error",
        "event": "edition",
        "run": "r1",
        "edition": "a",
        "reason": "x\ny",
        "seconds": 1.5,
    }
    kept = (tmp_path / "log" / "karabakh.jsonl").read_text("utf-8")
    assert [line["event"] for line in lines(kept)] == ["first", "edition"]


def test_on_a_terminal_a_line_is_words_and_moves_no_cursor() -> None:
    stream = Terminal()
    with Log(stream) as log:
        log.event("held_back", edition="a", reason="\x1b[2J gone", names=["b", "c"])
    (line,) = stream.getvalue().splitlines()
    assert (
        line.split(maxsplit=1)[1] == "held back      edition a, reason \ufffd[2J gone, names b, c"
    )


def test_the_file_is_rotated_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 2000)
    with Log(io.StringIO(), tmp_path) as log:
        for number in range(200):
            log.event("edition", number=number)
    files = sorted((tmp_path / "log").iterdir())
    assert [path.name for path in files] == [
        "karabakh.jsonl",
        *(f"karabakh.jsonl.{n}" for n in range(1, 6)),
    ]
    assert all(path.stat().st_size <= 2000 for path in files)
    assert lines(files[0].read_text("utf-8"))[-1]["number"] == 199


def test_what_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with Log(Broken(), tmp_path) as log:
        log.event("first")
    with Log(io.StringIO(), tmp_path) as log:
        log.event("second")
    assert (tmp_path / "log").read_text() == "in the way"


def test_the_log_is_private(tmp_path: Path) -> None:
    with Log(io.StringIO(), tmp_path) as log:
        log.event("first")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
