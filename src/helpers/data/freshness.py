"""Whether the built tables belong to the raw files and the code, found out without pandas."""

import json
from typing import TYPE_CHECKING, Any

from helpers.data.inputs import CODEBOOK, DESCRIPTOR, built_with, digest, raw_hashes
from helpers.data.project import Project

if TYPE_CHECKING:
    from helpers.data.build import BuildResult


def is_built(project: Project) -> bool:
    """Whether a build would change nothing.

    Parameters
    ----------
    project : Project

    Returns
    -------
    bool
        True when the descriptor names the raw files, the data code and the libraries as they are
        now, and every built file, the codebook too, is there as it was written.
    """
    package = _descriptor(project)
    files = {project.processed / name: told for name, told in table_hashes(project).items()}
    files[project.docs / CODEBOOK] = str(package.get("codebook"))
    return (
        package.get("built_from") == raw_hashes(project)
        and package.get("built_with") == built_with()
        and all(path.is_file() and digest(path.read_bytes()) == files[path] for path in files)
    )


def table_hashes(project: Project) -> dict[str, str]:
    """Return the hash of every built file, as the descriptor tells it.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to str
        File name in ``data/processed`` to hash; empty when nothing was built.
    """
    try:
        return {item["path"]: item["hash"] for item in _descriptor(project)["resources"]}
    except (KeyError, TypeError):
        return {}


def ensure_built(project: Project) -> "BuildResult | None":
    """Check and build the tables unless they are as a build would leave them.

    Parameters
    ----------
    project : Project

    Returns
    -------
    BuildResult or None
        What the build did; None when there was nothing to do, which takes no heavy import.

    Raises
    ------
    DataError
        The curated tables break rules; nothing is written.
    OSError
        A file could not be written.
    """
    if is_built(project):
        return None
    from helpers.data.build import build  # late: it costs a second, and here it is needed

    return build(project)


def _descriptor(project: Project) -> dict[str, Any]:
    """Read the descriptor; one that is missing or broken says nothing."""
    try:
        package = json.loads((project.processed / DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return package if isinstance(package, dict) else {}
