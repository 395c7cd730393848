"""The catalogue as DCAT-AP 3: what is mandatory is there, all forms are one graph, and a walk misses nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD

from storage import catalogue, dcat, pulling, registry, tables
from storage import settings as settings_module
from storage.catalogue import revisions
from storage.console import create_app
from storage.database import Database, open_database
from storage.dcat import catalogue as dcat_catalogue
from storage.exceptions import DatabaseError, SettingsError
from storage.formats.json_item import to_json
from storage.pulling import Wanted
from storage.schema import Attachment, Category, Relation
from tests.storage import build, feed
from tests.storage.busy import Busy, make_copy
from tests.storage.test_iri import STRICT

ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
FORMS: Final = {"jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}
BASE: Final = "http://testserver/"
CATALOGUE: Final = URIRef(f"{BASE}dcat#catalogue")


@pytest.fixture
def web(db: Database) -> Iterator[TestClient]:
    with TestClient(create_app(db), follow_redirects=False) as client:
        yield client


@pytest.fixture
def alone(sqlite_url: str) -> Iterator[TestClient]:
    """For what no database has to do with."""
    database = open_database(sqlite_url)
    with TestClient(create_app(database), follow_redirects=False) as client:
        yield client
    database.close()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dcat_catalogue, "PAGE", 4)


def graph_of(answer: Any, form: str) -> Graph:
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=FORMS[form])


def iri(name: str) -> URIRef:
    return URIRef(f"{BASE}id/item/{name}")


def one(graph: Graph, subject: Any, predicate: URIRef) -> Any:
    found = list(graph.objects(subject, predicate))
    assert len(found) == 1, (predicate, found)
    return found[0]


HOSTILE = [
    build.item(
        1,
        title="关于<script>alert('春耕')</script>]]>&amp;\x01\x0b\ufffe‮的通知 😀",
        summary='第一行\r\n第二行\r第三行\t"引号" \\ 反斜线',
        url='http://www.qinghe.gov.cn/附件 目录/通知 <1>.html?名="值"|2#%zz',
        aliases=("http://[坏的/a", "javascript:alert(1)"),
        keywords=("春耕", "补 贴\x00", "<b>"),
        index_number='629900/2026-"00001"',
        document_number="青政发〔2026〕1号",
        issuer="青禾市人民政府<x>",
        publisher="青禾市人民政府办公室",
        theme="农业、林业、水利\\其他",
        genre="通知 / <其他>",
        validity="有效\n",
        statutory="20-03",
        language="中文",
        formed_on=dt.date(2026, 2, 20),
        effective_on=dt.date(2026, 3, 1),
        published_at=dt.datetime(2026, 2, 26, 1, 2, 3, tzinfo=dt.UTC),
        relations=(
            Relation(kind="interprets", target="《关于春耕的意见》\x02"),
            Relation(kind="repeals", target="http://www.qinghe.gov.cn/旧 文件.html"),
            Relation(kind="reposts", target="http://www.gov.cn/首发.html"),
        ),
        attachments=(
            Attachment(name="附件1.pdf", url="http://www.qinghe.gov.cn/a b.pdf", type="pdf", size=12, sha256="cd" * 32),
            Attachment(name="", url="http://www.qinghe.gov.cn/表.ofd", type="ofd", sha256="not one"),
            Attachment(name="坏", url="http://:/x", type="exe"),
        ),
    ),
    build.item(2, url="关于没有地址的", published_on=None, body_text=None, evidence=None, page_read=False),
    build.item(3, category=Category.POLICIES, theme="信访", language="en-US", body_text="长" * 1000),
]


# ------------------------------------------------------------------ the shapes of DCAT-AP 3


class Shape(NamedTuple):
    """A property of a class: how many, and what its values are (a class, a datatype, "text", or "iri")."""

    predicate: URIRef
    least: int
    most: int | None
    kind: Any


DATES: Final = {XSD.date, XSD.dateTime}
SHAPES: Final[dict[URIRef, list[Shape]]] = {
    DCAT.Catalog: [
        Shape(DCTERMS.title, 1, None, "text"),
        Shape(DCTERMS.description, 1, None, "text"),
        Shape(DCTERMS.publisher, 1, 1, FOAF.Agent),
        Shape(DCAT.dataset, 0, None, DCAT.Dataset),
        Shape(DCAT.record, 0, None, DCAT.CatalogRecord),
        Shape(DCTERMS.language, 1, None, DCTERMS.LinguisticSystem),
        Shape(DCAT.themeTaxonomy, 1, None, SKOS.ConceptScheme),
        Shape(DCTERMS.modified, 0, 1, DATES),
        Shape(FOAF.homepage, 0, 1, FOAF.Document),
    ],
    DCAT.CatalogRecord: [
        Shape(FOAF.primaryTopic, 1, 1, DCAT.Resource),
        Shape(DCTERMS.modified, 1, 1, DATES),
        Shape(DCTERMS.issued, 0, 1, DATES),
        Shape(ADMS.status, 1, 1, SKOS.Concept),
        Shape(DCTERMS.conformsTo, 0, None, DCTERMS.Standard),
    ],
    DCAT.Dataset: [
        Shape(DCTERMS.title, 1, None, "text"),
        Shape(DCTERMS.description, 1, None, "text"),
        Shape(DCTERMS.identifier, 1, None, "text"),
        Shape(ADMS.identifier, 0, None, ADMS.Identifier),
        Shape(DCTERMS.publisher, 1, 1, FOAF.Agent),
        Shape(DCTERMS.creator, 0, None, FOAF.Agent),
        Shape(DCTERMS.issued, 0, 1, DATES),
        Shape(DCTERMS.modified, 1, 1, DATES),
        Shape(DCAT.theme, 1, None, SKOS.Concept),
        Shape(DCAT.keyword, 0, None, "text"),
        Shape(DCTERMS.language, 0, None, DCTERMS.LinguisticSystem),
        Shape(DCTERMS.accessRights, 1, 1, DCTERMS.RightsStatement),
        Shape(DCTERMS.provenance, 0, None, DCTERMS.ProvenanceStatement),
        Shape(DCTERMS.type, 0, None, SKOS.Concept),
        Shape(ADMS.status, 0, 1, SKOS.Concept),
        Shape(DCAT.landingPage, 0, None, FOAF.Document),
        Shape(DCAT.distribution, 0, None, DCAT.Distribution),
        Shape(DCTERMS.source, 0, None, DCAT.Dataset),
        Shape(DCTERMS.isVersionOf, 0, None, DCAT.Dataset),
        Shape(DCTERMS.relation, 0, None, "iri"),
        Shape(DCTERMS.isReferencedBy, 0, None, "iri"),
    ],
    DCAT.Distribution: [
        Shape(DCAT.accessURL, 1, None, "iri"),
        Shape(DCAT.downloadURL, 0, None, "iri"),
        Shape(DCTERMS.title, 0, None, "text"),
        Shape(DCTERMS["format"], 0, 1, DCTERMS.MediaTypeOrExtent),
        Shape(DCAT.mediaType, 0, 1, DCTERMS.MediaType),
        Shape(DCAT.byteSize, 0, 1, {XSD.nonNegativeInteger}),
        Shape(SPDX.checksum, 0, 1, SPDX.Checksum),
    ],
    SPDX.Checksum: [
        Shape(SPDX.algorithm, 1, 1, SPDX.ChecksumAlgorithm),
        Shape(SPDX.checksumValue, 1, 1, {XSD.hexBinary}),
    ],
    ADMS.Identifier: [Shape(SKOS.notation, 1, 1, "text")],
    FOAF.Agent: [Shape(FOAF.name, 1, None, "text")],
    SKOS.Concept: [Shape(SKOS.prefLabel, 1, None, "text")],
    SKOS.ConceptScheme: [Shape(DCTERMS.title, 1, None, "text")],
}


def check(graph: Graph) -> None:
    """Holds a graph against the shapes; no node is blank, and every address is one."""
    for kind, shapes in SHAPES.items():
        for node in graph.subjects(RDF.type, kind):
            for shape in shapes:
                values = list(graph.objects(node, shape.predicate))
                told = (node, shape.predicate, values)
                assert len(values) >= shape.least, told
                assert shape.most is None or len(values) <= shape.most, told
                for value in values:
                    assert _is(graph, value, shape.kind), told
    for triple in graph:
        for term in triple:
            assert isinstance(term, URIRef | Literal)
            if isinstance(term, URIRef):
                assert STRICT.fullmatch(term), term
            elif term.datatype is not None:
                assert not term.ill_typed, term
    assert len(list(graph.subjects(RDF.type, DCAT.Catalog))) == 1


def _is(graph: Graph, value: Any, kind: Any) -> bool:
    if kind == "text":
        return isinstance(value, Literal) and bool(str(value).strip())
    if isinstance(kind, set):
        return isinstance(value, Literal) and value.datatype in kind
    return isinstance(value, URIRef) and (kind == "iri" or (value, RDF.type, kind) in graph)


def test_every_form_is_the_same_valid_graph_whatever_pages_say(db: Database, web: TestClient) -> None:
    registry.apply(db, build.city(replace(build.unit(), name="田禾区<人民政府>")))
    names = feed.put(db, HOSTILE)
    graphs = [graph_of(web.get(f"/dcat/catalog.{ending}"), ending) for ending in FORMS]
    # each page names itself; everything else is the same
    for graph, ending in zip(graphs, FORMS, strict=True):
        check(graph)
        for node in set(graph.subjects()) | set(graph.objects()):
            if f"catalog.{ending}" in str(node):
                graph.remove((node, None, None))
                graph.remove((None, None, node))
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])
    graph = graphs[0]
    assert {iri(name) for name in names} == set(graph.subjects(RDF.type, DCAT.Dataset))
    first = iri(names[0])
    assert str(one(graph, first, DCTERMS.title)) == "关于<script>alert('春耕')</script>]]>&amp;‮的通知 😀"
    assert str(one(graph, first, DCTERMS.description)) == '第一行\n第二行\n第三行\t"引号" \\ 反斜线'
    numbers = {str(one(graph, node, SKOS.notation)) for node in graph.objects(first, ADMS.identifier)}
    assert numbers == {'629900/2026-"00001"', "青政发〔2026〕1号"}
    assert str(one(graph, one(graph, first, DCTERMS.publisher), FOAF.name)) == "田禾区<人民政府>"
    assert str(one(graph, one(graph, first, DCTERMS.creator), FOAF.name)) == "青禾市人民政府<x>"
    assert URIRef(f"{BASE}dcat#theme-06") in set(graph.objects(first, DCAT.theme))
    assert URIRef("http://www.qinghe.gov.cn/%E6%97%A7%20%E6%96%87%E4%BB%B6.html") == one(graph, first, DCTERMS.replaces)
    files = {
        str(url) for node in graph.objects(first, DCAT.distribution) for url in graph.objects(node, DCAT.downloadURL)
    }
    assert files == {"http://www.qinghe.gov.cn/a%20b.pdf", "http://www.qinghe.gov.cn/%E8%A1%A8.ofd"}
    assert list(graph.objects(iri(names[1]), DCAT.distribution)) == []
    assert str(one(graph, iri(names[1]), DCTERMS.description)) == HOSTILE[1].title
    assert len(one(graph, iri(names[2]), DCTERMS.description)) == 301


WORDS: Final = ("title", "issuer", "theme", "genre", "validity", "url")
ANY: Final = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=15, deadline=None)
@given(told=st.fixed_dictionaries(dict.fromkeys(WORDS, ANY)), more=ANY)
@example(told=dict.fromkeys(WORDS, "\x01"), more="\ufffe")
def test_no_text_at_all_breaks_a_form(told: dict[str, str], more: str) -> None:
    relations = (Relation(kind="relates", target=more), Relation(kind="repeals", target=f"http://a.invalid/{more}"))
    files = (Attachment(name=more, url=f"http://a.invalid/{more}", type=more),)
    item = build.item(1, **told, keywords=(more,), relations=relations, attachments=files, summary=more, language=more)
    facts: dict[str, Any] = {
        "seq": 1,
        "id": more or "0",
        "revision": 1,
        "deleted": False,
        "same_as": None,
        "datestamp": build.NOON,
    }
    entry = pulling.Entry(**facts, item=to_json(item))
    state = pulling.State(head=1, changed_at=build.NOON, stamped_at=None)
    graphs = []
    for ending, name in FORMS.items():
        written = dcat.one(entry, state, dcat.FORMS[ending], BASE)
        graphs.append(set(Graph().parse(data=written, format=name)))
    assert graphs[0] == graphs[1] == graphs[2]
    check(Graph().parse(data=written, format="xml"))


def test_the_first_page_tells_of_the_whole(db: Database, web: TestClient, small_pages: None) -> None:
    registry.apply(db, build.city(build.unit()))
    feed.put(db, [build.item(number) for number in range(9)])
    first, second = (graph_of(web.get(f"/dcat/catalog.ttl{query}"), "ttl") for query in ("", "?after=4"))
    themes = set(first.subjects(SKOS.inScheme, URIRef(f"{BASE}dcat#themes")))
    assert len(themes) == 22
    assert str(one(first, CATALOGUE, DCTERMS.title)) == "青禾市政府信息公开统一目录"
    assert int(one(first, CATALOGUE, HYDRA.totalItems)) == 9
    assert len(list(first.objects(CATALOGUE, DCTERMS.modified))) == 1
    # what changes with any change anywhere would make every page another one
    assert list(second.objects(CATALOGUE, DCTERMS.modified)) == []
    check(first)
    check(second)
    check(graph_of(web.get("/dcat/catalog.rdf?unit=nobody"), "rdf"))


def test_an_empty_catalogue_is_a_catalogue(alone: TestClient) -> None:
    for ending in FORMS:
        check(graph_of(alone.get(f"/dcat/catalog.{ending}"), ending))


# ------------------------------------------------------------------ walks


def next_of(graph: Graph) -> str | None:
    """As CKAN's and udata's harvesters look for it."""
    for kind in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        for view in graph.subjects(RDF.type, kind):
            for following in graph.objects(view, HYDRA.next):
                return str(following)
    return None


def pages(web: TestClient, path: str, ending: str = "ttl") -> Iterator[Graph]:
    """Every page from ``path`` on."""
    following: str | None = path
    while following:
        answer = web.get(following)
        graph = graph_of(answer, ending)
        yield graph
        following = next_of(graph)
        assert answer.links.get("next", {}).get("url") == following


class Got(NamedTuple):
    """One item as a client has it."""

    deleted: bool
    modified: str
    title: str | None


def records(graph: Graph) -> Iterator[tuple[str, Got]]:
    for record in graph.subjects(RDF.type, DCAT.CatalogRecord):
        topic = one(graph, record, FOAF.primaryTopic)
        deleted = str(one(graph, record, ADMS.status)).endswith("/deleted")
        assert deleted == ((topic, RDF.type, DCAT.Dataset) not in graph)
        assert deleted == ((CATALOGUE, DCAT.dataset, topic) not in graph)
        title = graph.value(topic, DCTERMS.title)
        modified = str(one(graph, record, DCTERMS.modified))
        yield topic.rpartition("/")[2], Got(deleted, modified, None if deleted else str(title))


def ours(db: Database) -> dict[str, tuple[bool, str | None]]:
    return {
        item.id: (gone, None if gone else item.title)
        for item in catalogue.iter_items(db)
        for gone in [revisions.action_of(item) == "delete"]
    }


def test_a_walk_while_things_change_gives_everything(
    db: Database, web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dcat_catalogue, "PAGE", 17)
    ending = {"sqlite": "rdf", "postgresql": "jsonld"}[db.dialect]
    items = [build.item(number) for number in range(60)]
    feed.put(db, items)
    busy = Busy(db, items, steps=14)
    busy.start()
    state: dict[str, tuple[bool, str | None]] = {}
    since, seen, running = "", set(), True
    while running:
        running = busy.is_alive()
        query = f"?modified_since={since}" if since else ""
        found = [got for graph in pages(web, f"/dcat/catalog.{ending}{query}", ending) for got in records(graph)]
        # within one walk nothing comes twice but what changed in between, nor again what an earlier one gave
        assert [one for one, count in Counter(found).items() if count > 1] == []
        assert all(got.modified >= since for name, got in found if (name, got) in seen)
        seen |= set(found)
        state |= {name: (got.deleted, got.title) for name, got in sorted(found, key=lambda pair: pair[1].modified)}
        since = max([got.modified for _, got in found] + [since])
    busy.join()
    assert busy.failure is None
    for graph in pages(web, f"/dcat/catalog.{ending}?modified_since={since}", ending):
        state |= {name: (got.deleted, got.title) for name, got in records(graph)}
    assert state == ours(db)
    assert len(state) == 74
    assert {deleted for deleted, _ in state.values()} == {True, False}


def test_any_process_goes_on_where_another_was(db: Database, url: str, web: TestClient, small_pages: None) -> None:
    names = feed.put(db, [build.item(number) for number in range(10)])
    other = open_database(url)
    found, address = [], "/dcat/catalog.ttl"
    with TestClient(create_app(other)) as second:
        for client in (web, second, web):
            answer = client.get(address)
            found += [name for name, _ in records(graph_of(answer, "ttl"))]
            address = answer.links.get("next", {}).get("url", "")
        kept = second.get("/dcat/catalog.ttl").headers["etag"]
    other.close()
    assert (sorted(found), address) == (sorted(names), "")
    assert web.get("/dcat/catalog.ttl", headers={"if-none-match": kept}).status_code == 304


def test_pages_can_be_walked_both_ways(db: Database, web: TestClient, small_pages: None) -> None:
    names = feed.put(db, [build.item(number) for number in range(10)])
    forth = [[name for name, _ in records(graph)] for graph in pages(web, "/dcat/catalog.ttl")]
    assert [sorted(page) for page in forth] == [sorted(names[:4]), sorted(names[4:8]), sorted(names[8:])]
    back: list[str] = []
    address: str | None = "/dcat/catalog.ttl?page=last"
    while address:
        answer = web.get(address)
        back = [name for name, _ in records(graph_of(answer, "ttl"))] + back
        address = answer.links.get("previous", {}).get("url")
    assert sorted(back) == sorted(names)
    assert len(back) == 10
    middle = web.get("/dcat/catalog.ttl?before=9")
    assert {name for name, _ in records(graph_of(middle, "ttl"))} == set(names[4:8])
    assert middle.links["next"]["url"].endswith("after=8")
    assert web.get("/dcat/catalog.ttl?before=0").links["next"]["url"].endswith("after=0")


def test_the_last_pages_address_tells_what_comes_later(db: Database, web: TestClient, small_pages: None) -> None:
    items = [build.item(number) for number in range(6)]
    names = feed.put(db, items)
    first = web.get("/dcat/catalog.jsonld")
    last = first.links["next"]["url"]
    kept = web.get(last)
    assert "next" not in kept.links
    assert web.get(last, headers={"if-none-match": kept.headers["etag"]}).status_code == 304
    feed.withdraw(db, items[:5])
    again = web.get(last, headers={"if-none-match": kept.headers["etag"]})
    assert dict(records(graph_of(again, "jsonld")))[names[5]].deleted


PARTS: Final = [
    ("unit=tianhe-qu", {0, 1, 2, 3}),
    ("unit=jiaotong", {4}),
    ("unit=tianhe-qu&column=tzgg", {0, 1, 2}),
    ("category=policies", {1, 4}),
    ("category=政策法规", {1, 4}),
    ("statutory=20-03", {2}),
    ("unit=tianhe-qu&category=policies", {1}),
    ("unit=nobody", set()),
    ("unit=", {0, 1, 2, 3, 4}),
    ("modified_since=2999-01-01", set()),
    ("modified_since=2000-01-01T00:00:00%2B08:00", {0, 1, 2, 3, 4}),
]


def test_parts_of_the_catalogue(db: Database, web: TestClient) -> None:
    items = [
        build.item(0),
        build.item(1, category=Category.POLICIES),
        build.item(2, statutory="20-03"),
        build.item(3, column="yw"),
        build.item(4, unit="jiaotong", category=Category.POLICIES),
    ]
    catalogue.upsert(db, items, seen_at=build.NOON)
    names = {item.url: item.id for item in catalogue.iter_items(db)}
    for query, expected in PARTS:
        found = {name for graph in pages(web, f"/dcat/catalog.ttl?{query}") for name, _ in records(graph)}
        assert found == {names[items[number].url] for number in expected}, query


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "uq_items_seq"),
        (Wanted(unit="a", category=Category.POLICIES), "ix_items_unit_seq"),
        (Wanted(unit="a", column="b", statutory="20-03"), "ix_items_unit_column_seq"),
        (Wanted(category=Category.POLICIES, statutory="20-03"), "ix_items_statutory_seq"),
        (Wanted(category=Category.POLICIES), "ix_items_category_seq"),
    ],
)
def test_the_narrowest_part_is_looked_up(sqlite_url: str, wanted: Wanted, index: str) -> None:
    database = open_database(sqlite_url)
    query = (
        sa.select(tables.items.c.seq).where(*wanted.conditions(), tables.items.c.seq > 5).order_by(tables.items.c.seq)
    )
    with database.read() as session:
        text = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}).string
        plan = " ".join(row[3] for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")))
    database.close()
    assert plan.startswith("SEARCH items")
    assert f"{index} " in plan
    assert "seq>?" in plan


# ------------------------------------------------------------------ what a client may keep


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all items that are read."""
    read: list[int] = []
    original = pulling.entries

    def entries(session: Any, seqs: list[int]) -> Any:
        read.extend(seqs)
        return original(session, seqs)

    monkeypatch.setattr(pulling, "entries", entries)
    return read


def test_only_the_pages_that_changed_are_sent_and_no_item_is_read_for_the_others(
    db: Database, web: TestClient, small_pages: None, counted: list[int]
) -> None:
    items = [build.item(number) for number in range(11)]
    feed.put(db, items)
    tags = {}
    address: str | None = "/dcat/catalog.ttl"
    while address:
        answer = web.get(address)
        tags[address] = answer.headers["etag"]
        assert not tags[address].startswith("W/")
        address = answer.links.get("next", {}).get("url")
    counted.clear()
    for address, tag in tags.items():
        same = web.get(address, headers={"if-none-match": f'W/"other", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert counted == []
    catalogue.upsert(db, [build.item(5, source="市政府办", content_hash="5" * 64)], seen_at=build.NOON + build.DAY)
    sent = [web.get(address, headers={"if-none-match": tag}).status_code for address, tag in tags.items()]
    # the first tells the catalogue's date; the second lost the item and got one of the third; the third got it anew
    assert sent == [200, 200, 200]
    catalogue.upsert(db, [build.item(10, source="市政府办", content_hash="6" * 64)], seen_at=build.NOON + build.DAY)
    second = web.get("/dcat/catalog.ttl?after=4")
    assert web.get("/dcat/catalog.ttl?after=4", headers={"if-none-match": second.headers["etag"]}).status_code == 304


def test_a_new_name_of_a_unit_makes_the_pages_new(db: Database, web: TestClient) -> None:
    registry.apply(db, build.city(build.unit()))
    feed.put(db, [build.item(1)])
    kept = web.get("/dcat/catalog.ttl?after=0").headers["etag"]
    registry.apply(db, build.city(replace(build.unit(), name="田禾区政府")))
    again = web.get("/dcat/catalog.ttl?after=0", headers={"if-none-match": kept})
    assert "田禾区政府" in again.text


def test_every_form_and_base_has_its_own_tag(db: Database, web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.put(db, [build.item(1)])
    tags = {web.get(f"/dcat/catalog.{ending}").headers["etag"] for ending in FORMS}
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", "https://catalogue.example.gov.cn/gk")
    answer = web.get("/dcat/catalog.ttl")
    assert answer.headers["etag"] not in tags
    assert len(tags) == 3
    graph = graph_of(answer, "ttl")
    assert URIRef("https://catalogue.example.gov.cn/gk/dcat#catalogue") in set(graph.subjects())
    assert "testserver" not in answer.text + answer.headers["link"]


@pytest.mark.parametrize("told", ["catalogue.example.gov.cn", "ftp://a.gov.cn/", "https://a b/", "https://a.gov.cn/?x"])
def test_an_address_that_is_none_is_refused_by_the_settings(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", told)
    with pytest.raises(SettingsError, match="expected an address such as https"):
        settings_module.load()


def test_a_date_is_told_only_when_nothing_can_be_dated_within_its_second_any_more(
    db: Database, web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = dt.datetime(2026, 3, 2, 4, 0, 0, 300_000, tzinfo=dt.UTC)
    monkeypatch.setattr(revisions, "utcnow", lambda: at)
    feed.put(db, [build.item(1)])
    assert "last-modified" not in web.get("/dcat/catalog.ttl").headers
    monkeypatch.setattr(revisions, "utcnow", lambda: at + dt.timedelta(seconds=1))
    told = web.get("/dcat/catalog.ttl").headers["last-modified"]
    assert told == "Mon, 02 Mar 2026 04:00:00 GMT"
    since = {"if-modified-since": told}
    assert web.get("/dcat/catalog.ttl", headers=since).status_code == 304
    # a writer whose clock is behind is dated after what was told
    monkeypatch.setattr(revisions, "utcnow", lambda: at)
    catalogue.upsert(db, [build.item(2)], seen_at=build.NOON)
    assert web.get("/dcat/catalog.ttl", headers=since).status_code == 200
    # the tag is asked first; what is no date, or has no zone, is as if it were not there
    for wrong in ("yesterday", "Mon, 02 Mar 2999 04:00:00", ""):
        assert web.get("/dcat/catalog.ttl", headers={"if-modified-since": wrong}).status_code == 200
    later = {"if-none-match": '"other"', "if-modified-since": "Mon, 02 Mar 2999 04:00:00 GMT"}
    assert web.get("/dcat/catalog.ttl", headers=later).status_code == 200


# ------------------------------------------------------------------ which form, and what is refused


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("text/turtle", "text/turtle"),
        ("text/turtle;q=0.4, application/rdf+xml;q=0.5", "application/rdf+xml"),
        ("text/*", "text/turtle"),
        ("text/*;q=0.5, text/turtle;q=0.1, application/rdf+xml;q=0.3", "text/xml"),
        ("*/*;q=0.1, application/ld+json;q=0, application/json;q=0", "text/turtle"),
        ("application/json", "application/json"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "application/ld+json"),
        ("TEXT/TURTLE ; Q=0.9", "text/turtle"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("nonsense", "application/ld+json"),
        ("text/turtle;q=2, application/rdf+xml", "application/rdf+xml"),
        ("text/html", None),
        ("image/png, text/turtle;q=0", None),
        ("*/*;q=0", None),
    ],
)
def test_the_accept_header_chooses(alone: TestClient, accept: str | None, expected: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}
    if accept is None:
        alone.headers.pop("accept")
    answer = alone.get("/dcat", headers=headers)
    assert answer.headers["vary"] == "Accept"
    if expected is None:
        assert answer.status_code == 406
        assert "text/turtle" in answer.text
        assert answer.headers["content-type"].startswith("text/plain")
    else:
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == expected


@pytest.mark.parametrize(
    ("told", "ending"), [("jsonld", "jsonld"), ("ttl", "ttl"), ("xml", "rdf"), ("text/turtle", "ttl"), ("RDF", "rdf")]
)
def test_the_address_chooses_before_the_header(alone: TestClient, told: str, ending: str) -> None:
    answer = alone.get("/dcat", params={"format": told}, headers={"accept": "image/png"})
    check(graph_of(answer, ending))
    assert alone.head(f"/dcat/catalog.{ending}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/dcat?format=n3", 400, "there are jsonld, ttl, rdf"),
        ("/dcat?format=ttl&format=rdf", 400, "format"),
        ("/dcat/catalog.csv", 404, "there are jsonld, ttl, rdf"),
        ("/dcat/catalog.ttl?after=x", 400, "after='x' is not a place in this list"),
        ("/dcat/catalog.ttl?after=-1", 400, "after"),
        ("/dcat/catalog.ttl?after=²", 400, "after"),
        (f"/dcat/catalog.ttl?after={'9' * 19}", 400, "after"),
        ("/dcat/catalog.ttl?after=1&before=2", 400, "two places"),
        ("/dcat/catalog.ttl?page=2", 400, "pages have no numbers"),
        ("/dcat/catalog.ttl?after=1&after=2", 400, "after is given 2 times"),
        ("/dcat/catalog.ttl?unti=tianhe-qu", 400, "no argument 'unti'"),
        ("/dcat/catalog.ttl?unit=a%00b", 400, "unit"),
        (f"/dcat/catalog.ttl?unit={'a' * 201}", 400, "unit"),
        ("/dcat/catalog.ttl?column=tzgg", 400, "column needs its unit"),
        ("/dcat/catalog.ttl?category=gossip", 400, "none of policies"),
        ("/dcat/catalog.ttl?modified_since=yesterday", 400, "expected a day"),
        ("/dcat/catalog.ttl?modified_since=2026-02-30", 400, "expected a day"),
        ("/dcat/catalog.ttl?modified_since=2026-03-02T04:00:00", 400, "a moment with its zone"),
        ("/dcat/catalog.ttl?modified_since=0001-01-01T00:00:00%2B08:00", 400, "expected a day"),
    ],
)
def test_what_cannot_be_understood_is_told_in_words(alone: TestClient, path: str, status: int, said: str) -> None:
    answer = alone.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("host", ['a"b', "a<b>", "a^b", "a b", "-"])
def test_a_host_that_is_none_names_nothing(alone: TestClient, host: str) -> None:
    answer = alone.get("/dcat/catalog.ttl", headers={"host": host})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:  # the framework passed the header over
        assert host not in answer.text


def test_a_database_that_fails_asks_for_patience(alone: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("down")

    monkeypatch.setattr(pulling, "settle", fail)
    answer = alone.get("/dcat/catalog.ttl")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "<" not in answer.text


# ------------------------------------------------------------------ the lasting name of an item


def test_an_items_name_leads_to_it_in_every_form(db: Database, web: TestClient) -> None:
    [name] = feed.put(db, [HOSTILE[0]])
    path = f"/id/item/{name}"
    told = web.get(path, headers={"accept": "text/turtle"})
    graph = graph_of(told, "ttl")
    check(graph)
    assert set(graph.subjects(RDF.type, DCAT.Dataset)) == {iri(name)}
    kept = {"if-none-match": told.headers["etag"]}
    assert web.get(path, headers={"accept": "text/turtle", **kept}).status_code == 304
    assert web.get(path, headers={"accept": "application/rdf+xml", **kept}).status_code == 200
    check(graph_of(web.get(path, params={"format": "rdf"}), "rdf"))
    plain = web.get(path)
    assert (plain.status_code, plain.headers["vary"]) == (303, "Accept")
    assert plain.headers["location"] == f"{BASE}api/v1/items/{name}"
    page = web.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.1"})
    assert page.status_code == 303
    assert STRICT.fullmatch(page.headers["location"])
    assert page.headers["location"].startswith("http://www.qinghe.gov.cn/%E9%99%84")
    assert web.get(path, headers={"accept": "image/png"}).status_code == 406


def test_a_name_that_is_gone_or_never_was(db: Database, web: TestClient) -> None:
    items = [build.item(number) for number in range(9)]
    names = feed.put(db, items)
    feed.withdraw(db, items[:8])
    make_copy(db, names[1], names[0])
    gone = web.get(f"/id/item/{names[8]}")
    assert gone.status_code == 410
    assert (gone.json()["id"], gone.json()["deleted"], gone.json()["same_as"]) == (names[8], True, None)
    record = web.get(f"/id/item/{names[8]}", headers={"accept": "text/turtle"})
    assert record.status_code == 410
    [(found, got)] = records(Graph().parse(data=record.content, format="turtle"))
    assert (found, got.deleted) == (names[8], True)
    copy = web.get(f"/id/item/{names[1]}?format=ttl")
    assert (copy.status_code, copy.headers["location"]) == (303, f"{BASE}id/item/{names[0]}?format=ttl")
    listed = graph_of(web.get("/dcat/catalog.ttl?after=9"), "ttl")
    assert one(listed, iri(names[1]), DCTERMS.isReplacedBy) == iri(names[0])
    for nobody in ("0" * 20, "%00", "a%2Fb"):
        assert web.get(f"/id/item/{nobody}").status_code == 404


def test_withdrawn_items_are_told_by_a_walk_of_what_changed(db: Database, web: TestClient, small_pages: None) -> None:
    items = [build.item(number) for number in range(9)]
    names = feed.put(db, items)
    whole = [got for graph in pages(web, "/dcat/catalog.ttl") for got in records(graph)]
    assert len(whole) == 9
    since = max(got.modified for _, got in whole)
    feed.withdraw(db, items[1:])
    found = {
        name: got for graph in pages(web, f"/dcat/catalog.ttl?modified_since={since}") for name, got in records(graph)
    }
    assert found[names[0]].deleted
    assert {got.deleted for name, got in found.items() if name != names[0]} <= {False}
