"""``gongkai people``: names and options; what is done stands in ``people``."""

from __future__ import annotations

from typing import Annotated

import typer

from storage.schema import Role

app = typer.Typer(no_args_is_help=True, help="Who may use the console.")
BaseOption = Annotated[str, typer.Option("--base", metavar="URL", help="Where the console is reached.")]


@app.command("list")
def list_accounts(*, as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False) -> None:
    """Every account."""
    from flows.commands import people

    people.show(as_json=as_json)


@app.command()
def invite(
    *,
    role: Annotated[Role, typer.Option(help="What the new person is here.")] = Role.OFFICE,
    unit: Annotated[str | None, typer.Option(metavar="ID", help="The unit a unit's person speaks for.")] = None,
    account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Set this account's password anew instead.")
    ] = None,
    base: BaseOption = "http://127.0.0.1:8000",
) -> None:
    """Print a one-time link with which a person chooses name and password."""
    from flows.commands import people

    people.invite(role, unit, account, base)


@app.command()
def close(*, name: Annotated[str, typer.Argument(metavar="NAME", help="The account.")]) -> None:
    """Close an account and end its sessions; its deeds stay in the log."""
    from flows.commands import people

    people.close(name)
