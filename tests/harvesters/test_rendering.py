# ruff: noqa: E501 -- markup is read across
"""Columns that only JavaScript lists, drawn by a real Chromium; and what is told where there is none."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from harvesters import archive, city_file
from harvesters.crawl import CrawlJob, run_crawl
from harvesters.spiders import rendering
from storage import catalogue, registry, settings
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.schema import Column, Outcome, Subject
from tests.city import City
from tests.harvesters.loopback import Site, column, crawl, looks, served

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        made.page(
            "/",
            "<html><head><title>云溪县人民政府</title></head><body>"
            + "<a href='/xw/'>云溪要闻</a>" * 3
            + "</body></html>",
        )
        yield made


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "10")  # a browser on a busy machine takes seconds to start


@pytest.fixture
def chromium() -> None:
    why = rendering.lacking(settings.load())
    if why is not None:
        pytest.skip(f"nothing can be rendered here: {why}")


def drawn(site: Site, path: str = "/xw/", more: str = "", before: str = "") -> Column:
    """A column whose page and script name no address that could be found without running them."""
    days = range(10, 16)
    site.page(
        path,
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>云溪要闻_云溪县人民政府</title><meta name="ColumnName" content="云溪要闻">'
        f'</head><body>{before}<h2>云溪要闻</h2><div id="q7"></div><img src="/logo.png"><script src="/static/q7.js"></script>{more}</body></html>',
    )
    rows = ",".join(
        f'["{day}","/x/{day}.html","关于印发云溪县第{day}号工作方案的通知","2026-05-{day}"]' for day in days
    )
    site.page("/u/77", f'{{"q":[{rows}]}}', "application/json")
    site.page(
        "/static/q7.js",
        "const k=['u',String(70+7)];fetch('/'+k.join('/'),{headers:{'X-Requested-With':'XMLHttpRequest'}}).then(r=>r.json()).then(j=>{"
        "const e=document.getElementById('q7');e.innerHTML='<ul class=\"list\">'+j.q.map(c=>`<li><a href=\"${c[1]}\">${c[2]}</a><span>${c[3]}</span></li>`).join('')"
        "+'</ul><div class=\"page\">共1页 首页 尾页</div>'});",
        "text/javascript",
    )
    for day in days:
        site.document(f"/x/{day}.html", f"2026-05-{day}")
    return dataclasses.replace(column("yw", "云溪要闻", path, site.base, feed=None), render=True)


@pytest.mark.usefixtures("chromium")
def test_a_column_that_only_javascript_lists(site: Site, database: Database) -> None:
    one = drawn(site)
    plain = crawl(database, site, dataclasses.replace(one, render=False))
    assert (plain.columns_failed, plain.new) == (1, 0)
    site.hits.clear()
    summary = crawl(database, site, one)
    assert (summary.bugs, summary.columns_failed, summary.new) == ((), 0, 6)
    look = looks(database, Subject.COLUMN)["yw"]
    assert (look.outcome, look.facts["rows"], look.facts["newest_on"]) == (Outcome.OK, 6, "2026-05-15")
    assert {item.url for item in catalogue.iter_items(database)} == {
        f"{site.base}/x/{day}.html" for day in range(10, 16)
    }
    assert (site.hits["/xw/"], site.hits["/u/77"], site.hits["/logo.png"]) == (1, 1, 0)  # articles are fetched plainly
    (seen,) = look.evidence
    assert seen.warc is not None
    assert seen.record_id is not None
    folder = settings.load().archive
    body = archive.read_response(folder, seen.warc, seen.record_id).body
    assert hashlib.sha256(body).hexdigest() == seen.sha256
    assert "/x/15.html" in body.decode()
    with (folder / seen.warc).open("rb") as file:
        kept = {record.rec_headers.get_header("WARC-Record-ID"): record for record in ArchiveIterator(file)}
    record = kept[seen.record_id]
    raw = kept[record.rec_headers.get_header("WARC-Refers-To")]
    assert (record.rec_type, raw.rec_type) == ("conversion", "response")
    assert raw.rec_headers.get_header("WARC-Target-URI") == one.url
    # what is new on it is seen, though the page itself is as it was
    site.page(
        "/u/77",
        site.pages["/u/77"][2].replace(
            '"q":[', '"q":[["16","/x/16.html","关于印发云溪县第16号工作方案的通知","2026-05-16"],'
        ),
        "application/json",
    )
    site.document("/x/16.html", "2026-05-16")
    assert crawl(database, site, one).new == 1


_FORM = "document.write(\"<form id='f' action='/elsewhere'><button id='b'>x</button></form>\");"
LEAVING = {
    "soon": "setTimeout(()=>{location.href='/elsewhere'},1)",
    "later": "setTimeout(()=>{location.href='/elsewhere'},1)",
    "at-once": "location.href='/elsewhere'",
    "in-its-place": "location.replace('/elsewhere')",
    "again": "location.reload()",
    "back": "history.back();history.go(-1)",
    "markup": "document.write(\"<meta http-equiv='refresh' content='0;url=/elsewhere'>\")",
    "link": "document.write(\"<a id='a' href='/elsewhere'>x</a>\");a.click()",
    "form": f"{_FORM}f.submit()",
    "button": f"{_FORM}b.click()",
    "frame": "document.write('<iframe srcdoc=\"<script>top.location.href=`/elsewhere`</'+'script>\"></iframe>')",
    "window": "window.open('/elsewhere');document.write(\"<a id='w' target='_blank' href='/elsewhere'>x</a>\");w.click()",
    "socket": "new WebSocket('ws://'+location.host+'/elsewhere')",
}
WITHIN = {
    "route": "location.hash='#/list';history.pushState(0,'','/routed')",
    "form-in-frame": "document.write(\"<form id='f' action='/inner/1' target='i'></form><iframe name='i'></iframe>\");f.submit()",
    "frame-twice": "document.write(\"<iframe id='i' src='/inner/2'></iframe>\");i.onload=()=>{i.onload=null;i.src='/inner/3'}",
    "poll": "setInterval(()=>fetch('/inner/4'),200)",
}


@pytest.mark.usefixtures("chromium")
def test_a_page_that_does_not_come_to_rest_is_drawn_to_its_end(site: Site, database: Database) -> None:
    """Whether it wants to leave or not: as a script that the page waits for, and that no reader follows."""
    columns = []
    for name, script in (LEAVING | WITHIN).items():
        site.page(f"/s/{name}.js", script, "text/javascript")
        asks = {"more" if name == "later" else "before": f"<script src='/s/{name}.js'></script>"}
        columns.append(dataclasses.replace(drawn(site, f"/{name}/", **asks), id=name))
    for number in range(1, 5):
        site.page(f"/inner/{number}", "<html><body>内页</body></html>")
    crawl(database, site, *columns)
    rows = {key: (look.outcome, look.facts.get("rows")) for key, look in looks(database, Subject.COLUMN).items()}
    assert rows == {column.id: (Outcome.OK, 6) for column in columns}
    assert not site.hits["/elsewhere"]
    assert {name: site.hits[f"/{name}/"] for name in LEAVING} == dict.fromkeys(LEAVING, 1)
    asked = {path.partition("?")[0] for path in site.hits}
    assert {f"/inner/{number}" for number in range(1, 5)} <= asked


@pytest.mark.usefixtures("chromium")
def test_only_the_units_own_hosts_are_asked(site: Site, database: Database) -> None:
    with served() as other:
        other.page("/j.js", "window.met=1", "text/javascript")
        one = drawn(
            site,
            more=f"<script src='{other.base}/j.js'></script><script src='file:///etc/hostname'></script><iframe src='http://169.254.169.254/latest/'></iframe>",
        )
        assert crawl(database, site, one).new == 6
        assert not other.hits


@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize(
    ("text", "status", "outcome"),
    [
        ("<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></html>", 412, Outcome.BLOCKED),
        ("<html><head><title>404</title></head><body>您访问的页面不存在</body></html>", 404, Outcome.SOFT404),
        (
            "<html><head><script>document.cookie='c=1';setTimeout(()=>location.reload(),1)</script></head><body></body></html>",
            200,
            None,
        ),
    ],
)
def test_rendering_opens_no_door(
    site: Site, database: Database, text: str, status: int, outcome: Outcome | None
) -> None:
    one = drawn(site)
    site.page("/xw/", text, status=status)
    summary = crawl(database, site, one)
    look = looks(database, Subject.COLUMN)["yw"]
    assert (summary.columns_failed, summary.bugs) == (1, ())
    assert not look.outcome.is_good
    assert look.outcome is (outcome or look.outcome)
    assert not site.hits["/static/q7.js"]


@pytest.mark.usefixtures("chromium")
def test_a_script_without_end_costs_one_page(site: Site, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "5")
    site.page("/s/endless.js", "for(;;){}", "text/javascript")
    endless = drawn(site, more="<script src='/s/endless.js'></script>")
    others = [dataclasses.replace(drawn(site, f"/gg{number}/"), id=f"gg{number}") for number in (1, 2)]
    plain = column("tzgg", "通知公告", "/tzgg/", site.base, feed=None)
    site.list("/tzgg/", "通知公告", {f"/tzgg/{day}.html": f"2026-05-{day}" for day in range(10, 16)})
    summary = crawl(database, site, endless, *others, plain)
    assert (summary.bugs, summary.columns_failed) == ((), 1)
    seen = {key: (look.outcome, look.facts.get("rows")) for key, look in looks(database, Subject.COLUMN).items()}
    good = (Outcome.OK, 6)
    assert seen == {"yw": (Outcome.UNREACHABLE, 0), "gg1": good, "gg2": good, "tzgg": good}
    assert looks(database, Subject.COLUMN)["yw"].reason == "not_rendered"


@pytest.mark.parametrize("path", ["/nowhere/chromium", "/bin/false"])
def test_without_a_browser_the_column_says_what_to_install(
    site: Site, database: Database, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("GONGKAI_CHROMIUM", path)
    summary = crawl(database, site, drawn(site))
    look = looks(database, Subject.COLUMN)["yw"]
    assert (summary.bugs, summary.columns_failed, look.outcome, look.reason) == (
        (),
        1,
        Outcome.UNREACHABLE,
        "no_browser",
    )
    assert look.detail is not None
    assert "apt-get install chromium" in look.detail or "pip install scrapy-playwright" in look.detail


def test_nothing_of_the_browser_is_imported_before_a_page_is_rendered() -> None:
    code = (
        "import sys, harvesters.spiders.site, harvesters.spiders.rendering, harvesters.crawl\n"
        "assert not [name for name in sys.modules if 'playwright' in name]"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.usefixtures("chromium")
def test_the_city_has_columns_that_only_javascript_lists(database: Database, tmp_path: Path) -> None:
    with City(units=6, items=600, seed=1, faults=False, drawn=2).serve() as city:
        path = tmp_path / "city.yml"
        path.write_text(city.city.city_file(), encoding="utf-8")
        known = city_file.load(path)
        registry.apply(database, known)
        columns = [(unit.id, column.id) for unit in known.units for column in unit.columns if column.render]
        summary = run_crawl(CrawlJob(name="t", holder="test", columns=tuple(columns)))
        wanted = {
            address_key(item["url"]) for item in city.city.truth_items() if (item["unit"], item["column"]) in columns
        }
    assert (len(columns), summary.columns_failed, summary.bugs) == (2, 0, ())
    assert wanted <= {address_key(item.url) for item in catalogue.iter_items(database)}
    assert wanted
