"""What a measurement was made on; nothing that tells whose machine it is."""

import os
import platform
from importlib.metadata import version
from typing import Any

PACKAGES = (
    "papermill",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "jupyter-client",
    "jupyter-cache",
    "jupyterlab",
    "pandas",
    "matplotlib",
    "seaborn",
)


def describe_machine() -> dict[str, Any]:
    """Describe cores, memory, system, Python and the packages that matter.

    Returns
    -------
    dict
        Plain values for JSON.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": cores(),
        "memory_gb": round(memory / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def cores() -> int:
    """Return how many processors there are, as `karabakh report` and jupyter-cache count them."""
    return os.cpu_count() or 1
