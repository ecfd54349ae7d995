"""What every page keeps to, and where its templates lie."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "template"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
# How a page writes the output folder in its links: the latest page lies in it, a dated one in a
# folder below, and whoever writes a page puts the way in.
ROOT = "kl-root/"
# How a page writes the id of the run that makes it, until it is published: who makes the page, a
# thread or a worker, needs not know.
RUN = "kl-run"
