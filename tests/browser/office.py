"""A new installation as ``gongkai up`` starts it, and the site of one unit, both on loopback."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from tests.harvesters.loopback import Site

ROOT: Final = Path(__file__).parents[2]
_LINK: Final = re.compile(r"http://\S+/welcome/\S+")
_PLATFORM: Final = {
    "zn": "政府信息公开指南",
    "zd": "政府信息公开制度",
    "fdzdgknr": "法定主动公开内容",
    "nb": "政府信息公开年报",
}

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running installation. ``link`` makes the first account."""

    base: str
    link: str
    home: Path
    log: Path


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """``gongkai up`` in a data folder of its own until the end of the context."""
    port, prefect_port = _free_port(), _free_port()
    home, log = folder / "office", folder / "up.log"
    environment = {**os.environ, "GONGKAI_HOME": str(home), "PREFECT_HOME": str(home / "prefect")}
    command = [sys.executable, "-c", "from flows.cli import main; main()", "up"]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [*command, f"--port={port}", f"--prefect-port={prefect_port}"],
            env=environment,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:

        def ready() -> re.Match[str] | None:
            assert child.poll() is None, log.read_text()
            said = log.read_text()
            return _LINK.search(said) if "Ctrl-C stops all" in said else None

        link = until("gongkai up is ready", ready, 200)[0]
        yield Running(base=f"http://127.0.0.1:{port}", link=link, home=home, log=log)
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def until(what: str, check: Callable[[], Found | None], seconds: float) -> Found:
    """What ``check`` finds, as soon as it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} s")


def today() -> dt.date:
    """The day in the city of the story."""
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()


def build(site: Site) -> None:
    """A district's site: a platform with its four columns, fresh notices, and news that stopped a month ago."""
    days = [today() - dt.timedelta(days=back) for back in (2, 9, 16)]
    news = {f"/xw/{number}.html": str(day - dt.timedelta(days=30)) for number, day in enumerate(days, 11)}
    notices = {f"/tzgg/{number}.html": str(day) for number, day in enumerate(days, 31)}
    _list(site, "/xw/", "云溪要闻", news)
    _list(site, "/tzgg/", "通知公告", notices)
    for number, (path, name) in enumerate(_PLATFORM.items(), 1):
        _list(
            site, f"/zfxxgk/{path}/", name, {f"/zfxxgk/{path}/{number}{one}.html": str(days[one]) for one in range(2)}
        )
    links = "".join(f'<li><a href="/zfxxgk/{path}/">{name}</a></li>' for path, name in _PLATFORM.items())
    site.page(
        "/zfxxgk/",
        f"<html><head><title>政府信息公开_云溪县人民政府</title></head><body><h2>政府信息公开</h2><ul>{links}</ul></body></html>",
    )
    site.page(
        "/",
        "<html><head><title>云溪县人民政府</title></head><body><ul class='nav'><li><a href='/'>首页</a></li>"
        "<li><a href='/xw/'>云溪要闻</a></li><li><a href='/tzgg/'>通知公告</a></li>"
        "<li><a href='/zfxxgk/'>政府信息公开</a></li></ul>"
        + "".join(f"<p><a href='{path}'>第{path}号</a><span>{day}</span></p>" for path, day in news.items())
        + "</body></html>",
    )


def mend(site: Site) -> None:
    """The unit publishes news again."""
    _list(site, "/xw/", "云溪要闻", {"/xw/91.html": str(today()), "/xw/90.html": str(today() - dt.timedelta(days=1))})


def _list(site: Site, path: str, name: str, rows: dict[str, str]) -> None:
    """A list whose pager says that it has one page."""
    site.list(path, name, rows)
    status, kind, text = site.pages[path]
    pager = '<div class="page"><script>createPageHTML(1, 0, "index", "html");</script></div>'
    site.pages[path] = (status, kind, text.replace('<div class="page">共1页 首页 尾页</div>', pager))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
