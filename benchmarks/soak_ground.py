"""The project that the soak runs on, the command, the endpoint, and what may break."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
import psutil
from soak_call import Called, editions, strike
from soak_endpoint import Endpoint

from helpers.data.project import ROOT_VARIABLE, Project
from helpers.schedule.state import State, read_state, state_folder

KARABAKH = Path(sys.executable).with_name("karabakh")
# Every edition shows the day of its run, so it is made anew once a day and is unchanged otherwise.
EDITIONS = {
    "often": "*/10 * * * *",
    "hourly": "5 * * * *",
    "six-hourly": "0 */6 * * *",
    "daily": "30 5 * * *",
}
PLAN = '  {name}: {{notebook: {name}, cadence: "{cadence}", parameters: {{end: today}}}}\n'
CELL = """
from pathlib import Path
fault = Path("../faults") / "{name}.py"
if fault.exists():
    exec(fault.read_text())
"""
FAULTS = ("raise ValueError('no such day')", "import os; os.kill(os.getpid(), 9)", "[][1]")
PATIENCE = 60.0
SCHEDULE = {"state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "log"}


class Ground:
    """A project of four small editions; use as a context manager.

    Parameters
    ----------
    shipped : Project
        Whose tables it has.
    folder : Path
        Empty.
    """

    def __init__(self, shipped: Project, folder: Path) -> None:
        self.project, self.temporary = Project(folder / "ledger"), folder / "t"
        self.endpoint = Endpoint()
        self.incidents: set[tuple[str, str]] = set()
        self._broken: dict[Path, bytes] = {}
        self.temporary.mkdir()
        for kept in (shipped.raw, shipped.docs):
            shutil.copytree(kept, self.project.root / kept.relative_to(shipped.root))
        self.project.notebooks.mkdir()
        for name in EDITIONS:
            self._write_notebook(name)
        plans = (PLAN.format(name=name, cadence=cadence) for name, cadence in EDITIONS.items())
        self.project.plan.write_text("editions:\n" + "".join(plans), encoding="utf-8")
        subprocess.run([KARABAKH, "build"], env=self._environment, check=True, capture_output=True)  # noqa: S603 - ours

    def __enter__(self) -> "Ground":
        self.endpoint.start()
        return self

    def __exit__(self, *about: object) -> None:
        self.endpoint.stop()
        for process in self._processes():
            process.kill()

    def call(self, now: datetime, *, number: int | None = None, after: float = 0.0) -> Called:
        """Call `karabakh due`.

        Parameters
        ----------
        now : datetime
            What it is to take for the present.
        number : int, optional
            A signal to send to it.
        after : float
            Seconds after its start; if it has ended by then, nothing is sent.

        Returns
        -------
        Called
        """
        words = ["due", "--now", now.isoformat(), "--jobs", "2", "--grace", "1"]
        out, err = (self.project.root / name for name in ("out", "err"))
        begun = time.monotonic()
        with out.open("wb") as told, err.open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - ours
                [KARABAKH, *words],
                env=self._environment,
                stdout=told,
                stderr=errors,
                start_new_session=True,
            )
        struck = bool(number) and strike(process, number or 0, begun + after)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        sent = None if not struck else "kill" if number == signal.SIGKILL else "stop"
        return Called(
            process.returncode,
            sent,
            dict(editions(out.read_text("utf-8"))),
            {name: mark.slot for name, mark in self._state().marks.items()},
            err.read_text("utf-8"),
            seconds,
            usage.ru_maxrss,
            self._left(orderly=sent != "kill"),
        )

    def breaks(self, name: str, chance: random.Random) -> None:
        """Let a notebook fail, break a row of the data, or let the endpoint take nothing."""
        if name == "endpoint":
            self.endpoint.broken = True
        elif name == "notebook":
            folder = self.project.root / "faults"
            folder.mkdir(exist_ok=True)
            edition = chance.choice(list(EDITIONS))
            (folder / f"{edition}.py").write_text(chance.choice(FAULTS), encoding="utf-8")
        else:
            table = self.project.raw / "returns.csv"
            self._broken[table] = table.read_bytes()
            table.write_bytes(self._broken[table] + b"x,y\n")

    def mend(self, name: str = "") -> None:
        """Mend what was broken, by name, or everything."""
        if name in ("endpoint", ""):
            self.endpoint.broken = False
        if name in ("notebook", ""):
            shutil.rmtree(self.project.root / "faults", ignore_errors=True)
        if name in ("data", ""):
            for path, content in self._broken.items():
                path.write_bytes(content)
            self._broken.clear()

    def damage_state(self, chance: random.Random) -> None:
        """Cut the file of the state off, or write nonsense over some of it."""
        path = state_folder(self.project) / "state.sqlite"
        if not path.is_file():
            return
        content = bytearray(path.read_bytes())
        if chance.random() < 0.5:
            del content[chance.randrange(1, len(content)) :]
        else:
            content[:100] = chance.randbytes(100)
        path.write_bytes(content)
        # What had not been sent by then is forgotten with it, as the document says.
        self.incidents = {(key, run) for key, run in self.incidents if self._is_told(run)}

    def note_incidents(self) -> None:
        """Look which incidents are open, to count them."""
        state = self._state()
        self.incidents |= {(key, incident.run) for key, incident in state.incidents.items()}

    def alerts(self) -> dict[str, int]:
        """Count incidents, and the messages that arrived, that came twice, and that did not.

        Returns
        -------
        dict
            ``lost`` counts what still waits, and incidents that no message tells of.
        """
        texts = Counter(self.endpoint.received)
        silent = {run for _, run in self.incidents if not self._is_told(run)}
        return {
            "incidents": len(self.incidents),
            "received": sum(texts.values()),
            "twice": sum(texts.values()) - len(texts),
            "lost": len(silent) + len(self._state().outbox),
        }

    def duplicates(self) -> list[str]:
        """Return dated editions that show the same as the one made before them."""
        found = []
        for name in EDITIONS:
            before = None
            paths = (self.project.reports / name).glob("*.json")
            for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
                shown = json.loads(path.read_text("utf-8"))["record"]["page"]["parameters"]
                if shown == before:
                    found.append(f"{name} {path.stem}: {shown}")
                before = shown
        return found

    @property
    def _environment(self) -> dict[str, str]:
        here = {ROOT_VARIABLE: str(self.project.root), "TMPDIR": str(self.temporary)}
        alerts = {"KARABAKH_ALERTS": self.endpoint.address, "NO_PROXY": "127.0.0.1"}
        return os.environ | here | alerts

    def _is_told(self, run: str) -> bool:
        return any(run in text for text in self.endpoint.received)

    def _state(self) -> State:
        return read_state(state_folder(self.project))[0]

    def _write_notebook(self, name: str) -> None:
        make = nbformat.v4
        parameters = 'end: str = ""  # last day'
        cells = [
            make.new_markdown_cell(f"# How {name}?\n\nA few words."),
            make.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            make.new_code_cell(CELL.format(name=name).strip()),
            make.new_code_cell("print(end)"),
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = make.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, self.project.notebooks / f"{name}.ipynb")

    def _left(self, *, orderly: bool) -> Counter[str]:
        """Count what a call left behind; after a kill the next one clears its files away."""
        _, alive = psutil.wait_procs(list(self._processes()), timeout=PATIENCE)
        for process in alive:
            process.kill()
        names = []
        if orderly:
            names += self.temporary.iterdir()
            names += [path for path in self.project.reports.glob(".*") if path.name != ".vintages"]
            names += [
                path
                for path in state_folder(self.project).glob("*")
                if path.name not in SCHEDULE and ".damaged-" not in path.name
            ]
        if names or alive:
            print(f"left: {[str(name) for name in names]} {alive}", file=sys.stderr)
        return Counter({"process": len(alive), "file": len(names)})

    def _processes(self) -> Iterator[psutil.Process]:
        """Find every process that came from a call, however it was started."""
        for process in psutil.process_iter():
            try:
                if process.environ().get("TMPDIR", "").startswith(str(self.temporary)):
                    yield process
            except psutil.Error:
                continue
