"""The outbox goes out: every change of the catalogue reaches every receiver once, in order.

The catalogue is settled first, so that what several units publish is one document before it goes out. How changes are
handed on is decided in ``flows.delivery``; this is the flow that runs it.
"""

from __future__ import annotations

from contextlib import closing

from prefect import flow

from flows.delivery.handing import Delivered, deliver_to_folder
from flows.settling import settle_database
from storage import settings
from storage.database import open_database


@flow(name="deliver")
def deliver() -> Delivered:
    """Hands every change not delivered yet to the folder the settings name.

    :raises DeliveryFailed: the folder did not take a batch; the next run goes on from there.
    """
    now = settings.load()
    with closing(open_database(now.database_url)) as database:
        settle_database(database)
        return deliver_to_folder(database, now.delivery_folder)
