"""Whether a command line of ours, wherever it stands, calls what exists."""

from collections.abc import Sequence
from pathlib import PurePosixPath

import typer

from helpers.cli import app


def assert_called(words: Sequence[str]) -> None:
    """Fail unless the program is ours, and has that command and every option."""
    program, name, *rest = words
    assert PurePosixPath(program).name == "karabakh"
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert name in commands, f"karabakh {name}"
    known = {option for item in commands[name].params for option in item.opts}
    assert {word for word in rest if word.startswith("-")} <= known
