"""One story in a real browser, from an empty machine to the printed bulletin, and every page on its way looked at.

A new installation starts; the first person signs in by the one-time link, makes the city, adds a unit by its address,
reviews what was discovered, sees its first harvest, opens a finding, sends the notice; the unit's person answers with
proof; the recheck closes the finding; the office prints the bulletin. Nothing is reached but by what a page shows.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harvesters.spiders import rendering
from storage import settings
from tests.browser import looking, office
from tests.browser.office import Running
from tests.harvesters.loopback import Site, served

PASSWORD = "春眠不觉晓处处闻啼鸟"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
WAIT_MS = 90_000


@contextmanager
def browser() -> Iterator[Browser]:
    why = rendering.lacking(settings.load())
    if why is not None:
        pytest.skip(f"no pages can be looked at here: {why}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(rendering.browser(settings.load())), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield started
        finally:
            started.close()


class Person:
    """Somebody before a browser of their own; every page they come to is kept as a picture and looked at once."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.context = browser.new_context(
            viewport=looking.SCREENS["desk"],  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.name = name
        self.shots = 0
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", lambda request: self._failed(request))

    def _failed(self, request: Any) -> None:
        if "download" not in (request.failure or "") and "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"request: {request.url} {request.failure}")

    def looks(self, what: str, *, closely: bool = True, dark: bool = False) -> None:
        """A picture for people, and what can be found wrong with the page."""
        self.shots += 1
        looking.shot(self.page, f"{self.name}-{self.shots:02}-{what}")
        if closely:  # in a window of its own, so that the story goes on in one that nobody resized or tabbed through
            beside = self.context.new_page()
            beside.goto(self.page.url)
            self.faults += [f"{what}: {one}" for one in looking.faults(beside, dark=dark)]
            self.faults += [f"{what}: {one}" for one in looking.by_keyboard(beside)]
            beside.close()

    def signs_up(self, link: str, name: str, shown: str) -> None:
        self.page.goto(link)
        self.page.fill("[name=name]", name)
        self.page.fill("[name=shown]", shown)
        for field in self.page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        self.looks("welcome")
        self.submits("main form button")

    def goes_on(self, where: str, *, seen: str | None = None) -> None:
        """Waits for what a request came to, whose page looks again by itself, and goes on from there."""
        self.page.wait_for_selector(f"main {where}", timeout=WAIT_MS)
        if seen is not None:
            self.looks(seen)
        self.page.click(f"main {where}")

    def submits(self, button: str) -> None:
        """Presses a form's button, and waits for where it leads."""
        with self.page.expect_navigation():
            self.page.click(button)

    def goes(self, words: str) -> None:
        link = self.page.locator("header nav a", has_text=words)
        where = link.get_attribute("href")
        link.click()
        self.page.wait_for_url(f"**{where}")


@pytest.mark.timeout(900)  # it waits for a guest's second between two requests
def test_from_an_empty_machine_to_the_printed_bulletin(tmp_path: Path) -> None:
    shutil.rmtree(looking.SHOTS, ignore_errors=True)
    with browser() as started, served() as site, office.running(tmp_path) as running:
        office.build(site)
        zhang = Person(started, "office")
        _first_unit(zhang, running, site)
        finding = _opens_the_finding(zhang)
        _sends_the_notice(zhang, finding)
        li = Person(started, "unit")
        _the_unit_answers(zhang, li, finding)
        office.mend(site)
        _the_recheck_closes_it(zhang, finding)
        _prints_the_bulletin(zhang, tmp_path)
        _looks_around(zhang)
        li.page.goto(running.base)
        li.looks("own-unit")
        said = running.log.read_text()
        assert "Traceback" not in said, said
    assert zhang.faults + li.faults == []


def _first_unit(zhang: Person, running: Running, site: Site) -> None:
    page = zhang.page
    zhang.signs_up(running.link, "zhang", "张三")
    zhang.looks("board-empty")
    page.click("main a[href='/sources/city']")
    page.fill("[name=name]", "青禾市")
    page.fill("[name=code]", "629900")
    page.fill("[name=contact]", "mailto:office@qinghe.invalid")
    page.check("[name=allow_private_addresses]")
    zhang.looks("city")
    page.click("main form button")
    zhang.goes_on("a[href='/sources/add']")
    page.fill("[name=url]", site.base + "/")
    zhang.looks("add")
    page.click("main form button")
    zhang.goes_on("a[href^='/sources/add/']")
    page.fill("[name=name]", "云溪县人民政府")
    page.select_option("[name=kind]", "district")
    news = page.locator("[name$='-name'][name^='column-']").evaluate_all(
        "all => all.find(e => e.value === '云溪要闻').name.slice(0, -5)"
    )
    page.check(f"[name={news}-take]")
    page.select_option(f"[name={news}-kind]", "news")
    zhang.looks("preview", dark=True)
    page.click("button.main")
    zhang.goes_on("form[action='/sources/harvest'] button", seen="registered")
    zhang.goes_on("a[href^='/units/']", seen="harvested")
    zhang.looks("unit", dark=True)
    assert "云溪要闻" in page.inner_text("main")


def _opens_the_finding(zhang: Person) -> str:
    page = zhang.page
    zhang.goes("总览")
    zhang.looks("board", dark=True)
    page.click("main table a[href^='/units/']")
    page.click("#findings ~ * a[href^='/findings/']:has-text('UP-02'), tr:has-text('UP-02') a[href^='/findings/']")
    assert "两周内应有更新" in page.inner_text("main")
    zhang.looks("finding", dark=True)
    frame = page.frame_locator("iframe.replay")
    frame.locator("body").wait_for()
    assert "云溪要闻" in frame.locator("body").inner_text()
    return page.url.split("?")[0].split("#")[0]


def _sends_the_notice(zhang: Person, finding: str) -> None:
    page = zhang.page
    zhang.submits("form[action$='/notice'] button")
    zhang.goes("文书")
    office.until("the notice is made", lambda: _reloaded(page, "form[action$='/notify'] button"), WAIT_MS / 1000)
    zhang.looks("papers", dark=True)
    with page.expect_download() as waiting:
        page.click("main table a[href^='/papers/']")
    assert zipfile.is_zipfile(waiting.value.path())
    zhang.submits("form[action$='/notify'] button")
    page.goto(finding)
    assert "已交办" in page.inner_text(".lead")


def _the_unit_answers(zhang: Person, li: Person, finding: str) -> None:
    page = zhang.page
    zhang.goes("人员")
    page.select_option("[name=role]", "unit")
    page.select_option("[name=unit]", index=1)
    page.click("#invite ~ form button, form:has([name=role]) button")
    link = page.inner_text("[role=status] code")
    zhang.looks("people")
    li.signs_up(link, "li", "李四")
    mine = li.page
    mine.goto(finding)
    _takes(li, "received")
    li.looks("received")
    mine.click("summary:has-text('反馈整改结果')")
    mine.fill("#note-answered", "栏目已恢复更新，见附图。")
    mine.set_input_files("#proof-answered", {"name": "更新截图.png", "mimeType": "image/png", "buffer": PNG})
    li.looks("answering", closely=False)
    li.submits("form:has([value=answered]) button")
    assert "已反馈" in mine.inner_text(".lead")
    assert "更新截图.png" in mine.inner_text("main")
    li.looks("answered")
    assert mine.goto(finding.rsplit("/", 2)[0] + "/papers") is not None
    li.looks("own-papers")


def _the_recheck_closes_it(zhang: Person, finding: str) -> None:
    page = zhang.page
    page.goto(finding)
    page.click("summary:has-text('立即复查')")
    zhang.submits("form:has([value=recheck]) button")

    def closed() -> bool:
        page.goto(finding)
        return "已销号" in page.inner_text(".lead")

    office.until("the recheck closes the finding", closed, WAIT_MS / 1000)
    zhang.looks("closed")


def _prints_the_bulletin(zhang: Person, folder: Path) -> None:
    page = zhang.page
    zhang.goes("文书")
    page.click("summary:has-text('检查情况通报')")
    page.select_option("#bulletin-form", "html")
    zhang.submits("form:has([value=bulletin]) button")
    found = "main table tr:has-text('通报') a[href^='/papers/']"
    office.until("the bulletin is made", lambda: _reloaded(page, found), WAIT_MS / 1000)
    zhang.looks("bulletin-made", closely=False)
    with page.expect_download() as waiting:
        page.click(found)
    file = folder / "bulletin.html"
    waiting.value.save_as(file)
    printed = zhang.context.new_page()
    printed.goto(file.as_uri())
    assert "云溪县人民政府" in printed.inner_text("body")
    assert re.search(r"\d+\s*/\s*\d+|\d+个.{0,6}中|共\d+", printed.inner_text("body"))
    looking.shot(printed, "office-99-bulletin")
    assert printed.pdf(format="A4").startswith(b"%PDF")
    zhang.faults += [f"bulletin: {one}" for one in looking.violations(printed)]


def _looks_around(zhang: Person) -> None:
    """The pages that the story did not need, in both languages."""
    page = zhang.page
    base = page.url.split("/papers")[0]
    for path in (
        "/annual",
        "/calendar",
        "/search?q=通知",
        "/rules",
        "/rules/UP-02",
        "/help",
        "/delivery",
        "/sources",
        "/log",
        "/account",
    ):
        page.goto(base + path)
        zhang.looks(path.strip("/"))
    page.goto(f"{base}/?lang=en")
    assert "Units" in page.inner_text("main")
    zhang.looks("board-english", closely=False)


def _takes(person: Person, step: str) -> None:
    page = person.page
    summary = page.locator(f"details:has([value={step}]) > summary")
    if not page.locator(f"details[open]:has([value={step}])").count():
        summary.click()
    person.submits(f"form:has([value={step}]) button")


def _reloaded(page: Page, selector: str) -> bool:
    page.goto(page.url)
    return page.locator(selector).count() > 0
