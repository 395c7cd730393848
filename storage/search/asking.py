"""What a person typed becomes a query: words that must be there, alternatives, words that must not. Never fails.

Words stand apart by spaces and all must be found (AND); ``OR``, ``或`` or ``|`` between two makes them alternatives; a
word after ``-`` must not be there. What stands in "…", “…”, 「…」 or 『…』 is one phrase, in which punctuation between
Chinese signs counts. An unquoted word is a phrase too, but where punctuation parts Chinese signs it is several words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from storage.search import words

LONGEST: Final = 1000  # signs of a query that are read
MOST_TERMS: Final = 24
MOST_TOKENS: Final = 24  # of a term that the index is asked for; the text is compared whole
_OPEN: Final = {'"': '"', "“": "”", "„": "”", "「": "」", "『": "』", "＂": "＂"}
_PIECE: Final = re.compile(
    r"(?P<minus>(?<!\S)[-－−–])?"
    r"(?:"
    + "|".join(
        rf"{re.escape(one)}(?P<q{n}>[^{re.escape(two)}]*){re.escape(two)}" for n, (one, two) in enumerate(_OPEN.items())
    )
    + r"|(?P<word>[^\s\"“”„「」『』＂|]+)|(?P<or>\|+)|[\"“”„「」『』＂])"
)
_OR: Final = ("OR", "或", "|")
_HAN_BREAK: Final = re.compile(r"(?<=(.)) (?=(.))", re.DOTALL)


@dataclass(frozen=True)
class Term:
    """A word or phrase in its normal form."""

    form: str

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """What the index is asked for."""
        return words.needed(self.form)[:MOST_TOKENS]

    @property
    def is_prefix(self) -> bool:
        """Whether any token will do that begins with the one Chinese sign that the index is asked for."""
        return len(self.tokens) == 1 and len(self.tokens[0]) == 1 and words.is_han(self.tokens[0])

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is of Chinese signs alone, with no break: found in a text, it is in its normal form too."""
        return all(map(words.is_han, self.form))

    def is_within(self, tokens: set[str]) -> bool:
        """Whether a text of these tokens has all that the index is asked for."""
        if self.is_prefix:
            return any(token.startswith(self.tokens[0]) for token in tokens)
        return tokens.issuperset(self.tokens)

    @property
    def is_exact(self) -> bool:
        """Whether the index alone tells which texts hold the term."""
        return self.tokens == (self.form,) and len(self.form) < words.LONGEST_WORD


@dataclass(frozen=True)
class Query:
    """Every one of ``wanted`` must be found, of each any alternative; ``unwanted`` must not.

    ``is_empty``: something was typed, and nothing of it can be searched for. ``is_cut``: not all of it was read.
    """

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()
    is_empty: bool = False
    is_cut: bool = False

    @cached_property
    def must_be_compared(self) -> bool:
        """Whether the index only finds candidates, whose texts must be compared."""
        terms = [*self.unwanted, *(term for group in self.wanted for term in group)]
        return not all(term.is_exact for term in terms)

    @cached_property
    def together(self) -> Term | None:
        """All the words next to each other in their order; None where the index cannot be asked for that apart."""
        if len(self.wanted) < 2 or any(len(group) > 1 for group in self.wanted):
            return None
        terms = [group[0] for group in self.wanted]
        joined = Term(words.normal(" ".join(term.form for term in terms)))
        apart = {token for term in terms for token in term.tokens}
        is_more = bool(set(joined.tokens) - apart)
        return joined if is_more and all(_implies(joined.tokens, term) for term in terms) else None

    def fits(self, form: str) -> bool:
        """Whether a text in its normal form is an answer."""
        return all(any(words.holds(form, term.form) for term in group) for group in self.wanted) and not any(
            words.holds(form, term.form) for term in self.unwanted
        )


def _implies(tokens: tuple[str, ...], term: Term) -> bool:
    """Whether a text that has ``tokens`` has all that the index is asked for by ``term``, and that by its tokens alone.

    With 2024号 it has 2024, and with a pair of signs it has something that begins with each of them.
    """
    if term.is_prefix:
        return any(term.tokens[0] in token for token in tokens)
    longer = {token[1:] for token in tokens if words.is_han(token[0])}
    longer |= {token[:-1] for token in tokens if words.is_han(token[-1])}
    return all(token in tokens or (token in longer and not words.is_han(token[0])) for token in term.tokens)


def read(text: str | None) -> Query:
    """The query that ``text`` is; whatever stands there, an answer."""
    if text is None or not text.strip():
        return Query()
    groups: list[list[Term]] = []
    unwanted: list[Term] = []
    is_or, count = False, 0
    is_cut = len(text) > LONGEST
    for match in _PIECE.finditer(text[:LONGEST]):
        if match["or"] or (match["word"] in _OR and not match["minus"]):
            is_or = bool(groups)
            continue
        forms = _forms(match)
        if count + len(forms) > MOST_TERMS:
            is_cut = True
            break
        count += len(forms)
        terms = [Term(form) for form in forms]
        if not terms:
            continue
        if match["minus"]:
            unwanted += terms
        elif is_or and len(terms) == 1:
            groups[-1].append(terms[0])
        else:
            groups += [[term] for term in terms]
        is_or = False
    wanted = tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups))
    return Query(wanted, tuple(dict.fromkeys(unwanted)), is_empty=not wanted and not unwanted, is_cut=is_cut)


def _forms(match: re.Match[str]) -> list[str]:
    """The normal forms of one piece: a phrase in quotes is one, a word is as many as punctuation makes of it."""
    word = match["word"]
    if word is None:
        quoted = next((one for name, one in match.groupdict().items() if name.startswith("q") and one is not None), "")
        form = words.normal(quoted)
        return [form] if form else []
    parts, start, form = [], 0, words.normal(word)
    for gap in _HAN_BREAK.finditer(form):
        if words.is_han(gap[1]) and words.is_han(gap[2]):
            parts.append(form[start : gap.start()])
            start = gap.end()
    parts.append(form[start:])
    return [part for part in parts if part]
