"""The tables an explorer works on, read once for each state of knowledge and form of names."""

from collections import OrderedDict
from functools import cached_property

import pandas as pd

from helpers.data.load import load
from helpers.data.names import place_names
from helpers.data.project import Project
from helpers.data.vocabulary import STATUSES, UNITS

# A slider passes over dozens of days; the ones visited last are worth keeping.
_KEPT = 24
_NAMED = ("places", "parties", "events")


class Ledger:
    """Reads tables and keeps the frames used last.

    Parameters
    ----------
    project : Project, optional
        The project found from the current folder by default.
    """

    def __init__(self, project: Project | None = None) -> None:
        self._project = project
        self._claims: OrderedDict[tuple[str, str, str], pd.DataFrame] = OrderedDict()
        self._words: dict[str, dict[str, str]] = {}

    def claims(self, table: str, *, as_of: str = "", names: str = "both") -> pd.DataFrame:
        """Return the claims of a table as known on a day.

        Parameters
        ----------
        table : str
            A claim table.
        as_of : str
            Only what had been published by this day, YYYY-MM-DD; empty means all.
        names : str
            Form of place names.

        Returns
        -------
        DataFrame
            Not to be changed: others get the same one.

        Raises
        ------
        ParameterError
            Unknown table or form, or a date that is none.
        """
        key = (table, as_of, names)
        if key not in self._claims:
            self._claims[key] = load(table, as_of=as_of, names=names, project=self._project).frame
            if len(self._claims) > _KEPT:
                self._claims.popitem(last=False)
        self._claims.move_to_end(key)
        return self._claims[key]

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The table of sources; which of them may be cited follows from the claims shown."""
        return self._frame("sources")

    def words(self, names: str = "both") -> dict[str, str]:
        """Return what the words in the key of a series mean.

        Parameters
        ----------
        names : str
            Form of place names.

        Returns
        -------
        dict of str to str
            Names of places, parties and events, labels of statuses and units.
        """
        if names not in self._words:
            places, parties, events = (self._frame(name) for name in _NAMED)
            named = [
                events.set_index("event_id")["title"],
                place_names(places, names),
                parties.set_index("party_id")["name"],
            ]
            words = {str(key): str(name) for part in named for key, name in part.items()}
            self._words[names] = words | STATUSES | UNITS
        return self._words[names]

    def _frame(self, table: str) -> pd.DataFrame:
        return load(table, project=self._project).frame
