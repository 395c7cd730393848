"""Everything the console shows is explained: rules, kinds, states, reasons; in both languages."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.commands.rules import book
from flows.compliance.regimes import load
from flows.compliance.rulebook import RULES
from storage import registry, rule_texts
from storage.console import rule_pages, texts
from storage.database import Database
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import signed_in

ROOT = Path(__file__).parents[2]


def told(db: Database) -> None:
    registry.apply(db, build.city(build.unit()))
    law = book(load(), "青禾市")
    rule_texts.tell(db, (*law["rules"], *law["not_judged"]))


def reasons() -> Iterator[str]:
    """Every word that a rule gives for not judging."""
    for path in (ROOT / "flows" / "compliance").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", None)
            if name in ("not_assessable", "not_applicable") and isinstance(node, ast.Call) and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_reason_of_a_rule_has_a_word() -> None:
    found = set(reasons())
    assert len(found) > 60
    assert {one for one in found if not texts.has(f"reason.{one}")} == set()


def test_every_rule_says_how_it_is_judged_and_met() -> None:
    lacking = [
        (family, rule)
        for rule in RULES
        for family in ("rule_how", "rule_fix")
        if rule_pages.told_of(family, rule) is None
    ]
    assert lacking == []
    assert rule_pages.told_of("rule_how", "FT-03") == "rule_how.FT"
    assert rule_pages.told_of("rule_how", "XX-1") is None


def test_everything_on_the_help_page_is_explained_and_can_be_led_to(db: Database) -> None:
    registry.apply(db, build.city(build.unit()))
    page = signed_in(db).get("/help").text
    for family, values in rule_pages.HELP.items():
        for value in values:
            assert texts.has(f"help.{family}.{value}"), f"{family}.{value}"
            assert texts.has(f"{family}.{value}"), f"{family}.{value}"
            assert f'id="{family}-{value}"' in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_every_question_mark_leads_to_something(db: Database) -> None:
    told(db)
    known = set(re.findall(r'id="([^"]+)"', signed_in(db).get("/help").text))
    for path in ("/", "/rules", "/rules/UP-02", "/calendar", "/search", "/delivery", "/people"):
        for anchor in re.findall(r'href="/help#([^"]+)"', signed_in(db).get(path).text):
            assert anchor in known, f"{path}: {anchor}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_its_page(db: Database, language: str) -> None:
    told(db)
    client = signed_in(db, "wang", Role.READER)
    listed = client.get(f"/rules?lang={language}").text
    for rule in RULES:
        assert f'href="/rules/{rule}"' in listed
    for rule in ("UP-02", "CV-20-01", "FT-03", "WD-01"):
        page = client.get(f"/rules/{rule}?lang={language}")
        assert page.status_code == 200
        assert RULES[rule].says[:20] in html.unescape(page.text)
    assert client.get("/rules/I-01").status_code == 404
    assert client.get("/rules/%3Cscript%3E").status_code == 404


def test_before_the_first_assessment_the_rules_say_what_to_do(db: Database) -> None:
    assert "gongkai assess" in signed_in(db).get("/rules").text


def test_chinese_is_chinese_and_english_is_there() -> None:
    """No text lacks a language, and places are the same in both."""
    places = re.compile(r"\{(\w+)")
    for key in texts.all_keys():
        chinese, english = (texts.template(language, key) for language in texts.LANGUAGES)
        assert chinese.strip(), key
        assert english.strip(), key
        assert set(places.findall(chinese)) == set(places.findall(english)), key
        plain = re.sub(r"\([^)]*\)|〔|〕", "", english)  # a term may stand beside its English
        assert re.search("[㐀-鿿]", plain) is None or key == "other_language", key
