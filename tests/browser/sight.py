"""One page in the browser, and everything it did while it was open."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

PATIENCE = 10  # seconds
EXECUTABLES = ("chromium", "chromium-browser")
# Runs before the page: a policy that is violated and a box that moves are both noted.
NOTES = """
window.seen = {policy: [], shifts: 0, ran: []};
document.addEventListener("securitypolicyviolation",
    event => seen.policy.push(event.violatedDirective + " " + event.blockedURI));
new PerformanceObserver(list => list.getEntries().forEach(entry => seen.shifts += entry.value))
    .observe({type: "layout-shift", buffered: true});
for (const name of ["alert", "prompt", "confirm", "open"])
    window[name] = () => seen.ran.push(name);
"""


class Sight:
    """A page that is open in a window of its own.

    Parameters
    ----------
    browser : Browser
    path : Path
        Opened as a file, as a reader does who got it by mail.
    width, height : int
        Of the window, in CSS pixels.
    scheme : str
        light or dark.
    """

    def __init__(
        self,
        browser: Browser,
        path: Path,
        *,
        width: int = 1280,
        height: int = 800,
        scheme: Any = "light",
    ) -> None:
        self.requests: list[str] = []
        self.console: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        self.context.add_init_script(NOTES)
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.url = path.as_uri()
        self.page.goto(self.url)

    @property
    def loaded(self) -> list[str]:
        """What was asked for beside the file; pictures inside the file are no requests."""
        return [url for url in self.requests if url != self.url and not url.startswith("data:")]

    @property
    def seen(self) -> dict[str, Any]:
        """What the page noted of itself."""
        return self.page.evaluate("seen")

    def ask(self, expression: str, *arguments: Any) -> Any:
        """Evaluate JavaScript; the policy of the page does not bind the browser's own tools."""
        return self.page.evaluate(expression, *arguments)

    def wait(self, expression: str, *arguments: Any) -> Any:
        """Wait until an expression is true; Playwright's own way is what the policy forbids."""
        end = time.monotonic() + PATIENCE
        while not (value := self.ask(expression, *arguments)):
            assert time.monotonic() < end, f"not true within {PATIENCE} seconds: {expression}"
            self.page.wait_for_timeout(20)
        return value

    def paint(self) -> float:
        """Load the page again and return when it first painted, in milliseconds."""
        self.page.goto(self.url)
        return self.wait("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")

    def open_folds(self, wanted: bool = True) -> None:
        """Open all folds, as a reader would one by one, or close them."""
        self.ask(
            "wanted => document.querySelectorAll('details').forEach(fold => fold.open = wanted)",
            wanted,
        )

    def close(self) -> None:
        """Close the window."""
        self.context.close()
