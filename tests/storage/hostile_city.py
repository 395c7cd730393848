"""A city in which every text that comes from outside would do harm, and what proves that it did none.

``fill`` stores it through the doors; ``check_page`` and ``check_xml`` hold an answer to what no such text may bring
about: an element, an attribute, an address that runs something, a template that was evaluated.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.orm import Session

from flows import publishing
from harvesters.archive import Archive, Exchange
from storage import (
    boards,
    catalogue,
    due_dates,
    files,
    findings,
    observations,
    outbox,
    papers,
    people,
    periods,
    proofs,
    registry,
    requests,
    settings,
)
from storage.annual import told
from storage.annual.forms import Form
from storage.annual.report import Cell, Part
from storage.annual.rollup import Alike, Check, Claim, Counts, Entered, Lacks, Sum
from storage.database import Database, dumps, utcnow
from storage.due_dates import DueDate
from storage.outbox import Reconciliation, Refused
from storage.periods import Period
from storage.schema import (
    Attachment,
    Column,
    ColumnKind,
    Contact,
    Outcome,
    Provenance,
    Relation,
    Role,
    Subject,
    Waiver,
)
from tests.storage import build, yearly
from tests.storage.signing import PASSWORD

SUM: Final = "133704011"  # what the templates below come to; no number of a page is as long by chance
FILE: Final = "http://a.invalid/file.pdf"
MARK: Final = "恶意标题"
# it ends titles, attributes, comments and cells, opens elements with names of its own, and is a formula first of all
EVIL: Final = (
    f"=cmd|' /C calc'!A0 {MARK}</title></textarea></style></script>\"'><evil-element evil-one=1></evil-element>"
    '<img src=x onerror=alert(1)><script>alert(1)</script><!-- ]]> " evil-two="1" \' evil-three=\'1 '
    "{{ 1337*100003 }}{% print(1337*100003) %}${1337*100003}#{1337*100003} "
    "\x07\x1b\u202egnp.exe\u2066&#60;evil-element&#62;"
)
SCRIPT: Final = "javascript:alert(1)//http://a.invalid/"
DATA: Final = "data:text/html,<script>alert(1)</script>"
QUOTES: Final = 'http://a.invalid/"onmouseover=\'alert(1)\'evil-four="x"><evil-element>'
DAY: Final = dt.date(2026, 3, 2)
_ADDRESSES: Final = ("href", "src", "action", "formaction", "poster", "data", "background", "srcset", "cite", "ping")


@dataclass(frozen=True, kw_only=True)
class Held:
    """The names under which pages are asked for, by the word that stands before them in a path."""

    names: dict[str, list[str]]
    home: Path  # the data folder

    def all(self) -> list[str]:
        """Every one of them, once."""
        return list(dict.fromkeys(name for names in self.names.values() for name in names))


def fill(database: Database) -> Held:
    """Stores the city, items, looks, findings with their lives, people, receivers, requests, papers, a told board."""
    columns = tuple(
        Column(id=name, unit="u1", name=EVIL, kind=kind, url=url, feed=DATA)
        for name, kind, url in (
            ("yw", ColumnKind.NEWS, SCRIPT),
            ("tzgg", ColumnKind.NOTICES, QUOTES),
            ("zcwj", ColumnKind.POLICIES, DATA),
        )
    )
    unit = replace(
        build.unit("u1"),
        name=EVIL,
        home=SCRIPT,
        site_code=EVIL,
        columns=columns,
        contacts=(Contact(name=EVIL, email=EVIL, phone=EVIL),),
        waivers=(Waiver(reason=EVIL, approved_by=EVIL, until=DAY, column="yw"),),
    )
    registry.apply(database, build.city(unit, build.unit("u2"), name=EVIL, contact=SCRIPT))
    items = _items(database)
    _file(database)
    _looks(database)
    found = _findings(database, items)
    accounts = _people(database)
    _receivers(database)
    left = [requests.leave(database, kind, {"url": SCRIPT, "unit": EVIL}) for kind in ("read", "harvest", "paper")]
    requests.answer(database, left[0], error=EVIL)
    requests.answer(database, left[1], result={"title": EVIL, "url": SCRIPT})
    discovery, *answered = _answers(database)
    kept = papers.keep(database, "notice", EVIL, "text/html", EVIL.encode(), by=EVIL, unit="u1", facts={"why": EVIL})
    told_of = {"year": yearly.YEAR, "layout": EVIL, "gaps": [EVIL, SCRIPT]}
    page = f"<title>{escape(EVIL)}</title><main>{escape(EVIL)}</main>".encode()
    draft = papers.keep(database, "annual", EVIL, "text/html", page, by=EVIL, facts=told_of)
    reports = _annual(database)
    due = DueDate(
        unit="u1",
        rule="UP-02",
        nature="recurring",
        title=EVIL,
        due_on=DAY,
        column="yw",
        item=items[0],
        facts={"a": EVIL},
    )
    due_dates.tell(database, [due])
    publishing.publish(database, settings.load())
    _frozen(database)
    token = people.invite(database, Role.READER, by="office-1")
    return Held(
        home=settings.load().home,
        names={
            "units": ["u1"],
            "items": items,
            "item": items,
            "findings": found,
            "people": accounts,
            "welcome": [token],
            "requests": [*left, discovery, *answered],
            "add": [discovery],
            "papers": [kept.id, draft.id],
            "annual": [str(yearly.YEAR)],
            "report": reports,
            "paper": [draft.id],
            "columns": ["yw"],
            "rules": ["UP-02"],
            "evidence": ["1", "2", "3"],
            "files": ["3"],
            "proofs": ["1"],
            "periods": ["2026-03"],
            "changes": ["atom", "json"],
            "catalog": ["ttl", "jsonld", "rdf"],
        },
    )


def _items(database: Database) -> list[str]:
    facts: dict[str, Any] = {
        "unit": "u1",
        "column": "yw",
        "title": EVIL,
        "body_text": EVIL,
        "summary": EVIL,
        "index_number": EVIL,
        "document_number": EVIL,
        "issuer": EVIL,
        "publisher": EVIL,
        "source": EVIL,
        "validity": EVIL,
        "theme": EVIL,
        "genre": EVIL,
        "stage": EVIL,
        "form": EVIL,
        "language": EVIL,
        "keywords": (EVIL, EVIL[::-1]),
        "relations": (Relation(kind=EVIL, target=SCRIPT), Relation(kind="interprets", target=QUOTES)),
        "attachments": (
            Attachment(name=EVIL, url=SCRIPT, type=EVIL),
            Attachment(name=EVIL, url=QUOTES),
            Attachment(name=EVIL, url=FILE),
        ),
        "provenance": {"title": Provenance(origin=EVIL, raw=EVIL, confidence=0.5, conflict=EVIL)},
        "evidence": build.evidence(url=SCRIPT, warc=EVIL, record_id=EVIL),
    }
    urls = (SCRIPT, QUOTES, DATA)
    for at, summary in ((build.NOON, EVIL), (build.NOON + build.DAY, f"{EVIL}二")):  # two revisions of each
        told = [
            build.item(
                n,
                **{
                    **facts,
                    "url": url,
                    "aliases": (),
                    "title": f"{EVIL}{n}",
                    "index_number": f"{EVIL}{n}",
                    "document_number": f"{EVIL}{n}",
                    "summary": summary,
                    "content_hash": f"{n}{summary}",
                },
            )
            for n, url in enumerate(urls)
        ]
        catalogue.upsert(database, told, seen_at=at)
    names = [one.id for one in catalogue.iter_items(database)]
    assert len(names) == len(urls)
    return names


def _file(database: Database) -> None:
    """An attachment that was fetched and read."""
    kept = _captured("gk-file")[1]
    fetched = files.Fetched(url=FILE, sha256=kept.sha256, status=200, evidence=kept, name=EVIL)
    files.fetched(database, [fetched], at=build.NOON)
    files.keep_content(
        database,
        files.Content(
            sha256=kept.sha256,
            size=9,
            kind=EVIL,
            outcome="scanned",
            detail=EVIL,
            pages=1,
            text=EVIL,
            whole=True,
            reader=EVIL,
            evidence=kept,
            read_at=build.NOON,
        ),
    )


def _looks(database: Database) -> None:
    facts = {
        "engine": EVIL,
        "rows": 1,
        "column_name": EVIL,
        "note": EVIL,
        "moved": {"yw": SCRIPT},
        "links": {"news": SCRIPT},
    }
    known: dict[str, Any] = {"unit": "u1", "url": SCRIPT, "facts": facts, "detail": EVIL, "evidence": (_evidence(),)}
    looks = [
        build.observation("a", column="yw", outcome=Outcome.OK, **known),
        build.observation("b", column="tzgg", outcome=Outcome.BLOCKED, reason=EVIL, **known),
        build.observation("c", column="zcwj", outcome=Outcome.STRUCTURE_CHANGED, reason="no_rows", **known),
        build.observation("d", column=None, subject=Subject.HOME, outcome=Outcome.UNREACHABLE, reason=EVIL, **known),
    ]
    observations.record(database, looks)


def _evidence() -> Any:
    return build.evidence(url=QUOTES, warc=EVIL, record_id=EVIL)


def _captured(name: str = "gk-hostile") -> tuple[Any, ...]:
    """Two captured pages: one that would do harm, and a file."""
    kept = Archive(settings.load().archive, name)
    bodies = ((EVIL.encode(), "text/html"), (b"%PDF-1.7 " + EVIL.encode(), "application/pdf"))
    found = tuple(
        kept.write(
            Exchange(
                url=f"http://a.invalid/{number}",
                method="GET",
                request_headers=(),
                request_body=b"",
                protocol="HTTP/1.1",
                status=200,
                headers=(("Content-Type", kind),),
                received=body,
                body=body,
                captured_at=build.NOON,
            )
        )
        for number, (body, kind) in enumerate(bodies)
    )
    kept.close()
    return found


def _frozen(database: Database) -> None:
    """The board as a period that was frozen, with its file of verdicts."""
    home = settings.load().home
    board = boards.latest(database)
    assert board is not None
    lines = [{**one.line, "losses": []} for one in boards.standings(database, board.day)]
    staged = home / periods.FOLDER / "staged.jsonl.gz"
    written = periods.write_verdicts([], staged)
    period = Period(
        name="2026-03",
        first=DAY,
        last=DAY,
        as_of=DAY,
        early=True,
        frozen_at=build.NOON,
        frozen_by=EVIL,
        note=EVIL,
        board=dumps({**board.board, "scores": lines}),
        regulation="{}",
        regulation_digest="",
        city="",
        file=f"{periods.FOLDER}/2026-03.verdicts.jsonl.gz",
        **vars(written),
    )
    periods.freeze(database, period, staged, home)


def _findings(database: Database, items: list[str]) -> list[str]:
    facts = {EVIL: EVIL, "newest_on": EVIL, "newest_url": SCRIPT, "pages": [SCRIPT, EVIL], "note": {"a": EVIL}}
    known: dict[str, Any] = {"unit": "u1", "facts": facts, "basis": EVIL, "evidence": (*_captured(), _evidence())}
    told = [
        build.verdict(rule="UP-02", column="yw", **known),
        build.verdict(rule="TM-01", column="yw", item=items[0], **known),
        build.verdict(rule="UP-03", column="tzgg", **known),
        build.verdict(rule="CT-01", column="zcwj", item=items[-1], **known),
    ]
    findings.settle(database, told, at=build.NOON)
    names = [one.id for one in findings.iter_findings(database)]
    at = utcnow()
    findings.take_step(database, names[0], "notified", who=EVIL, at=at, note=EVIL)
    proof = proofs.File(name=EVIL, kind="pdf", content=b"%PDF-1.7 " + EVIL.encode())

    def with_proof(session: Session, event: int) -> None:
        proofs.add(session, names[0], event, [proof], who=EVIL, at=at)

    findings.take_step(database, names[0], "answered", who=EVIL, at=at, note=EVIL, also=with_proof)
    findings.take_step(database, names[1], "disputed", who=EVIL, at=at, note=EVIL)
    findings.take_step(database, names[2], "closed", who=EVIL, at=at, note=EVIL)
    return names


def _answers(database: Database) -> list[str]:
    """What a hostile site makes of a discovery, of a page read, of a change of the registry."""
    row = {"title": EVIL, "url": SCRIPT, "date": EVIL}
    column = {
        **dict.fromkeys(("id", "name", "kind", "engine", "outcome", "detail", "newest_on"), EVIL),
        "url": SCRIPT,
        "feed": DATA,
        "confidence": 0.1,
        "doubtful": True,
        "why": [EVIL],
        "rows": 1,
        "total_rows": None,
        "samples": [row],
        "others": [{"url": QUOTES, "why": EVIL}],
    }
    discovery = {
        "home": SCRIPT,
        "outcome": EVIL,
        "reason": EVIL,
        "detail": EVIL,
        "platform": DATA,
        "columns": [column] * 2,
        "site": {"name": EVIL, "domain": EVIL, "id_code": EVIL},
        "unit": {"name": EVIL, "phone": EVIL},
        "left_out": [{"name": EVIL, "url": SCRIPT, "why": EVIL}],
    }
    article = {"title": EVIL, EVIL: EVIL, "attachments": [{"name": EVIL, "url": SCRIPT}], "body_text": EVIL}
    read = {
        "outcome": EVIL,
        "reason": EVIL,
        "detail": EVIL,
        "kind": EVIL,
        "engine": EVIL,
        "article": article,
        "listing": {"column_name": EVIL, "items": [row], "next_page": SCRIPT, "total_pages": 2},
        "provenance": {"title": {"from": EVIL, "raw": EVIL, "confidence": 0.5, "conflict": EVIL}},
    }
    results = {"discover": discovery, "read": read, "registry": {"changes": [EVIL], "unit": EVIL}}
    payload = {"url": SCRIPT, "by": EVIL, "next": SCRIPT, "back": QUOTES, "edit": "add_unit"}
    names = []
    for kind, result in results.items():
        names.append(requests.leave(database, kind, payload))
        requests.answer(database, names[-1], result=result)
    return names


def _people(database: Database) -> list[str]:
    made = (("office-1", Role.OFFICE, None), ("unit-1", Role.UNIT, "u1"), ("reader-1", Role.READER, None))
    for name, role, unit in made:
        token = people.invite(database, role, by=EVIL, unit=unit)
        people.accept(database, token, name=name, shown=EVIL, password=PASSWORD)
    people.note(database, EVIL, "finding.step", EVIL, facts={"step": EVIL, EVIL: EVIL}, address=EVIL)
    return [name for name, _, _ in made]


def _annual(database: Database) -> list[str]:
    """Two yearly reports, published and come by mail, and a year told of them; every text in them is hostile."""
    cells = {"2/regulations/made": EVIL, "3/new/natural": EVIL, "3/new/total": "/", "4/review/total": ""}
    parts = (Part(number=1, heading=EVIL, text=EVIL),)
    read = yearly.report(cells, title=EVIL, unit=EVIL, parts=parts, problems=(EVIL,), text=EVIL)
    moved = {
        name: replace(one, cell=Cell(table=1, row=1, column=1, address=EVIL)) for name, one in read.figures.items()
    }
    facts = {EVIL: EVIL, "broken": [EVIL, {"words": EVIL, "address": EVIL, "value": EVIL}], "cells": ["3/new/total"]}
    checks = (
        Check(rule="AR-01", verdict="breach", reason=EVIL, facts=facts),
        Check(rule=EVIL, verdict="not_assessable", reason=f"{EVIL}: {EVIL}", facts={"suspect": "3/new/total"}),
    )
    known: dict[str, Any] = {
        "name": EVIL,
        "format": EVIL,
        "column": "yw",
        "detail": EVIL,
        "url": SCRIPT,
        "note": EVIL,
        "received_by": EVIL,
        "evidence": _captured("gk-annual")[0],
        "checks": [one.model_dump(mode="json") for one in checks],
    }
    yearly.kept(database, "hostile-1", "u1", report=replace(read, figures=moved), **known)
    prose = replace(read, form=Form.PROSE, figures={}, tables=(((EVIL, SCRIPT),),))
    yearly.kept(
        database, EVIL, "u1", report=prose, source="mail", content=EVIL.encode(), received_at=build.NOON, **known
    )
    alike = (Alike(report=EVIL, unit="u2", name=EVIL, year=yearly.YEAR, share=1.0),)
    line = yearly.line(
        "u1",
        name=EVIL,
        kind=EVIL,
        supervision=EVIL,
        rule=EVIL,
        why=EVIL,
        title=EVIL,
        url=SCRIPT,
        received_on=DAY,
        received_by=EVIL,
        report=EVIL,
        source="published",
        format=EVIL,
        form=EVIL,
        outcome=EVIL,
        detail=EVIL,
        checks=checks,
        alike=alike,
    )
    one = Sum(value=None, counted=0, parts={EVIL: Decimal(1)}, lacks=(Lacks(unit=EVIL, why=EVIL),))
    counted = {EVIL: 1}
    counts = Counts(
        total=1,
        by_category=counted,
        by_statutory=counted,
        by_channel=counted,
        by_unit=counted,
        by_unit_category={EVIL: counted},
    )
    entered = Entered(unit=EVIL, measure=EVIL, value=Decimal(1), source=EVIL, entered_by=EVIL, entered_at=build.NOON)
    rollup = yearly.rollup(
        city=EVIL,
        lines=(line,),
        sums={"3/new/total": one, EVIL: one},
        counts=counts,
        claims=(Claim(unit=EVIL, what=EVIL, claimed=Decimal(1), found=None, why=EVIL),),
        entered=(entered,),
    )
    told.tell(database, rollup)
    return ["hostile-1", EVIL]


def _receivers(database: Database) -> None:
    entry = outbox.pending(database, 0, 1)[0]
    refused = Refused(seq=entry.seq, item_id=entry.item_id, revision=1, reason=EVIL)
    outbox.advance(database, EVIL, 1, {"name": EVIL}, sent={entry.item_id: entry.seq}, refused=[refused])
    outbox.failed(database, EVIL, EVIL, utcnow() + dt.timedelta(minutes=5))
    compared = Reconciliation(
        receiver=EVIL,
        began_at=build.NOON,
        ended_at=build.NOON,
        seq=1,
        ours=1,
        held=0,
        counts={EVIL: 1},
        drift=1,
        samples={EVIL: [{"id": EVIL, "title": EVIL}]},
    )
    outbox.keep_reconciliation(database, compared)


# ------------------------------------------------------------------ what may not have happened


def check_page(html: str, *, is_ours: bool = True) -> bool:
    """Holds a page to it; tells whether anything of the city stands in it, and there was something to hold.

    :param is_ours: it is a page of the console; a paper has styles of its own, as has a page of a unit's site that is
        shown in a sandbox.
    """
    tree = LexborHTMLParser(html)
    for node in tree.css("*"):
        told, tag = node.attributes, node.tag or ""
        assert not tag.startswith("evil"), node.html
        assert tag not in ("iframe", "object", "embed", "base", "frame") or "sandbox" in told, node.html
        if tag == "script":  # a page may have a script of ours, by its address and never in itself
            assert (told.get("src") or "").startswith("/static/"), node.html
            assert not node.text().strip()
        assert "style" not in told or not is_ours, node.html
        for name, value in told.items():
            assert not name.startswith(("on", "evil")), node.html
            if name in _ADDRESSES:
                assert is_safe(value or ""), node.html
        if tag == "meta":
            refreshes = (told.get("http-equiv") or "").lower() == "refresh"  # a page may look again, and lead nowhere
            assert not refreshes or (told.get("content") or "").isdigit(), node.html
    if is_ours:
        assert len([node for node in tree.css("title") if not _is_drawn(node)]) == 1
        assert len(tree.css("main")) == 1
    assert SUM not in html
    return MARK in html


def _is_drawn(node: Any) -> bool:
    """Whether a title is a picture's."""
    above = node.parent
    while above is not None and above.tag != "svg":
        above = above.parent
    return above is not None


def is_safe(address: str) -> bool:
    """Whether an address leads to the web or within this site, however browsers read it."""
    read = re.sub(r"[\x00-\x20\x7f]", "", address)
    parts = urlsplit(read)
    return parts.scheme in ("http", "https") or (not parts.scheme and ":" not in read.split("/")[0])


def check_xml(body: bytes) -> bool:
    """Holds an XML answer to it, entities and all; whether anything of the city stands in it."""
    assert SUM not in body.decode()
    tree = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    for node in tree.iter(etree.Element):
        assert not etree.QName(node).localname.startswith("evil")
        for name, value in node.attrib.items():
            short = etree.QName(name).localname
            assert not short.startswith("evil")
            if short in ("href", "resource", "about", "src"):
                assert is_safe(value) or value.startswith("urn:"), value
    return MARK in body.decode()


def check_words(facts: object) -> str:
    """Any answer as text, for whoever looks for what stands in it; nothing was evaluated in it."""
    text = str(facts)
    assert SUM not in text
    return text
