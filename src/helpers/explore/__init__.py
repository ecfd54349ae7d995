"""What JupyterLab adds to the reports: controls, and a table to search in."""

from helpers.explore.explorer import Explorer, explore
from helpers.explore.search import search_claims

__all__ = ["Explorer", "explore", "search_claims"]
