"""A papermill engine with limits on time and output, and true records."""

import math
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.iorw import write_ipynb
from papermill.log import logger

from helpers.reports.loop import with_own_loop
from helpers.reports.notebook_client import Client
from helpers.reports.outcome import Limits

NAME = "karabakh"


class Engine(NBClientEngine):
    """The engine papermill knows as "karabakh".

    Also for ``papermill in.ipynb out.ipynb --engine karabakh``. Other than papermill's own: output
    is limited while it arrives, the kernel is ready sooner and ended at once, the notebook is
    written once in the end, and cells that never ran are not called completed.
    """

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: str | None = None, **options: Any
    ) -> NotebookNode:
        """Run a notebook; papermill calls this.

        Parameters
        ----------
        nb : NotebookNode
            With parameters, changed in place.
        kernel_name : str
        output_path : str, optional
            Where a notebook is left whose kernel died or whose time was up. Any other is written
            by papermill itself.
        options : object
            Papermill's, and those of `execute_managed_notebook`.

        Returns
        -------
        NotebookNode
        """
        options["autosave_cell_every"] = 0
        try:
            return super().execute_notebook(nb, kernel_name, output_path=None, **options)
        except BaseException:
            if output_path:
                write_ipynb(nb, output_path)
            raise

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        limits: Limits | None = None,
        turn: AbstractContextManager[Any] | None = None,
        **options: Any,
    ) -> None:
        """Run the cells.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
        kernel_name : str
        limits : Limits, optional
            By default papermill's `start_timeout` and `execution_timeout`, no limit to the whole
            run, and the usual limits to output.
        turn : context manager, optional
            Entered before the first cell and left after the last.
        options : object
            Papermill's, and traits of nbclient's client.
        """
        options.pop("input_path", None)
        start, cell = options.pop("start_timeout", 60), options.pop("execution_timeout", None)
        limits = limits or Limits(cell or math.inf, math.inf, start)
        client = Client(
            nb_man,
            limits=limits,
            turn=turn or nullcontext(),
            kernel_name=kernel_name,
            startup_timeout=math.ceil(limits.start_seconds),
            log=logger,
            **{"shutdown_kernel": "immediate"} | options,
        )
        with_own_loop(client.execute)
