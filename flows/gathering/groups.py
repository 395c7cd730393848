"""What stands together and is judged together: for each kind of group that a rule names, what brings it about.

Groups are gathered and judged afresh in every run, because time alone, or a change in any of their parts, can change
what is said of the others. So each gatherer finds its groups with a few queries, and only those worth judging.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flows.gathering import alike
from flows.gathering.annual import gather_annual
from flows.gathering.chains import gather_chains
from flows.gathering.directories import gather_directories
from flows.gathering.letters import gather_letters
from flows.gathering.run import Run
from flows.gathering.yearly import gather_column_dates, gather_yearly

Gatherer = Callable[[Run], Iterator[Any]]

GATHERERS: Mapping[str, Gatherer] = {
    "chains": gather_chains,
    "same_index_number": alike.same_index_number,
    "same_document_number": alike.same_document_number,
    "posted_again": alike.posted_again,
    "posted_in_bulk": alike.posted_in_bulk,
    "repealed": alike.repealed,
    "column_dates": gather_column_dates,
    "letters": gather_letters,
    "yearly": gather_yearly,
    "directories": gather_directories,
    "annual": gather_annual,
}
