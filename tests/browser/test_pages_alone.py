"""A page is one file: it loads nothing, runs nothing, stands still, paints at once, stays small."""

import re
from pathlib import Path
from statistics import median

import pytest

pytestmark = pytest.mark.browser

FIRST_PAINT = 300  # milliseconds, from disk
TRIES = 6  # what else the machine does only adds to the time, and is not the page's
OVERHEAD, USUAL, LARGEST = 40_000, 500_000, 1_500_000  # bytes
FOLDED = re.compile(r"<figure\b.*?</figure>|<table\b.*?</table>", re.DOTALL)
NOTES = re.compile(
    r'<ol class="kl-sources">.*?</ol>|<details class="kl-fold kl-code">.*?</details>', re.DOTALL
)


def test_nothing_is_asked_for_and_nothing_complains(desk, phone):
    for sight in (desk, phone):
        assert sight.loaded == []
        assert sight.console == []
        assert sight.seen["policy"] == []
        assert sight.ask("document.scripts.length") == 0
        resources = sight.ask("performance.getEntriesByType('resource').map(entry => entry.name)")
        assert [url for url in resources if not url.startswith("data:")] == []


def test_the_policy_of_the_page_is_in_force(see):
    sight = see("overview")
    sight.ask("""() => {
        const script = document.createElement("script");
        script.textContent = "seen.ran.push('script')";
        const picture = document.createElement("img");
        picture.src = "https://example.org/a.png";
        const link = document.createElement("a");
        link.href = "javascript:seen.ran.push('link')";
        document.body.append(script, picture, link);
        link.click();
    }""")
    sight.wait("seen.policy.length >= 3")
    assert sight.seen["ran"] == []
    kinds = {entry.split()[0].split("-")[0] for entry in sight.seen["policy"]}
    assert kinds == {"script", "img"}


def test_nothing_moves_while_the_page_appears(see, name):
    sight = see(name, width=360)
    for width in (360, 1280):
        sight.page.set_viewport_size({"width": width, "height": 800})
        sight.page.goto(sight.url)
        for place in (2000, 0):
            sight.ask("place => scrollTo(0, place)", place)
            # Two frames later whatever the browser had put off has been laid out.
            sight.ask(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
        assert sight.seen["shifts"] == 0


def test_the_first_paint_comes_within_the_third_of_a_second(see, name):
    sight = see(name)
    taken = [median(sight.paint() for _ in range(3))]
    while taken[-1] >= FIRST_PAINT and len(taken) < TRIES:
        taken.append(median(sight.paint() for _ in range(3)))
    assert taken[-1] < FIRST_PAINT, taken


def test_pages_are_light(site: Path, edition):
    page = (site / f"{edition}.html").read_text(encoding="utf-8")
    assert len(page.encode()) <= LARGEST
    shell = NOTES.sub("", FOLDED.sub("", page))
    assert len(shell.encode()) <= OVERHEAD


def test_the_usual_page_fits_into_half_a_megabyte(site: Path):
    sizes = [path.stat().st_size for path in site.glob("*.html")]
    assert median(sizes) <= USUAL
