"""Reports are found among items, read out of the archive with their files, and read again only where they changed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from flows.annual import merging, reading
from flows.annual.reading import ReadTold, read_published
from harvesters.archive import Archive
from storage import catalogue, registry, settings, tables
from storage.annual import held
from storage.annual.forms import Form
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Part, Report, report_of
from storage.database import Database, open_database
from storage.formats.json_item import evidence_json
from storage.schema import Attachment, Category, City, Evidence, Item, Unit
from tests import files
from tests.flows import small_city
from tests.flows.annual import reports
from tests.flows.capturing import captured
from tests.harvesters.reading import annual_layouts as layouts

NAME = "青禾市卫生健康委员会"
OWN = small_city.unit("wjw", NAME, "department", "local")
DISTRICT = small_city.unit("qu", "青禾市田禾区人民政府", "district", "local")
CITY = replace(small_city.CITY, units=(OWN, DISTRICT))
AT = dt.datetime(2024, 2, 1, 4, tzinfo=dt.UTC)
TITLE = f"{NAME}2023年政府信息公开工作年度报告"
TEXTS = layouts.example()
TABLES = {
    2: layouts.html_table(layouts.active_rows(TEXTS)),
    3: layouts.html_table(layouts.request_rows(TEXTS)),
    4: layouts.html_table(layouts.case_rows(TEXTS)),
}
GRANTED = "3/granted/natural"


class Store:
    """A store whose pages lie in an archive; ``at`` is the moment of the next look."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at = AT
        self.crawls = 0
        self.listed: dict[tuple[str, str], dict[str, Item]] = {}

    def page(
        self,
        body: bytes | None,
        title: str = TITLE,
        *,
        number: int = 1,
        unit: str = "wjw",
        column: str = "annual_reports",
        attached: Mapping[str, bytes | None] | None = None,
        **facts: Any,
    ) -> str:
        """An item whose page says this, as seen at the next look; its id. A file without bytes was not fetched."""
        url = f"http://{unit}.invalid/{column}/{number}.html"
        evidence = None if body is None else self.captured(url, body)
        some = tuple(
            Attachment(name=name, url=f"{url}/{quote(name)}", type=name.rsplit(".", 1)[-1]) for name in attached or ()
        )
        known: dict[str, Any] = {
            "unit": unit,
            "column": column,
            "url": url,
            "title": title,
            "category": Category.POLICIES,
            "published_on": dt.date(2024, 1, 26),
            "attachments": some,
            "evidence": evidence,
            "page_read": body is not None,
            "content_hash": hashlib.sha256(repr((title, body, attached)).encode()).hexdigest(),
        }
        self.listed.setdefault((unit, column), {})[url] = Item(**{**known, **facts})
        self.look(unit, column)
        [found] = [one for one in catalogue.iter_items(self.database, unit=unit) if one.url == url]
        for one in some:
            content = (attached or {})[one.name]
            if content is not None:
                self.fetched(found.id, one.url, self.captured(one.url, content))
        return found.id

    def captured(self, url: str, body: bytes) -> Evidence:
        """A page or file in an archive of its own, for a crawl that is at work has not written everything yet."""
        self.crawls += 1
        archive = Archive(settings.load().archive, f"crawl-{self.crawls}")
        evidence = captured(archive, url, body)
        archive.close()
        return evidence

    def look(self, unit: str, column: str, *, without: int | None = None) -> None:
        """Another look at a column."""
        here = self.listed[unit, column]
        if without is not None:
            del here[f"http://{unit}.invalid/{column}/{without}.html"]
        self.at += dt.timedelta(hours=1)
        small_city.show(self.database, unit, column, *here.values(), at=self.at)

    def fetched(self, item: str, url: str, evidence: Evidence) -> None:
        """A file was fetched just now."""
        now = dt.datetime.now(dt.UTC)
        row = {"url": url, "host": "wjw.invalid", "unit": "wjw", "column": "annual_reports", "item": item}
        row |= {"state": "fetched", "sha256": evidence.sha256, "evidence": evidence_json(evidence)}  # type: ignore[dict-item]
        with self.database.begin() as session:
            session.execute(sa.delete(tables.file_fetches).where(tables.file_fetches.c.url == url))
            session.execute(sa.insert(tables.file_fetches).values(**row, fetched_at=now, tried_at=now, asked_at=now))

    def read(self, *, again: bool = False) -> ReadTold:
        return read_published(self.database, settings.load(), again=again)

    def only(self) -> HeldReport:
        [one] = held.standing(self.database)
        return one


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    with closing(open_database(f"sqlite:///{tmp_path / 'a.db'}")) as database:
        registry.apply(database, CITY)
        yield Store(database)


def whole_page(title: str = TITLE) -> bytes:
    return layouts.page(TABLES, title=title)


def words_only(title: str = TITLE) -> bytes:
    return layouts.page({}, title=title)


def notice(title: str = TITLE) -> bytes:
    """A page that says no more than that the report is attached."""
    head = f"<html><head><meta charset='utf-8'><title>{title}</title></head>"
    return f"{head}<body><h1>{title}</h1>{f'<p>现将{title}予以公布。</p>' * 3}</body></html>".encode()


def blocks(*parts: int, title: str = TITLE) -> list[files.Block]:
    """The report as a file's paragraphs and tables."""
    told: list[files.Block] = [title]
    rows = {2: layouts.active_rows(TEXTS), 3: layouts.request_rows(TEXTS), 4: layouts.case_rows(TEXTS)}
    for number, heading in enumerate(layouts.HEADINGS, 1):
        if number in parts:
            told.append(heading)
            told += [layouts.TEXTS[number]] if number in layouts.TEXTS else []
            told += [rows[number]] if number in rows else []
    return told


WHOLE = tuple(range(1, 7))


def test_a_page_is_read_to_its_figures(store: Store) -> None:
    item = store.page(whole_page())
    assert store.read().outcomes == {Outcome.READ: 1}
    one = store.only()
    assert (one.unit, one.year, one.item, one.format, one.form) == ("wjw", 2023, item, "html", "2021")
    assert (one.published_on, one.source, one.name) == (dt.date(2024, 1, 26), "published", TITLE)
    assert one.report is not None
    report = report_of(one.report)
    assert {name: figure.value for name, figure in report.figures.items()} == layouts.numbers(TEXTS)


FILES: Mapping[str, Callable[[Sequence[files.Block]], bytes]] = {
    "docx": files.docx_of,
    "xlsx": files.xlsx_of,
    "pdf": lambda some: files.pdf_of(some, size=5),
}


@pytest.mark.parametrize("ending", FILES)
def test_a_page_with_the_words_and_a_file_with_the_tables_are_one_report(store: Store, ending: str) -> None:
    name = f"年度报告附表.{ending}"
    store.page(words_only(), attached={name: FILES[ending](blocks(2, 3, 4))})
    store.read()
    one = store.only()
    assert one.report is not None
    report = report_of(one.report)
    assert {name: figure.value for name, figure in report.figures.items()} == layouts.numbers(TEXTS)
    assert [part.number for part in report.parts] == list(WHOLE)
    cell = report.figures[GRANTED].cell
    assert cell is not None
    assert cell.address.startswith(f"《{name}》")
    assert (one.format, one.evidence.url if one.evidence else None) == (ending, f"{one.url}/{quote(name)}")


def test_a_report_that_is_all_in_a_file_is_read_there(store: Store) -> None:
    store.page(notice(), attached={"附件.docx": files.docx_of(blocks(*WHOLE))})
    store.read()
    one = store.only()
    assert (one.outcome, one.format, one.year) == (Outcome.READ, "docx", 2023)
    assert one.report is not None
    assert report_of(one.report).number(GRANTED) == 5345


def test_of_many_reports_attached_only_the_units_own_is_read(store: Store) -> None:
    another = [one.replace(NAME, "青禾市教育局") if isinstance(one, str) else one for one in blocks(*WHOLE)]
    older = [one.replace("2023年", "2022年") if isinstance(one, str) else one for one in blocks(*WHOLE)]
    attached = {
        "附件1：青禾市教育局2023年政府信息公开工作年度报告.docx": files.docx_of(another),
        "附件2：2022年政府信息公开工作年度报告.docx": files.docx_of(older),
        "附件3.docx": files.docx_of(another),
    }
    store.page(notice(), attached=attached)
    store.read()
    one = store.only()
    assert (one.outcome, one.report and report_of(one.report).tables_found) == (Outcome.READ, ())
    store.page(notice(), attached={**attached, "附件4.docx": files.docx_of(blocks(*WHOLE))})
    store.read()
    found = store.only().report
    assert found is not None
    assert report_of(found).number(GRANTED) == 5345


@pytest.mark.parametrize(
    ("page", "attached", "outcome"),
    [
        (words_only(), {"表.pdf": None}, Outcome.NOT_FETCHED),
        (words_only(), {"表.pdf": files.scan_of(2)}, Outcome.SCANNED),
        (words_only(), {"表.jpg": None}, Outcome.SCANNED),
        (words_only(), {"表.pdf": b"%PDF-1.7 and no more"}, Outcome.UNREADABLE),
        (None, None, Outcome.NOT_FETCHED),
        (words_only(), None, Outcome.READ),
    ],
)
def test_what_could_not_be_read_says_why(
    store: Store, page: bytes | None, attached: Mapping[str, bytes | None] | None, outcome: Outcome
) -> None:
    store.page(page, attached=attached)
    store.read()
    one = store.only()
    assert one.outcome is outcome
    assert (one.report is None) is (outcome is not Outcome.READ)
    assert bool(one.detail) is (outcome is not Outcome.READ)


def test_a_page_that_is_not_in_the_archive_is_not_fetched(store: Store) -> None:
    store.page(whole_page(), evidence=Evidence(url="http://wjw.invalid/", captured_at=AT, sha256="0" * 64))
    store.read()
    assert store.only().outcome is Outcome.NOT_FETCHED


WHOSE = {
    "its own": (OWN, TITLE, True),
    "named short": (OWN, "市卫健委2023年政府信息公开工作年度报告", True),
    "of nobody named": (OWN, "2023年政府信息公开工作年度报告", True),
    "a year alone, in the report column": (OWN, "2023年", True),
    "another body's": (OWN, "青禾市教育局2023年政府信息公开工作年度报告", False),
    "the district's own": (DISTRICT, "田禾区2023年政府信息公开工作年度报告", True),
    "of a part of the district": (DISTRICT, "田禾区教育局2023年政府信息公开工作年度报告", False),
    "of another kind": (OWN, "2023年法治政府建设年度报告", False),
}


@pytest.mark.parametrize("name", WHOSE)
def test_only_the_units_own_reports_are_its_own(store: Store, name: str) -> None:
    unit, title, own = WHOSE[name]
    page = whole_page(title).replace(NAME.encode(), unit.name.encode())
    store.page(page, title, unit=unit.id)
    store.read()
    assert len([one for one in held.standing(store.database) if one.outcome is Outcome.READ]) == own


def test_a_report_that_names_another_body_itself_counts_for_nobody(store: Store) -> None:
    other = whole_page("青禾市教育局2023年政府信息公开工作年度报告").replace(NAME.encode(), "青禾市教育局".encode())
    store.page(other, "2023年政府信息公开工作年度报告")
    store.read()
    one = store.only()
    assert one.outcome is Outcome.NO_REPORT
    assert "青禾市教育局" in (one.detail or "")


def test_a_report_outside_its_column_is_found_by_its_title(store: Store) -> None:
    store.page(whole_page(), column="notices")
    store.page(whole_page(), "关于2023年度工作报告的通知", column="notices", number=2)
    store.read()
    assert store.only().column == "notices"


# ------------------------------------------------------------------ what changes


def test_nothing_is_read_again_where_nothing_changed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.page(whole_page())
    assert store.read().looked_at == 1
    before = store.only()
    assert (store.read().outcomes, store.only()) == ({}, before)
    store.look("wjw", "annual_reports")
    store.page(notice("通知"), "关于开展检查的通知", column="notices")
    assert (store.read().outcomes, store.only()) == ({}, before)
    assert store.read(again=True).outcomes == {Outcome.READ: 1}
    monkeypatch.setattr(reading, "READER", "another")
    assert store.read().outcomes == {Outcome.READ: 1}


def test_a_page_that_was_corrected_is_read_again(store: Store) -> None:
    store.page(whole_page())
    store.read()
    store.page(whole_page().replace(b">5345<", b">5346<"), body_text="更正")
    assert store.read().changed == 1
    report = store.only().report
    assert report is not None
    assert report_of(report).number(GRANTED) == 5346


def test_a_file_that_was_fetched_later_is_read_then(store: Store) -> None:
    item = store.page(words_only(), attached={"表.docx": None})
    store.read()
    assert store.only().outcome is Outcome.NOT_FETCHED
    url = f"{store.only().url}/{quote('表.docx')}"
    store.fetched(item, url, store.captured(url, files.docx_of(blocks(2, 3, 4))))
    assert store.read().outcomes == {Outcome.READ: 1}
    assert store.only().outcome is Outcome.READ


def test_a_report_that_was_taken_down_stands_no_more_and_one_that_comes_back_does(store: Store) -> None:
    store.page(whole_page())
    kept = store.page(whole_page(), number=2, column="notices")
    store.read()
    store.look("wjw", "annual_reports", without=1)
    catalogue.withdraw_due(store.database, now=store.at + dt.timedelta(days=30), grace_days=7)
    store.read()
    assert [one.item for one in held.standing(store.database)] == [kept]


def test_of_two_reports_the_one_that_could_be_read_stands_then_the_later_one(store: Store) -> None:
    first = store.page(whole_page())
    store.page(notice(), number=2, attached={"扫描件.pdf": files.scan_of(1)}, published_on=dt.date(2024, 3, 1))
    store.read()
    assert store.only().item == first
    later = store.page(whole_page(), f"{TITLE}（更正）", number=3, published_on=dt.date(2024, 3, 2))
    store.read()
    assert store.only().item == later
    assert len(held.of_unit(store.database, "wjw", 2023)) == 3


def test_a_fault_of_ours_at_one_report_holds_up_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.page(whole_page())
    store.page(
        whole_page("田禾区2023年政府信息公开工作年度报告").replace(NAME.encode(), DISTRICT.name.encode()),
        "2023年",
        unit="qu",
    )
    read = reading.read_item

    def breaks(database: Database, known: Any, city: City, unit: Unit, item: Item, reader: Any) -> HeldReport:
        if unit.id == "qu":
            raise ValueError
        return read(database, known, city, unit, item, reader)

    monkeypatch.setattr(reading, "read_item", breaks)
    store.read()
    assert {one.unit: one.outcome for one in held.standing(store.database)} == {
        "qu": Outcome.UNREADABLE,
        "wjw": Outcome.READ,
    }


# ------------------------------------------------------------------ page and files together


def seen(name: str = "表.xlsx", report: Report | None = None, outcome: Outcome = Outcome.READ) -> merging.FileSeen:
    return merging.FileSeen(name=name, outcome=outcome, format="xlsx", report=report)


def with_tables(*numbers: int, form: Form = Form.F2021, parts: Sequence[int] = ()) -> Report:
    whole = reports.report(form)
    figures = {name: one for name, one in whole.figures.items() if int(name[0]) in numbers}
    told = tuple(Part(number=number, heading=str(number), text="") for number in parts)
    return replace(whole, figures=figures, tables_found=tuple(numbers), parts=told)


TOGETHER = {
    "tables of two files": (None, (seen("a", with_tables(2)), seen("b", with_tables(3, 4))), Outcome.READ, (2, 3, 4)),
    "the page's table goes first": (with_tables(3), (seen("a", with_tables(2, 3, 4)),), Outcome.READ, (2, 3, 4)),
    "not of another form": (with_tables(3), (seen("a", with_tables(2, form=Form.F2019)),), Outcome.READ, (3,)),
    "an unread file may hold the rest": (
        with_tables(3),
        (seen("a", outcome=Outcome.SCANNED),),
        Outcome.READ,
        (3,),
    ),
    "of what was not fetched nothing is known": (
        replace(with_tables(), form=Form.PROSE),
        (seen("a", outcome=Outcome.LOCKED), seen("b", outcome=Outcome.NOT_FETCHED)),
        Outcome.NOT_FETCHED,
        None,
    ),
    "nothing at all": (None, (seen("a"),), Outcome.NO_REPORT, None),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_page_and_files_together(name: str) -> None:
    page, some, outcome, found = TOGETHER[name]
    whole = merging.put_together(page, some, lambda _: True)
    assert whole.outcome is outcome
    assert (whole.report.tables_found if whole.report else None) == found
    if name == "an unread file may hold the rest":
        assert whole.report is not None
        assert any("a: scanned" in one for one in whole.report.problems)


def test_what_a_file_reports_of_another_year_is_not_the_pages() -> None:
    whole = merging.put_together(with_tables(3), (seen("a", with_tables(2, 4)),), lambda _: False)
    assert whole.report == with_tables(3)
