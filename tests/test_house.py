"""The house: what is declared twice agrees, what documents show exists, nothing local slips in."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.cli import app

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CORE = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEV = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["dev"]]
EXTRAS = [
    Requirement(line)
    for name, lines in PROJECT["project"]["optional-dependencies"].items()
    for line in lines
    if name != "dev"
]
BUILD = [Requirement(line) for line in PROJECT["build-system"]["requires"]]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("data/*/*.md")])

# conda-forge's names where they differ; the -base and -core packages leave out GUI and TeX parts.
CONDA_NAMES = {
    "dask": "dask-core",
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "pandera": "pandera-pandas",
    "playwright": "playwright-python",
    "prometheus-client": "prometheus_client",
    "seaborn": "seaborn-base",
}
IMPORT_NAMES = {"pyyaml": "yaml", "pyzmq": "zmq", "beautifulsoup4": "bs4"}
# Needed without being imported: each is a command, a kernel, or what a notebook displays.
NOT_IMPORTED = {
    "jupyterlab": "make lab",
    "pyarrow": "pandas' engine for Parquet",
    "seaborn": "analysts' own charts in JupyterLab",
}


def committed() -> list[Path]:
    """Files that git holds or would take."""
    listed = subprocess.run(
        [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return sorted(path for path in paths if path.is_file())


def pins(name: str) -> dict[str, str]:
    """Pinned version by package, of one requirements file."""
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]+\])?==([^ ;\\]+)", text)
    return {canonicalize_name(package): version for package, version in found}


def code_of(path: Path) -> Iterator[str]:
    """Shell lines and code spans of a Markdown file."""
    text = path.read_text("utf-8")
    for block in re.findall(r"(?s)```console\n(.*?)```", text):
        yield from (line.partition("#")[0].strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"(?s)```.*?```", "", text))


def shown(program: str) -> list[tuple[str, list[str]]]:
    """Every use of a program in the documents: where, and its words."""
    return [
        (path.name, line.split()[1:])
        for path in DOCUMENTS
        for line in code_of(path)
        if re.match(rf"{program} [a-z-]", line)
    ]


def third_party(folder: Path) -> set[str]:
    """Top-level names that the code under a folder imports, without Python's own and ours."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {"helpers"}


def import_name(requirement: Requirement) -> str:
    return IMPORT_NAMES.get(requirement.name, requirement.name.replace("-", "_"))


def test_conda_environment_equals_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    plain = [line for line in environment["dependencies"] if isinstance(line, str)]
    listed = {Requirement(line).name: Requirement(line).specifier for line in plain}
    wanted = {CONDA_NAMES.get(r.name, r.name): r.specifier for r in [*CORE, *DEV, *BUILD]}
    wanted["python"] = Requirement("python" + PROJECT["project"]["requires-python"]).specifier
    wanted["pip"] = Requirement("pip").specifier
    assert listed == wanted
    assert environment["dependencies"][-1] == {"pip": ["--editable ."]}
    assert environment["name"] == PROJECT["project"]["name"]


def test_conda_name_map_has_no_stale_entry() -> None:
    assert set(CONDA_NAMES) <= {requirement.name for requirement in [*CORE, *DEV]}


def test_pinned_requirements_hold_everything_declared() -> None:
    core, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    for requirement in [*CORE, *BUILD]:
        assert requirement.specifier.contains(core[requirement.name]), requirement
    for requirement in DEV:
        assert requirement.specifier.contains(dev[requirement.name]), requirement
    assert core.items() <= dev.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert len(entries) == len(pins(name))
    assert [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert "://" not in text
    assert re.findall(r"(?m)^--?[a-z].*", text) == []


def test_the_tests_run_with_every_extra() -> None:
    assert {str(item) for item in EXTRAS} <= {str(item) for item in DEV}


def test_build_needs_are_pinned_with_the_rest() -> None:
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def test_every_import_is_declared() -> None:
    assert third_party(ROOT / "src") <= {import_name(item) for item in [*CORE, *EXTRAS]}
    declared = {import_name(requirement) for requirement in [*CORE, *DEV]}
    # packaging comes with pytest, IPython with ipykernel, isoduration with nbformat's jsonschema;
    # the rest are modules that tests share.
    shared = {path.stem for path in (ROOT / "tests").rglob("*.py")}
    assert (
        third_party(ROOT / "tests") <= declared | {"packaging", "IPython", "isoduration"} | shared
    )


def test_every_core_dependency_is_used() -> None:
    notebooks = "".join(p.read_text("utf-8") for p in (ROOT / "notebooks").glob("*.ipynb"))
    used = third_party(ROOT / "src") | set(re.findall(r"import (\w+)|from (\w+)", notebooks))
    idle = {r.name for r in CORE if import_name(r) not in used}
    assert idle == set(NOT_IMPORTED)


def test_versions_agree() -> None:
    version = PROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    releases = re.findall(r"(?m)^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert citation["version"] == version
    assert releases[0] in (version, "Unreleased")
    assert version in releases


def test_citation_is_complete() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["license"][0] == PROJECT["project"]["license"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", citation["date-released"])


def test_make_targets_shown_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):(?!=)", makefile))
    phony = set(re.search(r"(?m)^\.PHONY: (.*)$", makefile)[1].split())  # type: ignore[index]
    assert phony == targets
    uses = shown("make")
    assert {"reports", "test", "lab", "lint", "check", "clean", "pins"} <= {w[0] for _, w in uses}
    assert [use for use in uses if use[1][0] not in targets] == []
    headed = set(re.findall(r"\bmake ([a-z]+)  ", makefile))
    assert headed == targets


def test_commands_and_options_shown_exist() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    uses = shown("karabakh")
    assert {"check", "build", "report", "list"} <= {words[0] for _, words in uses}
    for where, (name, *words) in uses:
        assert name in commands, f"{where}: karabakh {name}"
        known = {option for item in commands[name].params for option in item.opts}
        unknown = {word for word in words if word.startswith("-")} - known
        assert not unknown, f"{where}: karabakh {name} {unknown}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_and_paths_in_documents_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    local = [link for link in links if not re.match(r"https?://|mailto:", link)]
    assert [link for link in local if not (path.parent / link).exists()] == []
    # In code spans, what looks like a path of this project is one, or is made by a command.
    made = ("data/processed/", "reports/", ".venv")
    paths = [
        s for s in code_of(path) if re.fullmatch(r"(data|docs|src|tests|notebooks)/[\w./-]*", s)
    ]
    assert [p for p in paths if not p.startswith(made) and not (ROOT / p).exists()] == []


def test_hooks_run_from_the_projects_own_environment() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)
    # The same options as make lint, or one would undo what the other asks for.
    strip = next(hook["entry"] for hook in hooks if hook["id"] == "nbstripout")
    options = strip.removeprefix(".venv/bin/nbstripout ")
    assert f"nbstripout --verify {options} " in (ROOT / "Makefile").read_text("utf-8")


def test_ci_script_is_sound_and_executable() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text("utf-8")
    assert "set -euo pipefail" in text
    assert [name for name in ("make lint", "make test", "reports") if name not in text] == []


def test_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        copy(ROOT / name, tmp_path)
    copytree(ROOT / "src/helpers", tmp_path / "src/helpers")
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "out", "."]
    subprocess.run([sys.executable, "-m", "pip", *build], cwd=tmp_path, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("out/*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("helpers/")}
    files = (path for path in (ROOT / "src/helpers").rglob("*") if path.is_file())
    wanted = {path.relative_to(ROOT / "src").as_posix() for path in files}
    assert packed == {name for name in wanted if "__pycache__" not in name}


# Written in pieces, so that this file does not name what it looks for.
REGISTRIES = re.compile(
    r"(?i)\b(" + r"pypi\.(org|io)|python" + r"hosted\.org|registry\.npm|npm" + r"js\.(org|com)|"
    r"deb\.deb" + r"ian\.org|snapshot\.deb" + r"ian\.org|ana" + r"conda\.(org|com))"
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.:/%~-])/(?:work|root|home|Users|tmp/w|opt/(?:pypi|wheels))/[\w.]"
)


def local_traces(text: str) -> list[str]:
    """Registry hosts and paths of somebody's machine in a text."""
    return [found.group() for rule in (REGISTRIES, MACHINE_PATHS) for found in rule.finditer(text)]


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    problems = {}
    for path in committed():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if traces := local_traces(text):
            problems[path.relative_to(ROOT).as_posix()] = traces[:3]
    assert problems == {}


def test_traces_are_recognised() -> None:
    for trace in ("https://py" + "pi.org/simple", "files.python" + "hosted.org", "npm" + "js.com"):
        assert local_traces(f"see {trace}"), trace
    for folder in ("work", "root", "home", "Users", "opt/wheels"):
        assert local_traces(f"open('/{folder}/a.csv')"), folder
    assert local_traces("in " + "/tmp/w" + "/v") != []
    assert local_traces("https://example.org/home/news /work is a word, src/root/x") == []


def test_committed_text_has_unix_line_ends_and_no_byte_order_mark() -> None:
    binary = {".png", ".parquet"}
    texts = [path for path in committed() if path.suffix not in binary]
    assert len(texts) > 20
    assert [path.name for path in texts if b"\r" in path.read_bytes()] == []
    assert [path.name for path in texts if path.read_bytes().startswith(b"\xef\xbb\xbf")] == []
    unfinished = [path.name for path in texts if not (path.read_bytes() or b"\n").endswith(b"\n")]
    assert unfinished == []


def test_no_committed_file_is_made_or_private() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in committed()]
    made = (
        r"(^|/)(uv\.lock|\.env|.*\.pyc|.*\.egg-info/.*)$|^reports/|^data/processed/(?!README\.md$)"
    )
    assert [name for name in names if re.search(made, name)] == []
