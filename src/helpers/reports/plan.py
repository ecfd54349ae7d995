"""The plan: which notebook becomes which edition, with which parameters, how often."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from helpers.data.errors import Problem, ReportError
from helpers.data.project import Project
from helpers.reports.cadence import fault_of
from helpers.reports.editions import Edition, nearest
from helpers.reports.keep import Keep
from helpers.reports.located import Keys, Located, read_located
from helpers.reports.parameters import Interface, read_interface
from helpers.reports.settings import Setting, Settings, read_alert_change, read_keep
from helpers.reports.sweep import combinations, edition_name, fill_title, placeholders

KEYS = ("notebook", "title", "parameters", "matrix", "cadence", "keep", "alerts")
LONGEST_NAME = 80
LONGEST_TITLE = 500
RESERVED = frozenset({"archive", "failed", "index", "manifest"})
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NOTEBOOK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


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


def read_plan(project: Project, *, now: datetime | None = None) -> tuple[Edition, ...]:
    """Read and check ``reports.yml`` and the notebooks it names.

    Parameters
    ----------
    project : Project
    now : datetime, optional
        Aware moment whose day in UTC is ``today``; the present by default.

    Returns
    -------
    tuple of Edition
        In the plan's order; a sweep's editions follow each other.

    Raises
    ------
    PlanError
        With every problem: YAML, keys, names, notebooks, parameters, cron expressions.
    """
    name = project.name_of(project.plan)
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    located = read_located(project.plan, name)
    return _Reader(project, located, Settings(located, today)).read()


class _Reader:
    """Turns the located values of the plan into editions, and collects what is wrong."""

    def __init__(self, project: Project, located: Located, settings: Settings) -> None:
        self.project, self.located, self.settings = project, located, settings
        self.interfaces: dict[str, Interface] = {}
        self.names: set[str] = set()
        self.keep: Keep | None = None
        self.alert_change: float | None = None

    def read(self) -> tuple[Edition, ...]:
        """Read all editions or raise all problems."""
        located = self.located
        whole = located.mapping((), located.data, ("editions", "keep", "alerts"))
        entries, self.keep = whole.get("editions"), self._keep((), whole, None)
        self.alert_change = self._alert_change((), whole, None)
        if not entries and not located.problems:
            located.problem(
                (), "", "lists no editions", "add 'editions:' with at least one edition"
            )
        named = located.mapping(("editions",), entries)
        self.names = set(named)
        found = [edition for name in named for edition in self._entry(name, named[name])]
        if located.problems:
            raise PlanError(sorted(dict.fromkeys(located.problems)))
        return tuple(found)

    def _entry(self, name: str, value: Any) -> list[Edition]:
        """Read one entry: an edition, or with a matrix one for each combination."""
        keys = ("editions", name)
        self._check_name(keys, name)
        entry = self.located.mapping(keys, value, KEYS)
        notebook, interface = self._notebook((*keys, "notebook"), entry.get("notebook"))
        cadence = self._cadence((*keys, "cadence"), entry.get("cadence"))
        title = self._title((*keys, "title"), entry, interface)
        fixed = self.settings.fixed((*keys, "parameters"), entry.get("parameters"), interface)
        sweep = [{}]
        if "matrix" in entry:
            sweep = self._sweep((*keys, "matrix"), entry["matrix"], fixed, interface)
        if interface is None:
            return []
        plain = Edition(
            name,
            notebook,
            title,
            interface.question,
            accepts=interface.parameters,
            cadence=cadence,
            keep=self._keep(keys, entry, self.keep),
            alert_change=self._alert_change(keys, entry, self.alert_change),
        )
        editions = [_with_settings(plain, fixed, combination) for combination in sweep]
        self._check_editions(keys, title, editions)
        return editions

    def _check_editions(self, keys: Keys, title: str, editions: list[Edition]) -> None:
        """Check what only the finished editions of an entry tell."""
        for edition in editions:
            self.settings.check_period(keys, edition)
            if edition.sweep:
                self._check_own_name(keys, edition)
        if title and len({edition.title for edition in editions}) < len(editions):
            rule = "does not tell the editions of the matrix apart"
            remedy = "write each of its parameters in braces, such as {scope}"
            self.located.problem((*keys, "title"), title, rule, remedy)

    def _keep(self, keys: Keys, entry: dict[str, Any], default: Keep | None) -> Keep | None:
        if "keep" not in entry:
            return default
        return read_keep(self.located, (*keys, "keep"), entry["keep"])

    def _alert_change(
        self, keys: Keys, entry: dict[str, Any], default: float | None
    ) -> float | None:
        if "alerts" not in entry:
            return default
        return read_alert_change(self.located, (*keys, "alerts"), entry["alerts"])

    def _check_name(self, keys: Keys, name: str) -> None:
        if not SLUG.fullmatch(name) or len(name) > LONGEST_NAME or name in RESERVED:
            reserved = ", ".join(sorted(RESERVED))
            remedy = f"use a-z, 0-9 and single hyphens, at most 80, none of {reserved}"
            self.located.problem(keys, name, "is no name for an edition", remedy)

    def _check_own_name(self, keys: Keys, edition: Edition) -> None:
        """Check the name that a combination of a matrix gives."""
        self._check_name((*keys, "matrix"), edition.name)
        if edition.name in self.names:
            remedy = "leave out a value, or rename the other edition"
            self.located.problem((*keys, "matrix"), edition.name, "is there twice", remedy)
        self.names.add(edition.name)

    def _title(self, keys: Keys, entry: dict[str, Any], interface: Interface | None) -> str:
        """Check the title; an edition without one gets it from its name."""
        title = entry.get("title", "")
        if "title" in entry and (not isinstance(title, str) or not title.strip()):
            self.located.problem(keys, title, "is no title", "write a few words, in quotes")
        if len(str(title)) > LONGEST_TITLE:
            rule = f"is longer than {LONGEST_TITLE} characters"
            self.located.problem(keys, title, rule, "say it in a few words")
        known = interface.parameters if interface else {}
        for name in placeholders(str(title)):
            if interface and not interface.problems and name not in known:
                rule = f"holds {{{name}}}, which is no parameter of the notebook"
                self.located.problem(keys, title, rule, nearest(name, known))
        return str(title)

    def _sweep(
        self, keys: Keys, value: Any, fixed: dict[str, Setting], interface: Interface | None
    ) -> list[dict[str, Setting]]:
        """Read a matrix into the combinations of its values."""
        swept = self.settings.swept(keys, value, interface)
        for name in set(swept) & set(fixed):
            remedy = "keep it in one of the two"
            self.located.problem((*keys, name), None, "is among the parameters too", remedy)
        return combinations(swept) if swept else []

    def _notebook(self, keys: Keys, value: Any) -> tuple[str, Interface | None]:
        """Find the notebook and read what it accepts, once per notebook."""
        keys = self.located.present(keys)
        if not isinstance(value, str) or not NOTEBOOK.fullmatch(value):
            remedy = "write its file name without folder and ending, such as 01_overview"
            self.located.problem(keys, value, "names no notebook", remedy)
            return "", None
        path = self.project.notebooks / f"{value}.ipynb"
        if not path.is_file():
            known = sorted(file.stem for file in self.project.notebooks.glob("*.ipynb"))
            self.located.problem(keys, value, "is missing in notebooks/", nearest(value, known))
            return value, None
        if value not in self.interfaces:
            interface = read_interface(path, self.project.name_of(path))
            self.interfaces[value] = interface
            self.located.problems += interface.problems
        return value, self.interfaces[value]

    def _cadence(self, keys: Keys, value: Any) -> str:
        """Check a cron expression; only the five classic fields mean the same everywhere."""
        keys = self.located.present(keys)
        if fault := fault_of(value):
            remedy = 'write minute, hour, day, month, weekday in UTC, such as "0 6 * * 1"'
            self.located.problem(keys, value, fault, remedy)
        return str(value)


def _with_settings(
    plain: Edition, fixed: dict[str, Setting], combination: dict[str, Setting]
) -> Edition:
    """Give an edition its settings, and where a matrix made it a name of its own."""
    settings, name = fixed | combination, edition_name(plain.name, combination)
    edition = replace(
        plain,
        name=name,
        given={key: item.value for key, item in settings.items()},
        written={key: item.written for key, item in settings.items()},
        sweep=plain.name if combination else "",
    )
    title = plain.title or name.replace("-", " ").capitalize()
    return replace(edition, title=fill_title(title, edition.parameters))
