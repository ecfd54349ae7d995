"""Where titles go in a lane, so that none touches another."""

import pandas as pd

_CHARACTER = 0.061  # inches, mean width of a character at 8 points in the widest usual font
_MAX_ROWS = 6
_TRIED = 30  # events per lane that are tried for a title
_TITLE = 44  # characters kept of an event's title where the whole has no room


def place_titles(
    events: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, inches: float
) -> pd.DataFrame:
    """Give each event a place and, where there is room, a title in one of a few rows.

    Parameters
    ----------
    events : DataFrame
        Events of one lane: `date`, `title`, `source_ids`.
    first, last : Timestamp
        Ends of the time axis.
    inches : float
        Its length.

    Returns
    -------
    DataFrame
        Indexed like `events`: `at` (inches from the left), `label` (empty where no title fits),
        `row` (0 is nearest to the mark), `right` (the title ends at the mark). Titles and the
        lines that lead to them touch no other title.
    """
    plan = pd.DataFrame({"at": (events["date"] - first) / (last - first) * inches})
    plan["label"], plan["row"], plan["right"] = "", 0, False
    weight = events["source_ids"].str.count(";")
    chosen: list = []
    placed: dict = {}
    for index in weight.sort_values(ascending=False, kind="stable").index[:_TRIED]:
        trial = _fit(events, plan, [*chosen, index], inches)
        if trial:
            chosen, placed = [*chosen, index], trial
    for index, found in placed.items():
        plan.loc[index, ["label", "row", "right"]] = found
    return plan


def _fit(events: pd.DataFrame, plan: pd.DataFrame, chosen: list, inches: float) -> dict:
    """Place the titles of all chosen events, latest first; nothing when one finds no room."""
    titles, places = events["title"].to_dict(), plan["at"].to_dict()
    room, placed = _Room(inches), {}
    for index in sorted(chosen, key=lambda index: (-places[index], index)):
        title, at = titles[index], places[index]
        found = room.take(title, at) or room.take(_shorten(title), at)
        if not found:
            return {}
        placed[index] = found
    return placed


class _Room:
    """The rows of one lane: which stretches titles and their leader lines have taken."""

    def __init__(self, inches: float) -> None:
        self.inches = inches
        self.titles: list[tuple[int, float, float]] = []
        self.leaders: list[tuple[int, float]] = []

    def take(self, title: str, at: float) -> tuple[str, int, bool] | None:
        """Take a stretch for a title at a mark; None when it fits nowhere."""
        width = len(title) * _CHARACTER + 0.1
        for row in range(_MAX_ROWS):
            for right in (False, True):
                # A title runs to the right of its mark or, where that fails, to the left.
                span = (at - width, at + 0.05) if right else (at - 0.05, at + width)
                if span[0] >= -0.05 and span[1] <= self.inches and self._free(row, span, at):
                    self.titles.append((row, *span))
                    self.leaders.append((row, at))
                    return title, row, right
        return None

    def _free(self, row: int, span: tuple[float, float], at: float) -> bool:
        crossed = any(r < row and a < at < b for r, a, b in self.titles)
        touched = any(r == row and a < span[1] and span[0] < b for r, a, b in self.titles)
        cut = any(r > row and span[0] < a < span[1] for r, a in self.leaders)
        return not (crossed or touched or cut)


def _shorten(title: str) -> str:
    if len(title) <= _TITLE:
        return title
    return title[:_TITLE].rsplit(" ", 1)[0].rstrip(",;:") + " …"
