"""The draft as a page to look at and to print: one HTML file that needs nothing else, out of a template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flows.reports import printable
from flows.reports.annual.said import Block, Cell, Draft, Gap, Heading, Number, Paragraph, Run, Table, text_of

_ON_ONE_PAGE: Final = 16  # rows of a table that is not parted


def filled(draft: Draft, home: Path) -> bytes:
    """The page, UTF-8; a template of the office's own is ``templates/annual.html`` in the data folder.

    :raises PaperFailed: the office's template is broken, or asks for what there is not.
    """
    return printable.filled("annual", context(draft), home)


def context(draft: Draft) -> dict[str, Any]:
    """What the template is filled with: plain texts, numbers as texts."""
    numbers = {one.key: at for at, one in enumerate(draft.sources, 1)}
    return {
        "title": draft.title,
        "cover": _table(draft.cover, numbers),
        "blocks": [_block(block, numbers) for block in draft.blocks],
        "annexes": [_block(block, numbers) for block in draft.annexes],
        "gaps": [gap.text for gap in draft.gaps],
    }


def _block(block: Block, numbers: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": [_run(run, numbers) for run in block.runs]}
    return _table(block, numbers)


def _table(block: Table, numbers: Mapping[str, int]) -> dict[str, Any]:
    rows = [[_cell(cell, numbers) for cell in row] for row in block.rows]
    whole = sum(block.widths)
    widths = [f"{width * 100 / whole:.1f}%" for width in block.widths]
    told = {"kind": "table", "widths": widths, "is_short": len(rows) <= _ON_ONE_PAGE, "title": block.title}
    return {**told, "heads": rows[: block.heads], "rows": rows[block.heads :]}


def _cell(cell: Cell, numbers: Mapping[str, int]) -> dict[str, Any]:
    told = _run(cell.run.short if isinstance(cell.run, Gap) else cell.run, numbers)
    if isinstance(cell.run, Gap):
        told["is"] = "gap"
    return {**told, "wide": cell.wide, "high": cell.high, "is_head": cell.is_head}


def _run(run: Run, numbers: Mapping[str, int]) -> dict[str, Any]:
    kind = "number" if isinstance(run, Number) else "gap" if isinstance(run, Gap) else "text"
    return {"is": kind, "text": text_of(run), "source": numbers[run.key] if isinstance(run, Number) else None}
