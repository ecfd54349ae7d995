"""Import papermill and nbconvert without what they try and can do without."""

import importlib
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# Each of these is imported inside `try: … except ImportError`, and none of it is needed here:
# jsonschema's check of IRIs builds a grammar (1.3 s) and its check of durations loads arrow, and no
# notebook's schema asks for either; papermill could read notebooks from HDFS with pyarrow.
OPTIONAL = frozenset({"rfc3987_syntax", "isoduration", "pyarrow", "pyarrow.fs"})
TOOLS = ("papermill", "nbclient", "nbconvert.exporters", "nbconvert.filters")


class _Refusal(MetaPathFinder):
    """Says that optional modules are not there, to one thread."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse an optional module, and leave every other to the usual finders."""
        if fullname in OPTIONAL and threading.get_ident() == self.thread:
            raise ModuleNotFoundError(f"{fullname} is left out on purpose", name=fullname)
        return None


@contextmanager
def without_optional() -> Iterator[None]:
    """Let imports in this block do without `OPTIONAL`.

    Only for this thread and only within the block: no mark stays behind, modules that are loaded
    already stay, and whoever imports one of them later or elsewhere gets it. What was imported
    within the block keeps to what it found: jsonschema doesn't check the formats `iri`,
    `iri-reference` and `duration` in this process.
    """
    refusal = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(refusal)


def load_tools() -> None:
    """Import what running and rendering notebooks needs, in a third of the usual time.

    A thread may do this early, while others wait for something else.
    """
    with without_optional():
        for name in TOOLS:
            importlib.import_module(name)
