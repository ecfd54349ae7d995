"""Keep a cell's output within limits while it arrives, and say what was left out."""

import json
import re
from contextlib import suppress
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.reports.outcome import OutputLimits

DISPLAYS = ("display_data", "execute_result", "update_display_data")
LONGEST_VALUE = 10_000
LONGEST_FRAME = 20_000
MOST_FRAMES = 100
# The longest escape in a JSON text, a pair of surrogates, has twelve characters; most have six.
LONGEST_ESCAPE = 12
ESCAPED = 6
# Where the small parts of a giant display stand, in bytes from either end.
AT_THE_ENDS = 1000
_STREAM = re.compile(rb'\s*\{\s*"name":\s*"(\w+)",\s*"text":\s*"')
_SMALL_PARTS = re.compile(rb'"(display_id|execution_count)":\s*("[^"\\]*"|\d+)')


class Gate:
    """What a cell's messages have to pass; one for a whole run, begun anew for each cell.

    Parameters
    ----------
    limits : OutputLimits
    """

    def __init__(self, limits: OutputLimits) -> None:
        self.limits = limits
        self.seen = 0
        self.lost = False
        self.begin()

    def begin(self) -> None:
        """Begin a cell, or begin it anew after its output was cleared."""
        self._clears = False
        self._printed = {"stdout": 0, "stderr": 0}
        self._cut = dict.fromkeys(self._printed, 0)
        self._shown: dict[str, int] = {}
        self._count = self._bytes = self._refused = self._refused_bytes = 0

    def admit(self, message: dict[str, Any]) -> bool:
        """Shorten a message to what may pass.

        Parameters
        ----------
        message : dict
            From the kernel, with its `size` in bytes. Its content is changed in place.

        Returns
        -------
        bool
            Whether anything of it may pass.
        """
        self.seen += 1
        kind, content = message["msg_type"], message["content"]
        if kind == "clear_output":
            self._clears = bool(content.get("wait"))
            if not self._clears:
                self.begin()
            return True
        if self._clears and kind in ("stream", "error", "display_data", "execute_result"):
            self.begin()
        if kind == "stream":
            return self._admit_text(content)
        if kind in DISPLAYS:
            return self._admit_display(message, is_update=kind == "update_display_data")
        if kind == "error":
            _shorten_error(content)
        return True

    def _admit_text(self, content: dict[str, Any]) -> bool:
        name, text = content.get("name", "stdout"), content["text"]
        room = self.limits.characters - self._printed.setdefault(name, 0)
        content["text"] = kept = text[: max(0, room)]
        cut = len(text) - len(kept) + content.pop("left_out", 0)
        # After a gap nothing may follow.
        self._printed[name] += self.limits.characters if cut else len(kept)
        self._cut[name] = self._cut.get(name, 0) + cut
        return bool(kept)

    def _admit_display(self, message: dict[str, Any], *, is_update: bool) -> bool:
        content, size = message["content"], message.get("size", 0)
        name = (content.get("transient") or {}).get("display_id") or ""
        if size > self.limits.display_bytes:
            note = f"[left out: an output of {_megabytes(size)}, where "
            note += f"{_megabytes(self.limits.display_bytes)} are allowed]"
            content["data"], content["metadata"], size = {"text/plain": note}, {}, len(note)
        earlier = self._shown.get(name, 0) if is_update else 0
        full = self._count >= self.limits.displays and not is_update
        if full or self._bytes + size - earlier > self.limits.cell_bytes:
            self._refused += 1
            self._refused_bytes += size
            return False
        self._count += not is_update
        self._bytes += size - earlier
        if name:
            self._shown[name] = size
        return True

    def finish(self, outputs: list[NotebookNode]) -> None:
        """Add notes about what was left out.

        Parameters
        ----------
        outputs : list of NotebookNode
            The cell's outputs, changed in place.
        """
        for name, cut in self._cut.items():
            if cut:
                note = f"\n[{cut:,} more characters were left out: "
                note += f"a cell may print {self.limits.characters:,}]\n"
                _append_text(outputs, name, note)
        if self._refused:
            note = f"[left out: {self._refused:,} more outputs of {_megabytes(self._refused_bytes)}"
            note += f"; a cell may show {self.limits.displays:,} of "
            note += f"{_megabytes(self.limits.cell_bytes)} in all]"
            outputs.append(new_output("display_data", data={"text/plain": note}))
        if self.lost:
            note = "[some output was lost: the cell put out more than could be received]"
            outputs.append(new_output("display_data", data={"text/plain": note}))
            self.lost = False


def join_text(outputs: list[NotebookNode], message: dict[str, Any]) -> NotebookNode | None:
    """Add printed text to the output before it, if that is of the same stream.

    Parameters
    ----------
    outputs : list of NotebookNode
    message : dict
        From the kernel.

    Returns
    -------
    NotebookNode or None
        What was added, None if there is no output to add it to.
    """
    if message["msg_type"] != "stream" or not outputs or outputs[-1].output_type != "stream":
        return None
    if outputs[-1]["name"] != message["content"]["name"]:
        return None
    outputs[-1]["text"] += message["content"]["text"]
    return NotebookNode(output_type="stream", **message["content"])


def abridge(content: bytes, kind: str, keep: int) -> dict[str, Any] | None:
    """Read the beginning of a giant message without taking all of it to pieces.

    Parameters
    ----------
    content : bytes
        The content as it arrived, JSON.
    kind : str
        Type of the message.
    keep : int
        Characters of text wanted.

    Returns
    -------
    dict or None
        The content: the beginning of a text and how many bytes were `left_out`, or a display
        without its data. None if this isn't the way to read such a message.
    """
    if kind == "stream" and (found := _STREAM.match(content)):
        text = _beginning(content[found.end() : found.end() + ESCAPED * keep])
        left_out = len(content) - found.end() - len(json.dumps(text))
        return {"name": found[1].decode(), "text": text, "left_out": left_out}
    if kind in DISPLAYS:
        ends = content[:AT_THE_ENDS] + content[-AT_THE_ENDS:]
        small = {name.decode(): json.loads(value) for name, value in _SMALL_PARTS.findall(ends)}
        count = (
            {"execution_count": small.get("execution_count")} if kind == "execute_result" else {}
        )
        transient = {"display_id": small.get("display_id")}
        return {"data": {}, "metadata": {}, "transient": transient} | count
    return None


def _beginning(raw: bytes) -> str:
    """Decode what was cut out of a JSON text, perhaps in the middle of a character."""
    text = raw.decode("utf-8", "ignore")
    for cut in range(LONGEST_ESCAPE + 1):
        with suppress(ValueError):
            whole = json.loads(f'"{text[: len(text) - cut]}"')
            # Half of a pair of surrogates can be read but never be written to a file.
            return whole.encode("utf-8", "ignore").decode("utf-8")
    return ""


def _append_text(outputs: list[NotebookNode], name: str, text: str) -> None:
    for output in reversed(outputs):
        if output.output_type == "stream" and output["name"] == name:
            output["text"] += text
            return
    outputs.append(new_output("stream", name=name, text=text))


def _shorten_error(content: dict[str, Any]) -> None:
    content["evalue"] = content["evalue"][:LONGEST_VALUE]
    content["traceback"] = [part[:LONGEST_FRAME] for part in content["traceback"][-MOST_FRAMES:]]


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
