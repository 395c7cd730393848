"""``gongkai notices``: names and options; what is done stands in ``noticing``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Who is told what, by e-mail, WeCom, DingTalk, Feishu or webhook.\n\n"
    "The channels file says by which channels (channels.yml in the data folder; deploy/channels.example.yml shows how "
    "to write one). gongkai up sends every five minutes.",
)


@app.command("status")
def status(*, as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Which channels there are and how they do, what waits, what failed. Exits 1 where a person has something to do."""
    from flows.commands import noticing

    raise typer.Exit(noticing.status(as_json=as_json))


@app.command("send")
def send(
    *,
    at_once: Annotated[
        bool, typer.Option("--now", help="Also what waits for the digest, the end of quiet hours or the next try.")
    ] = False,
) -> None:
    """Make notices of what happened since the last time and send those that may go out. Exits 1 where one failed."""
    from flows.commands import noticing

    raise typer.Exit(noticing.send(at_once=at_once))


@app.command("test")
def test(*, channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name in the channels file.")]) -> None:
    """Send a trial by one channel, and say whether it was taken. Exits 1 where it was not."""
    from flows.commands import noticing

    raise typer.Exit(noticing.test(channel))


@app.command("preview")
def preview(
    *,
    samples: Annotated[
        bool, typer.Option("--samples", help="Made-up notices of every kind instead: to look at templates.")
    ] = False,
) -> None:
    """Print what waits as it would go out, sending nothing. Exits 1 where a template of your own cannot be used."""
    from flows.commands import noticing

    raise typer.Exit(noticing.preview(samples=samples))
