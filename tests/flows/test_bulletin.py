"""The bulletin's numbers follow from what is stored, its problems are those that stand, and its rates are true."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.assess import assess_database
from flows.bulletins import matter_of
from flows.compliance.regimes import of_city
from flows.periods.amending import amend
from flows.periods.freezing import freeze
from flows.reports import bulletin, printable, word
from flows.reports.bulletin import Matter, context, documents, facts_of
from flows.reports.notice import GAP, Told
from flows.reports.problems import MOST_GROUPS, examples, fact_sentence, family_of, grouped
from flows.reports.shares import percent, share
from flows.reports.standing import Last, Mended, failing, mended, sort_out
from storage import findings, papers, registry, settings
from storage.database import Database, open_database
from storage.exceptions import PaperFailed, UnknownTarget
from storage.export import iter_rows
from storage.schema import Finding, FindingEvent, FindingKind, VerdictKind
from tests.flows import small_city
from tests.storage import build

NOON = build.NOON
TODAY = dt.date(2026, 3, 5)
EVIL = "</w:t>]]>{{ 7*7 }}<script>alert(1)</script>\x0b\x00\ud800'\"&=1+1"


def finding(name: str = "F-1", rule: str = "UP-03", unit: str = "a", state: str = "open", **given_: Any) -> Finding:
    steps = given_.pop("steps", ())
    known: dict[str, Any] = {
        "kind": FindingKind.UNTIMELY,
        "severity": "red",
        "column": "tzgg",
        "item": None,
        "opened_at": NOON,
        "closed_at": None,
        "basis": "《条例》（国务院令第711号）第六条",
        "facts": {"newest_on": "2025-06-01", "days_over": 93},
        "evidence": (build.evidence(),),
        "coverage": 1.0,
    }
    events = tuple(FindingEvent(at=NOON + dt.timedelta(hours=hour), who="甲", step=step) for hour, step in steps)
    return Finding(id=name, rule=rule, rule_version="1", unit=unit, state=state, events=events, **{**known, **given_})


def told(*args: Any, item: str | None = None, **given_: Any) -> Told:
    return Told(
        finding=finding(*args, **given_),
        rule="通知公告六个月内应有更新",
        column="通知公告",
        item=item,
        url="http://u.invalid/",
    )


def line(unit: str, **given_: Any) -> dict[str, Any]:
    group = {"id": "platform", "chinese": "公开平台", "met": 2, "judged": 3}
    known = {"name": f"{unit}局", "peer_group": "department", "points": 90.0, "rank": 1, "peers": 1, "passes": True}
    counts = {"met": 9, "judged": 10, "not_assessable": 2, "groups": [group], "open_findings": {}, "coverage": None}
    return {"unit": unit, **known, **counts, **given_}


def matter(*found: Told, units: tuple[str, ...] = ("a", "b"), lines: Any = None, last: Last | None = None) -> Matter:
    city = build.city(*(replace(build.unit(one), name=f"{one}局") for one in units))
    scores = [line(one) for one in units] if lines is None else lines
    looks = {"good": 57, "due": 68, "percent": 83.8}
    board = {"as_of": "2026-03-02", "scores": scores, "formula": {"veto": ["UP-01", "UP-04"]}, "coverage": looks}
    return Matter(city=city, board=board, found=found, bases=("《条例》（国务院令第711号）第六条",), last=last)


# ------------------------------------------------------------------ rates


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (280, 289, "96.9%（280/289）"),  # a bulletin of 2025 printed 99.96 %
        (151, 240, "62.9%（151/240）"),  # one of 2020 printed 64.6 %
        (53, 54, "98.1%（53/54）"),
        (8, 8, "100.0%（8/8）"),
        (0, 8, "0.0%（0/8）"),
        (1999, 2000, "99.9%（1999/2000）"),
        (1, 9999, "0.1%（1/9999）"),
        (0, 0, "—（0/0）"),
    ],
)
def test_a_rate_is_that_of_its_two_numbers(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_all_and_none_are_said_of_nothing_else(numbers: tuple[int, int]) -> None:
    part, whole = numbers
    said = percent(part, whole)
    assert (said == "100.0%") == (part == whole)
    assert (said == "0.0%") == (part == 0)
    assert abs(float(said[:-1]) - part * 100 / whole) <= 0.1


def test_documents_are_named_once_with_their_numbers() -> None:
    cited = (
        "《乙》（国办发〔2019〕1号）附件：某项",
        "《条例》（国务院令第711号）第六条",
        "《条例》第七条",
        "口头",
        "《印发〈丙〉的通知》（国办发〔2016〕80号）；三日",
    )
    assert documents(cited) == [
        "《条例》（国务院令第711号）",
        "《乙》（国办发〔2019〕1号）",
        "《印发〈丙〉的通知》（国办发〔2016〕80号）",
    ]


# ------------------------------------------------------------------ who is named


@pytest.mark.parametrize(
    ("state", "steps", "named", "disputed"),
    [
        ("open", (), 1, 0),
        ("notified", ("notified",), 1, 0),
        ("answered", ("notified", "answered"), 1, 0),
        ("disputed", ("disputed",), 0, 1),
        ("notified", ("disputed", "upheld"), 1, 0),  # the dispute came to nothing
        ("closed", ("disputed", "closed"), 0, 0),  # the dispute was right
        ("open", ("disputed", "closed", "reopened"), 1, 0),  # a new breach
        ("closed", ("notified", "closed"), 1, 0),  # of a frozen day: mended since
        ("waived", ("waived",), 0, 0),
    ],
)
def test_what_is_disputed_or_waived_is_held_against_nobody(
    state: str, steps: tuple[str, ...], named: int, disputed: int
) -> None:
    split = sort_out([told(state=state, steps=tuple(enumerate(steps)))])
    assert (len(split.named), len(split.disputed)) == (named, disputed)


@pytest.mark.parametrize(
    ("columns", "limit", "disputed", "fails"),
    [
        (["a/x UP-03", "a/y UP-03"], 2, None, True),
        (["a/x UP-03", "a/y UP-03"], 2, "x", False),  # one of the two is disputed
        (["a/x UP-03", "a/y UP-03", "a/z UP-03"], 2, "x", True),
    ],
)
def test_a_site_fails_only_by_what_nobody_disputes(
    columns: list[str], limit: int, disputed: str | None, fails: bool
) -> None:
    found = [told("F-9", "UP-04", column=None, facts={"columns": columns, "limit": limit})]
    if disputed:
        found.append(told("F-1", column=disputed, state="disputed"))
    split = sort_out(found)
    assert bool(failing(split.named, {"UP-04"})) == fails
    assert len(split.named) + len(split.disputed) == len(found)
    numbers = context(matter(*found), today=TODAY)["numbers"]
    assert (numbers["failing"], numbers["passing"]) == ((1, 1) if fails else (0, 2))


@pytest.mark.parametrize(
    ("state", "steps", "said"),
    [
        ("closed", ((1, "closed"),), Mended.CLOSED),
        ("waived", ((1, "waived"),), Mended.WAIVED),
        ("disputed", ((1, "disputed"),), Mended.DISPUTED),
        ("answered", ((1, "answered"),), Mended.ANSWERED),
        ("answered", ((-1, "answered"),), Mended.ANSWERED),  # waits for its recheck still
        ("open", ((1, "answered"), (2, "reopened")), Mended.FAILED),
        ("open", ((1, "closed"), (2, "reopened")), Mended.FAILED),
        ("notified", ((1, "answered"), (2, "reopened"), (3, "notified")), Mended.FAILED),
        ("received", ((1, "received"),), Mended.UNDER_WAY),
        ("notified", ((-2, "answered"), (-1, "reopened"), (1, "notified")), Mended.SILENT),
        ("open", (), Mended.SILENT),
        ("notified", ((1, "notified"),), Mended.SILENT),
    ],
)
def test_what_became_of_a_finding_since(state: str, steps: tuple[tuple[int, str], ...], said: Mended) -> None:
    assert mended(finding(state=state, steps=steps), NOON) is said


def test_the_last_bulletin_is_followed_up_with_names() -> None:
    was = (
        told("F-1", unit="a", state="closed", closed_at=NOON, steps=((1, "closed"),)),
        told("F-2", unit="b"),
        told("F-3", unit="a", steps=((1, "answered"), (2, "reopened"))),
    )
    last = Last(name="p", as_of=dt.date(2026, 2, 1), made_at=NOON, findings=was, gone=1)
    shown = context(matter(told("F-4"), last=last), today=TODAY)
    [section] = [one for one in shown["overall"] if "上次" in one["heading"]]
    said = "\n".join(section["paragraphs"])
    assert "点名问题4项，截至2026年3月5日，已销号1项，整改率25.0%（1/4）" in said
    assert "其余3项：复查未通过1项、未反馈1项、已无记录1项" in said
    assert "未反馈整改情况的单位：b局" in said
    assert "复查未通过的单位：a局" in said
    assert [row["result"] for row in shown["mended"]] == ["已销号", "复查未通过", "未反馈"]
    assert "F-4" not in str(shown["mended"])  # a new one is not the last bulletin's


# ------------------------------------------------------------------ groups and examples


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("UP-02", "更新不及时"),
        ("UP-06", "空白栏目"),
        ("UP-06S", "空白栏目"),
        ("GD-01", "指南"),
        ("TM-10", "年度报告"),
        ("TM-01", "超过规定时限"),
        ("CV-DIR", "超过规定时限"),
        ("CV-20-03", "公开平台"),
        ("TM-07", "意见征集"),
        ("CT-02U", "目录要素"),
        ("SE-01", "安全"),
        ("XX-01", "其他"),
    ],
)
def test_rules_have_their_group(rule: str, words: str) -> None:
    assert words in family_of(rule)


def test_at_most_six_groups_hold_every_problem_once() -> None:
    rules = (
        "UP-02",
        "UP-02",
        "GD-01",
        "GD-02",
        "TM-10",
        "TM-11",
        "TM-01",
        "TM-02",
        "TM-07",
        "CT-01",
        "CT-02",
        "SE-02",
        "XX-1",
    )
    members = [told(f"F-{number}", rule) for number, rule in enumerate(rules)]
    groups = grouped(members, {"a": build.unit("a")})
    assert len(groups) == MOST_GROUPS
    assert sum(group["count"] for group in groups) == len(rules)
    assert groups[-1]["title"] == "其他问题"
    assert all(group["red"] + group["yellow"] == group["count"] for group in groups)


def test_examples_name_other_units_first_and_the_worst_of_each() -> None:
    members = [told(f"F-{unit}{days}", unit=unit, facts={"days_over": days}) for unit in "ab" for days in (1, 9, 5)]
    assert [one.finding.id for one in examples(members)] == ["F-a9", "F-b9", "F-a5"]


@pytest.mark.parametrize(
    ("rule", "facts", "said"),
    [
        ("UP-03", {"newest_on": "2025-06-01", "days_over": 93}, "最新信息日期2025-06-01，超期93天"),
        ("TM-01", {"counted": 32, "limit": 20, "days_over": 12}, "实际工作日32，超期12个工作日"),
        ("GD-01", {"missing": ["联系电话", "guide"]}, "缺少联系电话、公开指南"),
        ("TM-15", {"first_on": "2025-01-25", "days_short": 15}, "不足天数15"),
        ("SE-01", {"counted": 3, "title": "身份证"}, ""),  # what must not be spread is not repeated
        ("UP-03", {"provisional": True, "rows": [1], "strange": "x"}, ""),
        ("UP-03", {"stated": "长" * 500}, ""),
    ],
)
def test_facts_in_a_few_words(rule: str, facts: dict[str, Any], said: str) -> None:
    assert fact_sentence(finding(rule=rule, facts=facts)) == said


def test_private_matter_is_named_without_its_page() -> None:
    one = told(rule="SE-01", item="张三身份证号", kind=FindingKind.IMPROPER, facts={"counted": 1})
    shown = context(matter(one), today=TODAY)
    assert "张三" not in json.dumps(shown, ensure_ascii=False)
    assert shown["problems"][0]["page"] == "见点对点文书"


# ------------------------------------------------------------------ whole bulletins


def papers_of(shown: dict[str, Any]) -> tuple[str, str]:
    home = Path("/nowhere")
    return word.text_of(word.filled("bulletin", shown, home)), printable.filled("bulletin", shown, home).decode()


def test_without_findings_it_says_so_and_leaves_gaps() -> None:
    for text in papers_of(context(matter(), today=TODAY)):
        for words in (
            "未发现问题（0项）",
            "合格率100.0%（2/2）",
            "未发现问题的单位2个：a局、b局",
            "未发现需要通报的问题",
            GAP,
        ):
            assert words in text
        assert "此前没有可供对照的通报" in text


def test_nothing_judged_gives_no_rate_and_praises_nobody() -> None:
    lines = [line("a", judged=0, met=0, points=None, rank=None, groups=[])]
    shown = context(matter(units=("a",), lines=lines), today=TODAY)
    assert shown["faultless"] == []
    assert shown["numbers"]["checked"] == 0
    assert "检查比例0.0%（0/1）" in papers_of(shown)[0]
    assert "未能判定任何指标" in shown["ranking"][0]["rows"][0]["note"]


def test_200_findings_stand_in_the_list_row_by_row() -> None:
    found = [
        told(f"F-{number:03}", unit="ab"[number % 2], severity="red" if number % 3 else "yellow")
        for number in range(200)
    ]
    shown = context(matter(*found), today=TODAY, due=dt.date(2026, 4, 1), number="青公开〔2026〕7号")
    document, page = papers_of(shown)
    assert len(shown["problems"]) == 200
    assert document.count("2026-04-01") == page.count("<td>2026-04-01</td>") == 200
    assert "问题200项" in document
    assert f"红色（严重）{shown['numbers']['red']}项，黄色（一般）67项" in document
    assert "青公开〔2026〕7号" in document
    assert "发文" not in document


def test_a_long_list_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletin, "MOST_ROWS", 3)
    shown = context(matter(*(told(f"F-{number}") for number in range(5))), today=TODAY)
    assert (len(shown["problems"]), shown["cut"]) == (3, 2)
    assert all("其余2项见数据工作簿" in text for text in papers_of(shown))


def test_vertical_units_are_ranked_apart() -> None:
    lines = [line("a"), line("b", peer_group="vertical", rank=1)]
    assert [one["group"] for one in context(matter(lines=lines), today=TODAY)["ranking"]] == [
        "市直部门",
        "垂直管理单位（单列，不参加本市排名考核）",
    ]


def test_hostile_titles_are_text_on_both_papers() -> None:
    one = told(item=EVIL, facts={"newest_on": EVIL})
    document, page = papers_of(context(matter(one), today=TODAY, number=EVIL))
    assert "{{ 7*7 }}<script>alert(1)</script>" in document
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\x0b" not in page + document


def test_findings_of_units_that_are_no_more_are_not_told() -> None:
    shown = context(matter(told(unit="gone")), today=TODAY)
    assert (shown["numbers"]["findings"], facts_of(matter(told(unit="gone")))["named"]) == (0, [])


# ------------------------------------------------------------------ against the store


@pytest.fixture
def database(judged_city: Path) -> Iterator[Database]:
    with closing(small_city.copied(judged_city)) as opened:
        yield opened


def home() -> Path:
    return settings.load().home


def test_the_numbers_are_those_of_the_store(database: Database) -> None:
    shown = context(matter_of(database, home()), today=small_city.TODAY)
    stand = [one for one in findings.iter_findings(database) if one.closed_at is None]
    breaches = list(findings.iter_verdicts(database, verdict=VerdictKind.BREACH))
    assert shown["numbers"]["findings"] == len(stand) == len(breaches) == len(shown["problems"]) > 5
    severities = Counter(one.severity for one in breaches)
    assert (shown["numbers"]["red"], shown["numbers"]["yellow"]) == (severities["red"], severities["yellow"])
    assert shown["numbers"]["with_problems"] == len({one.unit for one in breaches})
    assert sum(group["count"] for group in shown["groups"]) == len(breaches)
    vetoes = {
        one.unit
        for one in breaches
        if one.rule in ("SE-01", "SE-02", "UP-01", "UP-04", "UP-05", "UP-06S", "AV-01", "IN-02")
    }
    assert shown["numbers"]["failing"] == len(vetoes) > 0
    assert {row["unit"] for row in shown["failing"] if row["result"] == "不合格"} == {
        unit.name for unit in small_city.CITY.units if unit.id in vetoes
    }
    assert {row["id"] for row in shown["problems"]} == {one.id for one in stand}


@pytest.mark.parametrize("seed", [20261125, 31])
def test_whatever_stands_the_counts_are_those_of_the_rows(seed: int) -> None:
    dice = random.Random(seed)
    law = of_city(small_city.CITY.code, home())
    rules = dice.sample(sorted(law.rules), 30)
    units = {unit.id: unit for unit in small_city.CITY.units}
    verdicts = [
        replace(
            build.verdict(rule=rule, unit=unit, column=dice.choice(units[unit].columns).id),
            kind=law.rules[rule].kind,
            severity=law.rules[rule].severity,
            basis=law.rules[rule].basis,
        )
        for rule in rules
        for unit in dice.sample(sorted(units), 3)
    ]
    with closing(open_database()) as opened:
        registry.apply(opened, small_city.CITY)
        findings.settle(opened, verdicts, at=NOON)
        for one in list(findings.iter_findings(opened)):
            step = dice.choice(["", "", "notified", "disputed", "closed", "waived"])
            given_: dict[str, Any] = {"approved_by": "乙", "until": dt.date(2027, 1, 1)} if step == "waived" else {}
            if step:
                findings.take_step(opened, one.id, step, who="甲", at=NOON, note="注", **given_)
        rows = [json.loads(json.dumps(row)) for row in iter_rows(opened, "findings")]
        numbers = context(matter_of(opened, home()), today=TODAY)["numbers"]
    binding = [row for row in rows if law.rules[row["rule"]].enabled and not law.rules[row["rule"]].advice]
    named = [row for row in binding if row["state"] in ("open", "notified")]
    assert (numbers["findings"], numbers["red"]) == (len(named), sum(row["severity"] == "red" for row in named))
    assert numbers["disputed"] == sum(row["state"] == "disputed" for row in binding)
    assert numbers["with_problems"] == len({row["unit"] for row in named})
    assert sum(numbers["kinds"].values()) == len(named) > 10
    assert numbers["failing"] == len({row["unit"] for row in named if law.score.is_veto(row["rule"])})
    assert numbers["passing"] + numbers["failing"] == numbers["checked"]


def test_the_same_store_gives_the_same_words(database: Database) -> None:
    first, again = (context(matter_of(database, home()), today=small_city.TODAY) for _ in range(2))
    assert first == again


def test_a_disputed_finding_fails_no_unit_and_is_told_apart(database: Database) -> None:
    before = context(matter_of(database, home()), today=small_city.TODAY)
    one = next(one for one in findings.iter_findings(database) if one.rule == "SE-01")
    findings.take_step(database, one.id, "disputed", who="乙", at=NOON, note="误报")
    after = context(matter_of(database, home()), today=small_city.TODAY)
    assert after["numbers"]["findings"] == before["numbers"]["findings"] - 1
    assert after["numbers"]["disputed"] == len(after["disputed"]) == 1
    assert after["numbers"]["failing"] == before["numbers"]["failing"] - 1
    assert "已经" not in str(after["disputed"])


def test_a_rule_that_became_advice_is_not_named(database: Database) -> None:
    before = matter_of(database, home()).found
    rule = before[0].finding.rule
    folder = home() / "regulations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "629900.yml").write_text(f"rules:\n  {rule}:\n    advice: true\n", encoding="utf-8")
    after = matter_of(database, home()).found
    assert {one.finding.rule for one in before} - {one.finding.rule for one in after} == {rule}


def _name(found: Matter) -> str | None:
    return found.last.name if found.last else None


def test_the_next_bulletin_tells_what_became_of_the_last(database: Database) -> None:
    first = matter_of(database, home())
    kept = papers.keep(database, "bulletin", "通报.docx", "x/y", b"x", by="zhang", facts=facts_of(first))
    assert matter_of(database, home()).last is None  # of the same day: a draft of the same bulletin
    later = small_city.TODAY + dt.timedelta(days=1)
    at = small_city.NOW + dt.timedelta(days=1)
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", later), at=at)
    assess_database(database, settings.load(), as_of=later, now=at)
    again = matter_of(database, home())
    assert again.last is not None
    assert (again.last.name, again.last.as_of) == (kept.id, small_city.TODAY)
    states = Counter(one.finding.state for one in again.last.findings)
    assert sum(states.values()) == len(first.found)
    assert states["closed"] > 0
    text = word.text_of(word.filled("bulletin", context(again, today=later), home()))
    assert f"点名问题{len(first.found)}项" in text
    assert f"整改率{share(states['closed'], len(first.found))}" in text
    assert matter_of(database, home(), last=kept.id).last == again.last
    assert matter_of(database, home(), last="none").last is None
    draft = papers.keep(
        database, "bulletin", "稿.docx", "x/y", b"x", by="zhang", facts={**facts_of(first), "named": []}
    )
    assert _name(matter_of(database, home())) == draft.id  # the newest while none is known to be issued
    papers.send(database, kept.id, by="zhang")
    assert _name(matter_of(database, home())) == kept.id
    with pytest.raises(UnknownTarget, match="no bulletin"):
        matter_of(database, home(), last="nothing")


def test_a_frozen_period_is_told_as_it_was_with_what_was_mended_since(database: Database) -> None:
    now = context(matter_of(database, home()), today=small_city.TODAY)
    moment = dt.datetime(2026, 11, 5, 4, tzinfo=dt.UTC)
    freeze(database, home(), "2026-10", by="王小满", now=moment)
    frozen = context(matter_of(database, home(), "2026-10"), today=small_city.TODAY)
    assert frozen["numbers"] == now["numbers"]
    assert {row["id"] for row in frozen["problems"]} == {row["id"] for row in now["problems"]}
    assert "2026年10月" in frozen["title"]
    later = dt.date(2026, 11, 5)
    small_city.show(database, "jyj", "news", *small_city.fresh_news("jyj", later), at=moment)
    assess_database(database, settings.load(), as_of=later, now=moment)
    after = context(matter_of(database, home(), "2026-10"), today=later)
    assert {row["id"] for row in after["problems"]} == {row["id"] for row in now["problems"]}
    assert "已销号" in {row["state"] for row in after["problems"]}
    assert after["ranking"] == frozen["ranking"]


def test_what_an_amendment_corrected_is_not_named(database: Database) -> None:
    moment = dt.datetime(2026, 11, 5, 4, tzinfo=dt.UTC)
    freeze(database, home(), "2026-10", by="王小满", now=moment)
    before = {one.finding.id for one in matter_of(database, home(), "2026-10").found}
    one = next(one for one in findings.iter_findings(database, unit="jyj") if one.rule == "UP-02")
    findings.take_step(database, one.id, "closed", who="李", at=moment, note="申诉成立")
    amend(database, home(), "2026-10", unit="jyj", reason="申诉成立", by="李", wrong=[one.id], now=moment)
    assert before - {one.finding.id for one in matter_of(database, home(), "2026-10").found} == {one.id}


# ------------------------------------------------------------------ templates and the browser


@pytest.mark.parametrize(
    "text", ["{{ nothing }}", "{% for one in %}", "{{ title.__class__.__mro__ }}", "{{ 1 / 0 }}", "{{ 1 + 'a' }}"]
)
def test_an_offices_broken_page_is_told_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "bulletin.html").write_text(text, encoding="utf-8")
    with pytest.raises(PaperFailed, match=r"bulletin\.html: cannot be filled in"):
        printable.filled("bulletin", context(matter(), today=TODAY), tmp_path)


def test_an_offices_broken_word_template_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    document = docx.Document()
    document.add_paragraph("{{ numbers.nothing }}")
    document.save(str(tmp_path / "templates" / "bulletin.docx"))
    with pytest.raises(PaperFailed, match=r"bulletin\.docx: cannot be filled in"):
        word.filled("bulletin", context(matter(), today=TODAY), tmp_path)


def test_our_word_template_has_the_usual_heads_on_every_page() -> None:
    tables = docx.Document(str(word.OURS / "bulletin.docx")).tables
    assert all("tblHeader" in table.rows[0]._tr.xml for table in tables)
    heads = "序号|网站标识码|网站名称|主办单位|网址|检查结果|存在问题|问题页面|发现时间|整改时限|整改结果"
    assert "|".join(cell.text for cell in tables[1].rows[0].cells) == heads


def test_an_offices_own_page_is_used_and_escaped(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "bulletin.html").write_text("{{ number }} {{ numbers.units }}", encoding="utf-8")
    shown = context(matter(), today=TODAY, number="<b>")
    assert printable.filled("bulletin", shown, tmp_path) == b"&lt;b&gt; 2"


def test_a_machine_without_a_browser_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(PaperFailed, match="apt-get install chromium"):
        printable.pdf(b"<p>x", settings.load())
