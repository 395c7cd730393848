"""发文字号 and 索引号: recognised, normalised, and told apart from dates and placeholders.

Text comes in, a ``Number`` goes out: the value in one spelling, the raw text, and what is wrong with it. A document
number is agency word + 〔year〕 + serial + 号 (党政机关公文处理工作条例); sites write its brackets in nine ways, all of
which become 〔〕. Orders ("国务院令第711号") and the numbers of announcements ("2026年第12号") are document numbers
too. An index number has a front part (organisation code, credit code or site code) and a back part (year and
serial), and many local forms; generators leave "null" in it, which is kept and reported, because it is what the unit
published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "〔[［【（(﹝〖〈<《﹙", "〕]］】）)﹞〗〉>》﹚"
_SPACES = re.compile(r"[\s\xa0\u3000\u200b\ufeff]+")
_WIDE = str.maketrans("０１２３４５６７８９／－．：", "0123456789/-.:")
_PLACEHOLDERS = frozenset(
    (
        *("", "-", "--", "---", "—", "——", "/", ".", "*", "0", "号", "〔〕", "〔〕号"),
        *("无", "暂无", "没有", "空", "无文号", "无发文字号", "null", "undefined", "none", "nan", "n/a"),
    )
)
_BRACKETED = re.compile(
    rf"(?P<agency>[\u4e00-\u9fa5A-Za-z][\u4e00-\u9fa5A-Za-z、·•.（）()\-\s]{{0,40}}?)\s*"
    rf"[{re.escape(_OPEN)}]\s*(?P<year>(?:19|20)\d\d)\s*+年?\s*+[{re.escape(_CLOSE)}]\s*+"
    r"(?P<word>[A-Za-z\u4e00-\u9fa5]{0,4}?)第?\s*+(?P<serial>[0-9]{1,6}(?:[-—－][0-9]{1,3})?)\s*(?P<end>号)?"
)
_NUMBERED = r"(?:(?:19|20)\d\d年)?\s*+第\s*+(?:[0-9]{1,5}|[〇零一二三四五六七八九十百]{1,8})\s*+号"
_ORDER = re.compile(rf"(?P<agency>[\u4e00-\u9fa5]{{2,30}}(?:令|公告|通告))\s*+(?:[（(]\s*+)?{_NUMBERED}\s*+[)）]?")
_BARE_ORDER = re.compile(rf"{_NUMBERED}令?")
_INDEX = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z_.\-—]{1,40}[/][0-9A-Za-z][0-9A-Za-z_./\-—]{2,60}|[0-9A-Za-z][0-9A-Za-z_.\-]{5,60}"
)
_NULL = re.compile(r"null|undefined", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A document or index number. ``problem``: "brackets" (not 〔〕), "padded", "null", "form" (not a known form)."""

    value: str
    raw: str
    problem: str | None = None


def is_placeholder(text: str) -> bool:
    """Whether a label's value says nothing ("无", "-", "null" …)."""
    return _SPACES.sub("", text).strip("：:;；,，").lower() in _PLACEHOLDERS


def read_document_number(text: str) -> Number | None:
    """The document number a label shows; a value of no known form is kept as it stands (local numbering)."""
    raw = _SPACES.sub(" ", text).strip(" ：:;；,，。")
    if is_placeholder(raw):
        return None
    plain = raw.translate(_WIDE)
    match = _BRACKETED.fullmatch(plain)
    if match:
        return _bracketed(match, raw)
    if _ORDER.fullmatch(plain) or _BARE_ORDER.fullmatch(plain):
        return Number(value=_tight(plain), raw=raw)
    if len(raw) > 80 or not re.search(r"\d", plain):
        return None
    return Number(value=_tight(plain), raw=raw, problem="form")


def own_number(line: str) -> Number | None:
    """The document number that a line of the document consists of ("（川卫函〔2025〕46号）"), if it does."""
    plain = _SPACES.sub(" ", line).strip().translate(_WIDE)
    if len(plain) > 60:
        return None
    inner = plain[1:-1].strip() if plain[:1] in "（(" and plain[-1:] in "）)" else plain
    match = _BRACKETED.fullmatch(inner)
    if match and match["end"] and _is_agency_word(match["agency"]):
        return _bracketed(match, line.strip())
    match = _ORDER.fullmatch(inner)
    if match and match["agency"].endswith(("令", "公告")):
        return Number(value=_tight(inner), raw=line.strip())
    return None


def number_at_end(title: str) -> Number | None:
    """The document number that closes a title in brackets of its own: "…的通知（青政发〔2026〕5号）"."""
    match = re.search(r"[（(]([^（()）]{2,24}[〔\[【][^〕\]】]{4,6}[〕\]】][^（()）]{1,10}号)[）)]$", title.strip())
    return own_number(match[1]) if match else None


def read_index_number(text: str) -> Number | None:
    """The index number a label shows, in plain characters and without spaces."""
    raw = _SPACES.sub(" ", text).strip(" ：:;；,，。")
    if is_placeholder(raw):
        return None
    value = _tight(raw.translate(_WIDE)).replace("—", "-").replace("－", "-")
    if _NULL.search(value):
        return Number(value=value, raw=raw, problem="null")
    if _INDEX.fullmatch(value) and re.search(r"\d", value):
        return Number(value=value, raw=raw)
    if len(value) > 80 or not re.search(r"\d", value):
        return None
    return Number(value=value, raw=raw, problem="form")


def _bracketed(match: re.Match[str], raw: str) -> Number:
    agency = _tight(match["agency"])
    serial = match["serial"].lstrip("0") or "0"
    word = match["word"]
    value = f"{agency}〔{match['year']}〕{word}{match['serial']}号"
    problem = None
    if "〔" not in match[0] or "〕" not in match[0]:
        problem = "brackets"
    elif serial != match["serial"]:
        problem = "padded"
    return Number(value=value, raw=raw, problem=problem)


def _is_agency_word(text: str) -> bool:
    """Agency words are short and carry no sentence: "国办发", "川卫函", "深坪发改规"."""
    tight = _tight(text)
    return 1 < len(tight) <= 20 and not re.search(r"[的了和及在为]|根据|按照|关于|印发", tight)


def _tight(text: str) -> str:
    return _SPACES.sub("", text)
