"""Text becomes a normal form, and the normal form tokens: what can be found, and as what.

The normal form is NFKC, case-folded, without punctuation. Between two Chinese signs a space is nothing (通 知 is 通知)
and other punctuation or a line's end is a break; between two words of letters or digits anything is a break; between
a Chinese sign and such a word nothing is, so that 青政发〔2026〕12号 is one text in whatever brackets. Any two Chinese
signs that stand together are a token; a word of letters or digits is one, alone and with the Chinese sign beside it.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_UNICODE: Final = tuple(map(int, unicodedata.unidata_version.split(".")))  # another Python may fold signs otherwise
# of the tokens: an index made by another one is made anew, because a document goes out with the tokens it came in with
VERSION: Final = 2_000_000 + _UNICODE[0] * 10_000 + _UNICODE[1] * 100 + _UNICODE[2]
BREAK: Final = " "
FIELD: Final = "\n"  # between the normal forms of two fields: nothing is found across it
_ENDS: Final = BREAK + FIELD
LONGEST_WORD: Final = 64  # signs of a word that are told apart; PostgreSQL takes lexemes up to 2,046 bytes
MOST_BYTES: Final = 900_000  # of the tokens of one text; PostgreSQL takes 1,048,575 in a tsvector
_SURE: Final = 50_000  # signs: no text of so many has more than MOST_BYTES (at most 4 + 8 bytes a sign)
_STEP: Final = 10_000

_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# signs that combine with a letter and are no letters to Python: Latin, Arabic (Uyghur), Tibetan, Mongolian
_MARKS: Final = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u0f18-\u0f19\u0f35-\u0f87"
_MARKS_TOO: Final = "\u0f8d-\u0fbc\u180b-\u180d\u200c\u200d"
_GAP: Final = re.compile(rf"(?:[\W_](?<![{_MARKS}{_MARKS_TOO}]))+")
_RUNS: Final = re.compile(rf"[{_HAN}]+|[^{_ENDS}{_HAN}]+")
_is_han: Final = re.compile(rf"[{_HAN}]").match
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
# signs of which NFKC makes none that is of a word, or the same: nearly every Chinese text is of these alone, and the
# full-width punctuation in it takes NFKC longer than all the rest
_PLAIN: Final = re.compile("[\t-\r -~\u3000-\u3002\u3007-\u3011\u4e00-\u9fff\u2018-\u201d\uff01-\uff0f\uff1a-\uff20]*")


def normal(text: str) -> str:
    """The normal form of ``text``: Chinese signs, words, and single spaces where there is a break."""
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFKC", _UNSTORABLE.sub(BREAK, text))
    return _GAP.sub(_between, text.casefold()).strip(BREAK)


def _between(gap: re.Match[str]) -> str:
    whole, start, end = gap.string, gap.start(), gap.end()
    if start == 0 or end == len(whole):
        return BREAK
    before, after = _is_han(whole, start - 1), _is_han(whole, end)
    if before and after:
        inside = gap.group()
        return "" if inside.isspace() and "\n" not in inside else BREAK
    return "" if before or after else BREAK


def is_han(sign: str) -> bool:
    """Whether a sign is a Chinese one."""
    return _is_han(sign) is not None


def tokens(form: str) -> set[str]:
    """Every token of a normal form: pairs of Chinese signs, words, words with the Chinese sign beside them.

    Of every Chinese sign there is a token that begins with it; one before a break is its own.
    """
    found: set[str] = set()
    length = len(form)
    for match in _RUNS.finditer(form):
        run, start, end = match.group(), match.start(), match.end()
        if _is_han(run):
            found.update(map(str.__add__, run, run[1:]))
            if end == length or form[end] in _ENDS:
                found.add(run[-1])
            continue
        run = run[:LONGEST_WORD]
        found.add(run)
        if start and form[start - 1] not in _ENDS:
            found.add(form[start - 1] + run)
        if end < length and form[end] not in _ENDS:
            found.add(run + form[end])
    return found


def needed(form: str) -> tuple[str, ...]:
    """Tokens that every text has which holds ``form``, in their order.

    Where no two Chinese signs stand together and there is no word, it is the first sign, with which a token begins.
    Where there is only one and it is ``form``, the texts that have it are the texts that hold it.
    """
    found: dict[str, None] = {}
    for match in _RUNS.finditer(form):
        run, start, end = match.group(), match.start(), match.end()
        if _is_han(run):
            found.update(dict.fromkeys(map(str.__add__, run, run[1:])))
            continue
        run = run[:LONGEST_WORD]
        beside = []
        if start and form[start - 1] != BREAK:
            beside.append(form[start - 1] + run)
        if end < len(form) and form[end] != BREAK:
            beside.append(run + form[end])
        found.update(dict.fromkeys(beside or [run]))
    return tuple(found) or tuple(form[:1])


def bounded(form: str) -> str:
    """The beginning of a normal form whose tokens both databases can hold; nearly always the whole."""
    if len(form) <= _SURE:
        return form
    seen: set[str] = set()
    size = 0
    for start in range(0, len(form), _STEP):
        fresh = tokens(form[start : start + _STEP + 1]) - seen
        size += sum(len(token.encode()) for token in fresh)
        if size > MOST_BYTES:
            return form[:start]
        seen |= fresh
    return form


def holds(form: str, wanted: str) -> bool:
    """Whether ``wanted`` stands in ``form``, both normal: words only whole, and over no break it does not have."""
    return next(places(form, wanted), None) is not None


def places(form: str, wanted: str) -> Iterator[int]:
    """Where ``wanted`` stands in ``form``, as :func:`holds` has it."""
    at = form.find(wanted) if wanted else -1
    while at >= 0:
        if _is_whole(form, at, at + len(wanted)):
            yield at
        at = form.find(wanted, at + 1)


def mapped(text: str) -> tuple[str, list[int]]:
    """The normal form of a short text, and of each of its signs the place in ``text`` that it comes from."""
    signs: list[str] = []
    origins: list[int] = []
    for at, sign in enumerate(text):
        folded = unicodedata.normalize("NFKC", _UNSTORABLE.sub(BREAK, sign)).casefold()
        signs.append(folded)
        origins += [at] * len(folded)
    folded = "".join(signs)
    form: list[str] = []
    kept: list[int] = []
    start = 0
    for gap in _GAP.finditer(folded):
        form.append(folded[start : gap.start()])
        kept += origins[start : gap.start()]
        if between := _between(gap):
            form.append(between)
            kept.append(origins[gap.start()])
        start = gap.end()
    form.append(folded[start:])
    return "".join(form), kept + origins[start:]


def _is_whole(form: str, start: int, end: int) -> bool:
    return not (_cuts(form, start) or _cuts(form, end))


def _cuts(form: str, at: int) -> bool:
    """Whether a place in a normal form is inside a word of letters or digits."""
    if at == 0 or at >= len(form):
        return False
    before, after = form[at - 1], form[at]
    return before not in _ENDS and after not in _ENDS and not _is_han(before) and not _is_han(after)


@functools.lru_cache(maxsize=4096)
def marked(mark: str, value: str) -> str:
    """The token of a value that is only found whole, such as a unit's id."""
    return f"{mark}:{hashlib.blake2b(value.encode('utf-8', 'replace'), digest_size=6).hexdigest()}"


def beginnings(mark: str, number: str) -> list[str]:
    """The tokens of a document or index number: for each of its beginnings, up to a sign or a whole word."""
    found, so_far = [], ""
    for run in re.findall(rf" |[{_HAN}]|[^ {_HAN}]+", normal(number))[:64]:
        so_far += run
        if run != BREAK:
            found.append(marked(mark, so_far))
    return found
