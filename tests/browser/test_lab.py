"""JupyterLab as an analyst meets it: every notebook runs, the explorer answers at once."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import pytest
from lab import WATCH, Desk, Lab
from playwright.sync_api import Browser, Locator, expect

from helpers.data.project import Project
from helpers.warm.client import stop_shared
from pages import NOTEBOOKS, ROOT

pytestmark = pytest.mark.browser

KERNEL = "karabakh"
AT_ONCE = 500  # milliseconds
CALIBRATION = 0.05  # seconds
LABELS = ("Table", "Scope", "Counted", "Measure", "Claimant's party", "Claimant", "Place names")


def shipped_files() -> dict[str, str]:
    """Hash what git holds, or would take, of what a session in the lab could write to."""
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"]
    told = subprocess.run(
        [*listed, "--exclude-standard", "--", "notebooks", "data", "reports.yml"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = [ROOT / name for name in told.stdout.split("\0") if name]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def runtime() -> Iterator[Path]:
    """A folder for the sockets of warm parents, which are ended with their kernels."""
    with tempfile.TemporaryDirectory(prefix="kl-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)
        stop_shared()


@pytest.fixture(scope="module")
def lab(shipped: Project, runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the project; it must end by itself, and change nothing we ship."""
    before = shipped_files()
    root = tmp_path_factory.mktemp("lab") / "ledger"
    shutil.copytree(shipped.root, root)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    lab = Lab(root, KERNEL, tmp_path_factory.mktemp("home"), runtime)
    yield lab
    assert lab.stop() == 0, "".join(lab.log)
    assert [line for line in lab.log if re.match(r"\[[EC]", line) and "signal" not in line] == []
    assert shipped_files() == before


@pytest.fixture(scope="module")
def desk(lab: Lab, chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield Desk(context, lab)
    context.close()


@pytest.fixture(scope="module")
def explore(desk: Desk) -> dict[str, Any]:
    """The explorer, run and in front, as it was saved."""
    saved = desk.run("explore")
    expect(desk.page.locator(".kl-explore .kl-chart img")).to_be_visible()
    desk.page.evaluate(WATCH)
    return saved


@pytest.fixture
def panel(desk: Desk, explore: dict[str, Any]) -> Locator:
    """The explorer as it opens, whatever the test before left."""
    panel = desk.page.locator(".kl-explore")
    if not panel.get_by_text("everything known").count():
        panel.locator(".noUi-handle").last.press("End")
    for table in ("Casualties", "Returns"):
        move(panel, "Table", table)
    return panel


def problems(notebook: dict[str, Any]) -> list[str]:
    """Errors and warnings in the outputs of a notebook, and cells that did not run."""
    found = []
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        if cell["execution_count"] != number:
            found.append(f"cell {number}: ran as {cell['execution_count']}")
        for output in cell["outputs"]:
            if output["output_type"] == "error" or output.get("name") == "stderr":
                found.append(f"cell {number}: {output}")
    return found


def control(panel: Locator, label: str) -> Locator:
    return panel.get_by_role("combobox", name=label, exact=True)


def move(panel: Locator, label: str, choice: str) -> float:
    """Choose in a control and return the milliseconds until all panels have followed."""
    option = control(panel, label).locator("option", has_text=choice).first
    control(panel, label).select_option(value=option.get_attribute("value"))
    return followed(panel)


def press(handle: Locator, key: str) -> float:
    handle.press(key)
    return followed(handle)


def alone(act: Callable[[], float]) -> float:
    """Return the milliseconds that an act takes, less what others on this machine made it wait."""
    before, took, after = crowd(), act(), crowd()
    return took / max(1.0, (before + after) / 2)


def crowd() -> float:
    """Say how many times longer than alone a process takes just now."""
    began, own = perf_counter(), process_time()
    while process_time() - own < CALIBRATION:
        pass
    return (perf_counter() - began) / CALIBRATION


def followed(panel: Locator) -> float:
    return panel.page.wait_for_function("window.moved").json_value()


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_from_top_to_bottom_on_the_warm_kernel(desk: Desk, notebook: str) -> None:
    saved = desk.run(notebook)
    assert problems(saved) == []
    shown = [output for cell in saved["cells"] for output in cell.get("outputs", [])]
    assert len(shown) > 5
    desk.close_notebook()
    assert desk.lab.sessions() == []
    assert [line for line in desk.lab.log if "Kernel started cold" in line] == []


def test_the_explorer_runs_from_top_to_bottom(explore: dict[str, Any]) -> None:
    assert problems(explore) == []


def test_a_moved_control_is_answered_at_once(panel: Locator) -> None:
    moves = [
        ("Table", "Exchanges"),
        ("Category", "Held ("),
        ("Table", "Operations"),
        ("Force", "International Committee"),
        ("Table", "Casualties"),
        ("Table", "Deployments"),
        ("Table", "Returns"),
        ("Measure", "Figures of a day"),
        ("Measure", "Running total"),
    ]
    # What else the machine does can only add to the time, so of three rounds the fastest counts.
    rounds = [[alone(lambda to=to: move(panel, *to)) for to in moves] for _ in range(3)]
    took = dict(zip(moves, map(min, *rounds), strict=True))
    assert median(took.values()) <= AT_ONCE, took
    expect(panel.locator(".kl-title")).to_contain_text("escorted convoys")


def test_what_was_known_follows_a_slider_moved_by_keys(panel: Locator) -> None:
    handle = panel.locator(".noUi-handle").last
    everything = panel.locator(".kl-claims-panel tbody tr").count()
    handle.focus()
    press(handle, "Home")
    expect(panel.locator(".kl-said")).to_contain_text("Nothing had been printed by 1 Oct 2020")
    expect(panel.locator(".kl-chart-panel .kl-empty")).to_be_visible()
    took = []
    for _ in range(3):
        took.append(alone(lambda: press(handle, "PageUp")))
        press(handle, "Home")
    assert min(took) <= AT_ONCE, took
    press(handle, "PageUp")
    expect(panel.locator(".kl-said")).to_contain_text("Known on")
    assert 0 < panel.locator(".kl-claims-panel tbody tr").count() < everything
    press(handle, "End")
    expect(panel.locator(".kl-claims-panel tbody tr")).to_have_count(everything)


def test_everything_fits_and_can_be_read(panel: Locator) -> None:
    box = panel.bounding_box()
    assert box
    for label in LABELS:
        held = control(panel, label).bounding_box()
        assert held, label
        assert box["x"] <= held["x"] < held["x"] + held["width"] <= box["x"] + box["width"]
        assert 20 <= held["height"] <= 40
    wide = "nodes => nodes.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent)"
    assert panel.locator(".kl-controls .widget-label").evaluate_all(wide) == []
    assert panel.evaluate("root => root.scrollWidth <= root.clientWidth")


def test_every_control_is_reached_by_the_tab_key(panel: Locator) -> None:
    control(panel, "Table").focus()
    reached = []
    for _ in range(12):
        reached.append(
            panel.page.evaluate(
                "(e => e.labels?.[0]?.innerText ?? (e.innerText.trim() || e.className))"
                "(document.activeElement)"
            )
        )
        panel.page.keyboard.press("Tab")
    enabled = [name for name in LABELS if control(panel, name).is_enabled()]
    assert reached[: len(enabled)] == enabled
    assert sum("noUi-handle" in name for name in reached) == 3


def test_a_citation_leads_to_its_source(panel: Locator) -> None:
    link = panel.locator(".kl-claims-panel td .kl-cite a").last
    target = panel.locator(link.get_attribute("href") or "")
    address = panel.page.url.partition("#")[0]
    link.click()
    expect(target).to_be_in_viewport()
    assert panel.page.url.partition("#")[0] == address


def test_downloads_hold_what_is_shown(panel: Locator, tmp_path: Path) -> None:
    panel.get_by_role("button", name="Prepare downloads").click()
    links = panel.locator(".kl-files a")
    expect(links).to_have_count(3)
    for link, start in zip(links.all(), (b"\x89PNG", b"<svg", b"claim_id,"), strict=True):
        with panel.page.expect_download() as waiting:
            link.click()
        name = waiting.value.suggested_filename
        waiting.value.save_as(tmp_path / name)
        assert name.startswith("returns-escorted-returns-people-cumulative.")
        assert (tmp_path / name).read_bytes().startswith(start)
    rows = (tmp_path / name).read_text(encoding="utf-8").count("\n") - 1
    assert panel.locator(".kl-claims-panel tbody tr").count() == rows


def test_an_edition_is_written_out(panel: Locator) -> None:
    panel.get_by_role("button", name="Make this an edition").click()
    expect(panel.locator("pre")).to_contain_text("notebook: 02_returns")


def test_every_claim_is_searched_without_a_network(desk: Desk, panel: Locator) -> None:
    table = desk.page.locator(".dt-container")
    table.scroll_into_view_if_needed()
    table.get_by_role("searchbox").fill("ret-5eed0302")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("130,000 people")
    expect(rows.get_by_role("link")).to_have_attribute("href", re.compile("^https://"))
    assert desk.outside == []
    assert desk.errors == []
