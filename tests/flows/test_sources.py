"""From nothing to the first harvest through the console's pages, and the workers that do what pages ask for."""

from __future__ import annotations

import html
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from flows import requests as workers
from flows.registering import edit_registry
from flows.requests import FAULT, KINDS, work_off
from harvesters import city_file
from harvesters.crawl import CrawlJob, run_crawl
from storage import catalogue, registry, requests
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from tests.browser import office
from tests.harvesters.loopback import Site, served
from tests.storage.signing import signed_in

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        office.build(made)
        yield made


def crawled(payload: Any) -> str:
    """A harvest as the worker's, without Prefect's server: the crawl itself, over every column of the unit."""
    with closing(open_database()) as opened:
        city = registry.load_city(opened)
    assert city is not None
    [unit] = [one for one in city.units if one.id == payload["unit"]]
    columns = tuple((unit.id, one.id) for one in unit.columns)
    summary = run_crawl(CrawlJob(name="t", holder="test", columns=columns, homes=(unit.id,), full=payload["full"]))
    return f"{summary.columns_done} columns, {summary.new} new items"


def fields(page: str) -> dict[str, str]:
    """What a browser sends of a page's last form: values of its fields, boxes that are ticked, chosen options."""
    form = page[page.rindex('<form method="post"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or re.search(r"\schecked", tag):
            found[told["name"]] = html.unescape(told.get("value", ""))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        [found[name]] = re.findall(r'value="([^"]*)" selected', options)
    return found


def finished(client: TestClient, database: Database, answer: Any) -> str:
    """The request's page once the worker was there."""
    assert "/requests/" in str(answer.url)
    assert "Refresh" in answer.headers
    assert work_off(database, {**KINDS, "harvest": crawled}) == 1
    page = client.get(answer.url.path)
    assert "Refresh" not in page.headers
    return page.text


def test_from_nothing_to_the_first_harvest(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("harvesters.one_page.time.sleep", lambda _seconds: None)  # this machine bears it
    client = signed_in(database)
    # the board of a new installation leads to the city, and the city to the first unit
    assert 'href="/sources/city"' in client.get("/").text
    page = client.get("/sources/city").text
    city = {"name": "青禾市", "code": "629900", "contact": "mailto:o@qinghe.invalid", "allow_private_addresses": "1"}
    told = finished(client, database, client.post("/sources/city", data={**fields(page), **city}))
    assert 'href="/sources/add"' in told
    assert 'href="/sources/add"' in client.get("/").text
    # its address leads to its columns
    page = client.get("/sources/add").text
    told = finished(client, database, client.post("/sources/add", data={**fields(page), "url": f"{site.base}/"}))
    [preview] = re.findall(r'href="(/sources/add/\w+)"', told)
    form = fields(client.get(preview).text)
    assert form["home"] == f"{site.base}/"
    names = {value for name, value in form.items() if name.startswith("column-") and name.endswith("-name")}
    assert {"云溪要闻", "通知公告", "政府信息公开年报"} <= names
    unit = {"id": "yunxi", "name": "云溪县人民政府", "kind": "district"}
    told = finished(client, database, client.post(preview, data={**form, **unit}))
    # and the registry holds what its city file holds
    known = registry.load_city(database)
    assert known is not None
    assert [unit.id for unit in known.units] == ["yunxi"]
    taken = sum(name.endswith("-take") for name in form)
    assert len(known.units[0].columns) == taken >= 5
    file = tmp_path / "city.yml"
    file.write_text(city_file.dump(known), encoding="utf-8")
    assert registry.plan(database, city_file.load(file)).is_empty
    # the first harvest
    registry.apply(database, replace(known, delay_s=0))  # this machine bears it
    told = finished(client, database, client.post("/sources/harvest", data=fields(told)))
    assert 'href="/units/yunxi"' in told
    assert catalogue.count_items(database) == 11  # the doubtful column was left out
    assert "通知公告" in client.get("/units/yunxi").text


@pytest.mark.parametrize(("allowed", "state"), [(True, "done"), (False, "failed")])
def test_what_is_read_and_discovered_is_private_only_where_the_city_is(
    database: Database, site: Site, monkeypatch: pytest.MonkeyPatch, *, allowed: bool, state: str
) -> None:
    monkeypatch.setattr("harvesters.one_page.time.sleep", lambda _seconds: None)
    city = {"name": "青禾市", "code": "629900", "contact": "mailto:o@qinghe.invalid"}
    edit_registry(database, {"edit": "city", **city, "allow_private_addresses": allowed})
    asked = [requests.leave(database, kind, {"url": f"{site.base}/tzgg/"}) for kind in ("read", "discover")]
    assert work_off(database, KINDS) == 2
    answers = [requests.get(database, name) for name in asked]
    assert [one.state for one in answers if one] == [state, state]
    page = signed_in(database).get(f"/requests/{asked[0]}").text
    assert ("关于印发云溪县第31号工作方案的通知" in page) is allowed
    assert ("is the private address" in page) is not allowed


# ------------------------------------------------------------------ workers


def test_a_fault_of_ours_fails_its_request_and_no_other(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_payload: Any) -> str:
        raise ZeroDivisionError("no business of the page")

    def impossible(_payload: Any) -> str:
        raise UnknownTarget("no unit x")

    asked = [requests.leave(database, kind, {}) for kind in ("broken", "impossible", "unheard", "good")]
    assert work_off(database, {"broken": broken, "impossible": impossible, "good": lambda _: "done"}) == 4
    answers = [requests.get(database, name) for name in asked]
    assert [(one.state, one.error, one.result) for one in answers if one] == [
        ("failed", FAULT, None),
        ("failed", "no unit x", None),
        ("failed", "request kind 'unheard': expected one of broken, impossible, good", None),
        ("done", None, "done"),
    ]
    assert "ZeroDivisionError: no business of the page" in caplog.text  # the traceback


def test_a_claim_is_renewed_while_its_request_is_worked_at(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = threading.Event()
    renew = requests.renew

    def seen(*arguments: Any) -> bool:
        done = renew(*arguments)
        renewed.set()
        return done

    monkeypatch.setattr(requests, "renew", seen)
    name = requests.leave(database, "long", {})
    assert work_off(database, {"long": lambda _: renewed.wait(30)}, renew_s=0.01) == 1
    answer = requests.get(database, name)
    assert answer is not None
    assert answer.result is True


def test_who_is_stopped_at_a_request_gives_it_back(database: Database) -> None:
    def stopped(_payload: Any) -> str:
        raise KeyboardInterrupt

    name = requests.leave(database, "long", {})
    with pytest.raises(KeyboardInterrupt):
        work_off(database, {"long": stopped})
    again = requests.claim(database, "another")
    assert again is not None
    assert again.id == name


def test_a_worker_does_what_comes_and_ends_when_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: a signal between requests ends it, one at a request stops that and leaves it waiting."""
    name = requests.leave(database, "long", {})

    def long(_payload: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(30)

    def answer() -> int:
        return work_off(database, {"long": long})

    monkeypatch.setattr(workers, "answer_requests", answer)
    before = signal.getsignal(signal.SIGTERM)
    workers.work()
    assert signal.getsignal(signal.SIGTERM) is before
    left = requests.get(database, name)
    assert left is not None
    assert (left.state, left.claimed_by) == ("left", None)


def test_a_worker_process_ends_with_its_signal(database: Database, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        child = subprocess.Popen([sys.executable, "-m", "flows.requests"], cwd=ROOT, stdout=out, stderr=out)
    try:
        end = time.monotonic() + 60
        while "looks for requests" not in log.read_text() and time.monotonic() < end:
            time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
    finally:
        child.kill()
    assert "Traceback" not in log.read_text()
