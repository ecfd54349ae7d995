"""What every page keeps to, and where its templates lie."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "template"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
