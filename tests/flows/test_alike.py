# ruff: noqa: E501 -- texts are kept whole
"""From stored items to what is said of them together, through the whole of an assessment: gathered, judged, settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.assess import assess_database
from storage import catalogue, findings, registry, settings
from storage.database import Database, open_database
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Provenance,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
)

NOW = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RIVER = "为加强河道管理，各乡镇要组织力量清理河道淤泥和垃圾，加固堤防，落实河长巡查制度，确保汛期安全。" * 6
SCHOOL = "为做好招生工作，各学校要公布招生范围、计划和办法，严禁提前招生，规范收费，接受社会监督。" * 6
INDEX = "014416330/2026-00007"


def unit(name: str, title: str) -> Unit:
    columns = tuple(
        Column(id=kind, unit=name, name=kind, kind=ColumnKind(kind), url=f"http://{name}.invalid/{kind}/")
        for kind in ("notices", "policies")
    )
    return Unit(
        id=name, name=title, kind=UnitKind.DEPARTMENT, supervision=Supervision.LOCAL, home=f"http://{name}.invalid/", columns=columns
    )  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    units = (unit("jyj", "青禾市教育局"), unit("swj", "青禾市水务局"))
    registry.apply(opened, City(name="青禾市", code="629900", contact="mailto:o@example.invalid", units=units))
    yield opened
    opened.close()


@pytest.fixture
def known(tmp_path: Path) -> settings.Settings:
    return replace(settings.load(), home=tmp_path)


def item(number: int, day: str = "2026-06-01", owner: str = "jyj", column: str = "notices", **given: Any) -> Item:
    url = f"http://{owner}.invalid/{column}/{number}.html"
    told = Provenance(origin="label", raw="x", confidence=0.95)
    facts: dict[str, Any] = {
        "title": f"关于第{number}号事项的通知",
        "category": Category.POLICIES,
        "published_on": dt.date.fromisoformat(day),
        "body_text": f"第{number}号。",
        "provenance": dict.fromkeys(("published_on", "published_at", "index_number", "document_number"), told),
        "evidence": Evidence(url=url, captured_at=NOW, sha256="0" * 64, warc="a.warc.gz", record_id=f"<urn:{number}>"),
    }
    made = Item(unit=owner, column=column, url=url, **{**facts, **given})
    return replace(made, content_hash=f"{made.title} {made.published_on} {made.body_text}")


def keep(database: Database, *items: Item, at: dt.datetime = NOW) -> None:
    catalogue.upsert(database, items, seen_at=at)


def told(database: Database, known: settings.Settings, rule: str, now: dt.datetime = NOW) -> list[Verdict]:
    """What one run says under a rule; a second one says the same."""
    assess_database(database, known, now=now)
    first = list(findings.iter_verdicts(database, rule=rule))
    assess_database(database, known, now=now)
    assert list(findings.iter_verdicts(database, rule=rule)) == first
    return first


def test_one_index_number_on_two_documents_until_one_is_corrected(database: Database, known: settings.Settings) -> None:
    second = item(2, "2026-06-05", title="关于做好招生工作的通知", body_text=SCHOOL, index_number=INDEX)
    keep(database, item(1, title="关于清理河道的通知", body_text=RIVER, index_number=INDEX), second)
    (verdict,) = told(database, known, "CT-02U")
    assert (verdict.verdict.value, verdict.unit, verdict.column) == ("breach", "jyj", "notices")
    assert verdict.facts["url"] == second.url
    assert [one.rule for one in findings.iter_findings(database, "open")].count("CT-02U") == 1

    keep(database, replace(second, index_number="014416330/2026-00008"), at=NOW + DAY)
    assert told(database, known, "CT-02U", NOW + DAY) == []
    assert [one.state for one in findings.iter_findings(database) if one.rule == "CT-02U"] == ["closed"]


def test_copies_of_one_number_in_two_units(database: Database, known: settings.Settings) -> None:
    number = {"document_number": "青教发〔2026〕3号", "title": "关于做好招生工作的通知"}
    keep(
        database,
        item(1, body_text=SCHOOL, **number),
        item(2, owner="swj", body_text=RIVER, **number),
        item(3, owner="swj", body_text=SCHOOL, **number),
    )
    (verdict,) = told(database, known, "CT-06")
    assert (verdict.verdict.value, verdict.unit, verdict.facts["compared_unit"]) == (
        "not_assessable",
        "swj",
        "青禾市教育局",
    )
    assert (verdict.reason or "").startswith("advice: ")


def test_a_repealed_document_that_is_shown_to_be_in_force(database: Database, known: settings.Settings) -> None:
    old = {"title": "青禾市河道采砂管理办法", "validity": "有效", "column": "policies"}
    law = "本办法自2024年1月1日起施行。《青禾市河道采砂管理办法》同时废止。"
    keep(
        database,
        item(1, "2018-01-01", document_number="青教发〔2018〕3号", **old),
        item(2, "2018-01-01", owner="swj", **old),
        item(3, "2023-12-01", title="青禾市河道管理规定", body_text=law),
        item(4, "2024-12-01", title="青禾市采石规定", body_text="青教发〔2018〕3号文件同时废止。"),
        item(
            5,
            "2018-01-01",
            column="policies",
            title="青禾市采石办法",
            validity="失效",
            document_number="青教发〔2018〕4号",
        ),
    )
    (verdict,) = told(database, known, "CT-05R")
    assert (verdict.unit, verdict.column, verdict.facts["repealed_by"]) == ("jyj", "policies", "青禾市河道管理规定")


def test_an_old_text_under_a_new_date_and_a_date_that_moved(database: Database, known: settings.Settings) -> None:
    text = {"title": "关于清理河道的通知", "body_text": RIVER}
    keep(
        database,
        item(1, "2025-06-01", **text),
        item(2, "2026-06-01", **text),
        item(3, "2026-06-01"),
        item(4, "2026-06-01"),
    )
    keep(database, item(3, "2026-06-20"), item(4, "2026-06-01", title="关于另一事项的通知"), at=NOW + DAY)
    found = told(database, known, "FK-03", NOW + DAY)
    assert {one.verdict.value for one in found} == {"not_assessable"}
    again, move = sorted(found, key=lambda one: str(one.facts["url"]))
    assert (again.facts["url"][-6:], again.facts["earlier_url"][-6:]) == ("2.html", "1.html")
    assert (move.facts["moved_from"], move.facts["moved_to"]) == ("2026-06-01", "2026-06-20")


def test_a_column_filled_within_a_minute(database: Database, known: settings.Settings) -> None:
    minute = dt.datetime(2026, 6, 1, 2, 15, tzinfo=dt.UTC)
    midnight = dt.datetime(2026, 5, 31, 16, 0, tzinfo=dt.UTC)
    keep(database, *(item(n, published_at=minute + dt.timedelta(seconds=n)) for n in range(12)))
    keep(database, *(item(n, column="policies", published_at=midnight) for n in range(50, 70)))
    keep(database, *(item(n, owner="swj", published_at=minute) for n in range(9)))
    (verdict,) = told(database, known, "FK-04")
    assert (verdict.unit, verdict.column, verdict.item) == ("jyj", "notices", None)
    (told_of,) = verdict.facts["minutes"]
    assert (told_of["at"], told_of["items"], len(told_of["urls"])) == ("2026-06-01T10:15:00+08:00", 12, 2)


def test_validity_is_asked_for_where_the_columns_other_items_show_it(
    database: Database, known: settings.Settings
) -> None:
    keep(
        database, *(item(n, column="policies", validity="有效") for n in range(4)), item(9, column="policies"), item(10)
    )
    (verdict,) = (one for one in told(database, known, "CT-05") if one.verdict.value == "not_assessable")
    assert verdict.facts["missing"] == "有效性"
    assert verdict.column == "policies"
