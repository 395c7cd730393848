"""The console through its own door: a small city in a database, asked over HTTP."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import catalogue, export, findings, observations, outbox, registry, settings
from storage.console import board, create_app, texts
from storage.database import Database, open_database
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    FindingKind,
    Item,
    Observation,
    Outcome,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
    VerdictKind,
    Waiver,
)
from tests.storage.signing import signed_in

NOON = dt.datetime(2026, 5, 20, 4, tzinfo=dt.UTC)  # 12:00 in the city
TODAY = dt.date(2026, 5, 20)
EVIL = "<script>alert(1)</script>"
PAGES = ("/", "/units/田禾-qu", "/units/jiaotong", "/units/empty", "/findings/{finding}")


def make_unit(name: str, title: str, kind: UnitKind, *columns: Column, waivers: tuple[Waiver, ...] = ()) -> Unit:
    return Unit(
        id=name,
        name=title,
        kind=kind,
        supervision=Supervision.LOCAL,
        home=f"http://{name}.invalid/",
        columns=columns,
        waivers=waivers,
    )


def make_column(unit: str, name: str, title: str, kind: ColumnKind = ColumnKind.NEWS) -> Column:
    return Column(id=name, unit=unit, name=title, kind=kind, url=f"http://home.invalid/{unit}/{name}/")


CITY = City(
    name="青禾市",
    code="629900",
    contact="mailto:office@example.invalid",
    units=(
        make_unit(
            "田禾-qu",
            "田禾区人民政府",
            UnitKind.DISTRICT,
            make_column("田禾-qu", "yw", "要闻动态"),
            make_column("田禾-qu", "tzgg", "通知公告", ColumnKind.NOTICES),
            waivers=(Waiver(reason="无人事任免", approved_by="张三", until=dt.date(2020, 1, 1), column="yw"),),
        ),
        make_unit("jiaotong", f"交通局{EVIL}", UnitKind.DEPARTMENT, make_column("jiaotong", "yw", "工作动态")),
        make_unit("shuiwu", "水务局", UnitKind.DEPARTMENT, make_column("shuiwu", "yw", "工作动态")),
        make_unit("empty", "新设局", UnitKind.STATIONED),
    ),
)


def look(unit: str, column: str | None, outcome: Outcome, *, hours_ago: float = 1, **more: Any) -> Observation:
    return Observation(
        id=uuid.uuid4().hex,
        unit=unit,
        column=column,
        subject=Subject.COLUMN if column else Subject.HOME,
        url=f"http://home.invalid/{unit}/{column}/",
        at=NOON - dt.timedelta(hours=hours_ago),
        seconds=0.5,
        outcome=outcome,
        **more,
    )


EVIDENCE = Evidence(
    url="http://home.invalid/jiaotong/yw/", captured_at=NOON, sha256="ab" * 32, warc="a.warc.gz", record_id="<urn:1>"
)


def verdict(unit: str, column: str | None, says: VerdictKind = VerdictKind.BREACH, **more: Any) -> Verdict:
    is_breach = says is VerdictKind.BREACH
    said: dict[str, Any] = {
        "rule": "UP-02",
        "rule_version": "1",
        "unit": unit,
        "column": column,
        "verdict": says,
        "as_of": TODAY,
        "kind": FindingKind.UNTIMELY if is_breach else None,
        "severity": "red" if is_breach else None,
        "basis": f"国办秘函〔2019〕19号{EVIL}",
        "facts": {
            "newest_on": "2026-01-05",
            "newest_url": "javascript:alert(1)",
            "skipped": [f"2026-05-01 劳动节{EVIL}"],
        },
        "evidence": (EVIDENCE,),
        "coverage": 0.93,
    }
    return Verdict(**{**said, **more})


def item(number: int, unit: str = "jiaotong", **more: Any) -> Item:
    return Item(
        unit=unit,
        column="yw",
        url=f"http://home.invalid/{unit}/yw/{number}.html",
        title=f"关于第{number}号事项的通知{EVIL}",
        category=Category.NEWS,
        published_on=TODAY,
        content_hash=f"{number:064d}",
        body_text=f"正文{number}",
        **more,
    )


def fill(database: Database) -> None:
    registry.apply(database, CITY)
    observations.record(
        database,
        [
            look("田禾-qu", "yw", Outcome.OK, facts={"rows": 3}),
            look("田禾-qu", "tzgg", Outcome.OK, hours_ago=50),
            look(
                "田禾-qu",
                "tzgg",
                Outcome.BLOCKED,
                status=403,
                reason="challenge:ruishu",
                detail=f"the site asks for a browser {EVIL}",
            ),
            look("jiaotong", "yw", Outcome.OK_EMPTY, hours_ago=2),
            look("shuiwu", None, Outcome.UNREACHABLE, reason="dns"),
        ],
    )
    catalogue.upsert(database, [item(number) for number in range(7)], seen_at=NOON)
    catalogue.upsert(database, [item(100, "田禾-qu")], seen_at=NOON)
    written = next(catalogue.iter_items(database, unit="田禾-qu"))
    findings.settle(
        database,
        [
            verdict("jiaotong", "yw"),
            verdict("jiaotong", "yw", rule="UP-07"),
            verdict("jiaotong", None, rule="PL-01", kind=FindingKind.INCOMPLETE, severity="yellow", evidence=()),
            verdict("shuiwu", None, rule="TM-01", item=written.id),
            verdict("田禾-qu", "yw", rule="UP-06"),
            verdict("田禾-qu", "tzgg", VerdictKind.NOT_ASSESSABLE, reason="blocked: a fault of ours"),
        ],
        at=NOON,
    )
    findings.settle(database, [verdict("田禾-qu", "yw", VerdictKind.COMPLIANT, rule="UP-06")], at=NOON)
    outbox.advance(database, 'folder:"/data"', 3, {})


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('console') / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def client(database: Database) -> TestClient:
    return signed_in(database)


@pytest.fixture
def finding(database: Database) -> str:
    return next(one.id for one in findings.iter_findings(database, "open", unit="jiaotong") if one.rule == "UP-02")


def section(html: str, name: str) -> str:
    """What stands under the heading ``name``."""
    return html.split(f'id="{name}"')[1].split("</section>")[0]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# ------------------------------------------------------------------ pages


def test_the_board_groups_peers_and_sorts_by_open_findings(client: TestClient) -> None:
    html = client.get("/").text
    assert [html.index(f'id="{kind}"') for kind in ("district", "department", "stationed", "our-side")] == sorted(
        html.index(f'id="{kind}"') for kind in ("district", "department", "stationed", "our-side")
    )
    assert 'id="township"' not in html
    departments = section(html, "department")
    assert departments.index("/units/jiaotong") < departments.index("/units/shuiwu")
    row = words(departments.split("<tr>")[2])
    assert re.search(r"2 1 3 1 / 1 2026-05-20 10:00", row)


def test_our_own_faults_stand_apart_from_the_units_breaches(client: TestClient) -> None:
    html = client.get("/").text
    ours = words(section(html, "our-side"))
    assert "被拦截" in ours
    assert "challenge:ruishu" in ours
    assert "放行采集程序" in ours
    assert "2026-05-18 10:00" in ours  # the last good look before the block
    assert "尚未观测" in ours
    assert "首页" in ours
    assert "dns" in ours
    assert "被拦截" not in words(section(html, "district"))
    assert "0 0 0 1 / 2" in words(section(html, "district"))


def test_a_unit_shows_its_columns_its_findings_and_its_waivers(client: TestClient) -> None:
    html = client.get("/units/田禾-qu").text
    columns = words(section(html, "columns"))
    assert "要闻动态 新闻要闻 正常 2026-05-20 11:00" in columns
    assert "通知公告 通知公告 被拦截" in columns
    assert "没有未整改问题" in section(html, "findings")
    assert "UP-06" in section(html, "findings").split("<details>")[1]
    assert "无人事任免" in section(html, "waivers")
    assert "已到期" in section(html, "waivers")


def test_a_finding_about_an_item_names_it(client: TestClient, database: Database) -> None:
    about = next(one for one in findings.iter_findings(database, "open") if one.item)
    assert "关于第100号事项的通知" in section(client.get("/units/shuiwu").text, "findings")
    assert ">关于第100号事项的通知" in client.get(f"/findings/{about.id}").text


@pytest.mark.parametrize(
    ("what", "reason", "expected"),
    [
        ("blocked", "challenge:ruishu", "放行采集程序"),
        ("blocked", "robots", "robots.txt"),
        ("unreachable", None, "确认本机网络"),
        ("unreachable", "maintenance", "维护中"),
        ("structure_changed", "our_fault", "采集程序自身出错"),
        ("no_look", None, "gongkai harvest"),
    ],
)
def test_every_failure_has_its_advice(what: str, reason: str | None, expected: str) -> None:
    assert expected in texts.advice("zh", what, reason)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_outcome_of_ours_has_a_word_and_an_advice(language: texts.Language) -> None:
    for what in [*(one.value for one in Outcome if not one.is_good), board.MASS_CHANGE, board.NO_LOOK]:
        assert texts.word(language, "outcome", what) != what or language == "en"
        assert texts.advice(language, what, None) != what


def test_a_finding_shows_what_proves_it(client: TestClient, finding: str) -> None:
    html = client.get(f"/findings/{finding}").text
    told = words(html)
    assert "国办秘函〔2019〕19号" in told
    assert "最新信息日期 2026-01-05" in told
    assert "ab" * 32 in told
    assert "a.warc.gz" in told
    assert "93%" in told
    assert "2026-05-20 12:00 · 发现 · assess" in told
    assert 'href="javascript' not in html
    assert "javascript:alert(1)" in told


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_is_escaped_and_needs_no_script(client: TestClient, finding: str, path: str, language: str) -> None:
    answer = client.get(path.format(finding=finding), params={"lang": language})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)
    assert not re.search(r'(src|href)="(https?:)?//(?!(home|田禾-qu|jiaotong|empty)\.invalid)', answer.text)


def test_one_click_to_english_and_it_stays(client: TestClient) -> None:
    assert '<html lang="zh-CN">' in client.get("/").text
    assert 'href="?lang=en"' in client.get("/").text
    assert "Open findings" in client.get("/?lang=en").text
    assert "Open findings" in client.get("/").text
    assert "未整改问题" in client.get("/?lang=zh").text
    assert "未整改问题" in client.get("/?lang=xx").text


def test_links_on_the_pages_lead_somewhere(client: TestClient, finding: str) -> None:
    seen = set()
    for path in PAGES:
        seen |= set(re.findall(r'href="(/[^"]*)"', client.get(path.format(finding=finding)).text))
    assert {"/", "/openapi.json", "/static/console.css", f"/findings/{finding}"} <= seen
    for path in seen:
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/units/nobody", 404, "登记中没有公开主体 nobody"),
        ("/findings/F-none", 404, "没有编号为 F-none 的问题"),
        (f"/units/{EVIL}", 404, "没有这个页面"),
        ("/nowhere", 404, "没有这个页面"),
        ("/static/../app.py", 404, "没有这个页面"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert "<script" not in answer.text


# ------------------------------------------------------------------ a young installation


@pytest.fixture
def young(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    yield opened
    opened.close()


def test_an_empty_board_says_what_to_do_next(young: Database) -> None:
    client = signed_in(young)
    assert "gongkai city apply city.yml" in client.get("/").text
    registry.apply(young, City(name="青禾市", code="629900", contact="mailto:o@example.invalid"))
    assert "还没有公开主体" in client.get("/").text
    registry.apply(young, CITY)
    assert "gongkai harvest" in client.get("/").text
    assert "gongkai discover http://empty.invalid/ --yaml" in client.get("/units/empty").text
    observations.record(young, [look("shuiwu", "yw", Outcome.OK)])
    assert "gongkai assess" in client.get("/").text
    findings.settle(young, [verdict("shuiwu", "yw", VerdictKind.COMPLIANT)], at=NOON)
    assert "没有未整改问题" in client.get("/").text
    assert client.get("/api/v1/items").json() == {"data": [], "cursor": None, "next": None}
    assert "gongkai_items" in client.get("/metrics").text


# ------------------------------------------------------------------ REST


def walk(client: TestClient, path: str | None) -> list[dict[str, Any]]:
    """Every record from ``path`` on, following ``next``."""
    found: list[dict[str, Any]] = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["data"]) <= 2
        assert ("next" in answer.links) == (page["next"] is not None)
        found += page["data"]
        path = page["next"]
    return found


@pytest.mark.parametrize("kind", ["items", "observations", "verdicts", "findings"])
def test_pages_together_are_the_export(client: TestClient, database: Database, kind: str) -> None:
    assert walk(client, f"/api/v1/{kind}?limit=2") == list(export.iter_rows(database, kind))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("items?unit=jiaotong", 7),
        ("items?unit=田禾-qu&column=yw", 1),
        ("items?unit=nobody", 0),
        ("observations?unit=田禾-qu", 3),
        ("observations?unit=田禾-qu&column=tzgg", 2),
        ("verdicts?rule=UP-02", 2),
        ("verdicts?verdict=not_assessable", 1),
        ("verdicts?unit=jiaotong&column=yw", 2),
        ("findings", 5),
        ("findings?state=open", 4),
        ("findings?state=closed", 1),
        ("findings?state=open&unit=jiaotong&column=yw&rule=UP-07", 1),
    ],
)
def test_filters(client: TestClient, query: str, expected: int) -> None:
    assert len(walk(client, f"/api/v1/{query}{'&' if '?' in query else '?'}limit=2")) == expected


def test_a_kept_cursor_gives_what_came_since(young: Database) -> None:
    client = TestClient(create_app(young))
    catalogue.upsert(young, [item(number) for number in range(3)], seen_at=NOON)
    cursor = client.get("/api/v1/items").json()["cursor"]
    again = client.get("/api/v1/items", params={"after": cursor}).json()
    assert again == {"data": [], "cursor": cursor, "next": None}
    catalogue.upsert(young, [item(9)], seen_at=NOON)
    since = client.get("/api/v1/items", params={"after": cursor}).json()["data"]
    assert [one["url"] for one in since] == ["http://home.invalid/jiaotong/yw/9.html"]


def test_looks_of_one_moment_are_neither_skipped_nor_repeated(young: Database) -> None:
    same = [look("jiaotong", f"c{number}", Outcome.OK) for number in range(7)]
    observations.record(young, same)
    found = walk(TestClient(create_app(young)), "/api/v1/observations?limit=2")
    assert sorted(one["id"] for one in found) == sorted(one.id for one in same)


def test_units(client: TestClient) -> None:
    data = client.get("/api/v1/units").json()["data"]
    assert [one["id"] for one in data] == ["田禾-qu", "jiaotong", "shuiwu", "empty"]
    assert data[0]["kind"] == "district"
    assert [column["id"] for column in data[0]["columns"]] == ["yw", "tzgg"]
    assert "contacts" not in data[0]


@pytest.mark.parametrize(
    "query",
    [
        "items?limit=0",
        "items?limit=1001",
        "items?limit=many",
        "items?after=x",
        "items?after=-1",
        "items?after=²",
        f"items?after={'9' * 19}",
        "observations?after=yesterday",
        "observations?after=2026-05-20~a",
        "verdicts?verdict=guilty",
    ],
)
def test_what_cannot_be_understood_is_refused_in_json(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(("after", "limit", "verdict"))


def test_no_such_address_and_no_writing(client: TestClient) -> None:
    assert client.get("/api/v1/nothing").json() == {"detail": "Not Found"}
    assert client.post("/api/v1/items").status_code == 405


def test_openapi_names_every_door(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    doors = {
        f"/api/v1/{kind}"
        for kind in ("items", "observations", "verdicts", "findings", "units", "board", "changes", "search")
    }
    doors |= {"/api/v1/items/{name}", "/api/v1/items/{name}/revisions"}
    doors |= {"/api/v1/annual/{year}", "/api/v1/annual/{year}/reports"}
    assert set(paths) == {*doors, "/healthz", "/metrics"}


def test_both_databases_are_read_alike(db: Database) -> None:
    fill(db)
    client = signed_in(db)
    for kind in ("items", "observations", "verdicts", "findings"):
        assert walk(client, f"/api/v1/{kind}?limit=2") == list(export.iter_rows(db, kind))
    for path in ("/", "/units/jiaotong", "/metrics", "/healthz"):
        assert client.get(path).status_code == 200


# ------------------------------------------------------------------ operation


def test_metrics(client: TestClient, database: Database) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    head = outbox.head(database)
    assert samples['gongkai_items{state="standing"}'] == "8"
    assert samples['gongkai_open_findings{kind="untimely"}'] == "3"
    assert samples['gongkai_open_findings{kind="integrity"}'] == "0"
    assert samples['gongkai_columns{observed="well"}'] == "2"
    assert samples['gongkai_columns{observed="not_well"}'] == "2"
    assert samples["gongkai_outbox_head"] == str(head)
    receiver = '{receiver="folder:\\"/data\\""}'
    assert samples[f"gongkai_outbox_lag{receiver}"] == str(head - 3)
    assert float(samples[f"gongkai_delivery_lag_seconds{receiver}"]) >= 0
    assert samples[f"gongkai_delivery_failures{receiver}"] == samples[f"gongkai_dead_letters{receiver}"] == "0"
    assert f"gongkai_drift{receiver}" not in samples  # it was never compared
    assert float(samples["gongkai_last_look_age_seconds"]) >= 0


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/static/console.css", "/api/v1/items", "/api/v1/items?limit=0", "/healthz", "/metrics"]
)
def test_security_headers_stand_on_every_answer(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script" not in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_an_unreadable_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "g.db"
    database = open_database(f"sqlite:///{file}")
    database.close()
    for path in tmp_path.iterdir():
        path.unlink()
    file.write_text("this is no database, whatever its name may say " * 100)
    client = TestClient(create_app(database), raise_server_exceptions=False)
    health = client.get("/healthz")
    assert health.status_code == 503
    assert len(health.text.splitlines()) == 1
    assert "put a backup in its place" in health.text
    page = client.get("/")
    assert page.status_code == 503
    assert "暂时读不到数据库" in page.text
    assert client.get("/api/v1/items").status_code == 503
    assert "/healthz" in client.get("/api/v1/items").json()["detail"]
    assert client.get("/metrics").status_code == 503


def test_a_fault_of_the_program_shows_no_insides(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(registry, "load_city", fail)
    answer = TestClient(create_app(database), raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_without_a_database_it_opens_the_settings_and_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_DATABASE_URL", raising=False)
    with TestClient(create_app()) as client:
        assert client.get("/healthz").text == "ok\n"
    assert settings.load().database_url.endswith("gongkai.db")
    assert (tmp_path / "gongkai.db").exists()


def test_the_public_process_holds_no_harvesting_code() -> None:
    code = (
        "import sys, storage.console\n"
        "assert 'fastapi' not in sys.modules\n"
        "import storage.console.app\n"
        "held = {name.split('.')[0] for name in sys.modules}\n"
        "print(*sorted(held & {'scrapy', 'twisted', 'prefect', 'harvesters', 'flows', 'pyarrow', 'openpyxl'}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
