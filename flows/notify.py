"""Who must act is told: what happened becomes notices, and what may go out goes.

What is told to whom is decided in ``flows.notices``; this is the flow that runs it, and where it learns which flows
failed: Prefect's server is asked for the last run of each that ended.
"""

from __future__ import annotations

from contextlib import closing

import httpx
from prefect import flow, get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState
from prefect.client.schemas.filters import FlowRunFilterStateType as OfType
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectException

from flows.notices.faults import Run
from flows.notices.sending import Told, tell
from storage import settings
from storage.database import open_database

# the flows of the table of schedules; this one is not among them: if it fails, it cannot say so
FLOWS = ("harvest-due", "probe", "assess", "deliver", "reconcile", "index", "answer-requests")
_ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED]


@flow(name="notify")
def notify(at_once: bool = False) -> Told:
    """Makes notices of what happened since the last run, and sends those that may go out.

    :param at_once: also what waits for the digest, the end of quiet hours or the next try.
    :raises ChannelsFileError: the channels file is not valid.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        told = tell(database, now, runs=last_runs(), at_once=at_once)
    if told.failed:
        get_run_logger().error("%s", told)
    return told


def last_runs() -> list[Run] | None:
    """The last run of each flow that ended; None where Prefect's server does not say."""
    found = []
    ended = FlowRunFilter(state=FlowRunFilterState(type=OfType(any_=_ENDED)))
    try:
        with get_client(sync_client=True) as client:
            for name in FLOWS:
                runs = client.read_flow_runs(
                    flow_filter=FlowFilter(name=FlowFilterName(any_=[name])),
                    flow_run_filter=ended,
                    sort=FlowRunSort.END_TIME_DESC,
                    limit=1,
                )
                for one in runs:
                    if one.state is not None and one.end_time is not None:
                        failed = one.state.type is not StateType.COMPLETED
                        found.append(Run(flow=name, failed=failed, at=one.end_time, said=one.state.message or ""))
    except (httpx.HTTPError, PrefectException) as problem:
        get_run_logger().warning("cannot ask for the last runs: %s", problem)
        return None
    return found
