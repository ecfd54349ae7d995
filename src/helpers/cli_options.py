"""Options that several commands share."""

from typing import Annotated

import typer

Jobs = Annotated[
    int | None, typer.Option(min=1, help="Editions run at a time; default: processors.")
]
Cluster = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Dask scheduler, such as tls://host:8786.")
]
CellSeconds = Annotated[float, typer.Option(min=0.1, help="Longest time for one cell.")]
RunSeconds = Annotated[
    float, typer.Option(min=0.1, help="Longest time for all cells of an edition.")
]
Memory = Annotated[
    float, typer.Option(min=0, metavar="GIB", help="Most memory for a notebook; 0 for any.")
]
