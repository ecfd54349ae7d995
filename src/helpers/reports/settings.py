"""The values that the plan gives to parameters, one by one or as lists to sweep over."""

import math
from datetime import date
from typing import Any, NamedTuple

from helpers.reports.days import FORMS, is_relative, resolve_day
from helpers.reports.editions import Edition, nearest
from helpers.reports.keep import Keep
from helpers.reports.located import Keys, Located
from helpers.reports.parameters import Interface, Parameter, is_day

MOST = 200
# What may stand below `keep`, and the least that each may be.
KEEP = {"last": 1, "monthly": 0}
KEEP_REMEDY = "write {last: 30}, or {last: 30, monthly: 24}"
ALERTS_REMEDY = "write {change: 10} for ten per cent, or {change: off}"


class Setting(NamedTuple):
    """What a parameter is set to.

    Attributes
    ----------
    written : Any
        As it stands in the plan.
    value : Any
        What that means in this run: a relative day is resolved.
    """

    written: Any
    value: Any


class Settings:
    """Reads settings and notes what is wrong with them.

    Parameters
    ----------
    located : Located
        The plan; problems are noted there.
    today : date
        What relative days count from.
    """

    def __init__(self, located: Located, today: date) -> None:
        self.located, self.today = located, today

    def fixed(self, keys: Keys, value: Any, interface: Interface | None) -> dict[str, Setting]:
        """Read one value for each parameter.

        Parameters
        ----------
        keys : tuple
            Path of the mapping ``parameters``.
        value : Any
            What is written there.
        interface : Interface or None
            What the notebook accepts; None when nobody knows, and nothing is checked.

        Returns
        -------
        dict of str to Setting
        """
        given = self.located.mapping(keys, value)
        if interface is None or interface.problems:
            return {name: Setting(item, item) for name, item in given.items()}
        return {
            name: self._setting((*keys, name), item, parameter)
            for name, item in given.items()
            if (parameter := self._parameter((*keys, name), item, interface))
        }

    def swept(
        self, keys: Keys, value: Any, interface: Interface | None
    ) -> dict[str, list[Setting]]:
        """Read the values that each parameter runs through.

        Parameters
        ----------
        keys : tuple
            Path of the mapping ``matrix``, which is there.
        value : Any
            What is written there.
        interface : Interface or None
            As for `fixed`.

        Returns
        -------
        dict of str to list of Setting
            Empty when there are problems.
        """
        lists, found = self.located.mapping(keys, value), {}
        if value is None or value == {}:
            remedy = "name a parameter with a list of values below it, or remove it"
            self.located.problem(keys, None, "sweeps over nothing", remedy)
        for name, values in lists.items():
            place = (*keys, name)
            if not isinstance(values, list) or not values:
                remedy = "write its values as [first, second]"
                self.located.problem(place, values, "is no list of values", remedy)
            elif interface and (parameter := self._parameter(place, None, interface)):
                found[name] = [
                    self._setting((*place, i), item, parameter) for i, item in enumerate(values)
                ]
        count = math.prod(len(values) for values in found.values())
        if count > MOST:
            rule = f"makes {count:,} editions, more than {MOST}"
            self.located.problem(keys, None, rule, "sweep over fewer values, or in several entries")
            return {}
        return found

    def check_period(self, keys: Keys, edition: Edition) -> None:
        """Note a start after the end, once relative days are resolved.

        Parameters
        ----------
        keys : tuple
            Path of the plan's entry.
        edition : Edition
            A notebook's own period is not the plan's fault and passes.
        """
        start, end = (edition.parameters.get(name) for name in ("start", "end"))
        if not (is_day(start) and is_day(end) and str(start) > str(end)):
            return
        for name, value, rule in (
            ("start", start, f"is after the end, {end}"),
            ("end", end, f"is before the start, {start}"),
        ):
            if name in edition.given:
                places = [(*keys, part, name) for part in ("parameters", "matrix")]
                place = next(place for place in places if place in self.located.lines)
                self.located.problem(place, value, rule, "begin earlier or end later")
                return

    def _parameter(self, keys: Keys, value: Any, interface: Interface) -> Parameter | None:
        """Find the parameter that the last of the keys names."""
        name = str(keys[-1])
        if name not in interface.parameters and not interface.problems:
            rule = "is no parameter of the notebook"
            self.located.problem(keys, value, rule, nearest(name, interface.parameters))
        return interface.parameters.get(name)

    def _setting(self, keys: Keys, written: Any, parameter: Parameter) -> Setting:
        """Check one value, and resolve it where it is a relative day."""
        remedy = f"write a {parameter.type_name} such as {parameter.default!r}"
        if parameter.holds_day:
            remedy = f"write {FORMS}"
        if parameter.holds_day and is_relative(written):
            try:
                return Setting(written, resolve_day(written, self.today))
            except ValueError as error:
                self.located.problem(keys, written, str(error), remedy)
        elif fault := parameter.fault(written):
            self.located.problem(keys, written, fault, remedy)
        return Setting(written, written)


def read_keep(located: Located, keys: Keys, value: Any) -> Keep | None:
    """Read a rule of the plan.

    Parameters
    ----------
    located : Located
        The plan; problems are noted there.
    keys : tuple
        Path of the entry ``keep``.
    value : Any
        What is written there.

    Returns
    -------
    Keep or None
        None when it breaks rules.
    """
    entry = _rules(located, keys, value, tuple(KEEP), KEEP_REMEDY)
    if entry is None:
        return None
    wrong = [name for name in KEEP if name in entry and not _is_count(entry[name], KEEP[name])]
    for name in wrong:
        rule = f"is no whole number from {KEEP[name]} on"
        located.problem((*keys, name), entry[name], rule, KEEP_REMEDY)
    if "last" not in entry:
        located.problem(keys, None, "does not say how many of the last are kept", KEEP_REMEDY)
        return None
    return None if wrong else Keep(entry["last"], entry.get("monthly", 0))


def read_alert_change(located: Located, keys: Keys, value: Any) -> float | None:
    """Read by how many per cent a key figure must change for somebody to be told.

    Parameters
    ----------
    located : Located
        The plan; problems are noted there.
    keys : tuple
        Path of the entry ``alerts``.
    value : Any
        What is written there.

    Returns
    -------
    float or None
        None when it is off, or breaks rules.
    """
    entry = _rules(located, keys, value, ("change",), ALERTS_REMEDY)
    if entry is None:
        return None
    if "change" not in entry:
        located.problem(keys, None, "does not say from which change on", ALERTS_REMEDY)
        return None
    change = entry["change"]
    if change is False or change == "off":  # YAML takes a plain `off` for false
        return None
    if isinstance(change, bool) or not isinstance(change, int | float) or not 0 < change < math.inf:
        located.problem((*keys, "change"), change, "is no number above 0", ALERTS_REMEDY)
        return None
    return float(change)


def _rules(
    located: Located, keys: Keys, value: Any, allowed: tuple[str, ...], remedy: str
) -> dict[str, Any] | None:
    """Return the rules below a key; None when there is no mapping, which is noted."""
    entry = located.mapping(keys, value, allowed)
    if value is None:
        located.problem(keys, None, "says nothing", remedy)
    return entry if isinstance(value, dict) else None


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
