"""Pages on paper: whole, tagged, with their links, the same bytes for the same page."""

import hashlib
import io
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from helpers.cli import app
from helpers.data.errors import ReportError
from helpers.reports.manifest import GoodPage, Record
from helpers.reports.page import Page
from helpers.reports.pdf import make_pdf, require_pdf, write_pdfs
from helpers.reports.render import render
from helpers.reports.runner import RunResult

DIGEST = "ab" * 32
PLAIN = "<!DOCTYPE html><html lang='en'><title>T</title><body><h1>Words</h1>{}</body></html>"


@pytest.fixture(scope="module")
def html(sample) -> str:
    _, edition, outcome = sample
    made = datetime(2026, 11, 22, tzinfo=UTC)
    return render(outcome.notebook, Page(edition.name, edition.title, edition.notebook, made))


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def record(folder: Path, name: str, text: str) -> Record:
    (folder / f"{name}.html").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    page = GoodPage(f"{name}.html", "2026-01-01T00:00:00+00:00", "", "", sha256=digest)
    ran = "2026-01-01T00:00:00+00:00"
    return Record(name, name, "sample", "Who?", "", "succeeded", ran, page=page)


def test_a_page_keeps_its_words_pictures_and_links(html: str) -> None:
    made = reader(make_pdf(html, DIGEST))
    text = " ".join(" ".join(page.extract_text().split()) for page in made.pages)
    for words in ("Who came back?", "The first winter", "In all 96 came back", "Interfax"):
        assert words in text
    assert any(page.images or "/XObject" in page["/Resources"] for page in made.pages)
    links = [
        note.get_object()["/A"]["/URI"]
        for page in made.pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert "https://example.org/1" in links


def test_it_is_tagged_and_says_its_language_and_title(html: str) -> None:
    made = reader(make_pdf(html, DIGEST))
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert made.metadata is not None
    assert "Who came back?" in str(made.metadata.title)


def test_the_same_page_gives_the_same_bytes(html: str) -> None:
    assert make_pdf(html, DIGEST) == make_pdf(html, DIGEST)


def test_nothing_is_fetched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>secret</text></svg>")
    made = reader(make_pdf(PLAIN.format(f"<img src='{secret.as_uri()}' alt='none'>"), DIGEST))
    assert "secret" not in made.pages[0].extract_text()
    assert "disallowed protocol" in caplog.text


def test_only_what_is_missing_or_stale_is_made(tmp_path: Path) -> None:
    one, two = (record(tmp_path, name, PLAIN.format(name)) for name in ("one", "two"))
    none = replace(one, edition="none", page=None)
    assert write_pdfs(tmp_path, [one, two, none], jobs=2) == []
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.pdf")}
    assert sorted(path.name for path in before) == ["one.pdf", "two.pdf"]
    two = record(tmp_path, "two", PLAIN.format("two, but later"))
    assert write_pdfs(tmp_path, [one, two]) == []
    after = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.pdf")}
    changed = [path.name for path in after if after[path] != before[path]]
    assert changed == ["two.pdf"]
    assert "later" in reader((tmp_path / "two.pdf").read_bytes()).pages[0].extract_text()


def test_what_fails_is_told_and_stops_no_other(tmp_path: Path) -> None:
    one, two = (record(tmp_path, name, PLAIN.format(name)) for name in ("one", "two"))
    (tmp_path / "one.pdf").mkdir()
    (fault,) = write_pdfs(tmp_path, [one, two])
    assert fault.startswith(f"{tmp_path / 'one.pdf'}: could not be made (IsADirectoryError")
    assert (tmp_path / "two.pdf").is_file()
    assert not list(tmp_path.glob(".*"))


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    require_pdf()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ReportError, match=r"pip install karabakh-ledger\[pdf\]"):
        require_pdf()


def test_a_missing_system_library_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(ReportError, match="apt-get install libpango"):
        require_pdf()


def test_the_command_adds_pdfs_and_tells_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (record(tmp_path, name, PLAIN.format(name)) for name in ("one", "two"))
    ran = RunResult((one, two), tmp_path)
    monkeypatch.setattr("helpers.reports.runner.run_reports", lambda *_, **__: ran)
    done = CliRunner().invoke(app, ["report", "--pdf", "--jobs", "1"])
    assert done.exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == ["one.pdf", "two.pdf"]
    (tmp_path / "two.pdf").unlink()
    (tmp_path / "two.pdf").mkdir()
    done = CliRunner().invoke(app, ["report", "--pdf"])
    assert done.exit_code == 1
    assert "two.pdf: could not be made" in done.output
