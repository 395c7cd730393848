"""What a page's scripts state about the requests they make: parameters, as far as they stand there in words.

In comes the text of a page; out come the pairs of an object literal, the arguments of a call, the text of an
expression. Nothing is run: literals, numbers, names set to a literal and their concatenation are understood, and
whatever else an expression holds is unknown. The caller decides what an unknown piece may become.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LONGEST = 6000  # characters of one call or one literal; longer ones hold data, not parameters
_DEEPEST = 4  # literals looked at on the way out to the one around a place
# a parameter is never as long, and an expression may join hundreds
_VARIABLE = re.compile(
    r"\b(?:var|let|const)\s+([\w$]+)\s*=\s*(?:'([^'\n]{0,1000})'|\"([^\"\n]{0,1000})\"|(-?\d+))\s*[;,\n]"
)
_FUNCTION = re.compile(r"\bfunction\s+([\w$]+)\s*\(([^()]*)\)\s*\{")
_LITERAL = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w$.]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?|true|false")
_ESCAPING = re.compile(r"(?:encodeURI(?:Component)?|escape|String)\s*\((.*)\)", re.DOTALL)
_KEY = re.compile(r"\s*[\"']?([\w$-]+)[\"']?\s*:(.*)", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def variables(text: str) -> dict[str, str]:
    """Names that scripts set to a literal; one set to two different ones is unknown."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, single, double, number in _VARIABLE.findall(text):
        value = single or double or number
        if found.setdefault(name, value) != value:
            twice.add(name)
    return {name: value for name, value in found.items() if name not in twice}


def given(text: str, at: int) -> dict[str, str]:
    """The parameters of the function around ``at``, as far as the literal calls of it all give them the same."""
    around = None
    for head in _FUNCTION.finditer(text, max(0, at - _LONGEST), at):
        body = inside(text, head.end() - 1)
        if body is not None and head.end() + len(body) >= at:
            around = head
    if around is None:
        return {}
    seen: dict[str, set[str]] = {name.strip(): set() for name in around[2].split(",") if name.strip()}
    for call in re.finditer(rf"(?<!function )(?<![\w$.]){re.escape(around[1])}\s*\(", text):
        arguments = inside(text, call.end() - 1)
        for name, argument in zip(seen, split(arguments or "", ","), strict=False):
            text_given = value(argument, {})
            if text_given is not None:
                seen[name].add(text_given)
    return {name: next(iter(values)) for name, values in seen.items() if len(values) == 1}


def inside(text: str, at: int) -> str | None:
    """What stands between the bracket at ``at`` and the one that closes it; None where none does."""
    if at < 0 or at >= len(text) or text[at] not in _PAIRS:
        return None
    end = _end(text, at + 1, stops=_PAIRS[text[at]])
    return text[at + 1 : end] if end is not None else None


def literal_around(text: str, at: int) -> str | None:
    """The inside of the object literal that holds the place ``at``; None where none does."""
    opening = at
    for _ in range(_DEEPEST):
        opening = text.rfind("{", max(0, at - _LONGEST), opening)
        if opening < 0:
            return None
        body = inside(text, opening)
        if body is not None and opening + 1 + len(body) >= at:
            return body
    return None


def expression(text: str) -> str:
    """The expression that ``text`` begins with: up to a comma, a semicolon or the bracket that closes around it."""
    return text[: _end(text, 0, stops=",;)]}")]


def split(text: str, separator: str) -> list[str]:
    """``text`` at its separators that stand in no literal and no bracket."""
    parts: list[str] = []
    start = 0
    while (end := _end(text, start, stops=separator)) is not None:
        parts.append(text[start:end])
        start = end + 1
    return [*parts, text[start:]]


def pairs(literal: str, known: Mapping[str, str]) -> dict[str, str | None]:
    """The pairs of an object literal (its inside), in their order; None for a value that is not known."""
    found: dict[str, str | None] = {}
    for part in split(literal, ","):
        if key := _KEY.fullmatch(part):
            found[key[1]] = value(key[2], known)
    return found


def value(written: str, known: Mapping[str, str], *, unknown: str | None = None) -> str | None:
    """The text an expression makes; a term not known counts as ``unknown``, and where that is None, so is the text."""
    made = ""
    for term in split(written, "+"):
        text = _term(term.strip(), known)
        if text is None:
            text = unknown
        if text is None:
            return None
        made += text
    return made


def _term(term: str, known: Mapping[str, str]) -> str | None:
    if found := _LITERAL.fullmatch(term):
        return re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])
    if _NUMBER.fullmatch(term):
        return term
    if _NAME.fullmatch(term):
        return known.get(term)
    if called := _ESCAPING.fullmatch(term):
        return value(called[1], known)
    return None


def _end(text: str, at: int, *, stops: str) -> int | None:
    """Where ``stops`` next stands outside literals and brackets; None where it does not, or a bracket closes first."""
    open_: list[str] = []
    quote = ""
    last = min(len(text), at + _LONGEST)
    while at < last:
        sign = text[at]
        if quote:
            if sign == "\\":
                at += 1
            elif sign == quote:
                quote = ""
        elif not open_ and sign in stops:
            return at
        elif sign in "'\"":
            quote = sign
        elif sign in _PAIRS:
            open_.append(_PAIRS[sign])
        elif sign in ")]}" and (not open_ or open_.pop() != sign):
            return None
        at += 1
    return None
