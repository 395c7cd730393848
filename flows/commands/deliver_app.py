"""``gongkai deliver``: what waits goes out; and how each receiver stands, what it refused, what it really holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ToOption = Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only this receiver.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of lines.")]

app = typer.Typer(
    help="Hand every change that was not delivered yet to the receivers: each once, in order.\n\n"
    "A receiver that failed is left alone for a while, longer each time; --now asks it all the same. Exits 1 where "
    "something is held.",
)


@app.callback(invoke_without_command=True)
def deliver(
    context: typer.Context,
    *,
    to: ToOption = None,
    now: Annotated[
        bool, typer.Option("--now", help="Also to a receiver that failed and is to be left alone for a while.")
    ] = False,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Set changes aside even where a receiver refuses all it is given.")
    ] = False,
) -> None:
    """Hand every change that was not delivered yet to the receivers: each once, in order."""
    if context.invoked_subcommand is not None:
        return
    from flows.commands import delivering

    raise typer.Exit(delivering.deliver(to=to, now=now, set_aside=set_aside))


@app.command("status")
def status(*, as_json: JsonOption = False) -> None:
    """How each receiver stands: how far behind, since when it is held and why, what it refused, its last comparison.

    Exits 1 where something is held, refused, or not as it should be.
    """
    from flows.commands import delivering

    raise typer.Exit(delivering.status(as_json=as_json))


@app.command("dead")
def dead(*, to: ToOption = None, as_json: JsonOption = False) -> None:
    """What receivers refused for good and was set aside, with their reasons. Exits 1 where there is something."""
    from flows.commands import delivering

    raise typer.Exit(delivering.dead(to=to, as_json=as_json))


@app.command("replay")
def replay(
    *,
    items: Annotated[list[str] | None, typer.Argument(metavar="ITEM", help="Ids of items to send again.")] = None,
    to: ToOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that was refused.")] = False,
) -> None:
    """Send items again as they are now: those named, or with --all everything that was refused.

    Exits 1 where something is refused again.
    """
    from flows.commands import delivering

    if bool(items) == everything:
        raise typer.BadParameter("give either ITEM… or --all")
    raise typer.Exit(delivering.replay(to=to, items=items or ()))


@app.command("reconcile")
def reconcile(
    *,
    to: ToOption = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Send again what is missing, stale, damaged or should be deleted.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare what receivers hold with what they should hold, item by item; the difference is a number, the drift.

    Exits 1 where it is not 0. What a receiver holds that we never sent is told, and not touched.
    """
    from flows.commands import delivering

    raise typer.Exit(delivering.reconcile(to=to, repair=repair, as_json=as_json))


@app.command("receive")
def receive(
    *,
    into: Annotated[Path, typer.Option("--into", metavar="FILE", help="A SQLite file; made where it is missing.")],
    listen: Annotated[str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:8090",
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="ID", help="A key that is believed: central is GONGKAI_SECRET_CENTRAL; repeat."),
    ] = None,
    window: Annotated[int, typer.Option("--window", min=1, help="Seconds that clocks may be apart.")] = 300,
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=65536, help="Of a request's body.")] = 8 * 2**20,
) -> None:
    """Be a catalogue that takes signed pushes: to try a feed out, and an example to write the real one by.

    Listens on this machine alone unless --listen says otherwise.
    """
    from flows.commands import receive as command

    command.receive(listen, into, keys or ["central"], window_s=window, most_bytes=max_bytes)


@app.command("ddl")
def ddl(
    *,
    receiver: Annotated[str, typer.Argument(metavar="NAME", help="An exchange database of the receivers file.")],
) -> None:
    """Print the tables of an exchange database (前置库) for the DBA there, with the rights our user needs.

    Needed only where our user may make no tables. Nothing is asked of the database.
    """
    from flows.commands import delivering

    delivering.ddl(receiver)
