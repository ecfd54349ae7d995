"""The generated descriptions against the files they describe."""

import hashlib
import json

import pandas as pd
import pytest
from frictionless import Package

from helpers.data.derived import derived_columns
from helpers.data.package import write_codebook
from helpers.data.schemas import COLUMNS, MODELS, REGISTERS

TYPES = {"string": "str", "number": "Float64", "date": "datetime64[us]"}


@pytest.fixture(scope="module")
def package(shipped):
    return json.loads((shipped.processed / "datapackage.json").read_text(encoding="utf-8"))


def test_every_table_is_described_as_csv_and_as_parquet(package):
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    paths = [item["path"] for item in package["resources"]]
    tables = [f"{table}.{kind}" for table in MODELS for kind in ("csv", "parquet")]
    assert paths == [*tables, "boundaries.geojson"]
    assert len({item["name"] for item in package["resources"]}) == len(paths)


def test_bytes_hash_rows_and_columns_agree_with_the_files(shipped, package):
    for item in package["resources"]:
        content = (shipped.processed / item["path"]).read_bytes()
        assert item["bytes"] == len(content)
        assert item["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if item.get("type") != "table":
            assert item["format"] == "geojson"
            continue
        read = pd.read_csv if item["format"] == "csv" else pd.read_parquet
        frame = read(shipped.processed / item["path"])
        assert item["rows"] == len(frame)
        assert [field["name"] for field in item["schema"]["fields"]] == list(frame.columns)


def test_types_agree_with_the_parquet_files(shipped, package):
    for item in package["resources"]:
        if item["format"] == "parquet":
            frame = pd.read_parquet(shipped.processed / item["path"])
            for field in item["schema"]["fields"]:
                assert str(frame[field["name"]].dtype) == TYPES[field["type"]], field["name"]


def test_constraints_hold_in_the_files(shipped, package):
    seen = set()
    for item in package["resources"]:
        frame = (
            pd.read_csv(shipped.processed / item["path"], dtype=str)
            if item["format"] == "csv"
            else None
        )
        if frame is None:
            continue
        for field in item["schema"]["fields"]:
            rules = field.get("constraints", {})
            seen |= set(rules)
            column = frame[field["name"]]
            assert not rules.get("required") or column.notna().all()
            assert not rules.get("unique") or column.is_unique
            assert "enum" not in rules or set(column.dropna()) <= set(rules["enum"])
            assert "minimum" not in rules or (pd.to_numeric(column.dropna()) >= 0).all()
    assert seen == {"required", "unique", "enum", "minimum"}


def test_vocabularies_are_enumerated(package):
    (returns,) = [item for item in package["resources"] if item["path"] == "returns.csv"]
    fields = {field["name"]: field for field in returns["schema"]["fields"]}
    assert fields["measure"]["constraints"]["enum"] == ["flow", "cumulative", "stock"]
    assert returns["schema"]["primaryKey"] == ["claim_id"]
    assert {
        "fields": ["source_id"],
        "reference": {"resource": "sources", "fields": ["source_id"]},
    } in returns["schema"]["foreignKeys"]


def test_raw_files_are_recorded_with_their_hashes(shipped, package):
    assert package["built_from"] == {
        path.name: "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        for path in shipped.raw.iterdir()
        if path.name != "README.md"
    }
    assert len(package["built_from"]) == len(COLUMNS) + 1


def csv_package(shipped, package) -> Package:
    csvs = [item for item in package["resources"] if item["format"] == "csv"]
    return Package.from_descriptor(package | {"resources": csvs}, basepath=str(shipped.processed))


def test_frictionless_finds_the_descriptor_and_every_csv_valid(shipped, package):
    assert Package.validate_descriptor(package).valid
    report = csv_package(shipped, package).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:10]
    assert report.stats["tasks"] == len(MODELS)


def test_frictionless_notices_a_changed_file(shipped, package, tmp_path):
    (tmp_path / "parties.csv").write_text("party_id,name,kind\nx,X,planet\n", encoding="utf-8")
    csvs = [item for item in package["resources"] if item["path"] == "parties.csv"]
    altered = Package.from_descriptor(package | {"resources": csvs}, basepath=str(tmp_path))
    kinds = {kind for (kind,) in altered.validate().flatten(["type"])}
    assert {"constraint-error", "hash-count"} & kinds


def test_codebook_is_the_generated_text(shipped):
    assert (shipped.docs / "codebook.md").read_text(encoding="utf-8") == write_codebook()


def test_codebook_kept_in_git_is_the_generated_text(repository):
    text = (repository / "docs" / "codebook.md").read_text(encoding="utf-8")
    assert text == write_codebook(), "run `karabakh build`"


def test_codebook_names_every_table_column_and_word():
    text = write_codebook()
    for table in (*MODELS, *REGISTERS):
        section = text.split(f"\n## {table}\n")[1].split("\n## ")[0]
        derived = derived_columns(table) if table in MODELS else ()
        for item in (*COLUMNS[table], *derived):
            (line,) = [row for row in section.splitlines() if row.startswith(f"| `{item.name}`")]
            assert item.description in line
            assert line.endswith("| no |" if item.required else "| yes |")
            assert (" *built* " in line) == (item in derived)
            for word, label in {**(item.words or {}), **(item.also or {})}.items():
                assert not label or f"| `{word}` | {label} |" in text


def test_every_column_and_every_word_has_a_meaning():
    for table, columns in COLUMNS.items():
        for item in columns:
            assert item.description, f"{table}.{item.name}"
            words = {**(item.words or {}), **(item.also or {})}
            assert table == "plans" or all(words.values()), f"{table}.{item.name}"
