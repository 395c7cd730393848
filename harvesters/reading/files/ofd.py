"""OFD (GB/T 33190, the national fixed layout): pages by the document's own order, text by its places, ruled tables.

A zip of XML. Each ``TextCode`` gives where its first sign stands and the steps to the next ones; each ``PathObject``
is a drawing whose straight lines rule tables, as in a PDF. Units are millimetres, told on in points.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from pdfplumber import table as rules

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.laid import LEAST_TEXT, Gathered, Signs
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import ruled
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
    height: float = 297 * _POINTS  # of A4, where the file tells none


def read_ofd(parts: Parts, bounds: Bounds) -> FileRead:
    """The text and tables of an OFD.

    :raises DutyFileError: it holds more than any such file.
    """
    told = Gathered(Lines(bounds.characters))
    pages, templates, height = _order(parts)
    read = scanned = 0
    for part in pages[: bounds.pages]:
        if told.lines.full or bounds.is_over:
            break
        root = _root(parts, part)
        page = _Page(height=_height(root) or height or 297 * _POINTS)
        for one in root.iter() if root is not None else ():
            # what many pages lie on: their running titles and frames
            if local(one) == "Template" and one.get("TemplateID") in templates:
                _draw(_root(parts, templates[one.get("TemplateID") or ""]), page)
        _draw(root, page)
        scanned += page.pictures > 0 and len(page.chars) < LEAST_TEXT
        _tell(page, told)
        read += 1
    told.close()
    text = told.lines.text
    outcome = FileOutcome.READ if text else FileOutcome.EMPTY
    notes = [f"共 {len(pages)} 页，只读前 {read} 页"] if len(pages) > read else []
    if scanned:
        outcome = FileOutcome.SCANNED if len(text) < LEAST_TEXT * max(1, read // 2) else outcome
        notes.insert(0, f"{scanned} 页是扫描图片，没有文字")
    return FileRead(
        kind="ofd",
        outcome=outcome,
        detail="；".join(notes) or None,
        text=text,
        prose=told.lines.without_tables,
        grids=tuple(told.grids),
        pages=len(pages),
        whole=len(pages) == read and not told.lines.full and not told.left_out,
    )


def _root(parts: Parts, part: str) -> Element | None:
    root: Element | None = None
    if parts.has(part):
        for _, element in parts.elements(part):
            root = element if root is None else root
    return root


def _order(parts: Parts) -> tuple[tuple[str, ...], dict[str, str], float | None]:
    """The pages' parts in order, the templates pages lie on by their numbers, and how high a page is."""
    height: float | None = None
    pages: dict[str, None] = {}
    templates: dict[str, str] = {}
    start = _root(parts, "OFD.xml")
    for told in start.iter() if start is not None else ():
        if local(told) != "DocRoot" or not told.text:
            continue
        document = told.text.strip().lstrip("/")
        root = _root(parts, document)
        height = height or _height(root)
        for one in root.iter() if root is not None else ():
            place = one.get("BaseLoc") if local(one) in ("Page", "TemplatePage") else None
            if place and local(one) == "Page":
                pages.setdefault(_beside(document, place))
            elif place:
                templates.setdefault(one.get("ID") or "", _beside(document, place))
    return tuple(pages), templates, height


def _height(root: Element | None) -> float | None:
    """How high the first page area is that is told, in points."""
    for one in root.iter() if root is not None else ():
        if local(one) == "PhysicalBox":
            box = _numbers(one.text)
            return box[3] * _POINTS if len(box) == 4 and box[3] > 0 else None
    return None


def _beside(part: str, place: str) -> str:
    """A place told from a part: from the root where it begins with a slash."""
    whole = place.lstrip("/") if place.startswith("/") else posixpath.join(posixpath.dirname(part), place)
    return posixpath.normpath(whole)


def _draw(root: Element | None, page: _Page) -> None:
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


def _tell(page: _Page, told: Gathered) -> None:
    """The page's prose and tables from head to foot."""
    signs = Signs(page.chars)
    edges = rules.merge_edges(page.edges, 3, 3, 3, 3) if page.edges else []
    cells = rules.intersections_to_cells(rules.edges_to_intersections(edges, 3, 3)) if edges else []
    found = (ruled(each, signs.text_in) for each in rules.cells_to_tables(cells))
    tables = sorted((one for one in found if one is not None), key=lambda one: (one.box[1], one.box[0]))
    told.page(signs, tables, page.height)
