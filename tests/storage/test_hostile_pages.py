"""Whatever stands in names, titles, notes and addresses: on every page it is text, and leads nowhere but to the web."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from rdflib import Graph, URIRef

from storage import export, people
from storage.console import create_app, signing
from storage.database import Database, open_database
from tests.storage import hostile_city
from tests.storage.hostile_city import EVIL, MARK, SUM, Held, check_page, check_words, check_xml, is_safe

ASKED: Final = (  # what a path is asked with beyond itself
    "",
    "?lang=en",
    "?"
    + "&".join(f"{name}={quote(EVIL)}" for name in ("q", "unit", "column", "rule", "state", "after", "sort", "kind")),
    "?after=javascript:alert(1)&url=javascript:alert(1)&q=" + quote(MARK),
)
# told by others than pages: each has its own parser below
MACHINES: Final = ("/api/", "/oai", "/dcat", "/feeds", "/id/", "/openapi.json", "/metrics", "/healthz", "/static")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Held]]:
    home = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_HOME", str(home))
        with closing(open_database(f"sqlite:///{home}/gongkai.db")) as database:
            yield database, hostile_city.fill(database)


@pytest.fixture
def app(held: tuple[Database, Held], monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setenv("GONGKAI_HOME", str(held[1].home))  # where its archive is
    return create_app(held[0])


def client(app: FastAPI, database: Database, name: str | None) -> TestClient:
    web = TestClient(app, follow_redirects=False)
    if name is not None:
        web.cookies.set(signing.COOKIE, people.begin(database, name))
    return web


def routes(app: FastAPI, method: str = "GET") -> list[str]:
    """The path of every route that takes this method, also of routers within routers."""

    def walk(found: Any) -> Iterator[str]:
        for route in found:
            if (inner := getattr(route, "original_router", None)) is not None:
                prefix = getattr(route.include_context, "prefix", "") or ""
                yield from (f"{prefix}{path}" for path in walk(inner.routes))
            elif method in (getattr(route, "methods", None) or ()):
                yield route.path

    return sorted(set(walk(app.routes)))


def filled(path: str, held: Held) -> list[str]:
    """The path with everything in its places that the city has a name for; a place that nobody knows gets them all."""
    place = re.search(r"\{(\w+)(?::\w+)?\}", path)
    if place is None:
        return [path]
    before = re.split(r"[/.]", path[: place.start()].rstrip("/."))[-1]
    names = held.names.get(before, held.all())
    return [one for name in names for one in filled(path.replace(place[0], quote(name, safe=""), 1), held)]


def guarded(answer: Any) -> None:
    """The headers that let a browser run nothing."""
    rules = dict(one.strip().partition(" ")[::2] for one in answer.headers["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'" or "sandbox" in rules
    assert "'unsafe-inline'" not in rules.get("script-src", "")
    assert rules.get("script-src", "'self'") in ("'self'", "'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["office-1", "unit-1", "reader-1", None])
def test_every_page_shows_hostile_texts_as_text(app: FastAPI, held: tuple[Database, Held], name: str | None) -> None:
    database, city = held
    web = client(app, database, name)
    shown, answered = set(), set()
    for path in (path for path in routes(app) if not path.startswith(MACHINES)):
        for address in filled(path, city):
            for more in ASKED:
                answer = web.get(address + more)
                assert answer.status_code < 500, (address, more)
                guarded(answer)
                if answer.status_code in (200, 303):
                    answered.add(path)
                if (where := answer.headers.get("location")) is not None:
                    assert is_safe(where)
                    assert not where.startswith(("//", "/\\"))
                kind = answer.headers.get("content-type", "")
                if kind.startswith("text/html") and "attachment" not in answer.headers.get("content-disposition", ""):
                    is_ours = "sandbox" not in answer.headers["content-security-policy"]
                    if check_page(answer.text, is_ours=is_ours):
                        shown.add(path)
                elif kind.startswith(("image/svg", "text/xml", "application/xml")):
                    check_xml(answer.content)
    if name == "office-1":
        unknown = {path for path in routes(app) if "{" in path and not path.startswith(MACHINES)} - answered
        assert not unknown, "give the city something that these show, in hostile_city.fill"
        for path in (
            "/",
            "/units/{name}",
            "/findings/{name}",
            "/items/{name}",
            "/people",
            "/log",
            "/delivery",
            "/search",
        ):
            assert path in shown, path


def test_a_path_that_is_nowhere_is_told_as_text(app: FastAPI, held: tuple[Database, Held]) -> None:
    web = client(app, held[0], "office-1")
    for path in ("/units/", "/findings/", "/items/", "/nowhere/", "/dcat/catalog.", "/feeds/changes.", "/id/item/"):
        answer = web.get(path + quote(EVIL, safe=""))
        assert answer.status_code in (404, 410), path
        guarded(answer)
        if answer.headers["content-type"].startswith("text/html"):
            check_page(answer.text)


# ------------------------------------------------------------------ what machines are told


def test_rest_tells_it_as_json_of_one_type(app: FastAPI, held: tuple[Database, Held]) -> None:
    database, city = held
    web = client(app, database, "office-1")
    told = ""
    for path in (path for path in routes(app) if path.startswith(("/api/", "/openapi"))):
        for address in filled(path, city):
            answer = web.get(address, params={"limit": 100})
            guarded(answer)
            assert answer.headers["content-type"].startswith("application/json"), address
            told += check_words(json.loads(answer.content))
    assert MARK in told


def test_rdf_and_feeds_hold_no_address_that_runs(app: FastAPI, held: tuple[Database, Held]) -> None:
    database, city = held
    web = client(app, database, None)
    for address in filled("/dcat/catalog.{ending}", city):
        graph = Graph()
        form = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}[address.rpartition(".")[2]]
        graph.parse(data=web.get(address).text, format=form)
        nodes = {str(node) for triple in graph for node in triple if isinstance(node, URIRef)}
        assert nodes
        assert not [node for node in nodes if node.startswith(("javascript:", "data:")) or set(node) & set('<>" {}')]
        assert any(MARK in str(value) for value in graph.objects())
    assert check_xml(web.get("/dcat/catalog.rdf").content)
    assert check_xml(web.get("/feeds/changes.atom").content)
    feed = web.get("/feeds/changes.json").json()
    assert all(is_safe(one["url"]) for one in feed["items"] if "url" in one)
    for name in city.names["items"]:
        for accept in ("text/turtle", "text/html", "application/json", "application/rdf+xml"):
            answer = web.get(f"/id/item/{name}", headers={"accept": accept})
            assert is_safe(answer.headers.get("location", "/"))
            guarded(answer)


@pytest.mark.parametrize(
    "asked",
    [
        "verb=Identify",
        "verb=ListSets",
        "verb=ListMetadataFormats",
        *(f"verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_dc", "gongkai", "zfxxgk")),
        f"verb={quote(EVIL)}",
        f"verb=GetRecord&metadataPrefix={quote(EVIL)}&identifier={quote(EVIL)}",
        f"verb=ListRecords&resumptionToken={quote(EVIL)}",
    ],
)
def test_oai_tells_it_as_text(app: FastAPI, held: tuple[Database, Held], asked: str) -> None:
    answer = client(app, held[0], None).get(f"/oai?{asked}")
    assert answer.status_code == 200
    guarded(answer)
    assert check_xml(answer.content) or not asked.startswith("verb=ListRecords&metadata")


def test_metrics_are_lines_of_one_form(app: FastAPI, held: tuple[Database, Held]) -> None:
    lines = client(app, held[0], None).get("/metrics").text.split("\n")
    sample = re.compile(r'[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"\})? [-+.e\d]+')
    assert lines[-1] == ""
    assert all(line.startswith("#") or sample.fullmatch(line) for line in lines[:-1])
    assert any(MARK in line for line in lines)


@pytest.mark.parametrize("kind", export.KINDS)
def test_spreadsheets_run_nothing(held: tuple[Database, Held], kind: str, tmp_path: Path) -> None:
    out = io.BytesIO()
    export.export(held[0], kind, "csv", out)
    cells = [cell for row in csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    export.export(held[0], kind, "xlsx", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    typed = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert typed <= {"s", "n", "d", "b"}
    assert SUM not in out.getvalue().decode()
    assert MARK in out.getvalue().decode() or kind == "verdicts"
