"""Each verb of the feed answers what the protocol says, and what it cannot answer it says in the protocol's codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from storage import catalogue, oai, registry, settings, tables
from storage.catalogue import revisions
from storage.database import Database
from storage.exceptions import SettingsError
from storage.oai import selection, tokens
from storage.schema import Category
from tests.storage import build, feed
from tests.storage.feed import BASE, DC, OAI, ask, codes, listed, put, withdraw

SECOND = dt.timedelta(seconds=1)
ITEMS = [build.item(number) for number in range(10)]


@pytest.fixture
def filled(db: Database) -> list[str]:
    """Ids of nine items that stand and a tenth that was withdrawn, of a city in the registry."""
    registry.apply(db, build.city(build.unit()))
    names = put(db, ITEMS)
    withdraw(db, ITEMS[:9])
    return names


# ------------------------------------------------------------------ what each verb says


def test_identify_says_who_and_how(db: Database, filled: list[str]) -> None:
    (body,) = ask(db, "verb=Identify").iterfind(f"{OAI}Identify")
    said = {child.tag.removeprefix(OAI): child.text for child in body}
    assert said["repositoryName"] == "青禾市政府信息公开统一目录"
    assert said["baseURL"] == BASE
    assert said["protocolVersion"] == "2.0"
    assert said["adminEmail"] == "office@qinghe.invalid"
    assert said["deletedRecord"] == "persistent"
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    scheme = {child.tag.rpartition("}")[2]: child.text for child in body[-1][0]}
    assert scheme["repositoryIdentifier"] == "c629900.gongkai"
    # the sample is no invention
    query = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": scheme["sampleIdentifier"]}
    assert codes(ask(db, query)) == []
    datestamps = [header[1].text for header in feed.headers(ask(db, "verb=ListIdentifiers&metadataPrefix=oai_dc"))]
    assert said["earliestDatestamp"] <= min(datestamps)


@pytest.mark.parametrize(
    ("contact", "mail"),
    [
        ("mailto:office@qinghe.invalid", "office@qinghe.invalid"),
        ("office@qinghe.invalid", "office@qinghe.invalid"),
        ("mailto:office@qinghe.invalid?subject=x", "office@qinghe.invalid"),
        ("https://www.qinghe.invalid/", "postmaster@c629900.gongkai"),
    ],
)
def test_who_is_written_to(db: Database, contact: str, mail: str) -> None:
    registry.apply(db, build.city(contact=contact))
    assert ask(db, "verb=Identify").findtext(f".//{OAI}adminEmail") == mail


def test_the_repository_may_be_named(db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_OAI_REPOSITORY", "catalogue.qinghe.invalid")
    name = f"oai:catalogue.qinghe.invalid:{filled[0]}"
    root = ask(db, {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": name})
    assert root.findtext(f".//{OAI}identifier") == name
    monkeypatch.setenv("GONGKAI_OAI_REPOSITORY", "no host name")
    with pytest.raises(SettingsError, match="GONGKAI_OAI_REPOSITORY"):
        settings.load()


def test_formats_with_their_schemas(db: Database) -> None:
    found = [
        tuple(child.text for child in one) for one in ask(db, "verb=ListMetadataFormats").iter(f"{OAI}metadataFormat")
    ]
    assert found == [
        ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
        ("gongkai", f"{BASE}/gongkai.xsd", "urn:gongkai:item:1"),
        ("zfxxgk", f"{BASE}/zfxxgk.xsd", "urn:gongkai:zfxxgk:1"),
    ]


def test_a_standing_item_has_every_format_and_a_withdrawn_one_none(db: Database, filled: list[str]) -> None:
    query = {"verb": "ListMetadataFormats", "identifier": f"oai:c629900.gongkai:{filled[0]}"}
    assert len(list(ask(db, query).iter(f"{OAI}metadataFormat"))) == 3
    query["identifier"] = f"oai:c629900.gongkai:{filled[9]}"
    assert codes(ask(db, query)) == ["noMetadataFormats"]


def test_sets_are_units_classes_and_statutory_classes(db: Database) -> None:
    registry.apply(db, build.city(build.unit(), replace(build.unit("云溪-ju"), name="云溪县水务局")))
    registry.apply(db, build.city(build.unit()))  # the second one left; its items are still there
    put(
        db,
        [
            build.item(1, statutory="20-11"),
            build.item(2, statutory="21-A"),
            build.item(3, unit="elsewhere", statutory="21-B4"),
        ],
    )
    found = {one[0].text: one[1].text for one in ask(db, "verb=ListSets").iter(f"{OAI}set")}
    assert {spec: name for spec, name in found.items() if spec.startswith("unit")} == {
        "unit": "公开主体",
        "unit:tianhe-qu": "田禾区人民政府",
        "unit:(4e91)(6eaa)-ju": "云溪县水务局",
        "unit:elsewhere": "elsewhere",
    }
    assert {name for spec, name in found.items() if spec.startswith("category:")} == {one.value for one in Category}
    assert found["statutory:20-11"] == "《政府信息公开条例》第二十条第（十一）项"
    assert found["statutory:21-A"] == "21-A"
    assert found["statutory:21-B4"] == "《政府信息公开条例》第二十一条：宅基地使用情况审核"


def test_a_record_is_the_item_as_it_was_delivered(db: Database, filled: list[str]) -> None:
    name = f"oai:c629900.gongkai:{filled[3]}"
    (record,) = ask(db, {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": name}).iter(f"{OAI}record")
    assert record.findtext(f".//{DC}title") == ITEMS[3].title
    assert [one.text for one in record.iter(f"{OAI}setSpec")] == ["unit:tianhe-qu", "category:activity"]
    (record,) = ask(db, {"verb": "GetRecord", "metadataPrefix": "gongkai", "identifier": name}).iter(f"{OAI}record")
    assert record.find(".//{*}item").get("id") == filled[3]
    assert record.findtext(".//{urn:gongkai:item:1}body_text") == ITEMS[3].body_text


def test_a_withdrawn_item_is_a_deleted_record_for_ever(db: Database, filled: list[str]) -> None:
    query = {"verb": "GetRecord", "metadataPrefix": "gongkai", "identifier": f"oai:c629900.gongkai:{filled[9]}"}
    (record,) = ask(db, query).iter(f"{OAI}record")
    assert record[0].get("status") == "deleted"
    assert [one.text for one in record.iter(f"{OAI}setSpec")] == ["unit:tianhe-qu", "category:activity"]
    (page,) = feed.walk(db, {"verb": "ListRecords", "metadataPrefix": "gongkai"})
    gone = [header for header in feed.headers(page) if header.get("status") == "deleted"]
    assert [header[0].text for header in gone] == [query["identifier"]]
    # it shows again: the same record, no longer deleted
    catalogue.record_walk(db, build.walk([build.row(one) for one in ITEMS], at=build.NOON + 20 * build.DAY))
    (record,) = ask(db, query).iter(f"{OAI}record")
    assert record[0].get("status") is None


# ------------------------------------------------------------------ lists in pages


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
@pytest.mark.parametrize(("size", "pages"), [(3, 4), (5, 2), (9, 2), (10, 1), (11, 1)])
def test_a_list_comes_whole_in_pages(
    db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch, verb: str, size: int, pages: int
) -> None:
    monkeypatch.setattr(selection, "PAGE", size)
    found = feed.walk(db, {"verb": verb, "metadataPrefix": "gongkai"})
    assert len(found) == pages
    assert feed.ids(found) == filled
    pagers = [page.find(f".//{OAI}resumptionToken") for page in found]
    if pages == 1:
        assert pagers == [None]
        return
    assert [int(one.get("cursor")) for one in pagers] == list(range(0, 10, size))
    assert {one.get("completeListSize") for one in pagers} == {"10"}
    assert [bool(one.text) for one in pagers] == [True] * (pages - 1) + [False]
    assert [one.get("expirationDate") is not None for one in pagers] == [True] * (pages - 1) + [False]


def test_a_page_of_long_texts_ends_early(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "WEIGHT", 10_000)
    names = put(db, [build.item(number, body_text=f"{number}" * 3000) for number in range(8)])
    pages = feed.walk(db, {"verb": "ListRecords", "metadataPrefix": "gongkai"})
    assert feed.ids(pages) == names
    assert len(pages) == 3
    # one that is over it alone comes alone, and not never
    monkeypatch.setattr(selection, "WEIGHT", 10)
    assert feed.ids(feed.walk(db, {"verb": "ListRecords", "metadataPrefix": "gongkai"})) == names


# ------------------------------------------------------------------ from and until


def _at(second: float) -> dt.datetime:
    return dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC) + dt.timedelta(seconds=second)


@pytest.fixture
def dated(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Items 0 to 4: two within one second, one on its last microsecond, one on the next, one a day later."""
    for number, second in enumerate((10.0, 10.25, 10.999999, 11.0, 86400.0)):
        monkeypatch.setattr(revisions, "utcnow", lambda second=second: _at(second))
        catalogue.upsert(db, [build.item(number)], seen_at=build.NOON)
    monkeypatch.setattr(revisions, "utcnow", lambda: _at(2 * 86400))


SPANS: list[tuple[dict[str, str], list[int]]] = [
    ({}, [0, 1, 2, 3, 4]),
    ({"from": "2026-03-02T04:00:10Z"}, [0, 1, 2, 3, 4]),
    ({"from": "2026-03-02T04:00:11Z"}, [3, 4]),
    ({"from": "2026-03-02T04:00:12Z"}, [4]),
    ({"until": "2026-03-02T04:00:09Z"}, []),
    ({"until": "2026-03-02T04:00:10Z"}, [0, 1, 2]),
    ({"until": "2026-03-02T04:00:11Z"}, [0, 1, 2, 3]),
    ({"from": "2026-03-02T04:00:10Z", "until": "2026-03-02T04:00:10Z"}, [0, 1, 2]),
    ({"from": "2026-03-02T04:00:11Z", "until": "2026-03-02T04:00:11Z"}, [3]),
    ({"from": "2026-03-02", "until": "2026-03-02"}, [0, 1, 2, 3]),
    ({"from": "2026-03-03"}, [4]),
    ({"until": "2026-03-03"}, [0, 1, 2, 3, 4]),
    ({"until": "2026-03-01"}, []),
    ({"from": "2026-03-04"}, []),
    ({"from": "0001-01-01", "until": "9999-12-31"}, [0, 1, 2, 3, 4]),
    ({"until": "9999-12-31T23:59:59Z"}, [0, 1, 2, 3, 4]),
]


@pytest.mark.parametrize("size", [1, 2, 500])
def test_from_and_until_are_inclusive_at_both_granularities(
    db: Database, dated: None, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(selection, "PAGE", size)
    titles = {one.id: one.title for one in catalogue.iter_items(db)}
    for span, wanted in SPANS:
        assert [titles[name] for name in listed(db, **span)] == [build.item(n).title for n in wanted], span


def test_what_is_shown_as_a_datestamp_can_be_asked_for(db: Database, dated: None) -> None:
    shown = [(header[0].text, header[1].text) for header in feed.headers(feed.walk(db, LIST)[0])]
    for name, datestamp in shown:
        assert name.rpartition(":")[2] in listed(db, **{"from": datestamp, "until": datestamp})


LIST = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


# ------------------------------------------------------------------ sets


def test_a_set_holds_its_items_and_a_set_above_all_of_them(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.apply(db, build.city(build.unit("tianhe-qu"), build.unit("田禾-ju")))
    items = [
        build.item(0, statutory="20-03"),
        build.item(1, unit="田禾-ju", category=Category.POLICIES),
        build.item(2, statutory="20-03", category=Category.POLICIES),
        build.item(3, unit="田禾-ju", statutory="21-A"),
    ]
    names = put(db, items)
    cases: dict[str, list[int]] = {
        "unit:tianhe-qu": [0, 2],
        "unit:(7530)(79be)-ju": [1, 3],
        "category:policies": [1, 2],
        "category:activity": [0, 3],
        "category:news": [],
        "statutory:20-03": [0, 2],
        "statutory:21-A": [3],
        "unit": [0, 1, 2, 3],
        "category": [0, 1, 2, 3],
        "statutory": [0, 2, 3],
        "unit:nobody": [],
        "unit:tianhe-qu:tzgg": [],
        "unit:(zz)": [],
        "unit:(74)ianhe-qu": [],  # another spelling of a set that is there
        "unit:(d800)": [],
        "unit:(0)": [],
        "unit:(ffffff)": [],
        "else": [],
    }
    for size in (1, 500):
        monkeypatch.setattr(selection, "PAGE", size)
        for spec, wanted in cases.items():
            assert listed(db, set=spec) == [names[number] for number in wanted], spec
    for header in feed.headers(feed.walk(db, LIST)[0]):
        for spec in header.iterfind(f"{OAI}setSpec"):
            assert header[0].text.rpartition(":")[2] in listed(db, set=spec.text)


def test_an_item_that_changes_its_class_is_in_the_new_set_alone(db: Database) -> None:
    (name,) = put(db, [build.item(1)])
    assert listed(db, set="category:activity") == [name]
    since = feed.response_date(ask(db, LIST))
    catalogue.upsert(db, [build.item(1, category=Category.POLICIES, content_hash="e" * 64)], seen_at=build.NOON)
    assert listed(db, set="category:policies", **{"from": since}) == [name]
    assert listed(db, set="category:activity") == []
    # the list of all says where it went: nobody who reads that one is left with the old class
    (header,) = feed.headers(ask(db, {**LIST, "from": since}))
    assert [one.text for one in header.iterfind(f"{OAI}setSpec")] == ["unit:tianhe-qu", "category:policies"]


# ------------------------------------------------------------------ errors

ERRORS: list[tuple[str, list[str]]] = [
    ("", ["badVerb"]),
    ("verb=", ["badVerb"]),
    ("verb=identify", ["badVerb"]),
    ("verb=Nothing&x=1", ["badVerb"]),
    ("verb=Identify&verb=Identify", ["badVerb"]),
    ("verb=Identify&metadataPrefix=oai_dc", ["badArgument"]),
    ("verb=Identify&resumptionToken=x", ["badArgument"]),
    ("verb=ListSets&set=unit", ["badArgument"]),
    ("verb=ListSets&resumptionToken=x", ["badResumptionToken"]),
    ("verb=ListSets&resumptionToken=x&from=2026-01-01", ["badArgument"]),
    ("verb=ListMetadataFormats&identifier=a&identifier=b", ["badArgument"]),
    ("verb=ListMetadataFormats&identifier=oai:c629900.gongkai:none", ["idDoesNotExist"]),
    ("verb=ListMetadataFormats&identifier=", ["idDoesNotExist"]),
    ("verb=GetRecord", ["badArgument", "badArgument"]),
    ("verb=GetRecord&identifier=x", ["badArgument"]),
    ("verb=GetRecord&metadataPrefix=oai_dc", ["badArgument"]),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=x", ["idDoesNotExist"]),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:other.invalid:{known}", ["idDoesNotExist"]),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier={known}", ["idDoesNotExist"]),
    ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:c629900.gongkai:a%00b", ["idDoesNotExist"]),
    ("verb=GetRecord&metadataPrefix=marc21&identifier=oai:c629900.gongkai:{known}", ["cannotDisseminateFormat"]),
    ("verb=GetRecord&metadataPrefix=marc21&identifier=x", ["cannotDisseminateFormat", "idDoesNotExist"]),
    ("verb=GetRecord&metadataPrefix=&identifier=oai:c629900.gongkai:{known}", ["badArgument"]),
    *(
        (f"verb={verb}&{rest}", wanted)
        for verb in ("ListIdentifiers", "ListRecords")
        for rest, wanted in [
            ("", ["badArgument"]),
            ("metadataPrefix=marc21", ["cannotDisseminateFormat"]),
            ("metadataPrefix=a%20b", ["badArgument"]),
            ("metadataPrefix=oai_dc&metadataPrefix=oai_dc", ["badArgument"]),
            ("metadataPrefix=oai_dc&identifier=x", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02&from=2026-03-02", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-02-30", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=0000-01-01", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T04:00Z", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T04:00:00", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T04:00:00.5Z", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T24:00:00Z", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T04:00:00%2B08:00", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02%0A", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=%EF%BC%92026-03-02", ["badArgument"]),
            ("metadataPrefix=oai_dc&until=yesterday", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02&until=2026-03-01", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-02T00:00:01Z&until=2026-03-02T00:00:00Z", ["badArgument"]),
            ("metadataPrefix=oai_dc&from=2026-03-01&until=2026-03-02T00:00:00Z", ["badArgument"]),
            ("metadataPrefix=oai_dc&set=", ["badArgument"]),
            ("metadataPrefix=oai_dc&set=unit:", ["badArgument"]),
            ("metadataPrefix=oai_dc&set=a%20b", ["badArgument"]),
            ("metadataPrefix=oai_dc&set=unit:nobody", ["noRecordsMatch"]),
            ("metadataPrefix=oai_dc&from=2999-01-01", ["noRecordsMatch"]),
            ("metadataPrefix=oai_dc&until=1999-01-01", ["noRecordsMatch"]),
            ("metadataPrefix=marc21&from=x&set=:", ["cannotDisseminateFormat", "badArgument", "badArgument"]),
            ("resumptionToken=x", ["badResumptionToken"]),
            ("resumptionToken=", ["badResumptionToken"]),
            ("resumptionToken=%E5%8F%B7.%00", ["badResumptionToken"]),
            ("resumptionToken=x&resumptionToken=x", ["badArgument"]),
            ("resumptionToken=x&metadataPrefix=oai_dc", ["badArgument"]),
        ]
    ),
]


def test_every_error_is_told_by_its_code(db: Database, filled: list[str]) -> None:
    for query, wanted in ERRORS:
        assert codes(ask(db, query.format(known=filled[0]))) == wanted, query


def test_what_was_asked_is_repeated_where_it_was_well_formed(db: Database, filled: list[str]) -> None:
    request = ask(db, "verb=ListRecords&metadataPrefix=marc21&set=unit").find(f"{OAI}request")
    assert (request.text, dict(request.attrib)) == (
        BASE,
        {"verb": "ListRecords", "metadataPrefix": "marc21", "set": "unit"},
    )
    request = ask(db, {"verb": "ListMetadataFormats", "identifier": '"<&\t\n\x01'}).find(f"{OAI}request")
    assert request.get("identifier") == '"<&\t\n'


def test_absurdly_many_arguments_are_a_bad_argument(db: Database) -> None:
    assert set(codes(ask(db, "verb=Identify&" + "&".join(f"a{n}=1" for n in range(10_000))))) == {"badArgument"}


# ------------------------------------------------------------------ tokens


def _begun(db: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(selection, "PAGE", 4)
    found = feed.token(ask(db, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=unit:tianhe-qu&until=2999-01-01"))
    assert found is not None
    return found


def test_a_token_goes_on_with_its_own_list_as_often_as_it_is_asked(
    db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"verb": "ListIdentifiers", "resumptionToken": _begun(db, monkeypatch)}
    assert feed.ids([ask(db, query)]) == feed.ids([ask(db, query)]) == filled[4:8]
    assert codes(ask(db, {**query, "verb": "ListRecords"})) == ["badResumptionToken"]


def test_every_altered_sign_of_a_token_is_found_out(
    db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _begun(db, monkeypatch)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        for altered in (token[:place] + other + token[place + 1 :], token[:place] + token[place + 1 :]):
            root = ask(db, {"verb": "ListIdentifiers", "resumptionToken": altered})
            assert codes(root) == ["badResumptionToken"], altered
    for altered in (token + "A", token + "=", token + "\n", " " + token, token + "." + token):
        assert codes(ask(db, {"verb": "ListIdentifiers", "resumptionToken": altered})) == ["badResumptionToken"]


def test_a_token_of_another_installation_is_refused(
    db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _begun(db, monkeypatch)
    with db.begin() as session:
        session.execute(sa.delete(tables.secrets))
    assert codes(ask(db, {"verb": "ListIdentifiers", "resumptionToken": token})) == ["badResumptionToken"]
    assert tokens.key(db) == tokens.key(db)


def test_a_token_expires_when_it_said(db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"verb": "ListIdentifiers", "resumptionToken": _begun(db, monkeypatch)}
    now = dt.datetime.now(dt.UTC)
    monkeypatch.setattr(tokens, "utcnow", lambda: now + tokens.LIFE - 60 * SECOND)
    assert codes(ask(db, query)) == []
    monkeypatch.setattr(tokens, "utcnow", lambda: now + tokens.LIFE + 60 * SECOND)
    assert codes(ask(db, query)) == ["badResumptionToken"]


# ------------------------------------------------------------------ one query a page


@pytest.mark.parametrize("span", [{}, {"from": "2020-01-01", "until": "2999-01-01"}, {"set": "category:activity"}])
def test_a_page_is_one_query_of_items_and_reads_no_more_than_it_shows(
    db: Database, filled: list[str], monkeypatch: pytest.MonkeyPatch, span: dict[str, str]
) -> None:
    monkeypatch.setattr(selection, "PAGE", 4)
    first = ask(db, {**LIST, **span})
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    oai.respond(db, {"verb": ["ListIdentifiers"], "resumptionToken": [feed.token(first) or ""]}, BASE)
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    [query] = [one for one in said if "FROM items" in one]
    # both tables from where the list stands: a bound on one is not carried over to the other
    assert "items.seq > " in query
    assert "item_revisions.seq > " in query
    assert not any("payload" in one for one in said)
