"""Pages as PDF, for readers who print or file them; needs the extra `pdf`."""

import importlib.util
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from helpers.data.errors import ReportError
from helpers.data.project import write_atomic
from helpers.reports.inside import read_own
from helpers.reports.manifest import Record

# Tagged, so that screen readers find headings, tables and alternative texts.
VARIANT = "pdf/ua-1"


def require_pdf() -> None:
    """Make sure that PDFs can be made, before an hour of work and not after.

    Raises
    ------
    ReportError
        WeasyPrint, or a system library it draws with, is missing.
    """
    if importlib.util.find_spec("weasyprint") is None:
        raise ReportError("--pdf needs WeasyPrint; install it: pip install karabakh-ledger[pdf]")
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        raise ReportError(
            f"--pdf: WeasyPrint finds no Pango ({error}); on Debian: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from None


def write_pdfs(folder: Path, records: Iterable[Record], *, jobs: int = 1) -> list[str]:
    """Write the PDF of every last good page that has none yet, beside the page.

    Parameters
    ----------
    folder : Path
        Output folder.
    records : iterable of Record
        Those without a good page are passed over.
    jobs : int
        Pages at a time, each in a process of its own.

    Returns
    -------
    list of str
        What failed, one line each; an older PDF then stays as it was.
    """
    pages = [(folder / record.page.file, record.page.sha256) for record in records if record.page]
    due = [page for page in pages if not _is_current(*page)]
    if not due:
        return []
    with ProcessPoolExecutor(min(jobs, len(due)), mp_context=get_context("spawn")) as pool:
        return [fault for fault in pool.map(_write, *zip(*due, strict=True)) if fault]


def make_pdf(html: str, identifier: str) -> bytes:
    """Lay a page out on paper.

    Parameters
    ----------
    html : str
        A rendered page. Nothing but what it carries is loaded.
    identifier : str
        Becomes the document's own id, so that a PDF tells which page it was made from.

    Returns
    -------
    bytes
        A tagged PDF; the same page and identifier give the same bytes.
    """
    from weasyprint import HTML, URLFetcher

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    content = page.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier.encode())
    assert content is not None  # it is when there is a file to write to
    return content


def _is_current(page: Path, digest: str) -> bool:
    """Whether the PDF beside a page was made from the page as it is."""
    try:
        return f"/ID [({digest})".encode() in read_own(page.with_suffix(".pdf"))
    except OSError:
        return False


def _write(page: Path, digest: str) -> str:
    """Make one PDF; what goes wrong comes back as a line."""
    try:
        content = make_pdf(read_own(page).decode("utf-8"), digest)
        write_atomic(page.with_suffix(".pdf"), content)
    except Exception as error:  # one page must not keep the others from paper
        return f"{page.with_suffix('.pdf')}: could not be made ({type(error).__name__}: {error})"
    return ""
