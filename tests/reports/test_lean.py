"""Optional modules are left out of an import, and out of nothing else."""

import subprocess
import sys
import threading

import pytest

from helpers.reports.lean import OPTIONAL, without_optional


def python(code: str) -> str:
    """Run code in a Python of its own, where nothing is imported yet."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


def test_the_tools_are_imported_without_what_they_can_do_without():
    code = """
        import sys
        from helpers.reports.lean import OPTIONAL, load_tools
        load_tools()
        assert not [finder for finder in sys.meta_path if "lean" in type(finder).__module__]
        assert not OPTIONAL & set(sys.modules), OPTIONAL & set(sys.modules)
        import papermill, nbclient, nbconvert, nbformat
        from jsonschema import FormatChecker
        # What remains of the checks of formats, and whoever comes later gets everything.
        checks = FormatChecker.checkers
        print(sorted({"date", "email", "iri", "duration"} & set(checks)))
        import pyarrow.fs, rfc3987_syntax, isoduration
        print(pyarrow.fs.LocalFileSystem(), rfc3987_syntax.is_valid_syntax("iri", "http://a/é"))
    """
    checks, late = python("\n".join(line.strip() for line in code.splitlines())).splitlines()
    assert checks == "['date', 'email']"
    assert late.startswith("<pyarrow._fs.LocalFileSystem")
    assert late.endswith("True")


def test_everything_is_loaded_where_it_was_loaded_before():
    code = "import rfc3987_syntax, pyarrow; from helpers.reports.lean import load_tools\n"
    code += "load_tools(); import jsonschema; print('iri' in jsonschema.FormatChecker.checkers)"
    assert python(code) == "True\n"


def test_other_threads_and_other_modules_are_let_be(monkeypatch):
    for name in ("isoduration", "colorsys"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    found = []

    def elsewhere() -> None:
        import isoduration

        found.append(isoduration.__name__)

    with without_optional():
        with pytest.raises(ModuleNotFoundError, match="left out on purpose"):
            import isoduration
        import colorsys

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert found == ["isoduration"]
    assert colorsys.__name__ == "colorsys"
    import isoduration

    assert isoduration.parse_duration("P1D")


def test_the_block_ends_with_an_error():
    before = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), without_optional():
        _ = 1 / 0
    assert sys.meta_path == before
    assert "rfc3987_syntax" in OPTIONAL
