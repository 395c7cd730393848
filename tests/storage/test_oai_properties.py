"""Whatever is asked, the feed answers with XML that is as the protocol wants it, and its codes say why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import oai
from storage.database import Database, open_database, utcnow
from storage.oai import arguments, tokens
from tests.storage import build, feed

VERBS = st.sampled_from([*oai.VERBS, "", "listrecords", "Identify "])
NAMES = st.sampled_from(
    ["verb", "metadataPrefix", "from", "until", "set", "identifier", "resumptionToken", "", "x", "metadataprefix"]
)
VALUES = (
    st.sampled_from(
        [
            *("oai_dc", "gongkai", "unit", "unit:tianhe-qu", "category:activity", "statutory", "2026-03-02"),
            *("2999-01-01", "0001-01-01", "9999-12-31T23:59:59Z", "2026-03-02T00:00:00Z"),
            *("oai:gongkai.localhost:a", *oai.VERBS),
        ]
    )
    | st.text(st.characters(), max_size=20)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", fullmatch=True)
    | st.from_regex(r"(unit|category|statutory)(:[a-z(]+[0-9a-f)]*)?", fullmatch=True)
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('feed')}/gongkai.db")
    items = [build.item(number) for number in range(6)]
    feed.put(database, items)
    feed.withdraw(database, items[:5])
    yield database
    database.close()


@given(given=st.dictionaries(NAMES, st.lists(VALUES, max_size=2), max_size=5), verb=VERBS)
def test_any_arguments_are_answered(store: Database, given: dict[str, list[str]], verb: str) -> None:
    given = {"verb": [verb], **given}
    feed.checked(oai.respond(store, given, "http://h.invalid/oai?<&"))


@given(
    verb=st.sampled_from(["ListRecords", "ListIdentifiers"]),
    prefix=st.sampled_from(["oai_dc", "gongkai", "zfxxgk"]),
    span=st.dictionaries(st.sampled_from(["from", "until", "set"]), VALUES, max_size=3),
)
def test_any_list_is_answered(store: Database, verb: str, prefix: str, span: dict[str, str]) -> None:
    query = {"verb": verb, "metadataPrefix": prefix, **span}
    feed.checked(oai.respond(store, {name: [value] for name, value in query.items()}, feed.BASE))


@given(query=st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_query_is_answered(store: Database, query: str) -> None:
    feed.checked(oai.respond(store, arguments.parse(query), feed.BASE))


@given(body=st.text(max_size=80), after=st.text(max_size=50))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_token_but_ours_is_taken(store: Database, monkeypatch: pytest.MonkeyPatch, body: str, after: str) -> None:
    for token in (body, f"{body}.{after}"):
        root = feed.checked(oai.respond(store, {"verb": ["ListRecords"], "resumptionToken": [token]}, feed.BASE))
        assert feed.codes(root) == ["badResumptionToken"]


@given(
    spec=st.none() | st.text(max_size=20),
    after=st.integers(0, 2**62),
    handed_out=st.integers(0, 2**62),
    size=st.none() | st.integers(0, 2**62),
    before=st.none() | st.datetimes(timezones=st.just(build.NOON.tzinfo)),
)
def test_a_token_reads_as_it_was_written(
    store: Database, spec: str | None, after: int, handed_out: int, size: int | None, before: object
) -> None:
    span = arguments.Span(before=before)  # type: ignore[arg-type]
    wanted = tokens.Wanted(prefix="oai_dc", set=spec, span=span, after=after, handed_out=handed_out, size=size)
    secret = tokens.key(store)
    token = tokens.write("ListRecords", wanted, secret, utcnow() + tokens.LIFE)
    assert tokens.read(token, "ListRecords", secret) == wanted
    assert all(sign.isascii() and (sign.isalnum() or sign in "-_.") for sign in token)
