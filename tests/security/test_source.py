"""What the source never does: revive objects from a file, run data as code, use a shell."""

import ast
import re
from collections.abc import Iterator

import pytest

from pages import ROOT

# Modules that make objects, and so run code, from bytes.
REVIVING = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
CALLS = re.compile(
    r"(^|\.)(read_pickle|to_pickle|read_hdf|loads_pickle|unsafe_load|unsafe_load_all|full_load)$"
    r"|^yaml\.(load|load_all|full_load_all)$"
    r"|^(eval|exec|compile|__import__|input)$"
    r"|^(np|numpy)\.(load|fromfile)$"
    r"|^os\.(system|popen|exec\w*|spawn\w*)$"
    r"|^importlib\.import_module$"
    r"|^tempfile\.mktemp$"
)
LOADERS = {"Loader", "UnsafeLoader", "FullLoader", "CLoader", "CUnsafeLoader", "CFullLoader"}
# A call that has a reason, by module and name.
MEANT = {
    # Load what runs and kernels will need, by fixed lists of our own.
    ("helpers/warm/preload.py", "importlib.import_module"),
    ("helpers/reports/lean.py", "importlib.import_module"),
    # Starts this very command again, without the addresses of alerts in its environment.
    ("helpers/schedule/secret.py", "os.execv"),
    # Compiles our own modules to compare their code, and runs none of it.
    ("helpers/data/modules.py", "compile"),
}


def faults(path: str, code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            whole = [alias.name for alias in node.names]
            names = whole if isinstance(node, ast.Import) else [node.module or "", *whole]
            for name in {name.split(".")[0] for name in names} & (REVIVING | LOADERS):
                yield f"{path}:{node.lineno} imports {name}"
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if CALLS.search(name) and (path, name) not in MEANT:
                yield f"{path}:{node.lineno} calls {name}"
            for word in node.keywords:
                given = ast.unparse(word.value)
                if (word.arg, given) in {("allow_pickle", "True"), ("shell", "True")}:
                    yield f"{path}:{node.lineno} says {word.arg}=True"
        elif isinstance(node, ast.Attribute) and node.attr in LOADERS:
            yield f"{path}:{node.lineno} names {node.attr}"


def sources() -> dict[str, str]:
    source = ROOT / "src"
    paths = sorted((source / "helpers").rglob("*.py"))
    return {path.relative_to(source).as_posix(): path.read_text("utf-8") for path in paths}


def test_nothing_is_revived_from_a_file_and_no_data_run_as_code():
    found = [fault for path, code in sources().items() for fault in faults(path, code)]
    assert found == []


def test_what_is_meant_is_still_there():
    code = sources()
    for path, name in MEANT:
        assert f"{name}(" in code[path] or name.rpartition(".")[2] in code[path]


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "def f():\n    from pickle import loads",
        "import marshal, json",
        "import joblib.numpy_pickle",
        "import shelve as s",
        "pd.read_pickle('a')",
        "frame.to_pickle('a')",
        "yaml.load(text, Loader=x)",
        "yaml.unsafe_load(text)",
        "loader = yaml.FullLoader",
        "from yaml import UnsafeLoader",
        "eval(text)",
        "exec(compile(text, 'a', 'exec'))",
        "np.load('a')",
        "read(path, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "__import__(name)",
        "tempfile.mktemp()",
    ],
)
def test_each_is_recognised(code):
    assert list(faults("helpers/x.py", code))


def test_what_is_harmless_passes():
    code = "import json, yaml\nyaml.safe_load(a)\nast.literal_eval(a)\nre.compile(a)\nshelf.load()"
    assert list(faults("helpers/x.py", code)) == []


def test_the_boundary_of_trust_is_documented():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    for word in (
        "KARABAKH_ALERTS",
        "tls://",
        "reports.yml",
        "pickle",
        "make audit",
        "not promised",
    ):
        assert word in text, word
    for name in ("README.md", "CONTRIBUTING.md", "docs/operations.md"):
        assert re.search(r"\]\((\.\./)?SECURITY\.md", (ROOT / name).read_text("utf-8")), name


def test_the_kubernetes_recipe_is_encrypted_throughout():
    import yaml

    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    blocks = re.findall(r"(?s)```yaml\n(.*?)```", text)
    manifests = [
        item for block in blocks if "apiVersion" in block for item in yaml.safe_load_all(block)
    ]
    kinds = sorted(item["kind"] for item in manifests)
    assert kinds == ["Deployment", "Deployment", "Service"]
    pods = [item["spec"]["template"]["spec"] for item in manifests if item["kind"] == "Deployment"]
    for pod in pods:
        (container,) = pod["containers"]
        command = " ".join(container["command"])
        assert "--protocol tls" in command or "tls://" in command
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        assert any("secret" in volume for volume in pod["volumes"])
    assert not re.search(r"tcp://(?!127\.0\.0\.1|localhost|`)", text)
