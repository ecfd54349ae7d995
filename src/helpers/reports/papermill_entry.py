"""What papermill finds under the name "karabakh"."""

from typing import Any


class LazyEngine:
    """Stands for the engine until it is used.

    Papermill loads every registered engine while it is itself being imported; the engine imports
    papermill, and one of the two would find the other half made.
    """

    def __getattr__(self, name: str) -> Any:
        from helpers.reports.engine import Engine

        return getattr(Engine, name)


ENGINE = LazyEngine()
