"""A page made ahead is the one that would have been made when it is asked for; where that fails, it is made then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from storage import oai
from storage.database import Database
from storage.exceptions import DatabaseError
from storage.oai import ahead, selection
from storage.oai.ahead import ReadAhead
from tests.storage import build, feed
from tests.storage.feed import BASE

LIST = {"verb": ["ListIdentifiers"], "metadataPrefix": ["oai_dc"]}


class Asked:
    """``oai.respond`` that counts, and fails while told to."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False
        self.respond = oai.respond

    def __call__(self, *arguments: Any) -> bytes:
        self.times += 1
        if self.fails:
            raise DatabaseError("down")
        return self.respond(*arguments)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    counting = Asked()
    monkeypatch.setattr(oai, "respond", counting)
    monkeypatch.setattr(selection, "PAGE", 3)
    return counting


@pytest.fixture
def reading(db: Database, asked: Asked) -> Iterator[ReadAhead]:
    feed.put(db, [build.item(number) for number in range(8)])
    made = ReadAhead(db)
    yield made
    made.close()


def begin(reading: ReadAhead, asked: Asked) -> dict[str, list[str]]:
    """Asks for a first page and has the second one begun ahead; what asks for that one."""
    first = reading.respond(LIST, BASE)
    reading.prepare(LIST, BASE, first)
    while asked.times < 2:
        time.sleep(0.005)
    return {"verb": LIST["verb"], "resumptionToken": [feed.token(feed.checked(first)) or ""]}


def test_a_list_read_ahead_is_the_list(db: Database, reading: ReadAhead, asked: Asked) -> None:
    given, found = LIST, []
    while True:
        page = reading.respond(given, BASE)
        reading.prepare(given, BASE, page)
        found.append(feed.checked(page))
        token = feed.token(found[-1])
        if token is None:
            break
        given = {"verb": LIST["verb"], "resumptionToken": [token]}
    assert feed.ids(found) == feed.ids(feed.walk(db, {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}))


def test_the_next_page_is_there_before_it_is_asked_for(reading: ReadAhead, asked: Asked) -> None:
    following = begin(reading, asked)
    assert asked.times == 2
    page = reading.respond(following, BASE)
    assert asked.times == 2
    assert len(feed.headers(feed.checked(page))) == 3
    # asked for once more, as clients do whose connection broke: made anew
    assert feed.ids([feed.checked(reading.respond(following, BASE))]) == feed.ids([feed.checked(page)])
    assert asked.times == 3


def test_a_page_is_for_the_address_it_was_asked_at(reading: ReadAhead, asked: Asked) -> None:
    page = feed.checked(reading.respond(begin(reading, asked), "http://other.invalid/oai"))
    assert page.findtext(f"{feed.OAI}request") == "http://other.invalid/oai"


def test_a_page_that_lay_too_long_is_made_anew(
    reading: ReadAhead, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = begin(reading, asked)
    monkeypatch.setattr(ahead, "FRESH_S", -1.0)
    reading.respond(following, BASE)
    assert asked.times == 3


def test_a_failure_ahead_is_no_failure(reading: ReadAhead, asked: Asked) -> None:
    first = reading.respond(LIST, BASE)
    asked.fails = True
    reading.prepare(LIST, BASE, first)
    while asked.times < 2:
        time.sleep(0.005)
    asked.fails = False
    following = {"verb": LIST["verb"], "resumptionToken": [feed.token(feed.checked(first)) or ""]}
    assert len(feed.headers(feed.checked(reading.respond(following, BASE)))) == 3


def test_lists_that_nobody_goes_on_with_do_not_pile_up(reading: ReadAhead, asked: Asked) -> None:
    addresses = [f"http://h{number}.invalid/oai" for number in range(3 * ahead.MOST)]
    for address in addresses:
        first = reading.respond(LIST, address)
        reading.prepare(LIST, address, first)
    reading.close()
    following = {"verb": LIST["verb"], "resumptionToken": [feed.token(feed.checked(first)) or ""]}
    before = asked.times
    for address in addresses:
        reading.respond(following, address)
    assert asked.times - before >= len(addresses) - ahead.MOST


@pytest.mark.parametrize("given", [{}, {"verb": ["ListRecords", "x"], "resumptionToken": ["a"]}, {"verb": []}])
def test_what_is_no_list_is_answered_alike(reading: ReadAhead, asked: Asked, given: dict[str, list[str]]) -> None:
    page = reading.respond(given, BASE)
    reading.prepare(given, BASE, page)
    assert feed.codes(feed.checked(page))
    assert asked.times == 1
