"""The plan: which notebook becomes which edition, with which parameters, how often."""

import re
from collections.abc import Sequence
from typing import Any

from croniter import croniter

from helpers.data.errors import Problem, ReportError
from helpers.data.project import Project
from helpers.reports.editions import Edition, nearest
from helpers.reports.located import Keys, Located, read_located
from helpers.reports.parameters import Interface, is_day, read_interface

KEYS = ("notebook", "title", "parameters", "cadence")
RESERVED = frozenset({"index", "manifest"})
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NOTEBOOK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
CRON = re.compile(r"[0-9A-Za-z*/,-]+")


class PlanError(ReportError):
    """The plan, or a notebook it names, breaks rules.

    Parameters
    ----------
    problems : sequence of Problem
        Every problem found, not only the first.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_plan(project: Project) -> tuple[Edition, ...]:
    """Read and check ``reports.yml`` and the notebooks it names.

    Parameters
    ----------
    project : Project

    Returns
    -------
    tuple of Edition
        In the plan's order.

    Raises
    ------
    PlanError
        With every problem: YAML, keys, names, notebooks, parameters, cron expressions.
    """
    name = project.name_of(project.plan)
    return _Reader(project, read_located(project.plan, name), name).read()


class _Reader:
    """Turns the located values of the plan into editions, and collects what is wrong."""

    def __init__(self, project: Project, located: Located, file: str) -> None:
        self.project, self.located, self.file = project, located, file
        self.problems = list(located.problems)
        self.interfaces: dict[str, Interface] = {}

    def read(self) -> tuple[Edition, ...]:
        """Read all editions or raise all problems."""
        entries = self._mapping((), self.located.data, ("editions",)).get("editions")
        if not entries and not self.problems:
            self._problem((), "", "lists no editions", "add 'editions:' with at least one edition")
        found = [
            self._edition(name, value)
            for name, value in self._mapping(("editions",), entries).items()
        ]
        if self.problems:
            raise PlanError(sorted(dict.fromkeys(self.problems)))
        return tuple(edition for edition in found if edition)

    def _problem(self, keys: Keys, value: Any, rule: str, remedy: str) -> None:
        line = self.located.lines.get(keys, 0)
        text = "" if value is None else str(value)
        self.problems.append(Problem(self.file, line, ".".join(map(str, keys)), text, rule, remedy))

    def _mapping(self, keys: Keys, value: Any, allowed: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return a mapping with its unknown keys reported; anything else is empty."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._problem(keys, value, "is no mapping", "write 'name: value' lines below it")
            return {}
        for key in value:
            if allowed and key not in allowed:
                self._problem((*keys, key), None, "is an unknown key", nearest(key, allowed))
        return value

    def _edition(self, name: str, value: Any) -> Edition | None:
        keys = ("editions", name)
        if not SLUG.fullmatch(name) or len(name) > 80 or name in RESERVED:
            remedy = "use a-z, 0-9 and single hyphens, at most 80, not 'index' or 'manifest'"
            self._problem(keys, name, "is no name for an edition", remedy)
        entry = self._mapping(keys, value, KEYS)
        notebook, interface = self._notebook((*keys, "notebook"), entry.get("notebook"))
        given = self._parameters((*keys, "parameters"), entry.get("parameters"), interface)
        cadence = self._cadence((*keys, "cadence"), entry.get("cadence"))
        title = entry.get("title", name.replace("-", " ").capitalize())
        if not isinstance(title, str) or not title.strip():
            self._problem((*keys, "title"), title, "is no title", "write a few words, in quotes")
        if interface is None:
            return None
        accepts, question = interface.parameters, interface.question
        return Edition(name, notebook, str(title), question, given, accepts, cadence)

    def _notebook(self, keys: Keys, value: Any) -> tuple[str, Interface | None]:
        """Find the notebook and read what it accepts, once per notebook."""
        keys = keys if keys in self.located.lines else keys[:-1]
        if not isinstance(value, str) or not NOTEBOOK.fullmatch(value):
            remedy = "write its file name without folder and ending, such as 01_overview"
            self._problem(keys, value, "names no notebook", remedy)
            return "", None
        path = self.project.notebooks / f"{value}.ipynb"
        if not path.is_file():
            known = sorted(file.stem for file in self.project.notebooks.glob("*.ipynb"))
            self._problem(keys, value, "is missing in notebooks/", nearest(value, known))
            return value, None
        if value not in self.interfaces:
            interface = read_interface(path, self.project.name_of(path))
            self.interfaces[value] = interface
            self.problems += interface.problems
        return value, self.interfaces[value]

    def _parameters(self, keys: Keys, value: Any, interface: Interface | None) -> dict[str, Any]:
        """Check the parameters an edition sets against the notebook's cell."""
        given = self._mapping(keys, value)
        if interface is None or interface.problems:
            return given
        for name, setting in given.items():
            parameter = interface.parameters.get(name)
            if parameter is None:
                rule = "is no parameter of the notebook"
                self._problem((*keys, name), setting, rule, nearest(name, interface.parameters))
            elif fault := parameter.fault(setting):
                remedy = f"write a {parameter.type_name} such as {parameter.default!r}"
                self._problem((*keys, name), setting, fault, remedy)
        start, end = given.get("start"), given.get("end")
        if is_day(start) and is_day(end) and str(start) > str(end):
            self._problem((*keys, "start"), start, f"is after the end, {end}", "swap the two")
        return given

    def _cadence(self, keys: Keys, value: Any) -> str:
        """Check a cron expression; only the five classic fields mean the same everywhere."""
        keys = keys if keys in self.located.lines else keys[:-1]
        fields = value.split() if isinstance(value, str) else []
        plain = len(fields) == 5 and all(CRON.fullmatch(field) for field in fields)
        if not plain or not croniter.is_valid(value):
            remedy = 'write minute, hour, day, month, weekday in UTC, such as "0 6 * * 1"'
            self._problem(keys, value, "is no cron expression of five fields", remedy)
        return str(value)
