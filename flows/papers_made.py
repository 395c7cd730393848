"""Papers are made: what is asked for comes in, bytes go out, and what the console asked for is kept with who asked.

One function to a paper reads the store and fills the template; ``make`` does what a request of the console names, and
keeps the paper with what it was made of, so that the next bulletin can say what became of this one's problems.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from flows.bulletins import KIND, board_now, matter_of
from flows.compliance.periods import span_of
from flows.compliance.regimes import of_city
from flows.periods.frozen import frozen, standing
from flows.report import known_city
from flows.reports import board_sheet, bulletin, printable, word
from flows.reports.notice import TITLES, Paper, Told, belongs, context
from storage import catalogue, findings, papers, periods
from storage.database import Database, utcnow
from storage.exceptions import PaperFailed, UnknownTarget
from storage.schema import City, Unit
from storage.settings import Settings

Choice = TypeVar("Choice", bound=StrEnum)


class Form(StrEnum):
    """As what a paper is written."""

    DOCX = "docx"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"


MEDIA: Final[Mapping[Form, str]] = {
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A paper before it is kept. ``count`` says of how many findings it is; ``facts`` what it was made of."""

    kind: str
    name: str
    form: Form
    content: bytes
    count: int = 0
    unit: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def notice(
    database: Database,
    known: Settings,
    unit: str,
    paper: Paper,
    *,
    due: dt.date | None = None,
    number: str | None = None,
) -> Made:
    """A notice to a unit, as Word.

    :raises UnknownTarget: no such unit, or no city yet.
    :raises PaperFailed: there is nothing to tell the unit, or the template cannot be filled in.
    """
    city = known_city(database)
    owner = next((one for one in city.units if one.id == unit), None)
    if owner is None:
        raise UnknownTarget(f"no unit {unit!r} in the registry; gongkai city export shows them")
    told = list(_told(database, city, owner, paper, known.home))
    if not told:
        raise PaperFailed(f"{owner.name}: 没有应告知的问题 (nothing to tell in a {paper.value})")
    today = _today(city)
    shown = context(paper, city, owner, told, today=today, due=due, number=number)
    return Made(
        kind="notice",
        name=_named(TITLES[paper], owner.name, today, Form.DOCX),
        form=Form.DOCX,
        content=word.filled("notice", shown, known.home),
        count=len(told),
        unit=owner.id,
        facts={
            "paper": paper.value,
            "title": TITLES[paper],
            "findings": [one.finding.id for one in told],
            "due": due.isoformat() if due else None,
            "number": number,
        },
    )


def inspection(
    database: Database,
    known: Settings,
    *,
    form: Form = Form.DOCX,
    period: str | None = None,
    due: dt.date | None = None,
    number: str | None = None,
    last: str | None = None,
) -> Made:
    """The inspection bulletin as Word, as a page to print, or as PDF.

    :param period: a frozen period's name; None: as of now.
    :param last: the bulletin to compare with; None: the one made last of an earlier day.
    :raises UnknownTarget: no city, nothing judged yet, no such period or bulletin.
    :raises PaperFailed: the template cannot be filled in, or a PDF cannot be printed here.
    """
    matter = matter_of(database, known.home, period, last=last)
    today = _today(matter.city)
    shown = bulletin.context(matter, today=today, due=due, number=number)
    facts = bulletin.facts_of(matter) | {"due": due.isoformat() if due else None, "number": number}
    return Made(
        kind=KIND,
        name=_named("检查情况通报", period or matter.board["as_of"], today, form),
        form=form,
        content=_written("bulletin", shown, form, known),
        count=shown["numbers"]["findings"],
        facts=facts,
    )


def board(database: Database, known: Settings, *, form: Form = Form.HTML, period: str | None = None) -> Made:
    """The board as a sheet to print.

    :raises UnknownTarget: no city, nothing judged yet, no such period.
    :raises PaperFailed: the template cannot be filled in, it was asked for as Word, or a PDF cannot be printed here.
    """
    if form is Form.DOCX:
        raise PaperFailed("the board is written as .html or .pdf")
    if period is None:
        city = known_city(database)
        told = board_now(database, city, of_city(city.code, known.home))
    else:
        kept = frozen(database, known.home, period)
        city, told = kept.city, standing(kept.board, periods.amendments(database, period))
    today = _today(city)
    shown = board_sheet.context(city.name, told, today=today, period=span_of(period).chinese if period else None)
    return Made(
        kind="board",
        name=_named("监测得分总览", period or told["as_of"], today, form),
        form=form,
        content=_written("board", shown, form, known),
        facts={"as_of": told["as_of"], "period": period},
    )


def annual(
    database: Database,
    known: Settings,
    year: int,
    *,
    layout: str = "six",
    form: Form = Form.DOCX,
) -> Made:
    """The city's own yearly report as a draft (Word, page, PDF), or the year's compile-up as Excel.

    :param layout: six or nine.
    :raises UnknownTarget: no city yet, or no such layout.
    :raises PaperFailed: a template of the office's cannot be used, or a PDF cannot be printed here.
    """
    from flows.annual.telling import tell_year
    from flows.reports.annual import book, document, page
    from flows.reports.annual.draft import Layout, draft
    from storage.annual.rollup import as_data

    chosen = _one_of(Layout, layout, Layout.SIX)
    city = known_city(database)
    rollup = tell_year(database, known, year)
    told = json.dumps(as_data(rollup), ensure_ascii=False, sort_keys=True).encode()
    facts: dict[str, Any] = {
        "year": year,
        "layout": chosen.value,
        "as_of": rollup.as_of.isoformat(),
        "rollup_sha256": hashlib.sha256(told).hexdigest(),
    }
    if form is Form.XLSX:
        content, title = book.made(rollup, zone=ZoneInfo(city.timezone)), "年报汇总"
    else:
        drafted = draft(rollup, chosen)
        facts["gaps"] = [gap.text for gap in drafted.gaps]
        facts["numbers"] = len(drafted.sources)
        title = "年度报告草稿"
        if form is Form.DOCX:
            content = document.written(drafted, known.home)
        else:
            html = page.filled(drafted, known.home)
            content = html if form is Form.HTML else printable.pdf(html, known)
    return Made(
        kind="annual",
        name=_named(f"{city.name}{year}年政府信息公开工作{title}", chosen.value, _today(city), form),
        form=form,
        content=content,
        count=len(rollup.lines),
        facts=facts,
    )


def workbook(database: Database, known: Settings, *, period: str | None = None) -> Made:
    """The workbook of everything, as Excel.

    :raises UnknownTarget: no city, nothing judged yet, no such period.
    """
    from flows.reports import workbook as book  # brings the Excel writer: loaded where one is asked for

    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        path = Path(folder) / "workbook.xlsx"
        book.make(database, known.home, path, period=period)
        content = path.read_bytes()
    return Made(
        kind="workbook",
        name=_named("数据工作簿", period or "当前", _today(known_city(database)), Form.XLSX),
        form=Form.XLSX,
        content=content,
        facts={"period": period},
    )


# ------------------------------------------------------------------ what the console asks for


def make(database: Database, known: Settings, payload: Mapping[str, Any]) -> papers.Paper:
    """Makes the paper that a request names, and keeps it.

    :raises UnknownTarget: it names what there is not.
    :raises PaperFailed: it cannot be made; says why.
    """
    wanted, period = payload.get("paper"), _text(payload, "period")
    if wanted == "notice":
        made = notice(
            database,
            known,
            str(payload.get("unit")),
            _one_of(Paper, payload.get("kind"), Paper.REMINDER),
            due=_day(payload),
            number=_text(payload, "number"),
        )
    elif wanted == "bulletin":
        made = inspection(
            database,
            known,
            form=_one_of(Form, payload.get("form"), Form.DOCX),
            period=period,
            due=_day(payload),
            number=_text(payload, "number"),
            last=_text(payload, "last"),
        )
    elif wanted == "board":
        made = board(database, known, form=_one_of(Form, payload.get("form"), Form.HTML), period=period)
    elif wanted == "workbook":
        made = workbook(database, known, period=period)
    elif wanted == "annual":
        year = payload.get("year")
        if not isinstance(year, int):
            raise UnknownTarget(f"year {year!r}: expected a year such as 2025")
        layout = _text(payload, "layout") or "six"
        made = annual(database, known, year, layout=layout, form=_one_of(Form, payload.get("form"), Form.DOCX))
    else:
        raise UnknownTarget(f"paper {wanted!r}: expected notice, bulletin, board, workbook or annual")
    by = _text(payload, "by") or "gongkai"
    return keep(database, made, by=by)


def keep(database: Database, made: Made, *, by: str) -> papers.Paper:
    """Keeps a paper under who made it."""
    return papers.keep(
        database, made.kind, made.name, MEDIA[made.form], made.content, by=by, unit=made.unit, facts=made.facts
    )


def _one_of(choices: type[Choice], value: object, otherwise: Choice) -> Choice:
    if value in (None, ""):
        return otherwise
    try:
        return choices(str(value))
    except ValueError:
        raise PaperFailed(f"{value!r}: expected one of {', '.join(choices)}") from None


def _text(payload: Mapping[str, Any], name: str) -> str | None:
    return str(payload.get(name) or "").strip() or None


def _day(payload: Mapping[str, Any]) -> dt.date | None:
    text = _text(payload, "due")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise PaperFailed(f"due {text!r}: expected a day like 2026-03-31") from None


# ------------------------------------------------------------------ help of all


def _written(name: str, shown: Mapping[str, Any], form: Form, known: Settings) -> bytes:
    if form is Form.DOCX:
        return word.filled(name, shown, known.home)
    if form is Form.XLSX:
        raise PaperFailed(f"the {name} is written as .docx, .html or .pdf")
    html = printable.filled(name, shown, known.home)
    return html if form is Form.HTML else printable.pdf(html, known)


def _named(title: str, of: str, today: dt.date, form: Form) -> str:
    return f"{title}-{of}-{today:%Y%m%d}.{form.value}"


def _today(city: City) -> dt.date:
    return utcnow().astimezone(ZoneInfo(city.timezone)).date()


def _told(database: Database, city: City, unit: Unit, paper: Paper, home: Path) -> Iterator[Told]:
    law = of_city(city.code, home)
    columns = {column.id: column for column in unit.columns}
    for one in findings.iter_findings(database, "open", unit=unit.id):
        if not belongs(one, paper):
            continue
        column = columns.get(one.column) if one.column else None
        item = catalogue.get_item(database, one.item) if one.item else None
        text = law.rules.get(one.rule)
        yield Told(
            finding=one,
            rule=text.title if text else one.rule,
            column=column.name if column else one.column,
            item=item.title if item else None,
            url=item.url if item else column.url if column else unit.home,
        )
