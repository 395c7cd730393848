"""The command line: what it prints, how it ends, and what it says to the person who can act."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.delivery import receivers
from flows.delivery.handing import bring_up
from flows.requests import KINDS, work_off
from storage import catalogue, outbox, requests
from storage.database import open_database
from tests.flows import processes_with
from tests.flows.receiving import InMemory, InMemoryConfig, opening
from tests.storage import build

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "deploy" / "city.example.yml"
PAGE = """<!doctype html><html><head><meta charset="utf-8">
<meta name="SiteName" content="田禾区人民政府"><meta name="SiteDomain" content="www.tianhe.gov.cn">
<meta name="SiteIDCode" content="6299010001"><meta name="ColumnName" content="通知公告">
<meta name="ArticleTitle" content="关于开展消防安全检查的通知"><meta name="PubDate" content="2026-03-02 09:30">
<meta name="ContentSource" content="田禾区应急管理局"><title>关于开展消防安全检查的通知</title></head>
<body><h1>关于开展消防安全检查的通知</h1><div class="info">发布日期：2026-03-02 来源：田禾区应急管理局</div>
<div class="TRS_Editor"><p>各镇人民政府、街道办事处，区直各部门：为切实做好今年春季消防安全工作，决定开展检查。</p>
<p>一、检查范围。人员密集场所、高层建筑和仓储物流企业。</p><p>二、检查时间。三月五日至三月二十日。</p></div></body></html>"""


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


@contextmanager
def site(pages: dict[str, tuple[int, str, dict[str, str]]]) -> Iterator[str]:
    """A small site on loopback: path → status, body, headers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, headers = pages.get(self.path, (404, "nothing here", {}))
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# ------------------------------------------------------------------ help and wrong use


def test_help_names_every_command() -> None:
    told = run("--help")
    assert told.exit_code == 0
    for command in ("demo", "read", "harvest", "probe", "assess", "deliver", "report", "export", "city", "serve", "up"):
        assert f"\n  {command} " in told.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reed"], "No such command 'reed'"),
        (["read"], "give either FILE_OR_URL or --manifest"),
        (["read", "none.html", "--url", "http://[::1"], "http://[::1 is not an address"),
        (["read", "none.html"], "none.html: No such file or directory; expected a saved page"),
        (["read", "--manifest", "none.jsonl"], "none.jsonl: No such file or directory"),
        (["read", "http://127.0.0.1:1/"], "127.0.0.1 is the private address 127.0.0.1, which is not fetched"),
        (["read", "http://169.254.169.254/", "--allow-private"], "is the private address 169.254.169.254"),
        (["city", "apply", "none.yml"], "none.yml: there is no such file; deploy/city.example.yml shows"),
        (["city", "export"], "the registry is empty; run gongkai city apply FILE first"),
        (["harvest"], "no city yet; give --city FILE, or run gongkai city apply FILE first"),
        (["harvest", "--city", "none.yml"], "none.yml: there is no such file"),
        (
            ["harvest", "--city", EXAMPLE, "--unit", "tianhe"],
            "--unit tianhe: there is no such unit (did you mean tianhe-qu?)",
        ),
        (
            ["harvest", "--city", EXAMPLE, "--column", "tzg"],
            "--column tzg: there is no such column (did you mean tzgg?)",
        ),
        (["assess", "--as-of", "31.3.2026"], "found '31.3.2026', expected a day like 2026-03-31"),
        (["export", "nothing"], "'nothing' is not one of"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: list[str | Path], said: str) -> None:
    told = run(*arguments)
    assert said in " ".join(told.stderr.replace("│", " ").split()), told.stderr
    if "169.254" not in said and "private" not in said:
        assert told.exit_code == 2
    assert "Traceback" not in told.output


def test_a_broken_city_file_names_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "city.yml"
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("kind: district", "kind: x").replace("id: nb", "id: rs")
    )
    told = run("city", "apply", file)
    assert told.exit_code == 2
    assert [line.split(": ")[2] for line in told.stderr.splitlines()] == ["units[0].kind", "units[0].columns[4].id"]


# ------------------------------------------------------------------ read


def test_read_shows_every_field_with_its_provenance(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    told = run("read", page, "--url", "http://www.tianhe.gov.cn/zwgk/tzgg/202603/t20260302_1.html")
    assert told.exit_code == 0
    assert "关于开展消防安全检查的通知" in told.output
    assert "2026-03-02" in told.output
    assert "confidence" in told.output
    read = json.loads(run("read", page, "--url", "http://www.tianhe.gov.cn/t20260302_1.html", "--json").output)
    assert read["kind"] == "article"
    assert read["article"]["published_on"] == "2026-03-02"
    assert read["site"]["id_code"] == "6299010001"
    assert set(read) >= {"url", "kind", "outcome", "engine", "encoding", "site", "listing", "article", "provenance"}
    assert set(read["provenance"]["title"]) >= {"from", "raw", "confidence"}


def test_read_fetches_a_page_with_permission(tmp_path: Path) -> None:
    pages = {
        "/t20260302_1.html": (200, PAGE, {}),
        "/moved": (302, "", {"Location": "/t20260302_1.html"}),
        "/loop": (302, "", {"Location": "/loop"}),
        "/secret": (200, PAGE, {}),
        "/robots.txt": (200, "User-agent: *\nDisallow: /secret\n", {}),
    }
    with site(pages) as base:
        told = run("read", f"{base}/moved", "--json", "--allow-private")
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["url"] == f"{base}/t20260302_1.html"
        assert "more than 5 redirects" in run("read", f"{base}/loop", "--allow-private").stderr
        assert "robots.txt asks not to fetch it" in run("read", f"{base}/secret", "--allow-private").stderr
    told = run("read", f"{base}/gone", "--allow-private")
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert "the name no.such.invalid is not known here" in run("read", "http://no.such.invalid/").stderr


@pytest.mark.parametrize(
    ("second", "outcome", "shown"),
    [
        pytest.param((200, PAGE.replace("一、检查范围", "三、检查要求"), {}), "ok", True, id="both pages"),
        pytest.param((404, "<html><body>404</body></html>", {}), "soft404", False, id="a page is missing"),
    ],
)
def test_read_joins_the_pages_of_a_document(second: tuple[int, str, dict[str, str]], outcome: str, shown: bool) -> None:
    onward = '<script>createPageHTML(2, 0, "t20260302_1234567", "html");</script>'
    first = PAGE.replace("</p></div></body>", f"</p>{onward}</div></body>")
    with site({"/t20260302_1234567.html": (200, first, {}), "/t20260302_1234567_1.html": second}) as base:
        told = json.loads(run("read", f"{base}/t20260302_1234567.html", "--json", "--allow-private").output)
    assert told["outcome"] == outcome
    text = told["article"]["body_text"]
    assert ("一、检查范围" in text, "三、检查要求" in text) == (True, shown)


def test_a_manifest_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "pages" / "noise.html").write_bytes(os.urandom(4000))
    lines = [
        {"id": "one", "path": "pages/a.html", "url": "http://www.tianhe.gov.cn/t20260302_1.html"},
        {"id": "lost", "path": "pages/none.html", "url": "http://www.tianhe.gov.cn/x"},
        {"id": "noise", "path": "pages/noise.html", "url": "http://[broken", "content_type": "text/html; charset=x"},
        "not an object",
        {"id": "nowhere", "path": "pages/a.html", "url": "http://[::1"},
        {"id": "last", "path": "pages/a.html"},
    ]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(json.dumps(line) for line in lines) + "\n{broken\n\n", encoding="utf-8")
    told = run("read", "--manifest", manifest)
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["id"] for line in found] == ["one", "lost", "noise", None, "nowhere", "last", None]
    assert {line["kind"] for line in (found[0], found[4], found[5])} == {"article"}
    assert "error" in found[1]
    assert told.exit_code == 1
    assert f"{manifest}:2:" in told.stderr


# ------------------------------------------------------------------ the registry


def test_apply_shows_the_plan_and_export_gives_it_back(tmp_path: Path) -> None:
    told = run("city", "apply", EXAMPLE)
    assert told.exit_code == 0
    assert "+ unit tianhe-qu" in told.output
    assert "in all: 1 city added, 2 unit added, 7 column added, 1 waiver added" in told.output
    assert "nothing to change" in run("city", "apply", EXAMPLE).output
    out = tmp_path / "back.yml"
    assert run("city", "export", "--out", out).exit_code == 0
    assert "nothing to change" in run("city", "apply", out).output

    fewer = tmp_path / "fewer.yml"
    fewer.write_text(EXAMPLE.read_text(encoding="utf-8").partition("  - id: jiaoyu-ju")[0], encoding="utf-8")
    stopped = run("harvest", "--city", fewer)
    assert stopped.exit_code == 2
    assert "3 units or columns of the registry are not in it (jiaoyu-ju" in stopped.stderr
    assert "- unit jiaoyu-ju: leaves; its history is kept" in run("city", "apply", fewer, "--yes").output


def test_empty_tables_are_exported_too(tmp_path: Path) -> None:
    for table in ("items", "observations", "verdicts", "findings"):
        told = run("export", table)
        assert (told.exit_code, told.stdout, told.stderr) == (0, "", f"0 {table}\n")
        for form in ("csv", "xlsx", "parquet"):
            out = tmp_path / f"{table}.{form}"
            assert run("export", table, "--format", form, "--out", out).exit_code == 0
            assert out.stat().st_size > 0


def test_status_and_scoreboard_say_where_one_stands() -> None:
    assert "no city yet; run gongkai city apply FILE" in run("status").output
    assert "no city yet: run gongkai city apply FILE" in run("report", "scoreboard").stderr
    run("city", "apply", EXAMPLE)
    told = run("status")
    assert "2 units, 7 columns, 0 items" in told.output
    assert "7 columns never looked at" in told.output
    assert json.loads(run("status", "--json").output)["delivery"]["waiting"] == 0
    assert "田禾区人民政府" in run("report", "scoreboard").output
    assert len(json.loads(run("report", "scoreboard", "--json").output)["scores"]) == 2


# ------------------------------------------------------------------ what goes wrong


def test_a_database_newer_than_the_code(tmp_path: Path) -> None:
    run("status")
    with closing(sqlite3.connect(tmp_path / "home" / "gongkai.db")) as database, database:
        database.execute("update alembic_version set version_num = '9999'")
    told = run("status")
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert "newer" in told.stderr


@pytest.mark.parametrize("name", ["GONGKAI_RETRY_WAIT_S", "GONGKAI_CRAWL_WORKERS"])
def test_a_setting_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "many")
    told = run("status")
    assert told.exit_code == 2
    assert told.stderr == f"gongkai: {name}='many': expected a number of at least {'1' if 'WORKERS' in name else '0'}\n"


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; from flows.cli import main; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "sys.argv = ['gongkai', 'city', 'apply', sys.argv[1]]; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); main()"
    )
    done = subprocess.run([sys.executable, "-c", code, EXAMPLE], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("gongkai: ")


def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments in (["serve", "--port", port], ["up", "--port", port]):
            told = run(*arguments)
            assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
            assert f"cannot listen on 127.0.0.1:{port}: Address already in use; stop what listens there" in told.stderr


def test_a_prefect_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    told = run("deliver")
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert "Prefect's server at http://127.0.0.1:9/api (PREFECT_API_URL) does not answer" in told.stderr


def test_ctrl_c_stops_in_one_line(tmp_path: Path) -> None:
    """SIGINT as early as its server is being started; nothing is left running."""
    run("city", "apply", EXAMPLE)
    command = [sys.executable, "-c", "from flows.cli import main; main()", "deliver"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    log = tmp_path / "home" / "prefect" / "server.log"
    end = time.monotonic() + 60
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert said.decode() == "gongkai: stopped; what was stored is kept, run again to go on\n"
    assert processes_with(str(tmp_path)) == []


def test_output_may_be_cut_off() -> None:
    run("city", "apply", EXAMPLE)
    child = subprocess.Popen(
        [sys.executable, "-c", "from flows.cli import main; main()", "city", "export"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    _, said = child.communicate(timeout=60)
    assert b"Traceback" not in said


def test_deliver_runs_through_its_flow_and_one_receiver_holds_up_no_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "a-file").write_text("no folder")
    entries = [f"  - {{name: {name}, kind: folder, path: {home / name}}}" for name in ("a-file", "good")]
    (home / "receivers.yml").write_text("\n".join(["receivers:", *entries]))
    with closing(open_database()) as database:
        catalogue.upsert(database, [build.item(1), build.item(2)], seen_at=build.NOON)
    command = [sys.executable, "-c", "from flows.cli import main; main()", "deliver"]
    # as a person's: what a command within this process set for its Prefect is left out
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_LOGGING")}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=own, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    held, well = done.stdout.splitlines()
    assert held.startswith("delivered 0 changes and 0 withdrawals in 0 batches to a-file, up to 0; 2 wait; ")
    assert "File exists; nothing was lost: make room" in held
    assert well == "delivered 2 changes and 0 withdrawals in 1 batches to good, up to 2; 0 wait"

    told = run("deliver", "status")
    assert told.exit_code == 1
    assert "a-file (folder)\n  has changes up to 0 of 2; 2 wait, the oldest for " in told.output
    assert "  to do           held since " in told.output
    assert "good (folder)\n  has changes up to 2 of 2; 0 wait\n  last receipt    " in told.output
    one, other = json.loads(run("deliver", "status", "--json").output)
    assert (one["failures"], one["lag"], other["failures"], other["lag"]) == (1, 2, 0, 0)
    assert one["next_attempt_at"] > one["failed_since"]
    assert other["last_receipt"]["receipt"]["sha256"]
    run("city", "apply", EXAMPLE)
    told = run("status")
    assert "delivery       2 changes wait for a-file\ndelivery       0 changes wait for good" in told.output
    assert "delivery: 1 things to do\n  a-file  held since " in told.output


def test_what_receivers_hold_and_refused_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = InMemory(refuses=lambda entry: "标题过长" if entry.seq == 2 else None)
    monkeypatch.setitem(receivers.KINDS, "memory", (InMemoryConfig, lambda config: opening(receiver)))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "receivers.yml").write_text("receivers: [{name: central, kind: memory}]")
    with closing(open_database()) as database:
        catalogue.upsert(database, [build.item(number) for number in (1, 2, 3)], seen_at=build.NOON)
        bring_up(database, receiver)
        item = outbox.dead_letters(database)[0].item_id
    told = run("deliver", "dead")
    assert (told.exit_code, told.output.endswith(": 标题过长\n")) == (1, True)
    assert json.loads(run("deliver", "dead", "--json").output)[0]["item_id"] == item
    assert "1 changes refused: gongkai deliver dead says why" in run("deliver", "status").output
    told = run("deliver", "reconcile")  # what was refused is no drift
    assert (told.exit_code, told.output) == (0, "central: drift 0 at change 3; 3 items given, 2 held there\n")

    assert run("deliver", "replay").exit_code == 2
    assert "no-such-item: there is no such item" in run("deliver", "replay", "no-such-item").stderr
    told = run("deliver", "replay", "--all")
    assert (told.exit_code, told.output) == (1, "central: 1 items sent again, 1 of them refused again\n")
    receiver.refuses = lambda _entry: None
    with closing(open_database()) as database:
        wanted = requests.leave(database, "replay", {"receiver": "central"})
        assert work_off(database, KINDS) == 1
        answer = requests.get(database, wanted)
        assert answer is not None
        assert answer.result == "central: 1 items sent again, 0 of them refused again"
    told = run("deliver", "dead")
    assert (told.exit_code, told.output) == (0, "nothing was refused\n")

    receiver.has.pop(item)
    told = run("deliver", "reconcile")
    assert (told.exit_code, told.output) == (
        1,
        f"central: drift 1 at change 3; 3 items given, 2 held there\n  missing   1  {item}\n",
    )
    assert "gongkai deliver reconcile --to central --repair" in run("deliver", "status").output
    told = run("deliver", "reconcile", "--to", "central", "--repair", "--json")
    assert told.exit_code == 0
    [found] = json.loads(told.output)
    assert (found["drift"], found["repaired"], found["failed"], item in receiver.has) == (0, 1, None, True)
    receiver.down = "500"
    told = run("deliver", "reconcile")
    assert (told.exit_code, told.output) == (1, "central: could not be compared: 500\n")
    assert run("deliver", "reconcile", "--to", "x").exit_code == 2
