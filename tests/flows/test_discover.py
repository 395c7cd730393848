"""``gongkai discover`` as a person and the console use it: lines, JSON, an entry of a city file that harvests."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.commands import status
from flows.requests import KINDS, work_off
from harvesters import city_file
from harvesters.crawl import CrawlJob, run_crawl
from harvesters.navigation import stem
from storage import catalogue, registry, requests
from storage.addresses import address_key
from storage.database import open_database
from tests.city import City
from tests.harvesters.small_site import Answer, small_site

HEAD = """city: {name: 青禾市, code: "629900", contact: "mailto:office@qinghe.invalid"}
allow_private_addresses: true
defaults: {delay_s: 0}
units:
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvesters.one_page.time.sleep", lambda _seconds: None)  # this machine bears it
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.1")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["discover", *map(str, arguments)])


def test_what_is_proposed_goes_into_a_city_file_and_is_harvested(tmp_path: Path) -> None:
    city = City(units=4, items=120, seed=303, faults=False)
    with city.serve(), closing(open_database()) as database:
        entries = []
        for unit in city.units:
            told = run(unit.home, "--yaml", "--allow-private")
            assert told.exit_code == 0, told.stderr
            assert f"/60 政府信息公开 {unit.home}zfxxgk/" in told.stderr
            written = yaml.safe_load(told.stdout)["units"][0]
            assert (written["name"], written["site_code"]) == (unit.name, unit.site.code)
            assert written["kind"] == unit.kind
            entries.append(told.stdout.partition("units:\n")[2])
        file = tmp_path / "city.yml"
        file.write_text(HEAD + "".join(entries), encoding="utf-8")
        proposed = city_file.load(file)
        registry.apply(database, proposed)
        kinds = {stem(column.url): column.kind for unit in proposed.units for column in unit.columns}
        assert {stem(city.column_url(column)): column.kind for column in city.columns} == kinds
        columns = tuple((unit.id, column.id) for unit in proposed.units for column in unit.columns)
        done = run_crawl(CrawlJob(name="t", holder="test", columns=columns, homes=(), full=False))
        assert (done.columns_failed, done.bugs) == (0, ())
        found = {address_key(item.url) for item in catalogue.iter_items(database)}
        assert found == {address_key(item["url"]) for item in city.truth_pages()}


def test_a_city_file_of_home_pages_comes_back_with_columns(tmp_path: Path) -> None:
    city = City(units=3, items=90, seed=306, faults=False)
    one, other, dead = city.units
    with city.serve(), small_site({}) as nothing:
        file = tmp_path / "homes.yml"
        file.write_text(
            HEAD.replace("629900", "629911")
            + f"  - {{id: {one.id}, name: {one.name}, kind: district, home: '{one.home}'}}\n"
            + f"  - {{id: {other.id}, name: 'A: {other.name}', kind: department, home: '{other.home}', "
            + "site_code: '6299110009', waivers: [{rule: PL-01, reason: 新设, approved_by: 办, until: 2099-01-01}]}\n"
            + f"  - {{id: kept, name: 青禾市水务局, kind: department, home: '{dead.home}', "
            + f"columns: [{{id: tz, name: 通知, kind: notices, url: '{dead.home}tz/'}}]}}\n"
            + f"  - {{id: gone, name: 青禾市档案局, kind: department, home: '{nothing}/'}}\n",
            encoding="utf-8",
        )
        with closing(open_database()) as database:
            registry.apply(database, city_file.load(file))
            bare = [entry["unit"] for entry in status.status(database)["without_columns"]]
            assert bare == [one.id, other.id, "gone"]
            assert "no columns: 3 units" in "\n".join(status.lines(status.status(database)))
        told = run("--city", file)
        alone = run("--city", file, "--unit", one.id)
    assert told.exit_code == 1
    assert "gongkai: gone: " in told.stderr
    written = tmp_path / "proposed.yml"
    written.write_text(told.stdout, encoding="utf-8")
    units = {unit.id: unit for unit in city_file.load(written).units}
    for unit in (one, other):
        truth = {stem(city.column_url(column)): column.kind for column in unit.shown}
        assert {stem(column.url): column.kind for column in units[unit.id].columns} == truth
    assert (units[one.id].site_code, units[other.id].site_code) == (one.site.code, "6299110009")
    assert (units[other.id].name, len(units[other.id].waivers)) == (f"A: {other.name}", 1)
    assert [column.id for column in units["kept"].columns] == ["tz"]
    assert units["gone"].columns == ()
    assert alone.exit_code == 0
    assert [bool(unit.get("columns")) for unit in yaml.safe_load(alone.stdout)["units"]][:2] == [True, False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--unit", "kept"), "unit kept has columns already"),
        (("--unit", "nobody"), "unit nobody is not in it"),
        (("--json",), "--city writes a city file"),
    ],
)
def test_a_city_file_that_cannot_be_filled_says_why(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    file = tmp_path / "homes.yml"
    home = "http://127.0.0.1:9/"
    unit = (
        f"  - {{id: kept, name: 青禾市水务局, kind: department, home: '{home}', "
        f"columns: [{{id: tz, name: 通知, kind: notices, url: '{home}tz/'}}]}}\n"
    )
    file.write_text(HEAD + unit, encoding="utf-8")
    told = run("--city", file, *options)
    assert told.exit_code != 0
    assert said in told.output + str(told.exception)


def test_people_and_programs_are_told_the_same() -> None:
    city = City(units=2, items=40, seed=5, faults=False)
    with city.serve():
        home = city.units[0].home
        told = json.loads(run(home, "--json", "--allow-private").stdout)
        lines = run(home, "--allow-private").stdout
    assert told["outcome"] == "ok"
    assert set(told) >= {"home", "site", "unit", "platform", "requests", "budget", "columns", "left_out"}
    for column in told["columns"]:
        assert f"{column['name']}  [{column['kind']}]  {column['url']}" in lines
        assert f"newest row {column['newest_on'] or '-'}" in lines
    assert f"asked      {told['requests']} of at most 60 requests; {len(told['columns'])} columns" in lines


def test_what_pages_say_cannot_leave_its_comment(tmp_path: Path) -> None:
    hostile = '通知公告"}\n      - {id: x, kind: y'
    home = (
        '<html><head><meta name="SiteName" content="云溪&#10;县: {a}"><title>x</title></head><body>'
        f"<a href='/tzgg/' title='{hostile}'></a><a href='/a#&#10;b/'>政策文件</a><a href='/zn/'>公开指南</a>"
        "<a href='/yw/'>要闻</a></body></html>"
    )
    with small_site({"/": home, "/a": Answer(403, "Forbidden")}) as base:
        told = run(f"{base}/", "--yaml", "--allow-private")
    (unit,) = yaml.safe_load(told.stdout)["units"]
    assert unit["name"] == "云溪 县: {a}"
    assert unit["columns"] is None or unit["columns"] == []


@pytest.mark.parametrize(
    ("page", "options", "said"),
    [
        (Answer(404, "<html><body>您访问的页面不存在</body></html>"), ["--allow-private"], "soft404"),
        (Answer(403, "<html><body>403 Forbidden</body></html>"), ["--allow-private", "--json"], "blocked"),
        (Answer(200, "<html><body><p>欢迎</p></body></html>"), ["--allow-private"], "("),
        (Answer(200, "x"), [], "is the private address 127.0.0.1, which is not fetched"),
    ],
)
def test_a_home_page_that_cannot_be_read_is_exit_status_1(page: Answer, options: list[str], said: str) -> None:
    with small_site({"/": page}) as base:
        told = run(f"{base}/", *options)
    assert told.exit_code == 1
    assert said in told.stderr
    assert "Traceback" not in told.output
    if "--json" in options:
        assert json.loads(told.stdout)["outcome"] == "blocked"


def test_the_console_may_ask_for_a_discovery_but_not_inside_the_office() -> None:
    with small_site({"/": "x"}) as base, closing(open_database()) as database:
        inside = requests.leave(database, "discover", {"url": f"{base}/"})
        nowhere = requests.leave(database, "discover", {"url": "http://www.yunxi.invalid/", "pages": 5})
        assert work_off(database, KINDS) == 2
        refused, answered = requests.get(database, inside), requests.get(database, nowhere)
    assert refused is not None
    assert refused.state == "failed"
    assert "is the private address" in (refused.error or "")
    assert answered is not None
    assert answered.state == "done"
    assert (answered.result["outcome"], answered.result["reason"], answered.result["budget"]) == (
        "unreachable",
        "dns",
        5,
    )
