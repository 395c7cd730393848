"""Clients that others wrote harvest over HTTP while the catalogue changes, and end up with what we have."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import oaipmh_scythe
import pytest
import sickle
import uvicorn
from fastapi.testclient import TestClient
from oaipmh_scythe.config import HTTPConfig
from oaipmh_scythe.exceptions import NoRecordsMatch
from sickle.oaiexceptions import BadResumptionToken as SickleBadToken
from sickle.oaiexceptions import NoRecordsMatch as SickleNoRecords

from storage import catalogue, oai
from storage.console import create_app
from storage.console import feed as console_feed
from storage.database import Database
from storage.exceptions import DatabaseError
from storage.formats import core_record, gongkai
from storage.oai import selection
from tests.storage import build, feed
from tests.storage.busy import Busy

OAI: Final = feed.OAI


@contextmanager
def serving(db: Database) -> Iterator[str]:
    """The console on loopback in a thread of its own; yields the feed's address."""
    server = uvicorn.Server(uvicorn.Config(create_app(db), host="127.0.0.1", port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/oai"
    finally:
        server.should_exit = True
        thread.join()


class Got(NamedTuple):
    """One record as a client has it."""

    id: str
    datestamp: str
    deleted: bool
    revision: int | None
    title: str | None


class Sickle:
    """Goes on from the responseDate of the last page it read."""

    def __init__(self, address: str, method: str) -> None:
        self.client: Any = sickle.Sickle(address, http_method=method)
        self.since: str | None = None

    def harvest(self) -> list[Got]:
        bounds = {"from": self.since} if self.since else {}
        try:
            records = self.client.ListRecords(metadataPrefix="gongkai", **bounds)
        except SickleNoRecords:
            return []
        page, found = None, []
        for record in records:
            item = None if record.deleted else record.xml.find(f".//{{{gongkai.NAMESPACE}}}item")
            page = records.oai_response
            found.append(_got(record.header, record.deleted, item))
        self.since = page.xml.findtext(f"{OAI}responseDate") if page else self.since
        return found


class Scythe:
    """Goes on from the latest datestamp it has seen."""

    def __init__(self, address: str, method: str) -> None:
        self.client: Any = oaipmh_scythe.Scythe(address, http_config=HTTPConfig(http_method=method))
        self.since: str | None = None

    def harvest(self) -> list[Got]:
        found = []
        try:
            for record in self.client.list_records(metadata_prefix="gongkai", from_=self.since):
                item = None if record.deleted else record.xml.find(f".//{{{gongkai.NAMESPACE}}}item")
                found.append(_got(record.header, record.deleted, item))
        except NoRecordsMatch:
            return []
        self.since = max([one.datestamp for one in found] + ([self.since] if self.since else []))
        return found


def _got(header: Any, deleted: bool, item: Any) -> Got:
    name = header.identifier.rpartition(":")[2]
    if item is None:
        return Got(name, header.datestamp, deleted, None, None)
    return Got(
        name, header.datestamp, deleted, int(item.get("revision")), item.findtext(f"{{{gongkai.NAMESPACE}}}title")
    )


def ours(db: Database) -> dict[str, tuple[bool, int | None, str | None]]:
    """What a client should have: of what stands revision and title, of what was withdrawn that it was."""
    return {
        item.id: (True, None, None) if item.withdrawn_at else (False, item.revision, item.title)
        for item in catalogue.iter_items(db)
    }


# ------------------------------------------------------------------ while the catalogue changes


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("client", [Sickle, Scythe])
def test_a_client_that_harvests_while_things_change_has_in_the_end_what_we_have(
    db: Database, monkeypatch: pytest.MonkeyPatch, client: Any, method: str
) -> None:
    monkeypatch.setattr(selection, "PAGE", 17)
    items = [build.item(number) for number in range(200)]
    feed.put(db, items)
    busy = Busy(db, items, steps=40)
    state: dict[str, tuple[bool, int | None, str | None]] = {}
    with serving(db) as address:
        harvester = client(address, method)
        busy.start()
        running, seen = True, set()
        while running:
            running = busy.is_alive()
            since = harvester.since
            found = harvester.harvest()
            times = Counter((one.id, one.datestamp, one.revision, one.deleted) for one in found)
            # one list hands nothing out twice but what changed in between
            assert [one for one, count in times.items() if count > 1 and one[2] is not None] == []
            # the next one hands out again only what is of the moment it goes on from, or later
            assert all(since is not None and one[1] >= since for one in times if one in seen)
            seen |= set(times)
            state |= {one.id: (one.deleted, one.revision, one.title) for one in found}
        busy.join()
        state |= {one.id: (one.deleted, one.revision, one.title) for one in harvester.harvest()}
    assert busy.failure is None
    wanted = ours(db)
    assert state == wanted
    assert {deleted for deleted, _, _ in wanted.values()} == {True, False}
    assert len(wanted) == 240


# ------------------------------------------------------------------ what else clients ask


def test_clients_understand_all_verbs_and_errors(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "PAGE", 3)
    items = [build.item(number) for number in range(8)]
    names = feed.put(db, items)
    feed.withdraw(db, items[:7])
    with serving(db) as address:
        one: Any = sickle.Sickle(address)
        other: Any = oaipmh_scythe.Scythe(address)
        assert one.Identify().granularity == other.identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
        assert one.Identify().baseURL == address
        for sets in (one.ListSets(), other.list_sets()):
            assert {"unit:tianhe-qu", "category:activity"} <= {found.setSpec for found in sets}
        for formats in (one.ListMetadataFormats(), other.list_metadata_formats()):
            assert [found.metadataPrefix for found in formats] == ["oai_dc", "gongkai", "zfxxgk"]
        for headers in (
            one.ListIdentifiers(metadataPrefix="oai_dc", set="unit:tianhe-qu"),
            other.list_identifiers(metadata_prefix="oai_dc", set_="unit:tianhe-qu"),
        ):
            found = [(header.identifier.rpartition(":")[2], header.deleted) for header in headers]
            assert found == [*((name, False) for name in names[:7]), (names[7], True)]
        assert len(list(one.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == 7
        record = one.GetRecord(metadataPrefix="oai_dc", identifier=f"oai:gongkai.localhost:{names[0]}")
        assert record.metadata["title"] == [items[0].title]
        record = one.GetRecord(metadataPrefix="zfxxgk", identifier=f"oai:gongkai.localhost:{names[0]}")
        assert record.metadata["名称"] == [items[0].title]
        with pytest.raises(SickleBadToken):
            one.ListRecords(resumptionToken="forged")
        with pytest.raises(oaipmh_scythe.exceptions.CannotDisseminateFormat):
            list(other.list_records(metadata_prefix="marc21"))
        other.close()


# ------------------------------------------------------------------ the web around it


@pytest.fixture
def web(db: Database) -> Iterator[TestClient]:
    with TestClient(create_app(db)) as client:
        yield client


def test_form_and_query_mean_the_same(db: Database, web: TestClient) -> None:
    feed.put(db, [build.item(1)])
    query = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    for answer in (
        web.get("/oai", params=query),
        web.post("/oai", data=query),
        web.post("/oai", params={"verb": "ListIdentifiers"}, data={"metadataPrefix": "oai_dc"}),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        root = feed.checked(answer.content)
        assert len(feed.headers(root)) == 1
        assert root.findtext(f"{OAI}request") == "http://testserver/oai"
    repeated = web.post("/oai", params=query, data={"metadataPrefix": "oai_dc"})
    assert feed.codes(feed.checked(repeated.content)) == ["badArgument"]


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"verb", b"{}", b"verb=Identify&%zz=%"])
def test_any_form_is_answered(web: TestClient, body: bytes) -> None:
    answer = web.post("/oai", content=body, headers={"content-type": "application/json"})
    assert feed.codes(feed.checked(answer.content))


def test_a_form_without_end_is_cut_off(web: TestClient) -> None:
    assert web.post("/oai", content=b"a" * (console_feed.MOST_BYTES + 1)).status_code == 413


def test_the_schemas_lie_where_the_formats_say(web: TestClient) -> None:
    root = feed.checked(web.get("/oai?verb=ListMetadataFormats").content)
    _, *addresses = [one.text for one in root.iter(f"{OAI}schema")]
    assert [web.get(one).content for one in addresses] == [gongkai.schema(), core_record.schema()]


def test_a_database_that_fails_asks_clients_for_patience(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise DatabaseError("down")

    monkeypatch.setattr(oai, "respond", fail)
    answer = web.get("/oai?verb=Identify")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
