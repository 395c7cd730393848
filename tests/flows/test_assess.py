"""From stored rows to findings: a small city is filled through storage's doors, judged, changed and judged again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.assess import Assessed, assess, assess_database
from storage import catalogue, findings, observations, registry, settings
from storage.catalogue import Walk, WalkRow
from storage.database import Database, open_database
from storage.exceptions import SettingsError
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Observation,
    Outcome,
    Provenance,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
    Waiver,
)
from tests.flows.compliance.test_guides import FULL as FULL_GUIDE
from tests.flows.compliance.test_guides import without

TODAY = dt.date(2026, 6, 30)
NOW = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)
KINDS = ("news", "notices", "policies", "consultation", "guide", "rules", "catalogue", "annual_reports")


def city(*, kinds: tuple[str, ...] = KINDS, waivers: tuple[Waiver, ...] = ()) -> City:
    columns = tuple(
        Column(id=kind, unit="jyj", name=kind, kind=ColumnKind(kind), url=f"http://jyj.invalid/{kind}/")
        for kind in kinds
    )
    unit = Unit(
        id="jyj",
        name="青禾市教育局",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home="http://jyj.invalid/",
        columns=columns,
        waivers=waivers,
    )
    return City(name="青禾市", code="629900", contact="mailto:office@example.invalid", units=(unit,))


def evidence(url: str, at: dt.datetime = NOW) -> Evidence:
    return Evidence(url=url, captured_at=at, sha256="0" * 64, warc="a.warc.gz", record_id=f"<urn:uuid:{url}>")


def look(database: Database, column: str | None, outcome: str = "ok", at: dt.datetime = NOW, **given: Any) -> None:
    url = f"http://jyj.invalid/{column}/" if column else "http://jyj.invalid/"
    known: dict[str, Any] = {"facts": {"complete": True, "full": True}, "evidence": (evidence(url, at),)}
    one = Observation(
        id=uuid.uuid4().hex,
        unit="jyj",
        column=column,
        subject=Subject.COLUMN if column else Subject.HOME,
        url=url,
        at=at,
        seconds=0.1,
        outcome=Outcome(outcome),
        **{**known, **given},
    )
    observations.record(database, [one])


def item(column: str, number: int, published: str | None, **given: Any) -> Item:
    url = f"http://jyj.invalid/{column}/{number}.html"
    known: dict[str, Any] = {
        "title": f"关于第{number}号事项的通知（{column}）",
        "category": Category.POLICIES,
        "published_on": dt.date.fromisoformat(published) if published else None,
        "body_text": f"{column} {number}",
        "content_hash": f"{column}{number}",
        "evidence": evidence(url),
    }
    return Item(unit="jyj", column=column, url=url, **{**known, **given})


def show(database: Database, column: str, *items: Item, at: dt.datetime = NOW, read: bool = True) -> None:
    """The column lists these items, each article read."""
    rows = tuple(WalkRow(url=one.url, title=one.title, date=one.published_on) for one in items)
    walk = Walk(unit="jyj", column=column, at=at, full=True, complete=True, rows=rows)
    catalogue.record_walk(database, walk, mass_change_share=1)
    if read:
        catalogue.upsert(database, items, seen_at=at)
    look(database, column, "ok" if items else "ok_empty", at)


def guide(text: str) -> Item:
    return item("guide", 1, "2024-03-01", title="青禾市教育局政府信息公开指南", body_text=text)


def shown_index(number: str) -> Item:
    told = Provenance(origin="label", raw=number, confidence=0.6)
    return item("notices", 1, "2026-06-01", index_number=number, provenance={"index_number": told})


FULL: dict[str, Any] = {
    "index_number": "014416330/2026-00007",
    "summary": "部署校园安全检查。",
    "formed_on": dt.date(2026, 6, 1),
}
REPORT = item("annual_reports", 1, "2026-01-20", title="青禾市教育局2025年政府信息公开工作年度报告")
SOUND: dict[str, tuple[Item, ...]] = {
    "news": (item("news", 1, "2026-06-29"), item("news", 2, "2026-03-01")),
    "notices": (item("notices", 1, "2026-06-01"),),
    "policies": (item("policies", 1, "2026-06-10", **FULL),),
    "consultation": (),
    "guide": (item("guide", 1, "2020-01-01"),),
    "rules": (item("rules", 1, None),),
    "catalogue": (item("catalogue", 1, "2026-06-10", **{**FULL, "index_number": "014416330/2026-00008"}),),
    "annual_reports": (REPORT,),
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    registry.apply(opened, city())
    yield opened
    opened.close()


@pytest.fixture
def known(tmp_path: Path) -> settings.Settings:
    return replace(settings.load(), home=tmp_path)


def fill(database: Database, **instead: tuple[Item, ...]) -> None:
    """A city in which nothing is wrong, but for what is given instead."""
    for column, items in {**SOUND, **instead}.items():
        show(database, column, *items)
    look(database, None, facts={"links": {}, "columns_linked": list(KINDS)})


def open_rules(database: Database) -> list[tuple[str, str | None]]:
    return sorted((one.rule, one.column) for one in findings.iter_findings(database, "open"))


def verdict(database: Database, rule: str, column: str | None = None) -> Verdict:
    return next(one for one in findings.iter_verdicts(database, rule=rule) if one.column == column)


def run(database: Database, known: settings.Settings, **given: Any) -> Assessed:
    return assess_database(database, known, **{"now": NOW, **given})


def test_a_sound_city_has_no_findings(database: Database, known: settings.Settings) -> None:
    fill(database)
    told = run(database, known)
    assert open_rules(database) == []
    assert told.verdicts["breach"] == 0
    assert (told.columns, told.units, told.items) == (8, 1, 8)
    assert told.as_of == TODAY
    assert verdict(database, "UP-02", "news").coverage == 1
    assert verdict(database, "TM-10", "annual_reports").verdict.value == "compliant"
    assert verdict(database, "CT-01", "policies").verdict.value == "compliant"


@pytest.mark.parametrize(
    ("instead", "found"),
    [
        ({"news": (item("news", 1, "2026-06-01"),)}, [("UP-02", "news")]),
        ({"notices": (item("notices", 1, "2025-06-01"),)}, [("UP-03", "notices")]),
        ({"policies": ()}, [("UP-06", "policies")]),
        ({"consultation": (item("consultation", 1, "2019-06-01"),)}, []),
        ({"notices": (item("notices", 1, None), item("notices", 2, None))}, [("UP-07", "notices")]),
        ({"policies": (*SOUND["policies"], item("policies", 2, "2026-06-10"))}, [("CT-01", "policies")]),
        ({"policies": (item("policies", 1, "2026-06-10"), item("policies", 2, "2026-06-10"))}, []),
        (
            {"notices": (item("notices", 1, "2026-06-01", formed_on=dt.date(2026, 3, 2)),)},
            [("TM-01", "notices")],
        ),
        ({"annual_reports": (replace(REPORT, published_on=dt.date(2026, 3, 1)),)}, [("TM-10", "annual_reports")]),
        (
            {"annual_reports": (replace(REPORT, title=REPORT.title.replace("2025", "2024")),)},
            [("TM-10", "annual_reports")],
        ),
        ({"guide": (guide(FULL_GUIDE),)}, []),
        ({"guide": (guide(without("传真号码")),)}, [("GD-01", "guide")]),
        ({"guide": (guide(FULL_GUIDE.replace("711", "492")),)}, [("GD-02", "guide")]),
        ({"notices": (shown_index("null/2026-00001"),)}, [("CT-02", "notices")]),
    ],
)
def test_each_breach_becomes_one_finding(
    database: Database, known: settings.Settings, instead: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    fill(database, **instead)
    told = run(database, known)
    assert open_rules(database) == found
    assert told.opened == len(found)
    for one in findings.iter_findings(database, "open"):
        assert one.basis.startswith("《")
        assert one.evidence
        assert one.facts


def test_judging_again_changes_nothing(database: Database, known: settings.Settings) -> None:
    entries = (*SOUND["policies"], item("policies", 2, "2026-06-10"))
    fill(database, news=(item("news", 1, "2026-06-01"),), policies=entries)
    run(database, known)
    before = list(findings.iter_findings(database)), list(findings.iter_verdicts(database))
    told = run(database, known, now=NOW + dt.timedelta(hours=1))
    assert (told.opened, told.closed, told.reopened, told.items) == (0, 0, 0, 0)
    assert (list(findings.iter_findings(database)), list(findings.iter_verdicts(database))) == before


def test_a_finding_closes_when_the_column_is_filled_and_reopens_when_it_grows_old(
    database: Database, known: settings.Settings
) -> None:
    stale = item("news", 1, "2026-06-01")
    fill(database, news=(stale,))
    run(database, known)
    later = NOW + dt.timedelta(days=1)
    show(database, "news", item("news", 2, "2026-07-01"), stale, at=later)
    told = run(database, known, now=later)
    assert (told.closed, open_rules(database)) == (1, [])
    much_later = NOW + dt.timedelta(days=20)
    fill_at = {column: items for column, items in SOUND.items() if column != "news"}
    for column, items in fill_at.items():
        show(database, column, *items, at=much_later)
    show(database, "news", item("news", 2, "2026-07-01"), stale, at=much_later)
    told = run(database, known, now=much_later)
    assert (told.reopened, open_rules(database)) == (1, [("UP-02", "news")])


@pytest.mark.parametrize("outcome", ["blocked", "unreachable", "soft404", "structure_changed", "redirected", "shell"])
def test_a_fault_of_ours_is_no_finding(database: Database, known: settings.Settings, outcome: str) -> None:
    fill(database, news=(item("news", 1, "2026-01-01"),), annual_reports=(), policies=())
    for column in ("news", "annual_reports", "policies"):
        look(database, column, outcome, NOW + dt.timedelta(minutes=1), reason="waf")
    told = run(database, known)
    assert open_rules(database) == []
    assert told.verdicts["not_assessable"] >= 4
    assert (verdict(database, "UP-02", "news").reason or "").startswith(outcome)


def test_a_fault_of_ours_does_not_close_a_finding_either(database: Database, known: settings.Settings) -> None:
    fill(database, news=(item("news", 1, "2026-01-01"),))
    run(database, known)
    look(database, "news", "blocked", NOW + dt.timedelta(hours=1))
    run(database, known, now=NOW + dt.timedelta(hours=2))
    assert open_rules(database) == [("UP-02", "news")]


def test_nothing_is_concluded_from_articles_not_read(database: Database, known: settings.Settings) -> None:
    fill(database)
    unread = item("notices", 9, None)
    show(database, "notices", unread, *SOUND["notices"], read=False)
    show(database, "news", item("news", 7, None), read=False)
    run(database, known)
    assert (verdict(database, "UP-02", "news").reason or "").startswith("unread")
    assert verdict(database, "UP-03", "notices").verdict.value == "compliant"
    assert open_rules(database) == []


def test_a_column_that_moved_is_the_operators_question(database: Database, known: settings.Settings) -> None:
    fill(database, news=(item("news", 1, "2026-01-01"),))
    moved = {"links": {}, "columns_linked": list(KINDS), "moved": {"news": "http://jyj.invalid/xw/"}}
    look(database, None, facts=moved, at=NOW + dt.timedelta(minutes=1))
    run(database, known)
    assert open_rules(database) == []
    assert "http://jyj.invalid/xw/" in (verdict(database, "UP-02", "news").reason or "")


def test_a_mass_change_that_was_held_says_nothing_of_the_unit(database: Database, known: settings.Settings) -> None:
    old = tuple(item("news", number, "2026-01-01") for number in range(30))
    fill(database, news=old)
    empty = Walk(unit="jyj", column="news", at=NOW + dt.timedelta(hours=1), full=True, complete=True, rows=())
    assert catalogue.record_walk(database, empty).held
    look(database, "news", "ok_empty", NOW + dt.timedelta(hours=1))
    run(database, known)
    assert open_rules(database) == []
    assert (verdict(database, "UP-02", "news").reason or "").startswith("mass_change")
    assert (verdict(database, "UP-06", "news").reason or "").startswith("mass_change")


def test_a_report_that_stands_elsewhere_counts(database: Database, known: settings.Settings) -> None:
    elsewhere = item("notices", 5, "2026-01-15", title="市教育局二〇二五年政府信息公开年度报告")
    old = replace(REPORT, title=REPORT.title.replace("2025", "2024"))
    fill(database, annual_reports=(old,), notices=(*SOUND["notices"], elsewhere))
    run(database, known)
    assert open_rules(database) == []
    assert verdict(database, "TM-10", "annual_reports").facts["url"] == elsewhere.url


def test_a_required_column_that_nobody_links(database: Database, known: settings.Settings) -> None:
    kinds = tuple(kind for kind in KINDS if kind != "guide")
    registry.apply(database, city(kinds=kinds))
    fill(database)
    run(database, known)
    assert open_rules(database) == [("PL-01", None)]
    shown = {"links": {"guide": "http://jyj.invalid/zn/"}, "columns_linked": list(kinds)}
    look(database, None, facts=shown, at=NOW + dt.timedelta(minutes=1))
    run(database, known)
    assert (verdict(database, "PL-01").reason or "").startswith("unregistered")


def test_only_changed_items_are_judged_again_unless_the_conditions_changed(
    database: Database, known: settings.Settings, tmp_path: Path
) -> None:
    fill(database)
    assert run(database, known).items == 8
    assert run(database, known).items == 0
    late = item("notices", 2, "2026-06-01", formed_on=dt.date(2026, 3, 2))
    show(database, "notices", *SOUND["notices"], late)
    assert run(database, known).items == 1
    assert open_rules(database) == [("TM-01", "notices")]
    waiver = Waiver(reason="系统切换", approved_by="市政府办", until=dt.date(2026, 7, 1), rule="TM-01")
    registry.apply(database, city(waivers=(waiver,)))
    assert run(database, known).items == 9
    assert open_rules(database) == []
    assert run(database, known, as_of=dt.date(2026, 7, 2)).items == 9
    assert open_rules(database) == [("TM-01", "notices")]
    own = tmp_path / "regulations" / "629900.yml"
    own.parent.mkdir()
    own.write_text("rules: {TM-01: {working_days: 90}}", encoding="utf-8")
    assert run(database, known).items == 9
    assert open_rules(database) == []


def test_judging_everything_anew_keeps_no_verdict_that_need_not_be_said(
    database: Database, known: settings.Settings
) -> None:
    late = item("notices", 2, "2026-06-01", formed_on=dt.date(2026, 3, 2))
    fill(database, notices=(late,))
    run(database, known)
    before = list(findings.iter_verdicts(database))
    waiver = Waiver(
        reason="系统切换", approved_by="市政府办", until=dt.date(2026, 7, 1), rule="TM-01", column="notices"
    )
    registry.apply(database, city(waivers=(waiver,)))
    assert run(database, known).items == 8
    waived = list(findings.iter_verdicts(database))
    assert [(one.rule, one.item) for one in waived] == [(one.rule, one.item) for one in before]
    assert [(one.rule, one.column) for one in waived if one not in before] == [("TM-01", "notices")]


def test_what_stood_and_is_asked_no_more_says_so(database: Database, known: settings.Settings, tmp_path: Path) -> None:
    late = item("notices", 2, "2026-06-01", formed_on=dt.date(2026, 3, 2))
    fill(database, notices=(late,))
    run(database, known)
    assert open_rules(database) == [("TM-01", "notices")]
    own = tmp_path / "regulations" / "629900.yml"
    own.parent.mkdir()
    own.write_text("rules: {TM-01: {columns: [policies]}}", encoding="utf-8")
    run(database, known)
    assert open_rules(database) == []
    assert (verdict(database, "TM-01", "notices").reason or "").startswith("nothing_asked")


def test_what_is_judged_no_more_does_not_stay_open(
    database: Database, known: settings.Settings, tmp_path: Path
) -> None:
    late = item("notices", 2, "2025-06-01", formed_on=dt.date(2025, 3, 3))
    fill(database, news=(item("news", 1, "2026-06-01"),), notices=(late,))
    run(database, known)
    assert open_rules(database) == [("TM-01", "notices"), ("UP-02", "news"), ("UP-03", "notices")]
    kinds = tuple(kind for kind in KINDS if kind != "notices")
    registry.apply(database, city(kinds=kinds))
    run(database, known)
    assert open_rules(database) == [("UP-02", "news")]
    own = tmp_path / "regulations" / "629900.yml"
    own.parent.mkdir()
    own.write_text("rules: {UP-02: {enabled: false}}", encoding="utf-8")
    assert run(database, known).closed == 1
    assert open_rules(database) == []


def test_an_item_that_was_withdrawn_is_late_no_more(database: Database, known: settings.Settings) -> None:
    late = item("notices", 2, "2026-06-01", formed_on=dt.date(2026, 3, 2))
    fill(database, notices=(*SOUND["notices"], late))
    run(database, known)
    assert open_rules(database) == [("TM-01", "notices")]
    for day in range(1, 12):
        show(database, "notices", *SOUND["notices"], at=NOW + dt.timedelta(days=day))
    later = NOW + dt.timedelta(days=12)
    assert catalogue.withdraw_due(database, later) == 1
    run(database, known, now=later)
    assert ("TM-01", "notices") not in open_rules(database)


def test_before_a_city_was_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_DATABASE_URL", raising=False)
    told = assess.fn()
    assert told.as_of is None
    assert "gongkai city apply" in str(told)


def test_a_regulations_file_that_is_not_understood_is_told(
    database: Database, known: settings.Settings, tmp_path: Path
) -> None:
    own = tmp_path / "regulations" / "629900.yml"
    own.parent.mkdir()
    own.write_text("rules: {UP-02: {windows: {news: two weeks}}}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"629900\.yml: rules\.UP-02\.windows\.news"):
        run(database, known)


def test_today_is_the_citys(database: Database, known: settings.Settings) -> None:
    """18:00 UTC on the 30th is the first of July in the city."""
    fill(database)
    assert run(database, known, now=NOW.replace(hour=18)).as_of == dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("failing", "control", "rules"),
    [
        pytest.param(10, "http://other.invalid/", [("AV-01", None)], id="ten of 175 fail while another site answers"),
        pytest.param(10, None, [], id="all is dark: our own line"),
        pytest.param(6, "http://other.invalid/", [], id="six of 175 are a warning"),
    ],
)
def test_a_site_is_down_by_a_week_of_probes(
    failing: int, control: str | None, rules: list[Any], database: Database, known: settings.Settings
) -> None:
    fill(database)
    midnight = dt.datetime(2026, 6, 23, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    looks = []
    for number in range(7 * 25):
        at = midnight + dt.timedelta(days=number // 25, minutes=30 * (number % 25))
        down = number % 17 == 3 and number // 17 < failing
        asked = [("http://jyj.invalid/", Outcome.UNREACHABLE if down else Outcome.OK)]
        if control is not None:
            asked.append((control, Outcome.OK))
        for url, outcome in asked:
            unit = "jyj" if url == "http://jyj.invalid/" else "other"
            looks.append(
                Observation(
                    id=uuid.uuid4().hex,
                    unit=unit,
                    column=None,
                    subject=Subject.PROBE,
                    url=url,
                    at=at,
                    seconds=15.0 if outcome is Outcome.UNREACHABLE else 0.2,
                    outcome=outcome,
                    reason="timeout" if outcome is Outcome.UNREACHABLE else None,
                )
            )
    observations.record(database, looks)
    run(database, known)
    assert open_rules(database) == rules
    if control is not None and failing == 6:
        assert (verdict(database, "AV-01").reason or "").startswith("early_warning: 6 of 175")


def test_a_document_dated_back_is_an_update_until_its_own_window_has_passed(
    database: Database, known: settings.Settings
) -> None:
    """What came in between two looks is new, whatever date it shows; what only moved to another address is not."""
    old, late = item("news", 1, "2026-04-01"), item("news", 2, "2026-05-01")
    show(database, "news", old, at=NOW - dt.timedelta(days=30))
    show(database, "news", old, late, at=NOW - dt.timedelta(days=14))
    show(database, "news", old, late)
    run(database, known)
    found = verdict(database, "UP-02", "news")
    assert ((found.reason or "").split(":")[0], found.facts["appeared_on"]) == ("appeared", "2026-06-16")
    later = NOW + dt.timedelta(days=1)
    moved = replace(late, url=late.url.replace("/news/", "/xw/"))
    show(database, "news", old, moved, at=later)
    run(database, known, now=later)
    assert ("UP-02", "news") in open_rules(database)
