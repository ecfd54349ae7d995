"""The version of the package, as installed."""

from importlib import metadata

NAME = "karabakh-ledger"


def version() -> str:
    """Return the installed version, or ``unknown`` when run from a bare source folder."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "unknown"
