"""The outbox goes out: every change of the catalogue reaches every receiver once, in order.

How is decided in ``flows.delivery``; these are the flows and the tasks that run it. Receivers are served side by side,
one Prefect task each, and one that fails or is slow holds up no other: its failure is a value among the others.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.delivery import receivers
from flows.delivery.configured import Configured
from flows.delivery.handing import Delivered, hand_over, put_off
from flows.delivery.reconciling import Compared, compare
from storage import outbox, settings
from storage.database import open_database
from storage.exceptions import DatabaseError

# a task mostly waits for its receiver
_SIDE_BY_SIDE: Any = ThreadPoolTaskRunner(max_workers=32)


@task(name="hand-over", task_run_name="hand-over-{config.name}", cache_policy=NO_CACHE)
def hand_over_to(config: Configured, at_once: bool, set_aside: bool, limit_s: float | None) -> Delivered:
    """One receiver's run."""
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        try:
            told = hand_over(database, config, now, at_once=at_once, set_aside=set_aside, limit_s=limit_s)
        except DatabaseError:
            raise
        except Exception as bug:  # noqa: BLE001  # of ours, in one kind of receiver: the others are served all the same
            get_run_logger().exception("delivering to %s", config.name)
            held = f"a fault of ours, please report it: {type(bug).__name__}: {bug}"
            put_off(database, config.name, held, now)
            told = Delivered(receiver=config.name, last_seq=outbox.cursor(database, config.name), held=held)
            told.waiting = outbox.head(database) - told.last_seq
    if told.held is not None:
        get_run_logger().error("%s", told)
    return told


@flow(name="deliver", task_runner=_SIDE_BY_SIDE)
def deliver(
    to: str | None = None, at_once: bool = False, set_aside: bool = False, limit_s: float | None = None
) -> list[Delivered]:
    """Hands every change that was not delivered yet to every receiver, or to the one called ``to``.

    :param at_once: also to receivers that failed and are to be left alone for a while.
    :param set_aside: also set changes aside where a receiver refuses all it is given.
    :param limit_s: for each receiver; by default the settings'.
    :raises ReceiversFileError: the receivers file is not valid.
    :raises UnknownTarget: there is no receiver ``to``.
    """
    now = settings.load()
    configured = receivers.load(now)
    with closing(open_database(now.database_url)) as database:
        outbox.register(database, {one.name: one.kind for one in configured})
    wanted = receivers.named(configured, to)
    futures = [hand_over_to.submit(one, at_once, set_aside, limit_s) for one in wanted]
    return [future.result() for future in futures]


@task(name="compare", task_run_name="compare-{config.name}", cache_policy=NO_CACHE)
def compare_with(config: Configured) -> Compared:
    """One receiver's comparison."""
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        try:
            told = compare(database, config, now)
        except DatabaseError:
            raise
        except Exception as bug:  # noqa: BLE001  # as above
            get_run_logger().exception("comparing %s", config.name)
            told = Compared(receiver=config.name, failed=f"a fault of ours, please report it: {bug!r}")
    if told.failed is not None or told.told is None or told.told.drift:
        get_run_logger().error("%s", told.failed or told.told)
    return told


@flow(name="reconcile", task_runner=_SIDE_BY_SIDE)
def reconcile() -> list[Compared]:
    """Compares what every receiver holds with what it should hold; nothing is sent. What comes of it is kept.

    :raises ReceiversFileError: the receivers file is not valid.
    """
    futures = [compare_with.submit(one) for one in receivers.load(settings.load())]
    return [future.result() for future in futures]
