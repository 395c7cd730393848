"""The requests a page's own scripts make for its list, read without running them.

In comes a page; out go the calls of its inline scripts (``$.ajax({url, type, data})``, ``$.get``, ``$.post``,
``$.getJSON``, ``.load``, ``fetch``) with address and data as far as they stand written: literals, variables set to
literals, members of such objects, strings joined with ``+``, ``JSON.stringify`` and parameters of the page's own
address. The place of the page number is kept open. A call is given only if all of it but that place is known:
nothing unknown is filled in, except that a search word nobody typed is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harvesters.reading.document import Document, is_address

PAGE = "\ue000"  # stands where the page number goes
PAGE_TEXT = "\ue002"  # the same where the number is given as a text, in JSON
PAGE_NAME = re.compile(r"_?(?:cur_?|current|curr|to|go)?page_?(?:no|num|number|index)?|p|pn|pageno", re.IGNORECASE)
_TYPED = re.compile(
    r"key|word|search|title|query|time|date|begin|start|end|rand|callback|^_$|^t$|^q$|^wd$", re.IGNORECASE
)
_FUNCTION = re.compile(r"\bfunction\s+([\w$]+)\s*\(([^()]*)\)|\b([\w$]+)\s*[:=]\s*function\s*\(([^()]*)\)")
_CALL = re.compile(r"(?:(axios)\s*+)?\.\s*+(ajax|get|getJSON|post|load)\s*+\(|\b(ajax|fetch|axios)\s*\(")
_SETTING = re.compile(r"(?:\b(?:var|let|const)\s+|[;{}\n][^\S\n]*+)([A-Za-z_$][\w$]*)\s*=(?!=)\s*")
_TOKEN = re.compile(
    r"\s+|//[^\n]*|/\*(?:.*?\*/|.*)"
    r"|(?P<text>'(?:[^'\\\n]++|\\.){0,1000}+'|\"(?:[^\"\\\n]++|\\.){0,1000}+\"|`(?:[^`\\]++|\\.){0,1000}+`)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_$][\w$]*)|(?P<sign>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MARK = "\ue001"  # around the name of an unknown within a text
_LONGEST = 200_000  # characters of script
_DEEPEST = 12  # objects within objects, calls within calls
_MOST_CALLS = 60
_MOST_SETTINGS = 500
_MOST_TOKENS = 2000  # of one expression, those its variables stand for among them; a request's body has some hundred
_TOKEN_TEXT = 100  # characters of a variable's text that count as one of them
_MOST_FUNCTIONS = 8  # that count by one name: each is looked for in the whole script
_DIGITS = 18  # of a number that is an id or a count; longer ones no script holds exactly
_PAGE = re.compile(r"\d{1,9}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request; ``PAGE`` stands in ``url`` or ``data`` where the page number goes."""

    url: str
    method: str = "GET"
    data: Any = None
    as_json: bool = False
    start: int | None = None  # the number the script begins with, where it says one
    counter: str = ""  # the variable that holds the number


@dataclass(frozen=True)
class Unknown:
    """A value the script does not say; ``name`` is the variable's."""

    name: str


@dataclass(frozen=True)
class _Json:
    """What ``JSON.stringify`` was given."""

    value: Any


def calls_of(doc: Document) -> list[Call]:
    """The calls of the page's inline scripts that ask for a page by its number."""
    found: list[Call] = []
    reader = Scripts(doc)
    for call in reader.calls():
        if call not in found:
            found.append(call)
    return found


def literal_of(text: str) -> Any:
    """An object or array written as a script's literal, which some sites answer instead of JSON; None if it is none."""
    text = re.sub(r"[\r\n\t]+", " ", text.lstrip("\ufeff \t\r\n"))
    if text[:1] not in ("{", "["):
        return None
    value = _Expression(text, 0, {}, {}, most=len(text)).value()
    return value if isinstance(value, dict | list) and value else None


class Scripts:
    """The inline scripts of one page, or one script by itself, with the variables they set."""

    def __init__(self, doc: Document) -> None:
        self._query = dict(parse_qsl(urlsplit(doc.url).query))
        if doc.tree.css_first("script") is None and "<" not in doc.text[:1]:
            self.text = doc.text[:_LONGEST]
        else:
            scripts = (node.text() for node in doc.tree.css("script:not([src])"))
            self.text = "\n;\n".join(scripts)[:_LONGEST]
        self._beginnings: dict[str, int | None] = {}

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """Every variable set once to something written out; one set twice to different things is not known."""
        known: dict[str, Any] = {}
        twice: set[str] = set()
        for found in islice(_SETTING.finditer(self.text), _MOST_SETTINGS):
            value = _Expression(self.text, found.end(), known, self._query).value()
            if isinstance(value, Unknown):
                continue
            name = found.group(1)
            if name in known and known[name] != value:
                twice.add(name)
            known.setdefault(name, value)
        return {name: value for name, value in known.items() if name not in twice}

    def calls(self) -> Iterator[Call]:
        """Calls with a place for the page number."""
        for found in islice(_CALL.finditer(self.text), _MOST_CALLS):
            arguments = _Expression(self.text, found.end(), self.variables, self._query).arguments()
            call = _call_of(found.group(2) or found.group(3), arguments, as_json=found.group(1) is not None)
            if call is not None:
                yield call if call.start is not None else replace(call, start=self._begins_with(call.counter))

    @cached_property
    def _functions(self) -> list[tuple[str, list[str]]]:
        """Every function with its parameters."""
        return [
            (name or set_name, [one.strip() for one in (given or set_given).split(",")])
            for name, given, set_name, set_given in _FUNCTION.findall(self.text)
        ]

    def _begins_with(self, counter: str) -> int | None:
        """The number with which a function is called that counts pages by its parameter: ``load(1)``."""
        if counter not in self._beginnings:
            numbers: set[int] = set()
            counting = (one for one in self._functions if counter and counter in one[1])
            for function, parameters in islice(counting, _MOST_FUNCTIONS):
                name, before = re.escape(function), parameters.index(counter)
                called = re.compile(
                    rf"(?<!function )\b{name}\s*\((?:[^(),]*,){{{before}}}\s*[\"']?(\d{{1,9}})[\"']?\s*[,)]"
                )
                numbers |= {int(number) for number in called.findall(self.text)}
            self._beginnings[counter] = min(numbers) if numbers and min(numbers) <= 1 else None
        return self._beginnings[counter]


def _call_of(kind: str, arguments: list[Any], *, as_json: bool) -> Call | None:
    first = arguments[0] if arguments else None
    second = arguments[1] if len(arguments) > 1 else None
    if isinstance(first, dict):
        url, data = first.get("url"), first.get("data", first.get("params"))
        method = first.get("type", first.get("method", "GET"))
        content = str(first.get("contentType", ""))
    elif kind == "fetch":
        options = second if isinstance(second, dict) else {}
        url, data, method = first, options.get("body"), options.get("method", "GET")
        content = str(options.get("headers", ""))
    else:
        url, content = first, ""
        data = second if isinstance(second, dict | str | _Json) else None
        method = "POST" if kind == "post" or (kind == "load" and data is not None) else "GET"
    as_json = as_json or isinstance(data, _Json) or "application/json" in content
    data = data.value if isinstance(data, _Json) else data
    if not isinstance(url, str) or not isinstance(method, str) or isinstance(data, Unknown):
        return None
    return placed(url, method.upper(), data, as_json=as_json)


def placed(url: str, method: str, data: Any, *, as_json: bool) -> Call | None:
    """The call with the page number's place open; None if it has no such place, or another part is unknown."""
    start: list[int | str] = []
    url = _query_placed(url, start)
    if isinstance(data, str):
        data = _query_placed("?" + data, start)[1:]
    elif data is not None:
        data = _data_placed(data, start)
    marked = (PAGE, PAGE_TEXT)
    if not is_address(url) or (not _holds(url, marked) and not _holds(data, marked)):
        return None
    if _holds(url, _MARK) or _holds(data, _MARK) or method not in ("GET", "POST"):
        return None
    numbers = [one for one in start if isinstance(one, int)]
    counters = [one for one in start if isinstance(one, str)]
    return Call(
        url=url,
        method=method,
        data=data,
        as_json=as_json,
        start=numbers[0] if numbers else None,
        counter=counters[0] if counters else "",
    )


def _query_placed(url: str, start: list[int | str]) -> str:
    """``…&page=`` with a number or an unknown behind it, its place left open; unknown search words are empty."""

    def place(found: re.Match[str]) -> str:
        mark, name, value = found.groups()
        if PAGE_NAME.fullmatch(name) and (value == "" or _PAGE.fullmatch(value) or _is_mark(value)):
            if value:
                start.append(value.strip(_MARK) if _is_mark(value) else int(value))
            return f"{mark}{name}={PAGE}"
        if _is_mark(value) and _TYPED.search(name):
            return f"{mark}{name}="
        return found.group(0)

    return re.sub(r"([?&])([\w.\[\]-]+)=([^&#]*)", place, url)


def _data_placed(data: Any, start: list[int | str]) -> Any:
    if isinstance(data, dict):
        placed_data: dict[str, Any] = {}
        for name, value in data.items():
            if PAGE_NAME.fullmatch(name) and (isinstance(value, Unknown) or _is_number(value)):
                start.append(value.name if isinstance(value, Unknown) else int(value))
                placed_data[name] = PAGE_TEXT if isinstance(value, str) else PAGE
            elif isinstance(value, Unknown) and _TYPED.search(name):
                placed_data[name] = ""
            else:
                placed_data[name] = _data_placed(value, start)
        return placed_data
    if isinstance(data, list):
        return [_data_placed(value, start) for value in data]
    return _data_placed(data.value, start) if isinstance(data, _Json) else data


def _is_number(value: Any) -> bool:
    return isinstance(value, int | str) and _PAGE.fullmatch(str(value)) is not None


def _holds(value: Any, marks: Iterable[str]) -> bool:
    """Whether one of the marks stands in a value, or in what it holds; an ``Unknown`` is its own mark."""
    if isinstance(value, dict | list):
        return any(_holds(inner, marks) for inner in (value.values() if isinstance(value, dict) else value))
    if isinstance(value, Unknown):
        return _MARK in marks
    return isinstance(value, str) and any(mark in value for mark in marks)


def _is_mark(value: str) -> bool:
    return value.startswith(_MARK) and value.endswith(_MARK) and value.count(_MARK) == 2


# ------------------------------------------------------------------ expressions


class _Expression:
    """Reads one expression of a script; what it does not follow is ``Unknown``, and reading goes on behind it."""

    def __init__(
        self, text: str, at: int, known: Mapping[str, Any], query: Mapping[str, str], most: int = _MOST_TOKENS
    ) -> None:
        self._text, self._at, self._known, self._query = text, at, known, query
        self._left = most

    def arguments(self, depth: int = 0) -> list[Any]:
        """The arguments of a call whose bracket has just been opened."""
        found: list[Any] = []
        while self._peek() not in (")", ""):
            found.append(self.value(depth))
            if self._peek() != ",":
                break
            self._next()
        return found

    def value(self, depth: int = 0) -> Any:
        """One expression up to the comma, bracket or semicolon behind it."""
        joined = self._term(depth)
        while self._peek() == "+":
            self._next()
            joined = _join(joined, self._term(depth))
        if self._left <= 1:
            return Unknown("")  # too long to be read to its end, and half of it would be something else
        if self._peek() in (",", ")", "}", "]", ";", "") or self._ends_line():
            return joined
        self._skip()
        return Unknown("")

    def _term(self, depth: int) -> Any:
        kind, word = self._next()
        if depth > _DEEPEST:
            return Unknown("")
        if kind == "text":
            return _unquoted(word) if word[0] != "`" else Unknown("")
        if kind == "number" and len(word) > _DIGITS:
            return Unknown("")
        if kind == "number":
            return int(word) if word.isdigit() else float(word)
        if kind == "name":
            return self._named(word, depth)
        if word == "{":
            return self._object(depth + 1)
        if word == "[":
            return self._list(depth + 1)
        if word == "(":
            inner = self.value(depth + 1)
            if self._peek() == ")":
                self._next()
            return inner
        self._at -= len(word)
        return Unknown("")

    def _named(self, name: str, depth: int) -> Any:
        if name in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name]
        if name == "function":
            self._skip()
            return Unknown("")
        path = [name]
        while self._peek() == ".":
            self._next()
            path.append(self._next()[1])
        if self._peek() != "(":
            return self._looked_up(path)
        self._next()
        given = self.arguments(depth + 1)
        if self._peek() == ")":
            self._next()
        if path == ["JSON", "stringify"] and given:
            return _Json(given[0])
        if path[-1] in ("encodeURIComponent", "encodeURI", "String", "parseInt", "Number") and len(given) >= 1:
            return given[0]
        # getQueryString("categorynum"), Util.getUrlParams('id'): what the page's own address says
        if len(given) == 1 and isinstance(given[0], str) and re.search("query|param|url", path[-1], re.IGNORECASE):
            return self._query.get(given[0], Unknown(given[0]))
        return Unknown(".".join(path))

    def _looked_up(self, path: list[str]) -> Any:
        value = self._known.get(path[0], Unknown(path[0]))
        for name in path[1:]:
            value = value.get(name, Unknown(name)) if isinstance(value, dict) else Unknown(name)
        # variables made of variables double from line to line
        self._left -= _weight(value)
        return value

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._peek() not in ("}", ""):
            kind, key = self._next()
            key = str(_unquoted(key)) if kind == "text" else key
            if self._peek() == ":":
                self._next()
                found[key] = self.value(depth)
            elif self._peek() in (",", "}") and kind == "name":
                found[key] = self._looked_up([key])  # {page} for {page: page}
            else:
                self._skip()
            if self._peek() == ",":
                self._next()
            elif self._peek() != "}":
                break
        if self._peek() == "}":
            self._next()
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        while self._peek() not in ("]", ""):
            found.append(self.value(depth))
            if self._peek() == ",":
                self._next()
            elif self._peek() != "]":
                break
        if self._peek() == "]":
            self._next()
        return found

    def _next(self) -> tuple[str, str]:
        self._left -= 1
        while self._left > 0 and (found := _TOKEN.match(self._text, self._at)) is not None:
            self._at = found.end()
            if found.lastgroup is not None:
                return found.lastgroup, found.group(0)
        return "", ""

    def _peek(self) -> str:
        at, left = self._at, self._left
        word = self._next()[1]
        self._at, self._left = at, left
        return word

    def _ends_line(self) -> bool:
        """Whether a statement ends here without a semicolon."""
        found = re.compile(r"[ \t]*(?:\r?\n|$)").match(self._text, self._at)
        return found is not None and self._peek() not in (".", "?", "-", "*", "/", "=", "&", "|", "[", "(")

    def _skip(self) -> None:
        """To the end of an expression that is not followed, over whatever brackets it opens."""
        depth = 0
        while (word := self._peek()) != "":
            if depth == 0 and word in (",", ")", "}", "]", ";"):
                return
            self._next()
            depth += (word in "({[") - (word in ")}]")


def _weight(value: Any, depth: int = 0) -> int:
    """How many tokens a value stands for; more than an expression may have, where it is nested too deep."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + sum(_weight(one, depth + 1) for one in inner) if depth <= _DEEPEST else _MOST_TOKENS
    return len(value) // _TOKEN_TEXT if isinstance(value, str) else 0


def _join(one: Any, two: Any) -> Any:
    if isinstance(one, int) and isinstance(two, int) and not isinstance(one, bool):
        return one + two
    parts = [_as_text(one), _as_text(two)]
    return "".join(part for part in parts if part is not None) if None not in parts else Unknown("")


def _as_text(value: Any) -> str | None:
    if isinstance(value, Unknown):
        return f"{_MARK}{value.name}{_MARK}"
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _unquoted(literal: str) -> str:
    def plain(found: re.Match[str]) -> str:
        return chr(int(found.group(1), 16)) if found.group(1) else {"n": "\n", "t": "\t"}.get(found[2], found[2])

    return _ESCAPE.sub(plain, literal[1:-1])
