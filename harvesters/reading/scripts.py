"""What a small script writes into its page where it stands.

The text of a ``<script>`` comes in, the words it writes go out. Generators have the browser write a source or a
date: ``var s = "某报"; if (s != "") { document.write("来源：" + s); }``. Followed are literals, variables set in the
same script, and guards that these decide; of an if and its else only the branch that runs counts. The rule: what
cannot be decided is never guessed. A guard on anything else makes its branches count only where both write the same,
else the whole script says nothing; an expression with an unknown part writes nothing.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_LONGEST = 2000  # characters; longer scripts compute
_LITERAL = r"'(?:[^'\\\n]|\\.){0,400}'|\"(?:[^\"\\\n]|\\.){0,400}\""
_TOKEN = re.compile(
    rf"(?P<skip>\s+|//[^\n]*|/\*(?:.*?\*/|.*)|<!--[^\n]*|-->)|(?P<literal>{_LITERAL})|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_$\u4e00-\u9fa5][\w$\u4e00-\u9fa5]*)|(?P<sign>[=!]==?|[<>]=?|&&|\|\||.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "t": " ", "r": " ", "b": " ", "f": " "}
_MARKUP = re.compile(r"<[/!A-Za-z][^<>]*>")
_COMPARISONS = frozenset(("==", "===", "!=", "!==", "<", ">", "<=", ">="))
_DEPTH = 20  # ifs within ifs, brackets within brackets; nobody nests deeper

Value = str | float | bool
_Variables = dict[str, Value | None]


class _Undecided(Exception):
    """What the script writes hangs on something it does not say."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # literal, number, name, sign
    text: str


@dataclass(slots=True)
class _State:
    """The variables so far (None: set to something unknown) and what was written."""

    known: _Variables = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    dead: bool = False  # in a branch that does not run: followed only to find its end


def written(script: str) -> str:
    """The words ``script`` writes into the page, without tags and entities; "" where that is not certain."""
    if "document.write" not in script or len(script) > _LONGEST:
        return ""
    state = _State()
    try:
        _Reader(_tokens(script)).run(state)
    except _Undecided:
        return ""
    text = _MARKUP.sub(" ", html.unescape(_MARKUP.sub(" ", "".join(state.parts))))
    # half a tag is one whose other half the script computes
    return "" if "<" in text or "%3C" in text else text


def _tokens(script: str) -> list[_Token]:
    tokens = []
    depth = 0
    for match in _TOKEN.finditer(script):
        if match.lastgroup != "skip":
            tokens.append(_Token(match.lastgroup or "sign", match[0]))
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(match[0], 0)
            if depth > _DEPTH:
                raise _Undecided
    return tokens


def _unquoted(literal: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])

    return _ESCAPE.sub(plain, literal[1:-1]) if "\\" in literal else literal[1:-1]


class _Reader:
    """Goes through the statements of one script."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def run(self, state: _State) -> None:
        """Every statement, to the end."""
        while self.at < len(self.tokens):
            self._statement(state)

    # ---------------------------------------------------------- statements

    def _sign(self, ahead: int = 0) -> str:
        """The sign or name that stands ``ahead``; "" for a literal, a number or the end."""
        place = self.at + ahead
        if place >= len(self.tokens) or self.tokens[place].kind not in ("sign", "name"):
            return ""
        return self.tokens[place].text

    def _statement(self, state: _State) -> None:
        first = self._sign()
        if first == "{":
            self.at += 1
            while self.at < len(self.tokens) and self._sign() != "}":
                self._statement(state)
            self.at += 1
        elif first == "if" and self._sign(1) == "(":
            self._if(state)
        elif first in ("for", "while", "switch", "do", "else"):
            raise _Undecided
        elif first in ("function", "catch", "finally"):
            self._skip_block()
        elif first == "try":
            self.at += 1
        elif first in ("var", "let", "const"):
            self.at += 1
            self._assignments(state)
        elif first == "document" and self._sign(1) == "." and self._sign(2) in ("write", "writeln"):
            self.at += 3
            self._write(state)
        elif self._sign(1) == "=" and self.tokens[self.at].kind == "name":
            self._assignments(state)
        else:
            self._skip_statement()

    def _if(self, state: _State) -> None:
        if self.depth >= _DEPTH:
            raise _Undecided
        self.depth += 1
        self.at += 1
        holds = self._group(state.known)
        one = _State(known=dict(state.known), dead=state.dead or holds is False)
        other = _State(known=dict(state.known), dead=state.dead or holds is True)
        self._statement(one)
        if self._sign() == "else":
            self.at += 1
            self._statement(other)
        if holds is None:
            if not state.dead and "".join(one.parts) != "".join(other.parts):
                raise _Undecided
            names = one.known.keys() | other.known.keys()
            merged = {name: one.known.get(name) for name in names if one.known.get(name) == other.known.get(name)}
            live = _State(known={name: merged.get(name) for name in names}, parts=one.parts)
        else:
            live = one if holds else other
        state.known = live.known
        state.parts += live.parts
        self.depth -= 1

    def _assignments(self, state: _State) -> None:
        """``a = "x", b = c + "y";`` after the word var, or without it."""
        while self._sign() and self.tokens[self.at].kind == "name":
            name = self._sign()
            self.at += 1
            value: Value | None = None
            if self._sign() == "=":
                self.at += 1
                value = self._sum(state.known)
                if self._sign() not in ("", ";", ",", "}") and not self._starts_statement():
                    value = None  # more of the expression follows, which is not understood
                    self._skip_expression()
            state.known[name] = value
            if self._sign() != ",":
                break
            self.at += 1
        if self._sign() == ";":
            self.at += 1

    def _write(self, state: _State) -> None:
        parts = []
        if self._sign() != "(":
            self._skip_statement()
            return
        self.at += 1
        while self.at < len(self.tokens) and self._sign() != ")":
            value = self._sum(state.known)
            if self._sign() not in (",", ")"):
                value = None
                self._skip_expression()
            parts.append(value)
            if self._sign() == ",":
                self.at += 1
            elif self._sign() != ")":
                break
        self.at += 1
        if self._sign() == ";":
            self.at += 1
        if None not in parts:
            state.parts += [_shown(part) for part in parts if part is not None]

    def _starts_statement(self) -> bool:
        """Whether a new statement begins here though no semicolon closed the last."""
        return self._sign() in ("if", "var", "let", "const", "document", "else", "function") or self._sign(1) == "="

    def _skip_statement(self) -> None:
        """To after the next semicolon, or to before what begins another statement or ends the block."""
        begin = self.at
        self._skip_expression(first=True)
        if self._sign() in (";", ",", ")", "]") or self.at == begin:
            self.at += 1

    def _skip_block(self) -> None:
        """To after the block that a function's head or the like stands before."""
        while self.at < len(self.tokens) and self._sign() != "{":
            self.at += 1
        depth = 0
        while self.at < len(self.tokens):
            depth += {"{": 1, "}": -1}.get(self._sign(), 0)
            self.at += 1
            if not depth:
                return

    def _skip_expression(self, *, first: bool = False) -> None:
        """To the comma, bracket or semicolon that ends the expression."""
        depth = 0
        while self.at < len(self.tokens):
            sign = self._sign()
            if sign in ("(", "[", "{"):
                depth += 1
            elif sign in (")", "]", "}"):
                if not depth:
                    return
                depth -= 1
            elif not depth and (sign == ";" or (not first and sign == ",") or sign in ("if", "var", "else")):
                return
            self.at += 1

    # ---------------------------------------------------------- expressions

    def _group(self, known: _Variables) -> bool | None:
        """A condition in brackets: True, False, or None where it cannot be told."""
        begin = self.at
        self.at += 1
        holds = self._either(known)
        if self._sign() == ")":
            self.at += 1
            return holds
        # not understood: on to the bracket that closes it
        self.at = begin + 1
        depth = 1
        while self.at < len(self.tokens) and depth:
            depth += {"(": 1, ")": -1}.get(self._sign(), 0)
            self.at += 1
        return None

    def _either(self, known: _Variables) -> bool | None:
        holds = self._all(known)
        while self._sign() == "||":
            self.at += 1
            other = self._all(known)
            holds = True if holds or other else (None if holds is None or other is None else False)
        return holds

    def _all(self, known: _Variables) -> bool | None:
        holds = self._compared(known)
        while self._sign() == "&&":
            self.at += 1
            other = self._compared(known)
            unknown = holds is None or other is None
            holds = False if holds is False or other is False else (None if unknown else True)
        return holds

    def _compared(self, known: _Variables) -> bool | None:
        negated = False
        while self._sign() == "!":
            self.at += 1
            negated = not negated
        holds = self._group(known) if self._sign() == "(" else self._related(known)
        return None if holds is None else holds != negated

    def _related(self, known: _Variables) -> bool | None:
        one = self._sum(known)
        sign = self._sign()
        if sign not in _COMPARISONS:
            return None if one is None else bool(one)
        self.at += 1
        return _compare(one, sign, self._sum(known))

    def _sum(self, known: _Variables) -> Value | None:
        """Terms joined by plus; None where one of them is unknown."""
        value = self._term(known)
        while self._sign() == "+":
            self.at += 1
            other = self._term(known)
            if value is None or other is None:
                value = None
            elif isinstance(value, str) or isinstance(other, str):
                value = _shown(value) + _shown(other)
            else:
                value = value + other
        return value

    def _term(self, known: _Variables) -> Value | None:
        if self.at >= len(self.tokens):
            return None
        token = self.tokens[self.at]
        if token.text == "-" and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "number":
            self.at += 2
            return -float(self.tokens[self.at - 1].text)
        if token.text == "(":
            self.at += 1
            value = self._sum(known)
            if self._sign() != ")":
                value = None
                self._skip_expression()
            self.at += 1
            return self._followed(value)
        if token.kind == "sign":
            return None
        self.at += 1
        if token.kind == "literal":
            return self._followed(_unquoted(token.text))
        if token.kind == "number":
            return float(token.text)
        if token.text in ("true", "false"):
            return token.text == "true"
        if token.text == "null":
            return self._followed("")
        if token.text == "new":
            self.at += 1
            return self._followed(None)
        return self._followed(known.get(token.text))

    def _followed(self, value: Value | None) -> Value | None:
        """``value`` after the members, calls and indices that follow it; only few of them are understood."""
        while self._sign() in (".", "[", "("):
            if self._sign() == ".":
                name = self._sign(1)
                self.at += 2
                text = value if isinstance(value, str) else None
                if name == "length":
                    value = None if text is None else float(len(text))
                elif name in ("trim", "toString") and self._sign() == "(" and self._sign(1) == ")":
                    self.at += 2
                    value = None if text is None else (text.strip() if name == "trim" else text)
                elif name == "indexOf" and (sought := self._argument()) is not None:
                    self.at += 3
                    value = None if text is None else float(text.find(sought))
                elif name == "replace" and (pair := self._two_arguments()) is not None:
                    self.at += 5
                    value = None if text is None else text.replace(*pair, 1)
                else:
                    value = None
            else:
                value = None
                self.at += 1
                while self.at < len(self.tokens) and self._sign() not in (")", "]"):
                    self._skip_expression()
                    if self._sign() in (",", ";", "if", "var", "else"):
                        self.at += 1
                    elif self._sign() == "}":
                        return None
                self.at += 1
        return value

    def _argument(self) -> str | None:
        """The literal that is the only argument of the call that begins here."""
        inside = self.at + 1
        if self._sign() != "(" or self._sign(2) != ")" or self.tokens[inside].kind != "literal":
            return None
        return _unquoted(self.tokens[inside].text)

    def _two_arguments(self) -> tuple[str, str] | None:
        """The two literals that are all the arguments of the call that begins here."""
        call = self.tokens[self.at : self.at + 5]
        if [token.text for token in call[::2]] != ["(", ",", ")"] or {call[1].kind, call[3].kind} != {"literal"}:
            return None
        return _unquoted(call[1].text), _unquoted(call[3].text)


def _compare(one: Value | None, sign: str, other: Value | None) -> bool | None:
    """How two values compare as the browser would; None where one is unknown or they are of two kinds."""
    if one is None or other is None:
        return None
    if sign in ("==", "===", "!=", "!=="):
        if type(one) is not type(other):
            return None
        return (one == other) == (sign[0] == "=")
    if isinstance(one, str) and isinstance(other, str):
        return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign]
    if isinstance(one, str) or isinstance(other, str):
        return None
    return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign]


def _shown(value: Value) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else f"{value:g}"
