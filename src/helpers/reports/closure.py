"""The code behind a page: what its notebook imports, and what makes a page of it."""

import re
from pathlib import Path

from helpers.data.modules import current_modules, package_folder, short_digest

MAKERS = ("helpers.reports.perform", "helpers.reports.render")
TEMPLATE = "reports/template"
# The index and what is around it are written anew by every run and are no part of a page.
SITE_ONLY = "site"
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


def code_hashes(notebook_source: str, root: Path | None = None) -> dict[str, str]:
    """Return the hashes of all code that a page depends on.

    Parameters
    ----------
    notebook_source : str
        The notebook's code cells, one below the other. Lines with IPython's magics are left out.
    root : Path, optional
        Folder of the package; by default that of the package now running.

    Returns
    -------
    dict of str to str
        Path within the package, such as ``charts/trend.py``, to short hash: the modules that the
        notebook needs (see `needs`), and those that execute it and lay out its page.
    """
    modules = current_modules(root)
    needed = modules.needed_by(_MAGIC.sub("", notebook_source))
    return modules.hashes(needed | modules.closure(*MAKERS))


def needs(notebook_source: str, module: str, root: Path | None = None) -> bool:
    """Whether a notebook depends on a module, directly or through others.

    Parameters
    ----------
    notebook_source : str
        As for `code_hashes`.
    module : str
        Dotted name, such as ``helpers.data.load``.
    root : Path, optional
        As for `code_hashes`.

    Returns
    -------
    bool
    """
    return module in current_modules(root).needed_by(_MAGIC.sub("", notebook_source))


def template_hashes(root: Path | None = None) -> dict[str, str]:
    """Return the short hash of every file that pages are laid out with.

    Parameters
    ----------
    root : Path, optional
        As for `code_hashes`.

    Returns
    -------
    dict of str to str
        By file name.
    """
    folder = (root or package_folder()) / TEMPLATE
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): short_digest(path.read_bytes())
        for path in paths
        if not path.name.startswith(SITE_ONLY)
    }
