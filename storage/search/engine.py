"""The index as each database keeps it: an expression over tokens in, numbers of documents out, the newest first.

SQLite has an FTS5 table of tokens that keeps no text and no positions; PostgreSQL a ``tsvector`` of the same tokens
under a GIN index. A document's number says its day and then its place in that day, so newest first is the order that
FTS5 reads in. PostgreSQL's index has no order: there the newest documents are looked through for what its statistics
call common, and the index is asked for the rest, of which there are not many then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.database import dumps

PER_DAY: Final = 1 << 20  # numbers of a day
_WINDOW: Final = 1000  # documents of PostgreSQL that are looked through before the index is asked
_COMMON: Final = 0.02  # share of documents from which on a page of twenty is among so many of the newest
_NAMES: Final = "search_words"


class Syntax:
    """Expressions over tokens in the language of one database. Tokens hold letters, digits and colons only."""

    def __init__(self, dialect: str) -> None:
        self.is_sqlite = dialect == "sqlite"
        self._and, self._or = (" AND ", " OR ") if self.is_sqlite else (" & ", " | ")

    def token(self, token: str, *, is_prefix: bool = False) -> str:
        """A token; or any that begins so."""
        if self.is_sqlite:
            return f'"{token}" *' if is_prefix else f'"{token}"'
        return f"'{token}':*" if is_prefix else f"'{token}'"

    def every(self, parts: Iterable[str]) -> str:
        """All of ``parts``, of which there is one at least."""
        return self._joined(self._and, parts)

    def any(self, parts: Iterable[str]) -> str:
        """One of ``parts``, of which there is one at least."""
        return self._joined(self._or, parts)

    @staticmethod
    def _joined(sign: str, parts: Iterable[str]) -> str:
        different = list(dict.fromkeys(parts))
        return different[0] if len(different) == 1 else f"({sign.join(different)})"

    def without(self, whole: str, parts: Sequence[str]) -> str:
        """``whole`` and none of ``parts``."""
        if not parts:
            return whole
        return f"({whole} NOT {self.any(parts)})" if self.is_sqlite else f"({whole} & !{self.any(parts)})"


def numbers(session: Session, expression: str, *, least: int, below: int, limit: int) -> list[int]:
    """Numbers of documents that fit, from ``least`` to under ``below``, the largest first, at most ``limit``."""
    given: dict[str, Any] = {"q": expression, "least": least, "below": below, "limit": limit}
    if session.get_bind().dialect.name == "sqlite":
        query = (
            "SELECT rowid FROM search_words WHERE search_words MATCH :q AND rowid >= :least AND rowid < :below"
            " ORDER BY rowid DESC LIMIT :limit"
        )
        return list(session.execute(sa.text(query), given).scalars())
    newest = (
        "SELECT number FROM (SELECT number, tokens FROM search_words WHERE number >= :least AND number < :below"
        " ORDER BY number DESC LIMIT :window) AS newest WHERE tokens @@ CAST(:q AS tsquery)"
        " ORDER BY number DESC LIMIT :limit"
    )
    if _is_common(session, expression):
        found = list(session.execute(sa.text(newest), {**given, "window": _WINDOW}).scalars())
        if len(found) == limit:
            return found
    by_index = (
        "WITH fit AS MATERIALIZED (SELECT number FROM search_words"
        " WHERE tokens @@ CAST(:q AS tsquery) AND number >= :least AND number < :below)"
        " SELECT number FROM fit ORDER BY number DESC LIMIT :limit"
    )
    return list(_by_index(session, by_index, given).scalars())


def if_few(session: Session, expression: str, *, least: int, below: int, few: int) -> list[int] | None:
    """Every number that fits, the largest first; None where there are more than ``few``, or so it seems."""
    if session.get_bind().dialect.name != "sqlite" and _is_common(session, expression):
        return None
    found = numbers(session, expression, least=least, below=below, limit=few + 1)
    return found if len(found) <= few else None


def count(session: Session, expression: str, *, least: int, below: int, most: int) -> int:
    """How many documents fit, counted up to ``most``."""
    given: dict[str, Any] = {"q": expression, "least": least, "below": below, "limit": most}
    if session.get_bind().dialect.name == "sqlite":
        query = (
            "SELECT count(*) FROM (SELECT rowid FROM search_words"
            " WHERE search_words MATCH :q AND rowid >= :least AND rowid < :below LIMIT :limit)"
        )
        return int(session.execute(sa.text(query), given).scalar_one())
    newest = (
        "SELECT count(*) FROM (SELECT number, tokens FROM search_words WHERE number >= :least AND number < :below"
        " ORDER BY number DESC LIMIT :window) AS newest WHERE tokens @@ CAST(:q AS tsquery)"
    )
    if _is_common(session, expression):
        found = int(session.execute(sa.text(newest), {**given, "window": 3 * _WINDOW}).scalar_one())
        if found >= most:
            return most
    by_index = (
        "SELECT count(*) FROM (SELECT 1 FROM search_words"
        " WHERE tokens @@ CAST(:q AS tsquery) AND number >= :least AND number < :below LIMIT :limit) AS fit"
    )
    return int(_by_index(session, by_index, given).scalar_one())


def _is_common(session: Session, expression: str) -> bool:
    """Whether PostgreSQL's statistics expect much of an expression; where it has none yet, the table is small."""
    plan = "EXPLAIN (FORMAT JSON) SELECT FROM search_words WHERE tokens @@ CAST(:q AS tsquery)"
    size = "SELECT reltuples FROM pg_class WHERE oid = CAST('search_words' AS regclass)"
    expected = session.execute(sa.text(plan), {"q": expression}).scalar_one()[0]["Plan"]["Plan Rows"]
    return bool(expected >= _COMMON * float(session.execute(sa.text(size)).scalar_one()))


def _by_index(session: Session, query: str, given: Mapping[str, Any]) -> sa.Result[Any]:
    """Reading every row's tokens is never right, which PostgreSQL does not know: to it a long value is as any other."""
    session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    try:
        return session.execute(sa.text(query), given)
    finally:
        session.execute(sa.text("SET LOCAL enable_seqscan = on"))


# ------------------------------------------------------------------ writing


def clear(session: Session) -> None:
    """Takes everything out of the index."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("INSERT INTO search_words(search_words) VALUES ('delete-all')"))
    else:
        session.execute(sa.text("DELETE FROM search_words"))


def write(session: Session, gone: Sequence[tuple[int, str]], come: Sequence[tuple[int, str]]) -> None:
    """Takes documents out and puts documents in: (number, tokens), to go out with the tokens they came in with."""
    driver = session.connection().exec_driver_sql
    if session.get_bind().dialect.name == "sqlite":
        if gone:
            driver("INSERT INTO search_words(search_words, rowid, tokens) VALUES ('delete', ?, ?)", list(gone))
        if come:
            driver("INSERT INTO search_words(rowid, tokens) VALUES (?, ?)", list(come))
        return
    if gone:
        session.execute(sa.text("DELETE FROM search_words WHERE number = ANY(:all)"), {"all": [one for one, _ in gone]})
    if come:
        rows = [(number, tokens.split(" ")) for number, tokens in come]
        driver("INSERT INTO search_words (number, tokens) VALUES (%s, array_to_tsvector(%s))", rows)


def tidy(session: Session) -> None:
    """Sorts in what PostgreSQL put aside while it wrote: until then each question reads it through."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sa.text("SELECT gin_clean_pending_list('ix_search_words_tokens')"))


def last_numbers(session: Session, days: Sequence[int]) -> dict[int, int]:
    """The largest number in use of each of ``days``; a day of which there is none is left out."""
    given: dict[str, Any] = {"per": PER_DAY}
    if session.get_bind().dialect.name == "sqlite":
        given["days"] = dumps(list(days))
        query = (
            "SELECT d.value, (SELECT max(number) FROM search_docs WHERE number >= d.value * :per"
            " AND number < (d.value + 1) * :per) FROM json_each(:days) AS d"
        )
    else:
        given["days"] = list(days)
        query = (
            "SELECT d.day, (SELECT max(number) FROM search_docs WHERE number >= d.day * :per"
            " AND number < (d.day + 1) * :per) FROM unnest(CAST(:days AS bigint[])) AS d(day)"
        )
    return {day: number for day, number in session.execute(sa.text(query), given) if number is not None}
