"""Words of charts and sentences; figures and days are written as everywhere else."""

from helpers.data.wording import (
    short_name,
    write_date,
    write_figure,
    write_number,
    write_range,
)

__all__ = [
    "join_words",
    "plural",
    "short_name",
    "write_date",
    "write_figure",
    "write_number",
    "write_range",
]


def plural(number: float, one: str, many: str | None = None) -> str:
    """Write a number with its noun: 1 claim, 2 claims."""
    return f"{write_number(number)} {one if number == 1 else many or one + 's'}"


def join_words(words: list[str]) -> str:
    """Join words as in a sentence: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
