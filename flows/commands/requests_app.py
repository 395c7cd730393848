"""``gongkai requests``: its names and options; what is done stands in ``flows.requests``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="What the console asked for.")


@app.callback()
def requests() -> None:
    """Keeps the name of the one command there is."""


@app.command()
def run(
    *,
    once: Annotated[bool, typer.Option("--once", help="Only what waits now, then end.")] = False,
) -> None:
    """Does what the console asked for, until stopped; gongkai up has workers of its own that do.

    Beside gongkai serve this is what harvests, discovers and changes the registry when a page asks for it.
    """
    from flows.commands.prefect_server import a_server
    from storage import settings

    with a_server(settings.load()):
        from flows.requests import work

        work(once=once)
