"""What the parts' readers find → the places of figures by name, and what speaks against some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from harvesters.reading.annual_report.tables import Place, Table
from harvesters.reading.annual_report.values import Value, narrow, read_value
from storage.annual import forms
from storage.annual.forms import Form
from storage.annual.report import State

_MOST_PROBLEMS: Final = 60
_NAMES_2021: Final = frozenset(forms.figures_of(Form.F2021))


@dataclass(frozen=True)
class Found:
    """A figure's place, before the form is known."""

    table: Table
    place: Place
    head: str = ""

    def value(self, name: str) -> Value:
        """What stands there, read as the figure ``name``."""
        return read_value(self.place.text, money=name in forms.DECIMAL, head=self.head)


@dataclass
class Collected:
    """What the tables yield: places by name; names that stand at two places with different texts; problems."""

    places: dict[str, Found] = field(default_factory=dict)
    stand: dict[str, set[int]] = field(default_factory=dict)  # the numbers of the tables in which a name stands
    torn: set[str] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)  # words that only one of the two forms has
    problems: list[str] = field(default_factory=list)

    def put(self, name: str, found: Found) -> None:
        known = self.places.setdefault(name, found)
        self.stand.setdefault(name, set()).add(found.table.number)
        if known is not found and narrow(known.place.text).split() != narrow(found.place.text).split():
            self.torn.add(name)

    def part_tables_that_differ(self) -> None:
        """Of two tables of one part that differ (another year's, a subordinate's) none may fill the other's gaps."""
        for part in ("2", "3", "4"):
            tables = set[int]().union(*(self.stand[name] for name in self.torn if name.startswith(part)))
            if len(tables) > 1:
                self.torn.update(
                    name for name, those in self.stand.items() if name.startswith(part) and not tables <= those
                )

    def has_numbers(self) -> bool:
        """Whether any figure of any part is a number."""
        return any(read_value(found.place.text).state is State.NUMBER for found in self.places.values())

    def problem(self, sentence: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS and sentence not in self.problems:
            self.problems.append(sentence)


def words_of(name: str) -> str:
    """What a figure of either form is called."""
    form = Form.F2021
    return forms.words_of(name, form if name in _NAMES_2021 else Form.F2019)
