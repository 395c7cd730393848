"""Two small flows and a worker that serves them on intervals, for the test of the schedules."""

from __future__ import annotations

import os
from pathlib import Path

from prefect import flow, serve

from flows.schedule import Schedule, deployments


@flow
def ticks() -> None:
    """Leaves a mark each time it runs."""
    with Path(os.environ["TICKS"]).open("a") as marks:
        marks.write("tick\n")


@flow
def fails() -> None:
    """Fails each time it runs."""
    raise RuntimeError("the disk is full")


if __name__ == "__main__":
    table = [
        Schedule(name=name, entrypoint=f"tests.flows.clockwork.{name}", description=name, interval_s=5)
        for name in ("ticks", "fails")
    ]
    serve(*deployments(table), print_starting_message=False, limit=2)
