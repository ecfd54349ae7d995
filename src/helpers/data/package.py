"""The two generated descriptions: datapackage.json and docs/codebook.md."""

from typing import Any

from helpers.data.columns import Column
from helpers.data.derived import derived_columns
from helpers.data.inputs import BOUNDARIES, built_with, digest
from helpers.data.schemas import COLUMNS, MODELS, REGISTERS, describe_table

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def describe_package(
    built_from: dict[str, str], files: dict[str, bytes], rows: dict[str, int]
) -> dict[str, Any]:
    """Make the Frictionless Data Package (v2) descriptor of the built tables.

    Parameters
    ----------
    built_from : dict of str to str
        Hashes of the raw files, kept as the package's own record of its inputs.
    files : dict of str to bytes
        Content of the built files.
    rows : dict of str to int
        Rows per table.

    Returns
    -------
    dict
        Ready for JSON; holds no date, so that equal inputs give equal bytes.
    """
    return {
        "$schema": _PROFILE,
        "name": "karabakh-ledger",
        "title": "Karabakh Ledger: sourced claims on what followed the 9 November 2020 statement",
        "description": "One row is one figure that one claimant stated and one source printed.",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "built_from": built_from,
        "built_with": built_with(),
        "codebook": digest(write_codebook().encode()),
        "resources": [
            _resource(table, files, rows[table], suffix)
            for table in MODELS
            for suffix in ("csv", "parquet")
        ]
        + [_outlines(files[name]) for name in files if name == BOUNDARIES],
    }


def _resource(table: str, files: dict[str, bytes], rows: int, suffix: str) -> dict[str, Any]:
    content = files[f"{table}.{suffix}"]
    columns = (*COLUMNS[table], *derived_columns(table))
    resource = {
        "name": table if suffix == "csv" else f"{table}-parquet",
        "type": "table",
        "path": f"{table}.{suffix}",
        "description": describe_table(table),
        "format": suffix,
        "mediatype": "text/csv" if suffix == "csv" else "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": digest(content),
        "rows": rows,
        "schema": _schema(table, columns),
    }
    if suffix == "csv":
        resource |= {"encoding": "utf-8", "dialect": {"lineTerminator": "\n"}}
    return resource


def _outlines(content: bytes) -> dict[str, Any]:
    """Describe the outlines of countries, which are a file and not a table."""
    return {
        "name": "boundaries",
        "path": BOUNDARIES,
        "description": "Outlines of countries, for maps. The lines imply no position.",
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": digest(content),
        "licenses": [{"title": "Public domain", "path": "https://www.naturalearthdata.com/about/"}],
        "sources": [
            {"title": "Natural Earth 4.1.0", "path": "https://www.naturalearthdata.com/"},
            {"title": "world-atlas 2.0.2", "path": "https://github.com/topojson/world-atlas"},
        ],
    }


def _schema(table: str, columns: tuple[Column, ...]) -> dict[str, Any]:
    keys = [item.name for item in columns if item.unique]
    foreign = [
        {"fields": [item.name], "reference": {"resource": target, "fields": [key]}}
        for item in columns
        if item.references and not item.many and not item.also
        for target, key in [item.references.split(".")]
    ]
    schema: dict[str, Any] = {"fields": [_field(item) for item in columns], "missingValues": [""]}
    schema |= {"primaryKey": keys} if keys else {}
    return schema | ({"foreignKeys": foreign} if foreign else {})


def _field(item: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": item.name, "type": item.package_type}
    field["description"] = item.description
    constraints: dict[str, Any] = {"required": True} if item.required else {}
    if item.unique:
        constraints["unique"] = True
    if item.words and not item.many:
        constraints["enum"] = list(item.words)
    if item.kind == "number":
        constraints["minimum"] = 0
    return field | ({"constraints": constraints} if constraints else {})


def write_codebook() -> str:
    """Write the codebook from the declarations.

    Returns
    -------
    str
        Markdown: every table, column and word with what it means.
    """
    parts = [
        "# Codebook",
        "Generated from `src/helpers/data/schemas.py` by `karabakh build`; do not edit by hand.",
        "Columns marked *built* are added to `data/processed/`. An empty cell means not stated.",
    ]
    for table in (*MODELS, *REGISTERS):
        parts.append(f"## {table}\n\n{describe_table(table)}")
        parts.append(_column_table(table))
    parts.append("# Vocabularies")
    for name, words in _vocabularies().items():
        lines = "\n".join(f"| `{word}` | {label} |" for word, label in words.items())
        parts.append(f"## {name}\n\n| word | meaning |\n|---|---|\n{lines}")
    return "\n\n".join(parts) + "\n"


def _column_table(table: str) -> str:
    built = derived_columns(table) if table in MODELS else ()
    lines = ["| column | kind | meaning | may be empty |", "|---|---|---|---|"]
    for item in (*COLUMNS[table], *built):
        kind = item.kind + (", several" if item.many else "")
        if item.references:
            kind += f" to `{item.references}`"
        if item.unit:
            kind += f" ({item.unit})"
        empty = "no" if item.required else "yes"
        mark = " *built*" if item in built else ""
        lines.append(f"| `{item.name}`{mark} | {kind} | {item.description} | {empty} |")
    return "\n".join(lines)


def _vocabularies() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table in (*MODELS, *REGISTERS):
        for item in COLUMNS[table]:
            for words in (item.words, item.also):
                if words and any(words.values()) and words not in found.values():
                    shared = item.name in found
                    found[f"{table}.{item.name}" if shared else item.name] = words
    return found
