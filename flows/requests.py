"""What the console asked for is done: requests are claimed one by one, done, and answered.

A request that cannot be done is answered with one sentence, and the next one is taken: no request holds up another.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from prefect import flow

from storage import requests, settings
from storage.database import Database, open_database
from storage.exceptions import GongkaiError, UnknownTarget

MOST_PAGES = 120  # a discovery may ask for; others wait behind it
MOST = 20  # requests a run; the schedule comes again in a minute


@flow(name="answer-requests")
def answer_requests() -> int:
    """Does what waits and returns how many requests were answered."""
    with closing(open_database(settings.load().database_url)) as database:
        return work_off(database, KINDS)


def work_off(database: Database, kinds: Mapping[str, Callable[[Mapping[str, Any]], Any]], most: int = MOST) -> int:
    """Claims, does and answers up to ``most`` requests; ``kinds`` says how each kind is done."""
    holder = f"{socket.gethostname()}-{os.getpid()}"
    for done in range(most):
        request = requests.claim(database, holder)
        if request is None:
            return done
        try:
            if request.kind not in kinds:
                raise UnknownTarget(f"request kind {request.kind!r}: expected one of {', '.join(kinds)}")
            requests.answer(database, request.id, result=kinds[request.kind](request.payload))
        except GongkaiError as problem:
            requests.answer(database, request.id, error=str(problem))
    return most


def _read(payload: Mapping[str, Any]) -> dict[str, Any]:
    from harvesters.one_page import read_address
    from harvesters.reading.page import as_json

    # never a private address: whoever can open the console could look into the office's network through it
    return as_json(read_address(str(payload.get("url") or ""), settings.load()))


def _discover(payload: Mapping[str, Any]) -> dict[str, Any]:
    from harvesters.discover import BUDGET, discover
    from harvesters.one_page import Session
    from harvesters.proposals import as_json

    pages = payload.get("pages")
    budget = pages if isinstance(pages, int) and 0 < pages <= MOST_PAGES else BUDGET
    with Session(settings.load()) as session:
        return as_json(discover(str(payload.get("url") or ""), session, budget=budget))


def _harvest(payload: Mapping[str, Any]) -> str:
    from flows.assess import assess
    from flows.harvest import harvest

    told = harvest(units=[str(payload.get("unit"))], columns=_columns(payload), full=bool(payload.get("full")))
    assess()
    return str(told)


def _columns(payload: Mapping[str, Any]) -> list[str] | None:
    return [str(payload["column"])] if payload.get("column") else None


def _deliver(payload: Mapping[str, Any]) -> str:
    from flows.deliver import deliver

    told = deliver(to=str(payload["receiver"]) if payload.get("receiver") else None, at_once=True)
    return "\n".join(str(one) for one in told)


def _replay(payload: Mapping[str, Any]) -> str:
    from flows.delivery.replaying import replay_all

    wanted = payload.get("items")
    items = [str(one) for one in wanted] if isinstance(wanted, list) else []
    told = replay_all(to=str(payload["receiver"]) if payload.get("receiver") else None, items=items)
    return "\n".join(str(one) for one in told)


def _registry(payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.registering import edit_registry

    with closing(open_database(settings.load().database_url)) as database:
        return edit_registry(database, payload)


def _paper(payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.papers_made import make

    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        kept = make(database, known, payload)
    return {"paper": kept.id, "name": kept.name}


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "discover": _discover,
    "read": _read,
    "harvest": _harvest,
    "recheck": _harvest,
    "deliver": _deliver,
    "replay": _replay,
    "registry": _registry,
    "paper": _paper,
}
