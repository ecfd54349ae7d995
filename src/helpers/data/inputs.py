"""What built tables are made from: the raw files and the code, each by its hash.

Imports nothing heavy, so that a run with nothing to do need not wait for pandas.
"""

import hashlib
from importlib import metadata

from helpers.data.modules import current_modules
from helpers.data.project import Project

BOUNDARIES = "boundaries.geojson"
DESCRIPTOR = "datapackage.json"
CODEBOOK = "codebook.md"
LIBRARIES = ("pandas", "pandera", "pyarrow")


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content as the descriptor writes it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def raw_hashes(project: Project) -> dict[str, str]:
    """Return the hash of every raw CSV and of the outlines of countries, by file name.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to str
    """
    paths = sorted([*project.raw.glob("*.csv"), *project.raw.glob(BOUNDARIES)])
    return {path.name: digest(path.read_bytes()) for path in paths}


def built_with() -> dict[str, str]:
    """Return the hash of the code that builds, and the versions of what it builds with.

    Returns
    -------
    dict of str to str
        `code` stands for every module that `helpers.data.build` depends on.
    """
    modules = current_modules()
    files = modules.hashes(modules.closure("helpers.data.build"))
    lines = "".join(f"{content} {name}\n" for name, content in files.items())
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"code": digest(lines.encode()), **versions}
