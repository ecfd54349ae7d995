"""The imports that every report's kernel would make, made once."""

import builtins
import gc
import importlib
import io
import logging
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

# The inline backend isn't among them: its import must find the kernel's shell.
MODULES = (
    *(
        "ipykernel.kernelapp",
        "ipykernel.ipkernel",
        "ipykernel.debugger",
        "tornado.platform.asyncio",
    ),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect"),
    *("IPython.core.logger", "IPython.core.pylabtools", "IPython.extensions.storemagic"),
    *("faulthandler", "multiprocessing", "pdb", "sqlite3", "tornado.platform.asyncio"),
    *("numpy", "pandas", "pandas.core.arrays.arrow.extension_types", "pandas.io.formats.string"),
    # What pandas and pyarrow import only when the first table is read, or reshaped.
    *("pandas.core.arrays.arrow._arrow_utils", "pandas.core.reshape.reshape"),
    *("pyarrow.parquet", "pyarrow.dataset", "pyarrow.pandas_compat"),
    *("matplotlib.pyplot", "matplotlib.backends.backend_agg"),
    *("matplotlib.backends.backend_svg", "PIL.PngImagePlugin"),
    *("helpers.warm.cap", "zmq.utils.garbage"),
)
# Where nothing else is asked for, kernels draw with this.
INLINE = "module://matplotlib_inline.backend_inline"
# What analysts begin with and no notebook of ours uses. It brings scipy: most of a second and 65 MB
# that a run of reports would pay for nothing.
FOR_ANALYSTS = ("seaborn",)
# What notebooks use of ours, with all modules inside.
OURS = ("helpers.data.load", "helpers.analysis", "helpers.charts")
# pyarrow's allocator starts this thread when it is loaded. jemalloc's own handlers for fork stop it
# and reset its locks in the child, so it is the one thread that may run while forking.
FORK_SAFE = {"jemalloc_bg_thd"}
TASKS = Path("/proc/self/task")


def preload(*more: str) -> None:
    """Import everything and draw once, leaving no setting changed.

    Drawing fills caches of fonts and of backends: each kernel's first chart is a fifth faster.

    Parameters
    ----------
    more : str
        Modules besides those that every report needs.
    """
    gc.disable()
    with _as_if_in_a_kernel():
        for name in (*MODULES, *more):
            importlib.import_module(name)
        for name in OURS:
            module = importlib.import_module(name)
            for found in pkgutil.iter_modules(getattr(module, "__path__", [])):
                importlib.import_module(f"{name}.{found.name}")
    _draw()
    gc.collect()
    # Kernels then never touch these objects when collecting, so their memory stays shared.
    gc.freeze()
    gc.enable()


class _Shell:
    """Enough of a kernel's shell for a package that asks whether it is in one."""

    kernel = None


@contextmanager
def _as_if_in_a_kernel() -> Iterator[None]:
    """Let imports find what they would find in a kernel.

    pandas chooses the number of columns it shows and the encoding of its output by that.
    """
    from ipykernel.iostream import OutStream

    builtins.get_ipython = _Shell  # pyright: ignore[reportAttributeAccessIssue]
    try:
        with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=OutStream.encoding)):
            yield
    finally:
        del builtins.get_ipython  # pyright: ignore[reportAttributeAccessIssue]


def _draw() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.rcsetup import validate_backend

    validate_backend(INLINE)  # the first time, it looks through all installed packages
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], [1, 2], label="warm")
    axes.set_title("warm")
    axes.legend()
    FigureCanvasAgg(figure)
    for form in ("png", "svg"):
        figure.savefig(io.BytesIO(), format=form, bbox_inches="tight")


def unsafe_threads() -> list[str]:
    """Name the threads besides the first that run in this process and may not while it forks."""
    others = [task for task in TASKS.iterdir() if task.name != str(os.getpid())]
    names = [(task / "comm").read_text().strip() for task in others]
    return sorted(name for name in names if name not in FORK_SAFE)


def reason_to_refuse(*more: str) -> str:
    """Preload, and say why kernels cannot be forked from this process; empty if they can."""
    try:
        preload(*more)
    except Exception as error:
        logging.getLogger(__name__).debug("preloading failed", exc_info=True)
        return f"preloading failed: {type(error).__name__}: {error}"
    if threads := unsafe_threads():
        return f"unsafe: {len(threads) + 1} threads ({', '.join(threads)})"
    return ""
