"""``gongkai city``: names and options; what is done stands in ``registry``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import OutOption

app = typer.Typer(no_args_is_help=True, help="The registry: a city file in, a city file out.")


@app.command("apply")
def apply(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The city file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Check a city file, show what would change in the registry, and change it.

    Asks only on a terminal. A unit that leaves keeps its history.
    """
    from flows.commands import registry

    raise typer.Exit(registry.apply_file(file, yes=yes))


@app.command("export")
def export(*, out: OutOption = None) -> None:
    """Write the registry back as a city file."""
    from flows.commands import registry

    registry.export_file(out)
