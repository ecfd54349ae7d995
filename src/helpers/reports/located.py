"""Plain data from YAML, with the line of every value and nothing that YAML could smuggle in."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helpers.data.errors import Problem
from helpers.reports.editions import nearest

MAX_BYTES = 1_000_000
PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
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
    """Safe loader that keeps dates as text and knows no aliases.

    A parameter such as ``2021-05-01`` is meant as text: papermill cannot pass a date on. An alias
    can make a small file expand without end, and no plan needs one.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, expression) for tag, expression in pairs if not tag.endswith(":timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases, compose everything else."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(None, None, "an alias is not allowed here", mark)
        return super().compose_node(parent, index)


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

    def problem(line: int, key: str, value: str, rule: str, remedy: str) -> None:
        located.problems.append(Problem(name, line, key, value, rule, remedy))

    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            problem(0, "", f"{len(raw):,} bytes", "is too long for a plan", "split the plan")
            return located
        loader = _Loader(raw.decode("utf-8"))
        node = loader.get_single_node()
        if node is not None:
            located.data = _plain(loader, node, (), located, name)
    except OSError as error:
        problem(0, "", "", f"cannot be read ({error.strerror})", "create it or correct its rights")
    except UnicodeDecodeError as error:
        problem(0, "", f"byte {error.start}", "is not UTF-8", "save the file as UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problem(line, "", "", f"is not plain YAML ({error.problem})", "correct this line")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())
        problem(0, "", "", f"is not plain YAML ({reason})", "correct the file")
    return located


def _plain(loader: _Loader, node: yaml.Node, path: Keys, located: Located, name: str) -> Any:
    """Turn a YAML node into plain data and remember the lines."""
    located.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.CollectionNode) and node.tag not in PLAIN_TAGS:
        reason = f"could not determine a constructor for the tag {node.tag!r}"
        raise yaml.MarkedYAMLError(None, None, reason, node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(loader, item, (*path, i), located, name) for i, item in enumerate(node.value)
        ]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in plain:
            first = located.lines[(*path, key)]
            located.problems.append(
                Problem(
                    name,
                    line,
                    ".".join(map(str, path)),
                    key,
                    f"is there twice, first in line {first}",
                    "rename or remove one",
                )
            )
            continue
        located.lines[(*path, key)] = line
        plain[key] = _plain(loader, value_node, (*path, key), located, name)
    return plain
