"""Which modules of this package a piece of code depends on, read from syntax trees alone.

Nothing is imported. Names are followed through packages whose ``__init__`` only re-exports: code
that takes one chart from ``helpers.charts`` depends on that chart's module, not on every other.
"""

import ast
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PACKAGE = "helpers"
# Enough to tell two versions of one file apart, short enough to be kept once per edition.
DIGITS = 16
Import = tuple[str, str]
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True)
class _Code:
    """What one file imports.

    Attributes
    ----------
    imports : tuple of (module, name)
        `name` is empty where a whole module is imported.
    exports : mapping of str to (module, name), or None
        What each name stands for in a file that does nothing but import; None for any other file.
    """

    imports: tuple[Import, ...]
    exports: Mapping[str, Import] | None


class Modules:
    """The files of the package as they are now; each is read once.

    Parameters
    ----------
    root : Path, optional
        Folder of the package; by default that of the package now running.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or package_folder()
        self._files: dict[str, tuple[Path, bytes] | None] = {}
        self._targets: dict[str, set[str]] = {}
        self._hashes: dict[str, str] = {}

    def needed_by(self, code: str) -> set[str]:
        """Return the modules that code outside the package depends on.

        Parameters
        ----------
        code : str
            Python, in which ``await`` may stand outside functions as in a notebook.

        Returns
        -------
        set of str
            Dotted names. Code that cannot be parsed is taken to depend on everything.
        """
        try:
            return self._follow(_parse(code, "").imports)
        except (SyntaxError, ValueError):
            return self._everything()

    def closure(self, *modules: str) -> set[str]:
        """Return modules and all that they depend on, directly or through others."""
        return self._follow([(module, "") for module in modules])

    def hashes(self, modules: Iterable[str]) -> dict[str, str]:
        """Return the short hash of each module's file, by its path within the package."""
        found = {}
        for module in sorted(modules):
            if file := self._file(module):
                path, content = file
                if module not in self._hashes:
                    self._hashes[module] = short_digest(content)
                found[path.relative_to(self.root).as_posix()] = self._hashes[module]
        return found

    def _follow(self, imports: Iterable[Import]) -> set[str]:
        found: set[str] = set()
        waiting = [module for item in imports for module in self._resolve(*item)]
        while waiting:
            module = waiting.pop()
            if module not in found and self._file(module):
                found.add(module)
                waiting += self._direct(module)
        return found

    def _direct(self, module: str) -> set[str]:
        """Return what a module imports itself, and the packages that run before it does."""
        if module not in self._targets:
            found = set(self._busy_parents(module))
            try:
                for item in self._code(module).imports:
                    found |= self._resolve(*item)
            except (SyntaxError, ValueError):
                pass  # depends on no other until it is mended, and its own hash tells of that
            self._targets[module] = found
        return self._targets[module]

    def _resolve(self, module: str, name: str, seen: frozenset[Import] = frozenset()) -> set[str]:
        """Return the modules behind one import."""
        if module.partition(".")[0] != PACKAGE:
            return set()
        inside = f"{module}.{name}"
        if not name or not self._is_package(module):
            return {module}
        exports = self._exports(module)
        if exports is not None and name in exports and (module, name) not in seen:
            return self._resolve(*exports[name], seen | {(module, name)})
        if self._file(inside):
            return {inside} if exports is not None else {inside, module}
        return {module}

    def _busy_parents(self, module: str) -> Iterator[str]:
        """List packages above a module whose ``__init__`` does more than re-export."""
        while module := module.rpartition(".")[0]:
            if self._file(module) and self._exports(module) is None:
                yield module

    def _exports(self, package: str) -> Mapping[str, Import] | None:
        try:
            return self._code(package).exports
        except (SyntaxError, ValueError):
            return None

    def _code(self, module: str) -> _Code:
        file = self._file(module)
        assert file is not None
        package = module if self._is_package(module) else module.rpartition(".")[0]
        return _parse(file[1].decode("utf-8"), package)

    def _is_package(self, module: str) -> bool:
        file = self._file(module)
        return file is not None and file[0].name == "__init__.py"

    def _file(self, module: str) -> tuple[Path, bytes] | None:
        if module not in self._files:
            base = self.root.joinpath(*module.split(".")[1:])
            own, single = base / "__init__.py", base.with_name(f"{base.name}.py")
            path = next((path for path in (own, single) if path.is_file()), None)
            # A folder without an __init__ is a package all the same: one that holds nothing.
            bare = (own, b"") if base.is_dir() else None
            self._files[module] = (path, path.read_bytes()) if path else bare
        return self._files[module]

    def _everything(self) -> set[str]:
        paths = [path.relative_to(self.root).with_suffix("") for path in self.root.rglob("*.py")]
        return {".".join((PACKAGE, *path.parts)).removesuffix(".__init__") for path in paths}


def package_folder() -> Path:
    """Return the folder of the package now running."""
    return Path(sys.modules[PACKAGE].__path__[0])


def current_modules(root: Path | None = None) -> Modules:
    """Return the package as it lies on disk, read again only after a file changed.

    Parameters
    ----------
    root : Path, optional
        As for `Modules`.

    Returns
    -------
    Modules
    """
    root = root or package_folder()
    return _modules(root, tuple(sorted(_marks(str(root)))))


@lru_cache(maxsize=2)
def _modules(root: Path, _marks: tuple[tuple[str, int, int], ...]) -> Modules:
    return Modules(root)


def _marks(folder: str) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of every Python file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _marks(entry.path)
            elif entry.name.endswith(".py"):
                stat = entry.stat()
                yield entry.path, stat.st_mtime_ns, stat.st_size


def short_digest(content: bytes) -> str:
    """Return the beginning of a file's SHA-256: enough to notice that it changed."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


@lru_cache(maxsize=1024)
def _parse(code: str, package: str) -> _Code:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(code, "<code>", "exec", flags=flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    found = [
        (name, item) for node in _statements(tree.body) for name, item in _imported(node, package)
    ]
    plain = all(_only_exports(node) for node in tree.body)
    exports = dict(found) if plain and "*" not in dict(found) else None
    return _Code(tuple(item for _, item in found), exports)


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk all statements, but not into what only a type checker reads."""
    for node in body:
        yield node
        # Imports are statements: leaving out the far more numerous expressions saves the time.
        typing = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for part in ("orelse",) if typing else _BODIES:
            yield from _statements(getattr(node, part, ()))


def _imported(node: ast.AST, package: str) -> Iterator[tuple[str, Import]]:
    """Names that a statement binds, each with the module and the name it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name, (alias.name, "")
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")
        above = parents[: len(parents) - node.level + 1] if node.level else []
        module = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            yield alias.asname or alias.name, (module, alias.name.replace("*", ""))


def _only_exports(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Import | ast.ImportFrom)
