"""``gongkai people``: who may use the console, from the command line of who runs it."""

from __future__ import annotations

import getpass
import json
from contextlib import closing

import typer

from storage import people, registry
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from storage.schema import Role


def welcome(database: Database, base: str) -> None:
    """Says how the first account is made, as long as there is none."""
    token = people.first_link(database)
    if token is not None:
        typer.echo(f"nobody has an account yet; make the first one (link valid once): {base}/welcome/{token}", err=True)


def show(*, as_json: bool) -> None:
    """Every account."""
    with closing(open_database()) as database:
        found = people.accounts(database)
    if as_json:
        kept = ("name", "shown", "role", "unit")
        typer.echo(json.dumps([{name: getattr(one, name) for name in kept} | _times(one) for one in found], indent=1))
        return
    for one in found:
        closed = f"  closed {one.closed_at:%Y-%m-%d}" if one.closed_at else ""
        typer.echo(f"{one.name:24} {one.role.value:8} {one.unit or '-':24} {one.shown}{closed}")
    if not found:
        typer.echo("nobody has an account yet: gongkai people invite --role office")


def invite(role: Role, unit: str | None, account: str | None, base: str) -> None:
    """Prints a one-time link.

    :raises UnknownTarget: there is no such unit or account.
    :raises PeopleRefused: a unit's person needs a unit, others have none.
    """
    with closing(open_database()) as database:
        if account is not None:
            known = people.get(database, account)
            if known is None:
                raise UnknownTarget(f"no account {account!r}; gongkai people list shows them")
            role, unit = known.role, known.unit
        elif unit is not None:
            city = registry.load_city(database)
            if unit not in {one.id for one in (city.units if city else ())}:
                raise UnknownTarget(f"no unit {unit!r} in the registry; gongkai city export shows them")
        token = people.invite(database, role, by=f"{getpass.getuser()} (command line)", unit=unit, account=account)
    typer.echo(f"{base.rstrip('/')}/welcome/{token}")


def close(name: str) -> None:
    """Closes an account.

    :raises UnknownTarget: there is no such open account.
    :raises PeopleRefused: it is the office's last one.
    """
    with closing(open_database()) as database:
        people.close(database, name, by=f"{getpass.getuser()} (command line)")
    typer.echo(f"{name}: closed; signed out everywhere")


def _times(one: people.Account) -> dict[str, str | None]:
    closed = None if one.closed_at is None else one.closed_at.isoformat()
    return {"made_at": one.made_at.isoformat(), "closed_at": closed}
