"""The interfaces answer whatever they are asked: never a fault of the server, and REST as its own description says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.python import asgi

from storage import people
from storage.console import create_app, finding_steps, signing
from storage.database import Database, open_database
from tests.storage import hostile_city
from tests.storage.hostile_city import Held
from tests.storage.signing import csrf
from tests.storage.test_hostile_pages import filled, routes

# of looks the cursor is a moment and an id: no pattern says which text is one
CURSORS_TOLD_IN_WORDS: Final = {"/api/v1/observations"}
UNASKED: Final = {"/api/v1/units", "/healthz", "/metrics"}  # without parameters there is nothing to ask wrongly
PLACES: Final = {"name": "items", "year": "annual"}  # of paths, and what is known by such a name
NASTY: Final = (
    "%00",
    "a%00b",
    "%ED%A0%80",  # half a surrogate pair, as UTF-8 must not have it
    "%FF%FE",
    "%F4%8F%BF%BF",
    "",
    "-1",
    "0",
    "9" * 400,
    "1e400",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:59.999999-14:00~x",
    "0001-01-01T00:00:00%2B14:00~x",
    "%27%20OR%201=1--",
    "%25%5C%5F%2A%22",
    "%E5%AD%97" * 250,
    "..%2F..%2Fetc%2Fpasswd",
    "[]",
    "{}",
)
SHORT: Final = ("%00", "%ED%A0%80", "-1", "9" * 400, "2026-02-30", "9999-12-31T23:59:59.999999-14:00~x")
COMMON: Final = (
    *("after", "before", "q", "unit", "column", "limit", "from", "to", "lang", "page", "id", "day", "period"),
)
READ_BY_HEADERS: Final = (
    "/",
    "/api/v1/items",
    "/dcat",
    "/dcat/catalog.{ending}",
    "/feeds/changes.{ending}",
    "/id/item/{name}",
)
HEADERS: Final[tuple[Mapping[str, str], ...]] = (
    {"if-none-match": '"' * 9},
    {"if-none-match": "*"},
    {"if-modified-since": "Thu, 99 Foo 2026 99:99:99 GMT"},
    {"if-modified-since": "Mon, 01 Jan 0001 00:00:00 +1400"},
    {"accept": ";;q=,*/*;q=9," * 50},
    {"accept": "text/turtle;q=0"},
    {"cookie": f"{signing.COOKIE}={'x' * 3000}; lang=%00"},
    {"host": "a b:99999999"},
    {"host": "[::1"},
    {"x-forwarded-proto": "javascript"},
    {"range": "bytes=9-1"},
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Held]]:
    home = tmp_path_factory.mktemp("openapi")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_HOME", str(home))
        with closing(open_database(f"sqlite:///{home}/gongkai.db")) as database:
            yield database, hostile_city.fill(database)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[tuple[Database, Held]]:
    with closing(open_database(postgres_url)) as database:
        yield database, hostile_city.fill(database)


# ------------------------------------------------------------------ what the description allows, and what it does not


def explored(database: Database, held: Held, mode: GenerationMode, examples: int) -> Counter[tuple[str, int]]:
    """Asks every operation what its description allows, or does not, and holds each answer to it; how often which.

    The examples follow from the description alone: the same in every run.
    """
    app, seen = create_app(database, api_open=True), Counter[tuple[str, int]]()
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    entry: Any = app
    with asgi.get_client(entry) as session:
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]
            if mode is GenerationMode.NEGATIVE and (operation.path in UNASKED or operation.path.endswith("{name}")):
                continue
            _explore(operation, mode, examples, held, session, seen)
    return seen


def _explore(
    operation: Any, mode: GenerationMode, examples: int, held: Held, session: Any, seen: Counter[tuple[str, int]]
) -> None:
    place = next((one for one in PLACES if f"{{{one}}}" in operation.path), "")
    # a year may be what is wrong; a name never is
    is_known = place == "name" or (place and mode is GenerationMode.POSITIVE)
    names = [None, *held.names[PLACES[place]]] if is_known else [None]
    left_out = [CHECKS.get_one("positive_data_acceptance")] if operation.path in CURSORS_TOLD_IN_WORDS else None

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode), name=st.sampled_from(names))
    def ask(case: Any, name: str | None) -> None:
        if name is not None:
            case.path_parameters[place] = name
        answer = case.call(session=session)
        seen[operation.path, int(answer.status_code)] += 1
        case.validate_response(answer, excluded_checks=left_out)

    ask()


@pytest.mark.parametrize(("mode", "status"), [(GenerationMode.POSITIVE, 200), (GenerationMode.NEGATIVE, 422)])
def test_rest_answers_as_it_is_described(held: tuple[Database, Held], mode: GenerationMode, status: int) -> None:
    seen = explored(*held, mode, examples=8)
    paths = set(TestClient(create_app(held[0])).get("/openapi.json").json()["paths"])
    if mode is GenerationMode.NEGATIVE:
        paths -= {*UNASKED, "/api/v1/items/{name}"}
    assert {path for path, told in seen if told == status} == paths


def test_rest_answers_as_it_is_described_on_postgresql(on_postgres: tuple[Database, Held]) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        assert explored(*on_postgres, mode, examples=2)


# ------------------------------------------------------------------ what nobody would ask


def asked(database: Database, held: Held, *, whole: bool) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every path that can be got with nasty values in its place and in its parameters, and with nasty headers.

    :param whole: with all values and headers; otherwise with those that a database might choke on.
    """
    app = create_app(database)
    told = TestClient(app).get("/openapi.json").json()["paths"]
    for path in routes(app):
        [known, *_] = filled(path, held)
        parameters = told.get(path, {}).get("get", {}).get("parameters", ())
        declared = sorted(one["name"] for one in parameters if one["in"] == "query")
        if path.startswith(("/dcat", "/feeds", "/oai")):
            declared = ["after", "from", "modified_since", "resumptionToken"]
        for value in NASTY if whole and path in told else SHORT if declared else SHORT[:3]:
            if path in told or not declared:
                yield f"{known}?{'&'.join(f'{name}={value}' for name in dict.fromkeys((*declared, *COMMON)))}", {}
            if "{" in path:
                yield path.partition("{")[0] + value + path.rpartition("}")[2], {}
        for name in declared:  # alone: the first that is refused would hide the others
            yield from ((f"{known}?{name}={value}", {}) for value in SHORT)
        if whole and path in READ_BY_HEADERS:
            yield from ((known, headers) for headers in HEADERS)


def ask_everything(database: Database, held: Held, *, whole: bool) -> Counter[int]:
    seen: Counter[int] = Counter()
    cookie = f"{signing.COOKIE}={people.begin(database, 'office-1')}"
    app = create_app(database, api_open=True)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as web:
        for address, headers in asked(database, held, whole=whole):
            answer = web.get(address, headers={"cookie": cookie, **headers})
            assert answer.status_code < 500, (address[:300], headers, answer.status_code)
            seen[answer.status_code] += 1
    return seen


def test_nothing_that_is_asked_is_a_fault_of_ours(held: tuple[Database, Held]) -> None:
    seen = ask_everything(*held, whole=True)
    assert {200, 404, 422} <= set(seen)


def test_nothing_that_is_asked_is_a_fault_of_ours_on_postgresql(on_postgres: tuple[Database, Held]) -> None:
    assert {200, 404, 422} <= set(ask_everything(*on_postgres, whole=False))
    assert {303, 413, 422} <= set(posted(*on_postgres))


# ------------------------------------------------------------------ forms

FIELDS: Final = (
    *("name", "shown", "password", "again", "after", "do", "role", "unit", "step", "note", "until", "approved_by"),
    *("receiver", "item", "url", "column", "kind", "due", "day", "period", "number", "reason", "paper", "id"),
)


def posted(database: Database, held: Held) -> Counter[int]:
    """Every form with nasty values in all its fields; of what is understood, each step with a nasty note."""
    app, seen = create_app(database), Counter[int]()
    web = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    web.cookies.set(signing.COOKIE, people.begin(database, "office-1"))
    secret = quote(csrf(web.get("/people").text), safe="")
    web.headers["content-type"] = "application/x-www-form-urlencoded"
    steps = [
        f"step={step}&note=%00%1B{quote('字', safe='')}&until=9999-12-31" for step in (*finding_steps.WHO, "recheck")
    ]
    deeds = [f"do={deed}" for deed in ("close", "reopen", "link")]
    for path in routes(app, "POST"):
        if path in ("/sign-out", "/oai"):
            continue
        for address in filled(path, held)[:2]:
            for value in SHORT[:3]:
                fields = "&".join(f"{name}={value}" for name in FIELDS)
                _post(web, address, f"csrf={secret}&{fields}", seen)
            for one in (*steps, *deeds, "%00=%00", "&&&=", "x" * 300_000, "=&" * 300):
                _post(web, address, f"csrf={secret}&{one}", seen)
            _post(web, f"{path.partition('{')[0]}%00", f"csrf={secret}", seen)
    return seen


def _post(web: TestClient, address: str, body: str, seen: Counter[int]) -> None:
    answer = web.post(address, content=body.encode())
    assert answer.status_code < 500, (address, body[:300], answer.status_code)
    seen[answer.status_code] += 1
