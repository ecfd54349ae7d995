"""A small picture of a page's first chart, slim enough to stand in the index."""

import base64
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = re.compile(
    r'<figure\b[^>]*\bclass="(?:[^"]*\s)?kl-chart[\s"].*?'
    r'<img\b[^>]*?\bsrc="data:image/svg\+xml;base64,([A-Za-z0-9+/=\s]+)"',
    re.DOTALL,
)
# The index shows sixteen of them and more.
MOST_BYTES = 18_000
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
# Nobody can read letters at this size, and a description belongs to the chart.
UNREADABLE = {f"{SVG}{name}" for name in ("title", "desc", "metadata", "text", "style")}
NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
NEEDLESS = re.compile(r"\s*(?:stroke-linejoin|stroke-miterlimit|font[\w-]*):[^;]*;?")
REFERENCE = re.compile(r"#([\w.-]+)")


def thumbnail_of(html: str) -> str:
    """Return a small picture of the first chart of a page.

    Parameters
    ----------
    html : str
        A rendered page.

    Returns
    -------
    str
        A data address of an SVG without text; empty when there is no chart that can be drawn so.
    """
    for found in FIRST.finditer(html):
        try:
            slim = slim_svg(base64.b64decode(found[1]).decode("utf-8"))
        except (ValueError, ET.ParseError):
            continue
        if len(slim) <= MOST_BYTES:
            content = base64.b64encode(slim.encode("utf-8")).decode("ascii")
            return f"data:image/svg+xml;base64,{content}"
    return ""


def slim_svg(svg: str) -> str:
    """Keep the lines and areas of a chart, and drop all else.

    Parameters
    ----------
    svg : str

    Returns
    -------
    str
        The same drawing to a tenth of a point, without letters, names and empty groups.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        It is no XML.
    """
    # Whose notebook it is may run any code anyway; expat itself refuses to expand without end.
    root = ET.fromstring(svg)  # noqa: S314 # nosec B314
    _drop_unseen(root)
    used = {name for element in root.iter() for name in _references(element)}
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        _shorten(element)
    for name in ("role", "version"):
        root.attrib.pop(name, None)
    _flatten(root)
    _join_alike(root)
    ET.register_namespace("", SVG[1:-1])
    return ET.tostring(root, encoding="unicode")


def _references(element: ET.Element) -> "Iterator[str]":
    for value in element.attrib.values():
        yield from REFERENCE.findall(value)


def _drop_unseen(element: ET.Element) -> None:
    for child in list(element):
        _drop_unseen(child)
        empty = child.tag in (f"{SVG}g", f"{SVG}defs") and not len(child)
        if child.tag in UNREADABLE or empty or _is_blank(child):
            element.remove(child)


def _is_blank(element: ET.Element) -> bool:
    """Whether a path draws nothing, and nobody refers to it."""
    style = element.get("style", "")
    return element.tag == f"{SVG}path" and "id" not in element.attrib and style == "fill: none"


def _shorten(element: ET.Element) -> None:
    element.text = element.tail = None
    if link := element.attrib.pop(LINK, None):
        element.set("href", link)
    for name, value in element.attrib.items():
        if name in ("d", "x", "y", "points", "transform", "width", "height"):
            value = NUMBER.sub(_round, " ".join(value.split()))
        if name == "d":
            value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value)
        if name == "style":
            value = NEEDLESS.sub("", value).replace(": ", ":").replace("; ", ";")
        element.set(name, value)


def _round(found: re.Match[str]) -> str:
    number = f"{float(found[0]):.1f}".rstrip("0").rstrip(".")
    return "0" if number == "-0" else number


def _join_alike(root: ET.Element) -> None:
    """Draw what follows each other in one style as one."""
    kept = ET.Element(f"{SVG}defs")
    drawn: list[ET.Element] = []
    for element in list(root):
        root.remove(element)
        if element.tag == f"{SVG}defs":
            kept.extend(element)
        elif element.tag == f"{SVG}path" and drawn and _look(element) == _look(drawn[-1]):
            drawn[-1].set("d", drawn[-1].get("d", "") + element.get("d", ""))
        elif element.tag == f"{SVG}use":
            style = element.attrib.pop("style", "")
            if not drawn or _look(drawn[-1]) != {"style": style}:
                drawn.append(ET.Element(f"{SVG}g", style=style))
            drawn[-1].append(element)
        else:
            drawn.append(element)
    root.extend([kept, *drawn])


def _look(element: ET.Element) -> dict[str, str]:
    """Return what sets an element apart from others that draw in the same way."""
    ours = element.tag in (f"{SVG}path", f"{SVG}g") and "id" not in element.attrib
    look = {name: value for name, value in element.attrib.items() if name != "d"}
    return look if ours else {"": str(id(element))}


def _flatten(element: ET.Element) -> None:
    """Take groups that say nothing out of the way of what they hold."""
    for child in list(element):
        _flatten(child)
        if child.tag == f"{SVG}g" and not child.attrib:
            place = list(element).index(child)
            element.remove(child)
            for offset, inner in enumerate(child):
                element.insert(place + offset, inner)
