"""What a draft is made of: headings, paragraphs and tables of words, numbers with their sources, and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

GAP: Final = "待补充"  # begins every marked gap


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a number is from: its ``key`` in this draft, the number, what it counts, how it was made."""

    key: str
    value: str
    what: str
    how: str


@dataclass(frozen=True)
class Number:
    """A number of the draft; ``key`` names its source in the annex."""

    text: str
    key: str


@dataclass(frozen=True)
class Gap:
    """What the office has to write; ``advice``: what the data suggests, told as such."""

    what: str
    advice: str | None = None

    @property
    def text(self) -> str:
        """As it is marked in the draft."""
        return f"【{GAP}：{self.what}{f'（建议：{self.advice}）' if self.advice else ''}】"

    @property
    def short(self) -> str:
        """As it is marked in a table, whose columns are narrow; the annex says what is asked for."""
        return f"【{GAP}】"


Run = str | Number | Gap


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part, 2 a section of it."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Words, numbers and gaps in their order."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """All of it as text."""
        return "".join(text_of(run) for run in self.runs)


@dataclass(frozen=True)
class Cell:
    """A cell of a table and how many columns and rows it covers."""

    run: Run
    wide: int = 1
    high: int = 1
    is_head: bool = False


@dataclass(frozen=True)
class Table:
    """A table; cells that a merged one covers are left out, as in HTML. ``heads``: rows repeated on every page."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 1
    widths: tuple[int, ...] = ()  # of its columns, in millimetres; empty: all alike


Block = Heading | Paragraph | Table


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The whole draft: ``blocks`` are the report, ``annexes`` what stands behind it.

    ``cover`` tells the office at the front what is to be done before the report can be published.
    """

    title: str
    cover: Table
    blocks: tuple[Block, ...]
    annexes: tuple[Block, ...]
    sources: tuple[Source, ...]
    gaps: tuple[Gap, ...]

    def all_blocks(self) -> Iterator[Block]:
        """The cover, the report's and the annexes' blocks."""
        yield self.cover
        yield from self.blocks
        yield from self.annexes


@dataclass
class Sources:
    """The sources as the draft is written; a key has one source."""

    found: dict[str, Source] = field(default_factory=dict)

    def number(self, key: str, value: Decimal | int, what: str, how: str) -> Number:
        """The number, its source noted."""
        text = shown(value)
        self.found.setdefault(key, Source(key=key, value=text, what=what, how=how))
        return Number(text, key)


def shown(value: Decimal | int) -> str:
    """A number as it is printed: no exponent, no noughts behind the point that nobody wrote."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def text_of(run: Run) -> str:
    """A run as text."""
    return run if isinstance(run, str) else run.text


def paragraph(*runs: Run | Sequence[Run]) -> Paragraph:
    """A paragraph of runs and sequences of runs."""
    told: list[Run] = []
    for one in runs:
        if isinstance(one, str | Number | Gap):
            told.append(one)
        else:
            told.extend(one)
    return Paragraph(tuple(told))


def gaps_of(blocks: Sequence[Block]) -> tuple[Gap, ...]:
    """Every gap in the blocks, in their order."""
    found: list[Gap] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += [run for run in block.runs if isinstance(run, Gap)]
        elif isinstance(block, Table):
            found += [cell.run for row in block.rows for cell in row if isinstance(cell.run, Gap)]
    return tuple(found)
