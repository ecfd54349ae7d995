"""What a notebook asks for: the typed literals in its cell tagged `parameters`."""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from helpers.data.errors import Problem

TAG = "parameters"
KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}
DATES = frozenset({"start", "end", "as_of"})
DAY_FORM = "YYYY-MM-DD"
SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name : str
        Variable name.
    kind : str
        One of `KINDS`.
    item : str
        Type of a list's items, one of `KINDS`; empty when any plain value will do.
    optional : bool
        Whether None is allowed.
    default : Any
        Value in the notebook.
    help : str
        The comment behind it.
    """

    name: str
    kind: str
    item: str
    optional: bool
    default: Any
    help: str

    @property
    def type_name(self) -> str:
        """The type as it is written in the notebook."""
        return self.kind + (f"[{self.item}]" if self.item else "") + " | None" * self.optional

    @property
    def holds_day(self) -> bool:
        """Whether its values are days: by its name, its default, or its help."""
        told = self.name in DATES or is_day(self.default) or DAY_FORM in self.help
        return self.kind == "str" and told

    def fault(self, value: Any) -> str:
        """Say what is wrong with a value for this parameter; empty when nothing is."""
        if not self._accepts(value):
            return f"is not of type {self.type_name}"
        if self.holds_day and value and not is_day(value):
            return f"is not a day written {DAY_FORM}"
        return ""

    def _accepts(self, value: Any) -> bool:
        if value is None:
            return self.optional
        if not _is(value, self.kind):
            return False
        items = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(items, list):
            return True
        return all(
            _is(item, self.item) if self.item else isinstance(item, SCALARS) for item in items
        )


@dataclass
class Interface:
    """What a notebook shows to the outside.

    Parameters
    ----------
    question : str
        Text of its first heading of level one.
    parameters : dict
        Parameters by name, in the order of the cell.
    problems : list of Problem
        What is wrong with the notebook or its parameters cell.
    """

    question: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def is_day(value: Any) -> bool:
    """Whether a value is a possible day written YYYY-MM-DD."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def read_interface(path: Path, name: str) -> Interface:
    """Read a notebook's question and parameters without running it.

    Parameters
    ----------
    path : Path
        Notebook, nbformat 4.
    name : str
        How problems name the file.

    Returns
    -------
    Interface
        With every problem found: not a notebook, no heading, no parameters cell, a line that is no
        typed literal, a default of the wrong type, an `=` that hides a parameter from papermill.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [(cell["cell_type"], _tags(cell), "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fault = f"is not a readable notebook ({type(error).__name__}: {error})"
        return Interface(problems=[Problem(name, 0, "", "", fault, "save it from JupyterLab")])
    interface = Interface(question=_question(sources))
    if not interface.question:
        rule = "has no heading of level one"
        interface.problems.append(Problem(name, 0, "", "", rule, "begin it with '# Question?'"))
    for number, (kind, tags, source) in enumerate(sources, start=1):
        if kind == "code" and TAG in tags:
            _read_cell(source, f"{name}, cell {number}", interface)
            return interface
    rule = f"has no code cell tagged {TAG!r}"
    remedy = "tag the cell with the typed literals, otherwise papermill runs it with its defaults"
    interface.problems.append(Problem(name, 0, "", "", rule, remedy))
    return interface


def _tags(cell: dict[str, Any]) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def _question(sources: list[tuple[str, list[str], str]]) -> str:
    for kind, _, source in sources:
        found = re.search(r"^#[ \t]+(.+?)[ \t]*#*$", source, re.MULTILINE)
        if kind == "markdown" and found:
            return re.sub(r"[*_`]", "", found[1]).strip()
    return ""


def _read_cell(source: str, name: str, interface: Interface) -> None:
    """Fill `interface` from the source of a parameters cell."""
    try:
        statements = ast.parse(source).body
        comments = dict(_comments(source))
    except (SyntaxError, tokenize.TokenError) as error:
        line = getattr(error, "lineno", 0) or 0
        problem = Problem(name, line, "", "", f"is not Python ({error})", "correct the cell")
        interface.problems.append(problem)
        return
    lines = source.splitlines()
    for statement in statements:
        line, last = statement.lineno, statement.end_lineno or statement.lineno
        try:
            parameter = _parameter(statement, comments.get(last, ""))
            if any(text.count("=") > 1 for text in lines[line - 1 : last]):
                raise ValueError("holds a second '=', which hides it from papermill")
            if parameter.fault(parameter.default):
                raise ValueError(f"has a default that {parameter.fault(parameter.default)}")
            if parameter.name in interface.parameters:
                raise ValueError("is there twice")
        except ValueError as error:
            text = lines[line - 1].strip()
            remedy = "write one 'name: type = literal  # help' per line, without another '='"
            interface.problems.append(Problem(name, line, "", text, str(error), remedy))
        else:
            interface.parameters[parameter.name] = parameter


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ").strip()


def _parameter(statement: ast.stmt, comment: str) -> Parameter:
    """Read one statement of a parameters cell.

    Raises
    ------
    ValueError
        The statement is no typed assignment of a literal.
    """
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        raise ValueError("is no typed literal")
    if statement.value is None:
        raise ValueError("has no default")
    kind, item, optional = _kind(statement.annotation)
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise ValueError("has a default that is no literal") from None
    return Parameter(statement.target.id, kind, item, optional, default, comment)


def _kind(annotation: ast.expr) -> tuple[str, str, bool]:
    """Split an annotation into type, type of the items and whether None is allowed."""
    text = ast.unparse(annotation).replace(" ", "")
    optional = text.endswith("|None")
    found = re.fullmatch(r"(\w+)(?:\[(?:str,)?(\w+)\])?", text.removesuffix("|None"))
    if not found or found[1] not in KINDS or (found[2] or "str") not in KINDS:
        raise ValueError(f"has a type other than {', '.join(KINDS)}")
    if found[2] and found[1] not in ("list", "dict"):
        raise ValueError(f"has a type other than {', '.join(KINDS)}")
    return found[1], found[2] or "", optional


def _is(value: Any, kind: str) -> bool:
    """Whether a value is of a kind; True and False are no numbers here."""
    return isinstance(value, KINDS[kind]) and (kind == "bool") == isinstance(value, bool)
