"""Plain data from YAML, with the line of every value and nothing that YAML could smuggle in."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helpers.data.errors import Problem
from helpers.reports.editions import nearest

# Far beyond any plan: hundreds of editions are some 100 kB, 10,000 nodes and 5 levels. Reading
# takes time in proportion to the first two, about a second at most.
MAX_BYTES = 250_000
MAX_NODES = 20_000
MAX_DEPTH = 20
# Base 60 takes time in proportion to the square of its digits, and Python writes out no number of
# more than 4,300.
LONGEST_NUMBER = 30
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "null", "bool", "int", "float", "str")
)
# An escape puts them past YAML's own rule. Terminals obey some, and no XML or UTF-8 holds others.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
Keys = tuple[str | int, ...]


@dataclass
class Located:
    """Values of a YAML file and where each was written.

    Parameters
    ----------
    data : Any
        Plain dicts, lists, strings, numbers, booleans and None.
    lines : dict
        Line (from 1) of every entry, by its path of keys.
    problems : list of Problem
        What could not be read, and what its readers found wrong.
    name : str
        How problems name the file.
    """

    data: Any = None
    lines: dict[Keys, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    name: str = ""

    def problem(self, keys: Keys, value: Any, rule: str, remedy: str) -> None:
        """Note what is wrong with an entry, at the line of the entry or of what holds it."""
        line = self.lines.get(keys) or self.lines.get(keys[:-1], 0)
        text = "" if value is None else str(value)
        self.problems.append(Problem(self.name, line, ".".join(map(str, keys)), text, rule, remedy))

    def mapping(self, keys: Keys, value: Any, allowed: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a mapping with its unknown keys reported; anything else is empty."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problem(keys, value, "is no mapping", "write 'name: value' lines below it")
            return {}
        for key in value:
            if allowed and key not in allowed:
                self.problem((*keys, key), None, "is an unknown key", nearest(key, allowed))
        return value

    def present(self, keys: Keys) -> Keys:
        """Return the path of an entry, or of what should hold it where it is missing."""
        return keys if keys in self.lines else keys[:-1]


class _Loader(yaml.SafeLoader):
    """Safe loader that keeps dates as text, knows no aliases and bounds what it composes.

    A parameter such as ``2021-05-01`` is meant as text: papermill cannot pass a date on. An alias
    can make a small file expand without end, and no plan needs one.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, expression) for tag, expression in pairs if not tag.endswith(":timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases and what is too deep or too much, compose everything else."""
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise _fault("an alias is not allowed here", mark)
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise _fault(f"more than {MAX_DEPTH} levels within each other", mark)
        if self.nodes > MAX_NODES:
            raise _fault(f"more than {MAX_NODES:,} values", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_located(path: Path, name: str) -> Located:
    """Read a YAML file into plain data with line numbers.

    Parameters
    ----------
    path : Path
        File to read.
    name : str
        How problems name the file.

    Returns
    -------
    Located
        `data` is None when the file cannot be read; `problems` then says why. Duplicate keys are
        problems: PyYAML alone would silently keep the last one.
    """
    located = Located(name=name)

    def problem(line: int, value: str, rule: str, remedy: str) -> None:
        located.problems.append(Problem(name, line, "", value, rule, remedy))

    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            problem(0, "", f"is longer than {MAX_BYTES:,} bytes", "write shorter entries or fewer")
            return located
        loader = _Loader(raw.decode("utf-8"))
        node = loader.get_single_node()
        if node is not None:
            located.data = _plain(loader, node, (), located)
    except OSError as error:
        problem(0, "", f"cannot be read ({error.strerror})", "create it or correct its rights")
    except UnicodeDecodeError as error:
        problem(0, f"byte {error.start}", "is not UTF-8", "save the file as UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problem(line, "", f"is not plain YAML ({error.problem})", "correct this line")
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        problem(0, "", f"is not plain YAML ({reason})", "correct the file")
    return located


def _plain(loader: _Loader, node: yaml.Node, path: Keys, located: Located) -> Any:
    """Turn a YAML node into plain data and remember the lines."""
    located.lines.setdefault(path, node.start_mark.line + 1)
    if node.tag not in PLAIN_TAGS:
        reason = f"could not determine a constructor for the tag {node.tag!r}"
        raise _fault(reason, node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, i), located) for i, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(loader, node)
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in PLAIN_TAGS:
            raise _fault("a key is no plain word", key_node.start_mark)
        key = str(_scalar(loader, key_node))
        line = key_node.start_mark.line + 1
        if key in plain:
            rule = f"is there twice, first in line {located.lines[(*path, key)]}"
            where = ".".join(map(str, path))
            twice = Problem(located.name, line, where, key, rule, "rename or remove one")
            located.problems.append(twice)
            continue
        located.lines[(*path, key)] = line
        plain[key] = _plain(loader, value_node, (*path, key), located)
    return plain


def _scalar(loader: _Loader, node: yaml.Node) -> Any:
    """Turn a single value into what it means."""
    number = node.tag.endswith((":int", ":float"))
    if number and len(node.value) > LONGEST_NUMBER:
        raise _fault(f"a number of more than {LONGEST_NUMBER} characters", node.start_mark)
    try:
        value = loader.construct_object(node)
    except (ValueError, KeyError, IndexError):  # an explicit tag on what isn't that
        raise _fault(f"{node.value[:40]!r} is no {node.tag[18:]}", node.start_mark) from None
    if isinstance(value, float) and not math.isfinite(value):
        raise _fault("a number that is not finite", node.start_mark)
    if isinstance(value, str) and (found := _CONTROL.search(value)):
        raise _fault(f"the control character {found[0]!r}", node.start_mark)
    return value


def _fault(reason: str, mark: yaml.Mark) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(None, None, reason, mark)
