"""What the console asked for is done: requests are claimed one by one, done, and answered.

A request that cannot be done is answered with one sentence, and the next one is taken: no request holds up another,
not even one that meets a fault of ours. ``python -m flows.requests`` is a worker: it looks each second and ends when it
is told to; a request it was stopped at waits again.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from types import FrameType
from typing import Any, Final

from prefect import flow

from storage import registry, requests, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import DatabaseError, GongkaiError, UnknownTarget

MOST_PAGES = 120  # a discovery may ask for; others wait behind it
MOST = 20  # requests a run; the schedule comes again in a minute
LOOK_S: Final = 1.0
AWAY_S: Final = 10.0
RENEW_S: Final = 300.0  # a claim goes stale after an hour, and a harvest may take several
KEPT: Final = dt.timedelta(days=30)  # answers
_FORGET_S: Final = 3600.0
FAULT: Final = "the program failed; the fault was logged"
_log = logging.getLogger(__name__)


class _Stopped(BaseException):
    """The worker was told to end while it was at a request; nothing that holds failures back catches it."""


@flow(name="answer-requests")
def answer_requests() -> int:
    """Does what waits and returns how many requests were answered."""
    with closing(open_database(settings.load().database_url)) as database:
        return work_off(database, KINDS)


def work_off(
    database: Database,
    kinds: Mapping[str, Callable[[Mapping[str, Any]], Any]],
    most: int = MOST,
    *,
    renew_s: float = RENEW_S,
) -> int:
    """Claims, does and answers up to ``most`` requests; ``kinds`` says how each kind is done.

    :param renew_s: seconds between two renewals of the claim on the request that is being done.
    """
    # a name of its own for each run: a process may do several, and a renewal must not touch another's claim
    holder = f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
    for done in range(most):
        request = requests.claim(database, holder)
        if request is None:
            return done
        with _renewed(database, request.id, holder, renew_s):
            _do(database, request, holder, kinds)
    return most


def _do(
    database: Database,
    request: requests.Request,
    holder: str,
    kinds: Mapping[str, Callable[[Mapping[str, Any]], Any]],
) -> None:
    try:
        try:
            if request.kind not in kinds:
                raise UnknownTarget(f"request kind {request.kind!r}: expected one of {', '.join(kinds)}")
            answer: dict[str, Any] = {"result": kinds[request.kind](request.payload)}
        except GongkaiError as problem:
            answer = {"error": str(problem)}
        except Exception:  # noqa: BLE001  # a fault of ours fails this request, and no other
            _log.exception("request %s (%s)", request.id, request.kind)
            answer = {"error": FAULT}
        requests.answer(database, request.id, **answer)
    except BaseException:  # stopped, or the database is away: whoever comes next does it
        with suppress(DatabaseError):
            requests.give_back(database, request.id, holder)
        raise


@contextmanager
def _renewed(database: Database, request: str, holder: str, every_s: float) -> Iterator[None]:
    """Renews a claim until the end of the context."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(every_s):
            try:
                if not requests.renew(database, request, holder):
                    return
            except DatabaseError as problem:  # it may be back at the next turn
                _log.warning("request %s: its claim was not renewed: %s", request, problem)

    worker = threading.Thread(target=renew, name="renew", daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()


# ------------------------------------------------------------------ the worker


def work(*, once: bool = False) -> None:
    """Does what waits, and what comes, until SIGTERM or SIGINT; ``once``: only what waits now.

    Told to end between two requests it ends at once, told at one it stops that as a harvest is stopped.

    :raises GongkaiError: the database cannot be opened.
    """
    with _ending() as is_told, closing(open_database(settings.load().database_url)) as database:
        _log.info("looks for requests each %g s", LOOK_S)
        forgotten = -_FORGET_S
        while not is_told():
            try:
                if time.monotonic() - forgotten >= _FORGET_S:
                    requests.forget(database, utcnow() - KEPT)
                    forgotten = time.monotonic()
                while not is_told() and requests.waits(database):
                    with is_told.at_work():
                        answer_requests()
            except Exception:  # the database or Prefect's server is away: they may be back at the next look
                if once:
                    raise
                _log.exception("requests are looked for again in %g s", AWAY_S)
                is_told.wait(AWAY_S)
            if once:
                return
            is_told.wait(LOOK_S)


class _Told:
    """Whether the worker was told to end; at work it is told by ``_Stopped``, which ends what it does."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._at_work = False

    def __call__(self) -> bool:
        return self._ended.is_set()

    def wait(self, seconds: float) -> None:
        """Waits, but no longer than until it is told."""
        self._ended.wait(seconds)

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """Takes the signal."""
        first = not self._ended.is_set()
        self._ended.set()
        if self._at_work and first:
            raise _Stopped

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Lets the signal end what is done in the context; what it raised there is swallowed."""
        try:
            self._at_work = True
            yield
        except BaseException:  # _Stopped, or what Prefect or a crawl made of it
            if not self():
                raise
            _log.info("stopped at a request; it waits again")
        finally:
            self._at_work = False


@contextmanager
def _ending() -> Iterator[_Told]:
    told = _Told()
    before = {number: signal.signal(number, told.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# ------------------------------------------------------------------ how each kind is done


def _read(payload: Mapping[str, Any]) -> dict[str, Any]:
    from harvesters.one_page import read_address
    from harvesters.reading.page import as_json

    now = settings.load()
    return as_json(read_address(str(payload.get("url") or ""), now, allow_private=_allows_private(now.database_url)))


def _discover(payload: Mapping[str, Any]) -> dict[str, Any]:
    from harvesters.discover import BUDGET, discover
    from harvesters.one_page import Session
    from harvesters.proposals import as_json

    pages = payload.get("pages")
    budget = pages if isinstance(pages, int) and 0 < pages <= MOST_PAGES else BUDGET
    now = settings.load()
    with Session(now, allow_private=_allows_private(now.database_url)) as session:
        return as_json(discover(str(payload.get("url") or ""), session, budget=budget))


def _allows_private(url: str | None) -> bool:
    """Whether the city's sites stand on an intranet: else whoever opens the console could look into the office's."""
    with closing(open_database(url)) as database:
        city = registry.load_city(database)
    return city is not None and city.allow_private_addresses


def _harvest(payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.assess import assess
    from flows.harvest import harvest

    told = harvest(units=[str(payload.get("unit"))], columns=_columns(payload), full=bool(payload.get("full")))
    assess()
    counts = ("columns_done", "columns_failed", "new", "changed", "gone", "requests")
    return {"told": str(told), **{name: told.total(name) for name in counts}}


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


def _annual(payload: Mapping[str, Any]) -> dict[str, Any]:
    from flows.annual.asked import do

    return do(payload)


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "discover": _discover,
    "read": _read,
    "harvest": _harvest,
    "recheck": _harvest,
    "deliver": _deliver,
    "replay": _replay,
    "registry": _registry,
    "paper": _paper,
    "annual": _annual,
}


def main() -> None:
    """A worker until it is told to end."""
    _log.setLevel(logging.INFO)  # through the handlers that Prefect set up
    work()


if __name__ == "__main__":
    main()
