"""The flow learns from Prefect's server which flows failed; where it does not answer, nothing is said of them."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from prefect.client.schemas.objects import StateType

from flows import notify, schedule
from flows.notices.faults import Run

AT = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)


def ended(kind: StateType, said: str | None = None) -> Any:
    return SimpleNamespace(state=SimpleNamespace(type=kind, message=said), end_time=AT)


class Server:
    """What Prefect's client answers: the last run of a flow that ended."""

    def __init__(self, last: dict[str, Any], problem: Exception | None = None) -> None:
        self.last = last
        self.problem = problem

    def read_flow_runs(self, *, flow_filter: Any, flow_run_filter: Any, sort: Any, limit: int) -> list[Any]:
        if self.problem is not None:
            raise self.problem
        (name,) = flow_filter.name.any_
        assert StateType.CANCELLED not in flow_run_filter.state.type.any_  # one that gave way to another has not failed
        return [self.last[name]][:limit] if name in self.last else []


def ask(server: Server, monkeypatch: pytest.MonkeyPatch) -> list[Run] | None:
    @contextmanager
    def client(*, sync_client: bool) -> Iterator[Server]:
        assert sync_client
        yield server

    monkeypatch.setattr(notify, "get_client", client)
    monkeypatch.setattr(notify, "get_run_logger", lambda: logging.getLogger("tests"))
    return notify.last_runs()


@pytest.mark.parametrize(
    ("run", "failed", "said"),
    [
        (ended(StateType.COMPLETED), False, ""),
        (ended(StateType.FAILED, "database is locked"), True, "database is locked"),
        (ended(StateType.CRASHED, "killed"), True, "killed"),
    ],
)
def test_the_last_run_of_each_flow(run: Any, failed: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(Server({"assess": run}), monkeypatch) == [Run(flow="assess", failed=failed, at=AT, said=said)]


def test_a_server_that_does_not_answer_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(Server({}, httpx.ConnectError("refused")), monkeypatch) is None


def test_every_flow_of_the_schedules_is_asked_for_but_this_one() -> None:
    from prefect.flows import load_flow_from_entrypoint

    names = {load_flow_from_entrypoint(one.entrypoint).name for one in schedule.SCHEDULES}
    assert names - {"notify"} == set(notify.FLOWS)
