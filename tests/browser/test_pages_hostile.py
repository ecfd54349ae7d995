"""Markup in the curated rows: the check refuses it, and past the check nothing of it acts."""

import csv
from pathlib import Path
from zlib import crc32

import pytest
import yaml
from sight import Sight

from conftest import copy_project, make_reports, run_command

pytestmark = pytest.mark.browser

PAYLOADS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">click</a>',
    "[click](javascript:alert(1))",
    "![a](https://example.org/a.png)",
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<svg><image href="https://example.org/a.svg"/></svg>',
    "</table></main><style>body{display:none}</style>",
    r'\3c style\3e body\7b display\3a none\7d "} body{display:none} {"',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<p style="background:url(https://example.org/b.png)">shade</p>',
    "<!--contents--><details open ontoggle=alert(1)><summary>more</summary></details>",
    "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} {% raw %} costs $1 and $2",
]
# These hold no markup: the check lets them pass.
PASSING = [PAYLOADS[3], PAYLOADS[4], PAYLOADS[8], PAYLOADS[12]]
# The same command, but any text passes the check: as if a later hand had loosened the rule.
UNGUARDED = """
import helpers.data.columns
helpers.data.columns._TEXT = "(?s:.*)"
from helpers.cli import main
main()
"""
EDITIONS = {
    "returns": {"notebook": "02_returns", "parameters": {"scope": "escorted_returns"}},
    "claims": {
        "notebook": "07_claims",
        "parameters": {"table": "returns", "contains": "escorted_returns"},
    },
    "timeline": {"notebook": "06_timeline", "parameters": {"start": "2020-09-27"}},
}
ACTING = """() => [...document.querySelectorAll("*")].flatMap(element => [
    ...[...element.attributes].filter(part => part.name.startsWith("on")
        || /^\\s*(javascript|vbscript):/i.test(part.value)).map(part => part.name),
    ...(element.matches("script, iframe, object, embed, form, base, svg, body link, body style")
        ? [element.tagName] : [])])"""


def poison(root: Path, table: str, *columns: str) -> list[str]:
    """Write a payload into text columns of every row, the same into the same text; return them."""
    path, used = root / "data" / "raw" / f"{table}.csv", []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in columns:
            used.append(PAYLOADS[crc32(row[column].encode()) % len(PAYLOADS)])
            row[column] = f"{row[column]} {used[-1]}".strip()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return used


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a project whose every note, title and publisher is hostile."""
    root = copy_project(tmp_path_factory.mktemp("hostile") / "project")
    poison(root, "returns", "note")
    poison(root, "events", "title", "note")
    poison(root, "sources", "publisher")
    poison(root, "claimants", "name")
    plan = {
        name: {**entry, "title": f"{name} {PAYLOADS[0]}", "cadence": "0 5 * * *"}
        for name, entry in EDITIONS.items()
    }
    text = yaml.safe_dump({"editions": plan}, sort_keys=False)
    (root / "reports.yml").write_text(text, encoding="utf-8")
    return make_reports(root, code=UNGUARDED)


def test_the_check_refuses_markup_row_by_row_before_anything_runs(tmp_path):
    root = copy_project(tmp_path / "project")
    used = poison(root, "returns", "note")
    told = run_command(root, "report", "overview")
    assert told.returncode == 1
    lines = told.stderr.splitlines()
    assert len(lines) == len([payload for payload in used if payload not in PASSING]) > 100
    assert all("data/raw/returns.csv:" in line and "no markup" in line for line in lines)
    assert not (root / "reports" / "overview.html").exists()


@pytest.mark.parametrize("attacked", [*EDITIONS, "index"])
def test_nothing_in_the_rows_acts(hostile, chromium, attacked):
    sight = Sight(chromium, hostile / f"{attacked}.html")
    sight.open_folds()
    sight.page.wait_for_timeout(200)  # what a payload puts off would have run by then
    assert sight.ask(ACTING) == []
    assert sight.seen["ran"] == []
    assert sight.seen["policy"] == []
    assert sight.console == []
    assert sight.loaded == []
    assert sight.page.locator("h1").is_visible()
    assert sight.ask("document.querySelectorAll('main').length") == 1
    sight.close()


@pytest.mark.parametrize("attacked", EDITIONS)
def test_what_looks_like_markup_is_shown_as_it_was_written(hostile, chromium, attacked):
    sight = Sight(chromium, hostile / f"{attacked}.html")
    shown = sight.ask("document.body.textContent")
    assert [payload for payload in PAYLOADS if payload not in shown] == []
    assert PAYLOADS[0] in sight.ask("document.title")
    sight.close()


def test_pictures_hold_hostile_words_as_words_alone(hostile, chromium):
    sight = Sight(chromium, hostile / "timeline.html")
    found = sight.ask("""() => [...document.querySelectorAll("figure img")].map(picture => {
        const svg = new DOMParser().parseFromString(
            new TextDecoder().decode(Uint8Array.from(atob(picture.src.split(",")[1]),
                letter => letter.charCodeAt(0))), "image/svg+xml");
        return [svg.documentElement.tagName, svg.querySelectorAll(
            "script, image, foreignObject, iframe, [onload], [onerror]").length];
    })""")
    assert found
    assert all(entry == ["svg", 0] for entry in found)
    sight.close()
