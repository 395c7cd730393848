"""ListSets: every unit, the eight counting classes, every statutory class that items are of, and the three above them.

All of them on one page: a city has some hundred units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.classification import statutory
from storage.formats.xml_text import element
from storage.oai import sets
from storage.oai.arguments import TOKEN
from storage.oai.call import Call, Verb
from storage.oai.errors import BAD_RESUMPTION_TOKEN, Problem, Refused

_DIGITS: Final = "零一二三四五六七八九"
_ARTICLE: Final = "《政府信息公开条例》第二十条第（{}）项"


def _answer(call: Call) -> str:
    if TOKEN in call.arguments:
        raise Refused(Problem(BAD_RESUMPTION_TOKEN, "the list of sets has one page, so there is no token of it"))
    with call.db.read() as session:
        found = list(_sets(session))
    return "".join(f"<set>{element('setSpec', spec)}{element('setName', name)}</set>" for spec, name in found)


def _sets(session: Session) -> Iterator[tuple[str, str]]:
    """setSpec and name of each; a set above others holds all that they hold."""
    unit = tables.units.c
    query = sa.select(unit.id, unit.facts).order_by(unit.left_at.is_not(None), unit.position)
    names = {row.id: row.facts["name"] for row in session.execute(query)}
    yield sets.UNIT, "公开主体"
    for name in (*names, *(one for one in _distinct(session, tables.items.c.unit) if one not in names)):
        yield f"{sets.UNIT}:{sets.coded(name)}", names.get(name, name)
    yield sets.CATEGORY, "信息类别"
    for category, slug in sets.SLUGS.items():
        yield f"{sets.CATEGORY}:{slug}", category.value
    yield sets.STATUTORY, "法定主动公开类别"
    for code in _distinct(session, tables.items.c.statutory):
        yield f"{sets.STATUTORY}:{sets.coded(code)}", statutory_name(code)


def _distinct(session: Session, column: sa.Column[Any]) -> Iterator[str]:
    """The values of an indexed column, found by one step into the index each and not by reading all items."""
    least = sa.func.min(column)
    value = session.execute(sa.select(least)).scalar()
    while value is not None:
        yield value
        value = session.execute(sa.select(least).where(column > value)).scalar()


def statutory_name(code: str) -> str:
    """20-03 → 第二十条第（三）项, 21-A4 → 第二十一条：土地征收; others by their code."""
    if code.startswith("21-") and code in statutory.NAMES:
        return f"《政府信息公开条例》第二十一条：{statutory.NAMES[code]}"
    article, _, item = code.partition("-")
    if article != "20" or not item.isdecimal() or not 1 <= int(item) <= 15:
        return code
    tens, ones = divmod(int(item), 10)
    return _ARTICLE.format(("十" if tens else "") + (_DIGITS[ones] if ones else ""))


VERB = Verb(answer=_answer, resumable=True)
