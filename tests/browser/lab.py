"""A JupyterLab of its own: a copy of the notebooks, no network, nothing of the user's settings."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from helpers.data.project import ROOT_VARIABLE

PATIENCE = 60.0  # seconds in which the server starts, and in which it stops
# Nothing may be asked of a network, not even whether there is news.
SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "docmanager-extension/plugin": {"autosave": False},
}
# Opens a notebook as the file browser does, runs all of it, saves it, and closes it.
RUN = """
async (path) => {
    const { commands } = window.jupyterapp;
    const panel = await commands.execute("docmanager:open", { path, factory: "Notebook" });
    await panel.context.ready;
    await panel.sessionContext.ready;
    const done = await commands.execute("notebook:run-all-cells");
    await panel.context.save();
    return [done, panel.sessionContext.session.kernel.name];
}
"""
# Notes for each change of a control how long it takes until chart, claims and sources have followed
# and stand on the screen.
WATCH = """
() => {
    const root = document.querySelector(".kl-explore");
    let began, changed;
    const begin = () => { began = performance.now(); changed = new Set(); window.moved = null; };
    for (const kind of ["change", "keydown"]) root.addEventListener(kind, begin, true);
    const note = (records) => {
        for (const { target } of records) {
            const panel = target.closest?.(".kl-chart-panel, .kl-claims-panel, .kl-sources-panel");
            if (panel && changed) changed.add(panel);
        }
        if (changed?.size === 3)
            requestAnimationFrame(() => { window.moved = performance.now() - began; });
    };
    new MutationObserver(note).observe(root, { subtree: true, childList: true });
}
"""
CLOSE = """
async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.sessionContext.shutdown();
    panel.dispose();
}
"""


class Lab:
    """JupyterLab on the notebooks of a project.

    Parameters
    ----------
    root : Path
        The project, with built tables; the notebooks are run and saved in it.
    kernel : str
        The kernel its notebooks are set to.
    home : Path
        Where Jupyter keeps settings and running kernels.
    runtime : Path
        Where warm parents listen; a short path, as sockets need.
    """

    def __init__(self, root: Path, kernel: str, home: Path, runtime: Path) -> None:
        self.root, self.kernel, self.log = root, kernel, list[str]()
        for path in (root / "notebooks").glob("*.ipynb"):
            notebook = json.loads(path.read_text(encoding="utf-8"))
            notebook["metadata"]["kernelspec"]["name"] = kernel
            path.write_text(json.dumps(notebook), encoding="utf-8")
        for name, values in SETTINGS.items():
            path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *self._options(home)],
            cwd=root,
            env={**os.environ, **self._places(home, runtime)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(PATIENCE) or self._process.poll() is not None:
            self.stop()
            raise RuntimeError("JupyterLab did not start:\n" + "".join(self.log))

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> int | None:
        """Ask the server to end with its kernels; return its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        if self._process.stderr:
            self._process.stderr.close()
        return self._process.returncode

    def sessions(self) -> list[dict[str, Any]]:
        """List the notebooks that hold a kernel."""
        with urllib.request.urlopen(f"{self.address}/api/sessions", timeout=PATIENCE) as answer:
            return json.load(answer)

    def _read(self) -> None:
        """Keep what the server says; it says where it listens once it does."""
        assert self._process.stderr
        for line in self._process.stderr:
            self.log.append(line)
            if f"{self.address}/lab" in line:
                self._ready.set()
        self._ready.set()

    def _options(self, home: Path) -> list[str]:
        return [
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--IdentityProvider.token=",
            f"--ServerApp.root_dir={self.root / 'notebooks'}",
            f"--LabApp.user_settings_dir={home / 'settings'}",
            f"--LabApp.workspaces_dir={home / 'workspaces'}",
            # The commands of the menus, for the test to call.
            "--LabApp.expose_app_in_browser=True",
        ]

    def _places(self, home: Path, runtime: Path) -> dict[str, str]:
        folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data"}
        folders |= {"JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
        return {name: str(home / folder) for name, folder in folders.items()} | {
            ROOT_VARIABLE: str(self.root),
            "XDG_RUNTIME_DIR": str(runtime),
        }


class Desk:
    """A window of the browser on a lab, and everything that went wrong in it.

    Parameters
    ----------
    context : BrowserContext
    lab : Lab
    """

    def __init__(self, context: BrowserContext, lab: Lab) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.lab = lab
        context.route(
            lambda url: not url.startswith((lab.address, "data:", "blob:")),
            lambda route: (self.outside.append(route.request.url), route.abort()),
        )
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{lab.address}/lab/workspaces/test?reset")
        self.page.wait_for_function("window.jupyterapp !== undefined")
        self.page.evaluate("window.jupyterapp.restored.then(() => true)")

    def run(self, name: str) -> dict[str, Any]:
        """Run a notebook from top to bottom and return it as saved; it stays open."""
        done, used = self.page.evaluate(RUN, f"{name}.ipynb")
        assert done, f"{name}: not all cells ran"
        assert used == self.lab.kernel, f"{name}: ran on {used}"
        path = self.lab.root / "notebooks" / f"{name}.ipynb"
        return json.loads(path.read_text(encoding="utf-8"))

    def close_notebook(self) -> None:
        """End the kernel of the notebook in front and close it."""
        self.page.evaluate(CLOSE)
