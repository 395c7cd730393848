# ruff: noqa: E501 -- titles are kept whole
"""Who belongs together (links first, then equal cores, never likeness), and what TM-06, TM-09 and CN-01 say of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flows.compliance.chain import Member, UnitChains, chains_of, interpreted_of
from flows.compliance.counting import day_count
from flows.compliance.facts import About
from flows.compliance.rulebook import RULES, judge_group
from harvesters.reading.titles import matters
from tests.flows.compliance import DAYS, TODAY, case, evidence, unit

RIVER = "青禾市河道保护管理办法"
TITLES = {
    "consultation": f"关于公开征求《{RIVER}（征求意见稿）》意见的公告",
    "feedback": f"《{RIVER}（征求意见稿）》公众意见采纳情况",
    "document": f"关于印发《{RIVER}》的通知",
    "interpretation": f"《{RIVER}》政策解读",
}


def page(id: str, stage: str, published: str | None, title: str | None = None, **given: Any) -> Member:  # noqa: A002
    title = title or TITLES[stage]
    known: dict[str, Any] = {
        "unit": "jiaoyu-ju",
        "column": stage,
        "url": f"http://a.invalid/{stage}/{id}.html",
        "matters": matters(title),
        "published_on": dt.date.fromisoformat(published) if published else None,
        "evidence": evidence(f"http://a.invalid/{stage}/{id}.html"),
        "on_draft": stage == "consultation",
    }
    for name in ("ends_on", "published_on"):
        if isinstance(given.get(name), str):
            given[name] = dt.date.fromisoformat(given[name])
    links = frozenset(given.pop("links", ()))
    return Member(id=id, stage=stage, title=title, links=links, **{**known, **given})


ASKED = page("c", "consultation", "2026-01-05", ends_on="2026-02-04")
RESULT = page("r", "feedback", "2026-02-20")
ISSUED = page("d", "document", "2026-03-02")
READ = page("i", "interpretation", "2026-03-03")


def chain(*pages: Member) -> dict[str, tuple[list[str], ...]]:
    """Consultation → ids of its results, documents and interpretations."""
    of = {stage: [one for one in pages if one.stage == stage] for stage in TITLES}
    found = chains_of(of["consultation"], of["feedback"], of["document"], of["interpretation"])
    return {
        one.consultation.id: (
            [r.id for r in one.results],
            [d.id for d in one.documents],
            [i.id for i in one.interpretations],
        )
        for one in found
    }


OTHER = "青禾市湿地保护管理办法"
MATCHES: list[tuple[str, tuple[Member, ...], dict[str, Any]]] = [
    ("equal cores", (ASKED, RESULT, ISSUED, READ), {"c": (["r"], ["d"], ["i"])}),
    ("alone", (ASKED,), {"c": ([], [], [])}),
    (
        "another matter",
        (
            ASKED,
            page("r", "feedback", "2026-02-20", f"《{OTHER}》意见采纳情况"),
            page("d", "document", "2026-03-02", f"关于印发《{OTHER}》的通知"),
            page("i", "interpretation", "2026-03-02", f"《{OTHER}》解读"),
        ),
        {"c": ([], [], [])},
    ),
    (
        "alike is not equal",
        (ASKED, page("d", "document", "2026-03-02", f"关于印发《{RIVER}实施细则》的通知")),
        {"c": ([], [], [])},
    ),
    (
        "a link says more than titles",
        (
            ASKED,
            page("r", "feedback", "2026-02-20", "意见征集结果公示", links=("c",)),
            page("r2", "feedback", "2026-02-21"),
            ISSUED,
        ),
        {"c": (["r"], ["d"], [])},
    ),
    (
        "a link from the other side",
        (
            page("c", "consultation", "2026-01-05", links=("r",)),
            page("r", "feedback", "2026-02-20", "结果反馈"),
        ),
        {"c": (["r"], [], [])},
    ),
    (
        "the document answers no consultation after it",
        (ASKED, page("d", "document", "2025-12-01")),
        {"c": ([], [], [])},
    ),
    ("nor one of years ago", (ASKED, page("d", "document", "2030-12-01")), {"c": ([], [], [])}),
    (
        "two rounds",
        (
            ASKED,
            page("c2", "consultation", "2026-02-10", f"关于再次公开征求《{RIVER}（征求意见稿）》意见的公告"),
            page("r", "feedback", "2026-02-08"),
            page("r2", "feedback", "2026-03-20"),
            page("d", "document", "2026-04-01"),
        ),
        {"c": (["r"], ["d"], []), "c2": (["r2"], ["d"], [])},
    ),
    (
        "this year's and last year's",
        (
            page("c", "consultation", "2025-03-01", "2025年青禾市招生工作方案（征求意见稿）"),
            page("c2", "consultation", "2026-03-01", "2026年青禾市招生工作方案（征求意见稿）"),
            page("d", "document", "2026-04-01", "关于印发青禾市2026年招生工作方案的通知"),
        ),
        {"c": ([], [], []), "c2": ([], ["d"], [])},
    ),
    (
        "copies in two columns are one document",
        (ASKED, ISSUED, page("d2", "document", "2026-03-05", number="青水发〔2026〕3号")),
        {"c": ([], ["d", "d2"], [])},
    ),
    (
        "the next edition is another",
        (
            ASKED,
            page("d", "document", "2026-03-02", number="青水发〔2026〕3号"),
            page("d2", "document", "2026-05-30", number="青水发〔2026〕9号"),
        ),
        {"c": ([], ["d"], [])},
    ),
    (
        "a title that names nothing is nobody's",
        (
            page("c", "consultation", "2026-01-05", "关于公开征求意见的公告"),
            page("r", "feedback", "2026-02-20", "征求意见结果"),
        ),
        {"c": ([], [], [])},
    ),
    ("an interpretation without its document", (ASKED, READ), {"c": ([], [], ["i"])}),
    (
        "undated pages follow nothing",
        (ASKED, page("r", "feedback", None), page("d", "document", None)),
        {"c": ([], [], [])},
    ),
]


@pytest.mark.parametrize(("pages", "found"), [pytest.param(pages, found, id=name) for name, pages, found in MATCHES])
def test_what_follows_a_consultation(pages: tuple[Member, ...], found: dict[str, Any]) -> None:
    assert chain(*pages) == found
    assert chain(*reversed(pages)) == found  # the order they come in says nothing


def test_an_interpretation_is_of_the_latest_document_before_it() -> None:
    documents = [
        page("d1", "document", "2024-03-01", number="青水发〔2024〕3号"),
        page("d2", "document", "2026-03-02", number="青水发〔2026〕5号"),
    ]
    readings = [
        page("i1", "interpretation", "2024-03-02"),
        page("i2", "interpretation", "2026-02-27"),  # three days before it
        page("i3", "interpretation", "2020-01-01"),  # before any of them
    ]
    found = {one.document.id: [i.id for i in one.interpretations] for one in interpreted_of(documents, readings)}
    assert found == {"d1": ["i1"], "d2": ["i2"]}


# ------------------------------------------------------------------ what the rules say


def said(rule: str, *pages: Member, gap: str | None = None, **given: Any) -> list[About]:
    of = {stage: [one for one in pages if one.stage == stage] for stage in TITLES}
    group = UnitChains(
        unit=unit(),
        chains=chains_of(of["consultation"], of["feedback"], of["document"], of["interpretation"]),
        interpreted=interpreted_of(of["document"], of["interpretation"]),
        gap=gap,
    )
    return list(RULES[rule].module.judge(group, case(rule, **given)))


def outcome(told: list[About]) -> tuple[str, str | None] | None:
    if not told:
        return None
    [one] = told
    reason = one.judgement.reason
    return one.judgement.verdict.value, reason.split(":")[0] if reason else None


BOTH = {"d": ("i",), "i": ("d",)}


def read(issued: str | None, interpreted: str | None, links: dict[str, Any] = BOTH, **given: Any) -> tuple[Member, ...]:
    """A document and its interpretation."""
    return (
        page("d", "document", issued, links=links.get("d", ()), **given.get("document", {})),
        page("i", "interpretation", interpreted, links=links.get("i", ()), **given.get("interpretation", {})),
    )


INTERPRETED: list[tuple[tuple[Member, ...], Any]] = [
    # nothing is said
    ((page("d", "document", "2026-03-02"),), None),  # nobody interprets it
    (read("2016-03-02", "2016-05-02"), None),  # before the text, and too long ago
    (read("2023-03-02", "2023-05-02"), None),
    ((page("d", "document", None), READ), None),
    # passing
    (read("2026-03-02", "2026-03-02"), ("compliant", None)),
    (read("2026-03-02", "2026-03-05"), ("compliant", None)),  # the third working day
    (read("2026-03-06", "2026-03-11"), ("compliant", None)),  # a weekend between
    (read("2026-03-02", "2026-02-27"), ("compliant", None)),
    ((*read("2026-03-02", "2026-03-03"), page("i2", "interpretation", "2026-05-03")), ("compliant", None)),
    (read("2026-03-02", "2026-03-03", {}, document={"link_kinds": frozenset({"interpreted_by"})}, interpretation={"link_kinds": frozenset({"interprets"})}), ("compliant", None)),
    # failing
    (read("2026-03-02", "2026-03-06"), ("breach", None)),
    (read("2026-03-02", "2026-03-03", {"i": ("d",)}), ("breach", None)),
    (read("2026-03-02", "2026-03-03", {"d": ("i",)}), ("breach", None)),
    (read("2026-03-02", "2026-03-03", {}), ("breach", None)),
    # neither
    (read("2026-03-02", None), ("not_assessable", "undated")),
    (read("2026-03-02", "2026-03-06", document={"is_sure": False}), ("not_assessable", "unsure_date")),
    (read("2026-03-02", "2026-03-03", {"i": ("d",)}, document={"page_read": False}), ("not_assessable", "unread")),
]  # fmt: skip


@pytest.mark.parametrize(("pages", "expected"), INTERPRETED)
def test_an_interpretation_comes_with_its_document(pages: tuple[Member, ...], expected: Any) -> None:
    assert outcome(said("TM-06", *pages)) == expected


def asked(**given: Any) -> Member:
    return page("c", "consultation", "2026-01-05", **{"ends_on": "2026-02-04", **given})


def answer(published: str | None, **given: Any) -> Member:
    return page("r", "feedback", published, **{"links": ("c",), **given})


RESULTS: list[tuple[tuple[Member, ...], dict[str, Any], Any]] = [
    # nothing is said
    ((asked(ends_on=None),), {}, None),
    ((asked(ends_surely=False),), {}, None),
    ((asked(on_draft=False),), {}, None),
    ((asked(),), {"as_of": dt.date(2026, 3, 6)}, None),  # the thirtieth day
    ((asked(),), {"as_of": dt.date(2026, 2, 4)}, None),  # not over yet
    ((page("c", "consultation", "2023-01-05", ends_on="2023-02-04"),), {}, None),
    # passing
    ((asked(), answer("2026-03-06")), {}, ("compliant", None)),
    ((asked(links=("r",)), answer("2026-02-10", links=())), {}, ("compliant", None)),
    ((asked(answered="结果反馈：共收到意见3条"),), {}, ("compliant", None)),
    # failing
    ((asked(),), {"as_of": dt.date(2026, 3, 7)}, ("breach", None)),
    ((asked(), answer("2026-03-07")), {}, ("breach", None)),
    ((asked(), answer("2026-02-10", links=())), {}, ("breach", None)),
    # neither
    (
        (asked(),),
        {"gap": "意见反馈: not every page of the list was seen lately"},
        ("not_assessable", "no_result_found"),
    ),
    ((asked(), answer(None)), {}, ("not_assessable", "undated")),
    ((asked(), answer("2026-03-07", is_sure=False)), {}, ("not_assessable", "unsure_date")),
    ((asked(), answer("2026-02-10", links=(), page_read=False)), {}, ("not_assessable", "unread")),
]


@pytest.mark.parametrize(("pages", "given", "expected"), RESULTS)
def test_a_consultation_is_answered(pages: tuple[Member, ...], given: dict[str, Any], expected: Any) -> None:
    assert outcome(said("TM-09", *pages, **given)) == expected


LINKED = (
    page("c", "consultation", "2026-01-05", ends_on="2026-02-04", links=("r",)),
    RESULT,
    page("d", "document", "2026-03-02", links=("i", "c")),
    READ,
)
COMPLETE: list[tuple[tuple[Member, ...], dict[str, Any], Any]] = [
    (LINKED, {"as_of": dt.date(2026, 5, 5)}, None),  # the ninetieth day
    (LINKED, {"as_of": dt.date(2026, 5, 6)}, ("compliant", None)),
    (LINKED, {}, ("compliant", None)),
    ((asked(answered="未收到意见"), *LINKED[2:]), {}, ("compliant", None)),
    (LINKED[:3], {}, ("breach", None)),
    ((ASKED, RESULT, ISSUED, READ), {}, ("breach", None)),  # all there, none linked
    (LINKED[:2], {}, ("not_assessable", "no_document")),
    (
        (ASKED, RESULT, ISSUED, page("i", "interpretation", "2026-03-03", page_read=False)),
        {},
        ("not_assessable", "unread"),
    ),
]


@pytest.mark.parametrize(("pages", "given", "expected"), COMPLETE)
def test_a_chain_is_complete_and_linked(pages: tuple[Member, ...], given: dict[str, Any], expected: Any) -> None:
    assert outcome(said("CN-01", *pages, **given)) == expected


def test_a_chain_tells_every_member_with_address_and_date() -> None:
    [one] = said("CN-01", *LINKED[:3])
    facts = one.judgement.facts
    assert facts["missing"] == ["interpretation"]
    assert facts["documents"] == [
        {
            "title": TITLES["document"],
            "url": "http://a.invalid/document/d.html",
            "published_on": "2026-03-02",
            "linked": True,
        }
    ]
    assert (one.item, one.column) == ("c", "consultation")
    assert len(one.judgement.evidence) == 3


@pytest.mark.parametrize(
    ("rule", "pages", "unit_of_days", "last"),
    [
        ("TM-06", read("2026-03-02", "2026-03-09"), "working days", dt.date(2026, 3, 5)),
        ("TM-09", (asked(), answer("2026-03-20")), "calendar days", dt.date(2026, 3, 6)),
        ("TM-09", (asked(),), "calendar days", dt.date(2026, 3, 6)),
    ],
)
def test_what_is_late_is_counted_day_by_day(
    rule: str, pages: tuple[Member, ...], unit_of_days: str, last: dt.date
) -> None:
    [one] = said(rule, *pages)
    count = day_count(one.judgement.facts, DAYS)
    assert count is not None
    assert count.unit == unit_of_days
    assert [day.on for day in count.days if day.is_last] == [last]


def test_advice_is_held_against_nobody() -> None:
    group = UnitChains(unit=unit(), chains=chains_of([asked()], [], [], []))
    [one] = judge_group(RULES["TM-09"], group, case())
    assert (one.verdict.value, (one.reason or "").split(":")[0], one.as_of) == ("not_assessable", "advice", TODAY)
