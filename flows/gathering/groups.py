"""What stands together and is judged together: for each kind of group that a rule names, what brings it about.

Groups are gathered and judged afresh in every run, because time alone, or a change in any of their parts, can change
what is said of the others. So each gatherer finds its groups with a few queries, and only those worth judging.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flows.gathering.directories import gather_directories
from flows.gathering.run import Run

Gatherer = Callable[[Run], Iterator[Any]]

GATHERERS: Mapping[str, Gatherer] = {
    "directories": gather_directories,
}
