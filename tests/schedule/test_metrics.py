"""Metrics are what Prometheus' own parser reads, whatever a title holds, without the unknown."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from helpers.schedule.metrics import PER_EDITION, metrics_text, write_metrics
from helpers.schedule.standing import Standing

NOW = datetime(2026, 11, 30, 12, 5, 0, 250_000, tzinfo=UTC)
SLOT = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
WELL = Standing(
    edition="overview",
    title="Everything curated so far",
    cadence="0 5 * * *",
    status="succeeded",
    reason="",
    last_run=SLOT + timedelta(seconds=9),
    last_success=SLOT + timedelta(seconds=9),
    next_run=SLOT + timedelta(days=1),
    period=timedelta(days=1),
    due_since=None,
    overdue=False,
    failing=False,
    seconds=4.25,
    run="20261130T050009",
)
NEVER = replace(
    WELL, edition="new", status="", last_run=None, last_success=None, seconds=None, run=""
)
EDITION = "karabakh_edition_"
HOSTILE = [
    'the "toll" {a="b"} 1',
    "ends with a backslash \\",
    "two\nlines\r\n# TYPE karabakh_editions counter",
    "a \\n that is no line end",
    "tab\tand\x85next\u2028line\x0bfeed\x1c",
    "Ստեփանակերտ, Xankəndi 🕊",
    "",
]


def samples(standings: Sequence[Standing], **totals: int) -> dict[tuple[str, ...], float]:
    """Every sample that the parser finds, by name and edition; no two may be called the same."""
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(metrics_text(standings, now=NOW, **totals)):
        assert family.type == "gauge"
        assert family.documentation.endswith(".")
        for sample in family.samples:
            key = (sample.name, *filter(None, [sample.labels.get("edition")]))
            assert key not in found
            assert sample.timestamp is None
            found[key] = sample.value
    return found


def titles(text: str) -> Iterator[str]:
    for family in text_string_to_metric_families(text):
        yield from (s.labels["title"] for s in family.samples if "title" in s.labels)


def test_every_figure_of_an_edition_is_told() -> None:
    overdue = replace(WELL, edition="late", overdue=True, failing=True)
    found = samples([WELL, overdue], incidents=1, waiting=2)
    assert found[f"{EDITION}last_run_timestamp_seconds", "overview"] == SLOT.timestamp() + 9
    assert found[f"{EDITION}last_success_timestamp_seconds", "overview"] == SLOT.timestamp() + 9
    assert found[f"{EDITION}next_run_timestamp_seconds", "overview"] == SLOT.timestamp() + 86400
    assert found[f"{EDITION}cadence_seconds", "overview"] == 86400
    assert found[f"{EDITION}last_run_duration_seconds", "overview"] == 4.25
    for name in ("overdue", "failing"):
        assert found[f"{EDITION}{name}", "overview"] == 0
        assert found[f"{EDITION}{name}", "late"] == 1
    assert found[("karabakh_editions",)] == 2
    assert found[("karabakh_incidents_open",)] == 1
    assert found[("karabakh_alerts_waiting",)] == 2
    assert found[("karabakh_status_timestamp_seconds",)] == NOW.timestamp()


def test_what_is_unknown_is_missing_and_not_zero() -> None:
    found = samples([WELL, NEVER])
    told = {name for name, *edition in found if edition == ["new"]}
    known = {"info", "next_run_timestamp_seconds", "cadence_seconds", "overdue", "failing"}
    assert told == {f"{EDITION}{name}" for name in known}
    text = metrics_text([NEVER], now=NOW)
    for name in ("last_run_", "incidents_open", "alerts_waiting"):
        assert name not in text
    assert "karabakh_incidents_open 0.0" in metrics_text([], now=NOW, incidents=0)


def test_a_plan_without_editions_has_no_editions() -> None:
    assert set(samples([])) == {("karabakh_editions",), ("karabakh_status_timestamp_seconds",)}


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_comes_back_as_it_was(title: str) -> None:
    text = metrics_text([replace(WELL, title=title), NEVER], now=NOW)
    assert list(titles(text)) == [title, WELL.title]
    assert text.count("\n") == metrics_text([WELL, NEVER], now=NOW).count("\n")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_comes_back_as_it_was(title: str) -> None:
    assert list(titles(metrics_text([replace(WELL, title=title)], now=NOW))) == [title]


def test_half_a_surrogate_pair_does_not_stop_the_rest(tmp_path: Path) -> None:
    write_metrics(tmp_path / "k.prom", metrics_text([replace(WELL, title="a\ud800b")], now=NOW))
    assert list(titles((tmp_path / "k.prom").read_text("utf-8"))) == ["a?b"]


def test_each_metric_is_explained_once_before_its_samples() -> None:
    lines = metrics_text([WELL, NEVER], now=NOW, incidents=0, waiting=0).splitlines()
    helps = [line.split()[2] for line in lines if line.startswith("# HELP ")]
    assert [line.split()[2] for line in lines if line.startswith("# TYPE ")] == helps
    assert len(set(helps)) == len(helps) == len(PER_EDITION) + 5
    for name in helps:
        place = lines.index(f"# TYPE {name} gauge")
        assert lines[place - 1].startswith(f"# HELP {name} ")
        assert lines[place + 1].startswith((f"{name}{{", f"{name} "))


def test_others_may_read_the_file_whatever_the_mask(tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "karabakh.prom"
    before = os.umask(0o077)
    try:
        write_metrics(path, metrics_text([WELL], now=NOW))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert path.read_text("utf-8") == metrics_text([WELL], now=NOW)
    assert [item.name for item in path.parent.iterdir()] == ["karabakh.prom"]


def test_metrics_cost_no_heavy_import() -> None:
    code = "import sys, helpers.schedule.metrics; print(*{'pandas', 'apprise'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
