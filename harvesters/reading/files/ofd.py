"""OFD (GB/T 33190, the national fixed layout): pages by the document's own order, text by its places, ruled tables.

A zip of XML. Each ``TextCode`` gives where its first sign stands and the steps to the next ones; each ``PathObject``
is a drawing whose straight lines rule tables, as in a PDF. Units are millimetres, told on in points.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from pdfplumber import table as rules
from pdfplumber.utils.text import extract_text

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import Box, as_grid, ruled
from harvesters.reading.grids.grid import Grid
from harvesters.reading.grids.office import Parts, local

_POINTS: Final = 72 / 25.4
_MOST_SIGNS: Final = 200_000  # of a page
_MOST_EDGES: Final = 4_000
_MOST_STEP: Final = 1.5  # of a sign's size: a wider step leaves a blank
_STRAIGHT: Final = 0.6  # points: how far a line may lean
_NUMBERS: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
_STEPS: Final = re.compile(r"[MLCQBAS]|-?\d+(?:\.\d+)?")


@dataclass
class _Page:
    chars: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)
    pictures: int = 0


def read_ofd(parts: Parts, bounds: Bounds) -> FileRead:
    """The text and tables of an OFD.

    :raises DutyFileError: it holds more than any such file.
    """
    lines, grids = Lines(bounds.characters), list[Grid]()
    pages = list(_pages(parts))
    scanned = 0
    for part in pages[: bounds.pages]:
        page = _Page()
        for source in (*_templates(parts, part), part):
            _draw(parts, source, page)
        before = len(lines.text)
        _tell(page, lines, grids)
        scanned += page.pictures > 0 and len(lines.text) == before
        if lines.full:
            break
    text = lines.text
    outcome = FileOutcome.READ if text else FileOutcome.SCANNED if scanned else FileOutcome.EMPTY
    notes = [f"共 {len(pages)} 页，只读前 {bounds.pages} 页"] if len(pages) > bounds.pages else []
    if scanned:
        notes.insert(0, f"{scanned} 页是扫描图片，没有文字")
    return FileRead(
        kind="ofd",
        outcome=outcome,
        detail="；".join(notes) or None,
        text=text,
        prose=lines.without_tables,
        grids=tuple(grids),
        pages=len(pages),
        whole=len(pages) <= bounds.pages and not lines.full,
    )


def _root(parts: Parts, part: str) -> Element | None:
    root: Element | None = None
    if parts.has(part):
        for _, element in parts.elements(part):
            root = element if root is None else root
    return root


def _pages(parts: Parts) -> Iterator[str]:
    """The pages' parts, in order."""
    seen: set[str] = set()
    start = _root(parts, "OFD.xml")
    for told in start.iter() if start is not None else ():
        if local(told) != "DocRoot" or not told.text:
            continue
        document = told.text.strip().lstrip("/")
        root = _root(parts, document)
        for page in root.iter() if root is not None else ():
            place = page.get("BaseLoc") if local(page) == "Page" else None
            part = _beside(document, place) if place else ""
            if part and part not in seen:
                seen.add(part)
                yield part


def _beside(part: str, place: str) -> str:
    """A place told from a part: from the root where it begins with a slash."""
    whole = place.lstrip("/") if place.startswith("/") else posixpath.join(posixpath.dirname(part), place)
    return posixpath.normpath(whole)


def _templates(parts: Parts, part: str) -> tuple[str, ...]:
    """The templates a page lies on, told by the document: not in the page's own text order, so read first."""
    root = _root(parts, part)
    wanted = {one.get("TemplateID") for one in root.iter() if local(one) == "Template"} if root is not None else set()
    if not wanted:
        return ()
    document = _root(parts, next(_documents(parts), ""))
    found = document.iter() if document is not None else ()
    home = next(_documents(parts), "")
    return tuple(
        _beside(home, one.get("BaseLoc") or "")
        for one in found
        if local(one) == "TemplatePage" and one.get("ID") in wanted and one.get("BaseLoc")
    )


def _documents(parts: Parts) -> Iterator[str]:
    start = _root(parts, "OFD.xml")
    for told in start.iter() if start is not None else ():
        if local(told) == "DocRoot" and told.text:
            yield told.text.strip().lstrip("/")


def _draw(parts: Parts, part: str, page: _Page) -> None:
    root = _root(parts, part)
    for one in root.iter() if root is not None else ():
        kind = local(one)
        if kind == "TextObject":
            _text_object(one, page)
        elif kind == "PathObject" and len(page.edges) < _MOST_EDGES:
            _path_object(one, page)
        elif kind == "ImageObject":
            page.pictures += 1


def _numbers(text: str | None) -> list[float]:
    return [float(one) for one in _NUMBERS.findall(text or "")]


def _matrix(one: Element) -> tuple[float, float, float, float, float, float, float, float]:
    """The object's corner, and the matrix its own places are turned by."""
    box, ctm = _numbers(one.get("Boundary")), _numbers(one.get("CTM"))
    left, top = (box[0], box[1]) if len(box) >= 4 else (0.0, 0.0)
    a, b, c, d, e, f = ctm[:6] if len(ctm) >= 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return left, top, a, b, c, d, e, f


def _text_object(one: Element, page: _Page) -> None:
    left, top, a, b, c, d, e, f = _matrix(one)
    size = (_numbers(one.get("Size")) or [4.0])[0]
    x = y = 0.0
    for code in one:
        if local(code) != "TextCode" or not code.text:
            continue
        x, y = (_numbers(code.get("X")) or [x])[0], (_numbers(code.get("Y")) or [y])[0]
        across, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        at_x, at_y = x, y
        for number, sign in enumerate(code.text):
            if len(page.chars) >= _MOST_SIGNS:
                return
            place_x, place_y = left + a * at_x + c * at_y + e, top + b * at_x + d * at_y + f
            step = across[number] if number < len(across) else 0.0
            wide = step if 0 < step <= _MOST_STEP * size else size * (1.0 if ord(sign) > 255 else 0.5)
            height, width = size * abs(d or 1), wide * abs(a or 1)
            page.chars.append(_char(sign, place_x, place_y, width, height))
            at_x += across[number] if number < len(across) else size if not down and not across else 0.0
            at_y += down[number] if number < len(down) else 0.0


def _deltas(text: str | None) -> list[float]:
    """The steps: numbers, or "g n v" for n times v."""
    told: list[float] = []
    words = (text or "").split()
    at = 0
    while at < len(words) and len(told) < _MOST_SIGNS:
        if words[at] == "g" and at + 2 < len(words):
            times, step = _numbers(words[at + 1]), _numbers(words[at + 2])
            told += [step[0] if step else 0.0] * min(int(times[0]) if times else 0, _MOST_SIGNS)
            at += 3
        else:
            told += _numbers(words[at])[:1]
            at += 1
    return told


def _char(sign: str, x: float, base: float, width: float, height: float) -> dict[str, Any]:
    """A sign as pdfplumber tells its own."""
    left, right, bottom, top = x * _POINTS, (x + width) * _POINTS, (base + 0.12 * height) * _POINTS, 0.0
    top = bottom - height * _POINTS
    return {
        "text": sign,
        "x0": left,
        "x1": right,
        "top": top,
        "bottom": bottom,
        "doctop": top,
        "upright": True,
        "width": right - left,
        "height": bottom - top,
        "size": height * _POINTS,
        "direction": 1,
        "fontname": "",
        "object_type": "char",
    }


def _path_object(one: Element, page: _Page) -> None:
    left, top, a, b, c, d, e, f = _matrix(one)
    data = next((part.text for part in one if local(part) == "AbbreviatedData"), None)
    points: list[tuple[float, float]] = []
    start: tuple[float, float] | None = None
    steps = _STEPS.findall((data or "")[:20_000])
    at = 0
    while at < len(steps):
        step = steps[at]
        if (
            step in ("M", "L", "S")
            and at + 2 < len(steps)
            and not steps[at + 1].isalpha()
            and not steps[at + 2].isalpha()
        ):
            x, y = float(steps[at + 1]), float(steps[at + 2])
            here = ((left + a * x + c * y + e) * _POINTS, (top + b * x + d * y + f) * _POINTS)
            if step == "L" and points:
                _edge(points[-1], here, page)
            if step != "L":
                start = here
            points = [here]
            at += 3
        else:
            if step == "C" and points and start is not None:  # closes the figure
                _edge(points[-1], start, page)
            at += 1


def _edge(one: tuple[float, float], other: tuple[float, float], page: _Page) -> None:
    x0, x1, top, bottom = min(one[0], other[0]), max(one[0], other[0]), min(one[1], other[1]), max(one[1], other[1])
    if bottom - top <= _STRAIGHT and x1 - x0 > 1:
        kind = "h"
    elif x1 - x0 <= _STRAIGHT and bottom - top > 1:
        kind = "v"
    else:
        return
    sizes = {"width": x1 - x0, "height": bottom - top, "object_type": "line", "doctop": top}
    page.edges.append({"x0": x0, "x1": x1, "top": top, "bottom": bottom, "orientation": kind, **sizes})


def _tell(page: _Page, lines: Lines, grids: list[Grid]) -> None:
    """The page's prose and tables from head to foot."""

    def text_in(box: Box) -> str:
        inside = [one for one in page.chars if _inside(one, box)]
        return str(extract_text(inside)) if inside else ""

    edges = rules.merge_edges(page.edges, 3, 3, 3, 3) if page.edges else []
    cells = rules.intersections_to_cells(rules.edges_to_intersections(edges, 3, 3)) if edges else []
    found = [table for each in rules.cells_to_tables(cells) if (table := ruled(each, text_in)) is not None]
    top = float("-inf")
    for table in sorted(found, key=lambda one: one.box[1]):
        lines.prose(_between(page, found, top, table.box[1]))
        grids.append(as_grid(f"table {len(grids) + 1}", table.rows))
        lines.table(grids[-1])
        top = table.box[3]
    lines.prose(_between(page, found, top, float("inf")))


def _between(page: _Page, tables: list[Any], top: float, bottom: float) -> str:
    told = [
        one
        for one in page.chars
        if top <= (one["top"] + one["bottom"]) / 2 < bottom and not any(_inside(one, table.box) for table in tables)
    ]
    return str(extract_text(told)) if told else ""


def _inside(char: Any, box: Box) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across < box[2] and box[1] <= down < box[3])
