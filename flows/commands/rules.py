"""``gongkai rules``: the rule book in force, and what it asks that nothing here judges."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import typer

from flows.compliance.not_judged import NotJudged, not_judged
from flows.compliance.regimes import load, of_city
from flows.compliance.regulation import Regulation
from flows.compliance.rulebook import RULES
from storage import registry, settings
from storage.database import open_database
from storage.exceptions import UnknownTarget


def show(rule: str | None, *, as_json: bool) -> None:
    """Prints the book of the city, or of everywhere before a city was applied.

    :raises UnknownTarget: there is no such rule.
    :raises SettingsError: the city's regulations file says something that is not understood.
    """
    with closing(open_database()) as database:
        city = registry.load_city(database)
    told = book(of_city(city.code, settings.load().home) if city else load(), city.name if city else None)
    if rule is None:
        for line in [json.dumps(told, ensure_ascii=False, indent=1)] if as_json else lines(told):
            typer.echo(line)
        return
    found = _one(told, rule)
    for line in [json.dumps(found, ensure_ascii=False, indent=1)] if as_json else _whole(found):
        typer.echo(line)


def book(law: Regulation, city: str | None) -> dict[str, Any]:
    """The rules as they hold, and what is not judged; JSON-safe."""
    entries = json.loads(law.canonical)["rules"]
    return {
        "city": city,
        "digest": law.digest,
        "regimes": dict(law.regimes),
        "rules": [_rule(rule, law, entries[rule]) for rule in sorted(law.rules)],
        "not_judged": [_not_judged(one) for one in not_judged()],
    }


def _rule(rule: str, law: Regulation, said: Mapping[str, Any]) -> dict[str, Any]:
    """One rule; what its entry says beyond what every entry says are its limits."""
    text, known = law.rules[rule], RULES[rule]
    left_out = law.score.left_out(rule)
    return {
        "id": rule,
        "title": text.title,
        "says": known.says,
        "subject": known.subject,
        "status": "off" if not text.enabled else "advice" if text.advice else "binding",
        "kind": text.kind.value,
        "severity": text.severity,
        "confidence": text.confidence,
        "limits": law.limits(rule),
        "asked_of": {name: said[name] for name in ("units", "supervision", "columns", "first_level") if said[name]},
        "basis": text.basis,
        "in_force_from": text.in_force_from.isoformat(),
        "regime": text.regime,
        "regime_version": law.regimes.get(text.regime),
        "version": known.version,
        "score": {
            "group": law.score.group_of(rule),
            "uncounted": {"why": left_out.why, "says": left_out.says} if left_out else None,
            "veto": law.score.is_veto(rule),
        },
    }


def _not_judged(one: NotJudged) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "status": "not judged",
        **one.model_dump(include={"basis", "why", "says"}),
    }


def _one(told: Mapping[str, Any], rule: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {one["id"]: one for one in (*told["rules"], *told["not_judged"])}
    found = known.get(rule.upper())
    if found is None:
        close = difflib.get_close_matches(rule.upper(), known, n=1)
        raise UnknownTarget(
            f"there is no rule {rule}" + (f" (did you mean {close[0]}?)" if close else "; see gongkai rules")
        )
    return found


# ------------------------------------------------------------------ as text


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The book for people, a rule a line, by what it holds a body to."""
    regimes = ", ".join(f"{name} {version}" for name, version in told["regimes"].items())
    yield f"{told['city'] or 'everywhere (no city was applied)'} · {regimes} · {told['digest'][:12]}"
    for status, heading in _HEADINGS.items():
        found = [one for one in told["rules"] if one["status"] == status]
        if found:
            yield f"{heading} ({len(found)})"
        for one in found:
            yield f"  {one['id']:8} {one['subject']:6} {one['confidence']:8} {one['title']}{_short(one['limits'])}"
    yield f"not judged 不作判定 ({len(told['not_judged'])})"
    for one in told["not_judged"]:
        yield f"  {one['id']:8} {one['title']}：{one['why']}"
    yield "gongkai rules RULE says all of one"


_WIDTH = 70  # of limits on a rule's line; gongkai rules RULE has all
_HEADINGS = {"binding": "binding 生效", "advice": "advice 仅提示", "off": "off 未启用"}


def _whole(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"{one['id']}  {one['title']}"
    yield f"  {one['says']}"
    for name, value in one.items():
        if name not in ("id", "title", "says") and value not in (None, {}, []):
            yield f"  {name:14} {_shown(value) if isinstance(value, dict) else value}"


def _shown(values: Mapping[str, Any]) -> str:
    """Limits in one line; windows as they are written in the files."""
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items() if value not in (None, {}, [], False))


def _short(limits: Mapping[str, Any]) -> str:
    shown = _shown(limits)
    return f" · {shown[:_WIDTH]}{'…' if len(shown) > _WIDTH else ''}" if shown else ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {_value(part)}" for name, part in value.items()) + ")"
    return "/".join(str(part) for part in value) if isinstance(value, list) else str(value)
