"""An item as XML says what it says as JSON, whatever websites wrote into it, and is what the schema promises."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from storage.formats import gongkai, json_item, oai_dc, xml_text
from storage.formats.xml_text import document
from storage.schema import Attachment, Category, Copy, Evidence, Item, Provenance, Relation
from tests.storage import build
from tests.storage.feed import DC, SCHEMA, Node

NS = f"{{{gongkai.NAMESPACE}}}"
XS = "{http://www.w3.org/2001/XMLSchema}"
LISTS = ("relations", "keywords", "aliases", "attachments", "copies")

FULL = Item(
    id="0123456789abcdef0123",
    revision=3,
    unit="tianhe-qu",
    column="gfxwj",
    url="http://www.qinghe.invalid/a?b=1&c=2",
    title="关于<印发>《办法》的通知 & 说明",
    category=Category.POLICIES,
    summary="概述",
    index_number="006299001/2026-00017",
    document_number="田府规〔2026〕1号",
    issuer="田禾区人民政府",
    publisher="田禾区人民政府办公室",
    source="市政府办",
    formed_on=dt.date(2026, 2, 20),
    published_on=dt.date(2026, 2, 26),
    published_at=dt.datetime(2026, 2, 26, 1, 30, tzinfo=dt.UTC),
    effective_on=dt.date(2026, 3, 1),
    repealed_on=dt.date(2031, 3, 1),
    validity="有效",
    theme="综合政务\\政务公开",
    theme_code="02-01",
    genre="通知",
    statutory="20-01",
    stage="final",
    relations=(
        Relation(kind="repeals", target="田府规〔2021〕3号"),
        Relation(kind="amends", target="http://a.invalid/"),
    ),
    keywords=("办法", "公开"),
    form="主动公开",
    aliases=("http://m.qinghe.invalid/a",),
    attachments=(
        Attachment(name="附件1", url="http://www.qinghe.invalid/1.pdf", type="pdf", size=12345, sha256="ab" * 32),
        Attachment(name="附件2", url="http://www.qinghe.invalid/2"),
    ),
    body_text="第一条\n第二条\r\n\t第三条 ]]> 𠮷",
    provenance={
        "title": Provenance(origin="meta", raw="关于", confidence=0.95, conflict="另一个"),
        "published_on": Provenance(origin="row", raw="2026-02-26", confidence=1.0),
    },
    content_hash="cd" * 32,
    evidence=Evidence(
        url="http://www.qinghe.invalid/a",
        captured_at=build.NOON,
        sha256="ef" * 32,
        warc="a.warc.gz",
        record_id="<urn:x>",
    ),
    page_read=False,
    first_seen=build.NOON,
    not_before=build.NOON - build.DAY,
    last_seen=build.NOON + build.DAY,
    withdrawn_at=build.NOON + 2 * build.DAY,
    copies=(
        Copy(
            item="e",
            unit="caizheng-ju",
            column="zcwj",
            url="http://cz.qinghe.invalid/1",
            published_on=dt.date(2026, 3, 1),
        ),
        Copy(item="f", unit="jiaoyu-ju", column="tzgg", url="http://jy.qinghe.invalid/1"),
    ),
    same_as="d",
)


def written(item: Item, schema_url: str = "gongkai.xsd") -> str:
    """The item as a document of the ``gongkai`` format."""
    return document(gongkai.to_xml(json_item.to_json(item), schema_url)).decode()


def dublin_core(item: Item) -> Node:
    return etree.fromstring(document(oai_dc.to_xml(json_item.to_json(item))))


def as_json(xml: str) -> dict[str, Any]:
    """An ``item`` element as the JSON that says the same."""
    root = etree.fromstring(xml)
    SCHEMA.assertValid(root)
    data: dict[str, Any] = {field.name: [] if field.name in LISTS else None for field in fields(Item)}
    data |= {"provenance": {}, "id": root.get("id"), "revision": int(root.get("revision"))}
    for child in root:
        name = child.tag.removeprefix(NS)
        assert name in data
        if name == "relations":
            data[name] = [{"kind": one.get("kind"), "target": one.text or ""} for one in child]
        elif name in ("keywords", "aliases"):
            data[name] = [one.text or "" for one in child]
        elif name == "attachments":
            data[name] = [_object(one, ("name", "url", "type", "size", "sha256")) for one in child]
            for one in data[name]:
                one["size"] = None if one["size"] is None else int(one["size"])
        elif name == "provenance":
            for one in child:
                said = _object(one, ("raw", "conflict"))
                data[name][one.get("name")] = {
                    "origin": one.get("origin"),
                    "raw": said["raw"],
                    "confidence": float(one.get("confidence")),
                    "conflict": said["conflict"],
                }
        elif name == "copies":
            data[name] = [_object(one, ("item", "unit", "column", "url", "published_on")) for one in child]
        elif name == "evidence":
            data[name] = _object(child, ("url", "captured_at", "sha256", "warc", "record_id"))
        else:
            data[name] = {"true": True, "false": False}[child.text] if name == "page_read" else child.text or ""
    return data


def _object(element: Node, names: tuple[str, ...]) -> dict[str, Any]:
    found = {child.tag.removeprefix(NS): child.text or "" for child in element}
    return {name: found.get(name) for name in names}


def test_xml_and_json_say_the_same() -> None:
    assert as_json(written(FULL)) == json_item.to_json(FULL)
    bare = replace(build.item(1), id="a", revision=1, provenance={}, evidence=None)
    assert as_json(written(bare)) == json_item.to_json(bare)


def test_every_field_of_an_item_is_in_the_full_one_and_in_the_schema() -> None:
    absent = {field.name for field in fields(Item) if getattr(FULL, field.name) in (None, (), {}, "")}
    assert absent == set()
    schema = etree.fromstring(gongkai.schema())
    item = schema.find(f"{XS}complexType[@name='item']")
    told = {one.get("name") for one in item.iter(f"{XS}element", f"{XS}attribute")}
    assert told == {field.name for field in fields(Item)}


def test_every_element_and_attribute_of_the_schema_is_explained_in_both_languages() -> None:
    schema = etree.fromstring(gongkai.schema())
    told = 0
    for one in schema.iter(f"{XS}element", f"{XS}attribute"):
        if one.get("type", "").startswith("xs:") or one.get("name") in LISTS:
            languages = {
                doc.get("{http://www.w3.org/XML/1998/namespace}lang"): doc.text
                for doc in one.findall(f"{XS}annotation/{XS}documentation")
            }
            assert set(languages) == {"zh", "en"}, one.get("name")
            assert all(languages.values())
            told += 1
    assert told > 40


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<title>", "<name>another</name><title>"),
        ("<unit>tianhe-qu</unit>", ""),
        ("政策法规", "其他"),
        ("2026-02-20", "2026年2月20日"),
        (' revision="3"', ""),
        (' revision="3"', ' revision="0"'),
        ("<page_read>false", "<page_read>no"),
    ],
)
def test_the_schema_refuses_what_is_no_item(right: str, wrong: str) -> None:
    xml = written(FULL)
    assert right in xml
    assert not SCHEMA.validate(etree.fromstring(xml.replace(right, wrong)))


def test_the_schemas_address_is_named() -> None:
    root = etree.fromstring(written(FULL, 'http://h.invalid/oai/gongkai.xsd?a="&'))
    location = root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert location == f'{gongkai.NAMESPACE} http://h.invalid/oai/gongkai.xsd?a="&'


def test_dublin_core_holds_what_is_sought_by() -> None:
    root = dublin_core(FULL)
    assert [(one.tag.removeprefix(DC), one.text) for one in root] == [
        ("title", FULL.title),
        ("creator", FULL.issuer),
        ("subject", FULL.theme),
        ("subject", "办法"),
        ("subject", "公开"),
        ("description", "概述"),
        ("publisher", FULL.publisher),
        ("date", "2026-02-26"),
        ("type", "通知"),
        ("identifier", FULL.url),
        ("identifier", FULL.index_number),
        ("identifier", FULL.document_number),
        ("language", "zh"),
        ("relation", "田府规〔2021〕3号"),
        ("relation", "http://a.invalid/"),
    ]


def test_dublin_core_falls_back_and_leaves_out() -> None:
    item = replace(build.item(1), published_on=None, formed_on=dt.date(2026, 2, 20), body_text="正文。" * 200)
    found = {one.tag.removeprefix(DC): one.text for one in dublin_core(item)}
    assert found["date"] == "2026-02-20"
    assert found["description"] == f"{'正文。' * 100}…"
    assert set(found) == {"title", "date", "description", "identifier", "language"}
    item = replace(item, body_text=None, formed_on=None)
    found = {one.tag.removeprefix(DC): one.text for one in dublin_core(item)}
    assert set(found) == {"title", "identifier", "language"}


# ------------------------------------------------------------------ whatever websites write

ANY = st.text(st.characters(codec="utf-8") | st.sampled_from("\x00\x0b\x1f\ufffe\uffff\r\n\t&<>\"']"), max_size=30)
CONFIDENCE = st.floats(0, 1)


def legal(value: Any) -> Any:
    """``value`` without the signs that XML 1.0 has not."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
    if isinstance(value, dict):
        return {legal(name): legal(one) for name, one in value.items()}
    return [legal(one) for one in value] if isinstance(value, list) else value


@given(value=ANY)
def test_text_and_attributes_come_back_as_they_were(value: str) -> None:
    root = etree.fromstring(document(f'<a b="{xml_text.attribute(value)}">{xml_text.text(value)}</a>'))
    assert (root.text or "") == legal(value)
    assert root.get("b") == legal(value)


@given(
    texts=st.lists(ANY, min_size=12, max_size=12),
    confidence=CONFIDENCE,
    size=st.none() | st.integers(),
    moment=st.datetimes(timezones=st.just(dt.UTC)),
    day=st.dates(),
)
def test_any_item_is_valid_and_says_the_same_as_its_json(
    texts: list[str], confidence: float, size: int | None, moment: dt.datetime, day: dt.date
) -> None:
    one = iter(texts)
    item = replace(
        FULL,
        title=next(one),
        url=next(one),
        body_text=next(one),
        validity=next(one),
        published_on=day,
        published_at=moment,
        keywords=(next(one),),
        aliases=(next(one),),
        relations=(Relation(kind=next(one), target=next(one)),),
        attachments=(Attachment(name=next(one), url=next(one), size=size),),
        provenance={"title": Provenance(origin=next(one), raw=next(one), confidence=confidence)},
    )
    assert as_json(written(item)) == legal(json_item.to_json(item))
    dublin_core(item)
