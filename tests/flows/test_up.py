"""``gongkai up`` on this machine: everything starts, is seen from outside, and stops cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows import schedule
from tests.flows import processes_with

ROOT = Path(__file__).parents[2]
# a schedule may fire while the test runs: nobody but a name that never resolves may be asked
CITY = """
city: {name: 青禾市, code: "629900", contact: "mailto:office@qinghe.invalid"}
units:
  - id: tianhe-qu
    name: 田禾区人民政府
    kind: district
    home: http://www.tianhe.invalid/
    columns: [{id: tzgg, name: 通知公告, kind: notices, url: "http://www.tianhe.invalid/tzgg/"}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, body: dict[str, Any] | None = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        told: bytes = answer.read()
        return told


def until(what: str, check: Callable[[], Any], child: subprocess.Popen[bytes], log: Path, seconds: float = 200) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert child.poll() is None, log.read_text()
        try:
            if found := check():
                return found
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds} s\n{log.read_text()}")


def test_up_serves_schedules_and_stops_cleanly(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    port, prefect_port = free_port(), free_port()
    gongkai = [sys.executable, "-c", "from flows.cli import main; main()"]
    environment = {**os.environ, "GONGKAI_HOME": home, "PREFECT_HOME": f"{home}/prefect"}
    city = tmp_path / "city.yml"
    city.write_text(CITY, encoding="utf-8")
    subprocess.run([*gongkai, "city", "apply", city], env=environment, cwd=ROOT, check=True, capture_output=True)
    log = tmp_path / "up.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [*gongkai, "up", f"--port={port}", f"--prefect-port={prefect_port}"],
            env=environment,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        until("the console", lambda: get(f"http://127.0.0.1:{port}/healthz"), child, log)
        assert "田禾区人民政府" in get(f"http://127.0.0.1:{port}/api/v1/units").decode()
        [link] = re.findall(rf"http://127\.0\.0\.1:{port}(/welcome/\S+)", log.read_text())
        assert "设置账号" in get(f"http://127.0.0.1:{port}{link}").decode()
        api = f"http://127.0.0.1:{prefect_port}/api"

        def served() -> bool:
            found = json.loads(get(f"{api}/deployments/filter", {}))
            return {one["name"] for one in found if not one["paused"]} == {one.name for one in schedule.SCHEDULES}

        until("the schedules", served, child, log)
        # a command beside it uses its server instead of starting another
        done = subprocess.run([*gongkai, "deliver"], env=environment, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        runs = json.loads(get(f"{api}/flow_runs/filter", {"flows": {"name": {"any_": ["deliver"]}}}))
        assert any(run["state"]["type"] == "COMPLETED" for run in runs)
        child.send_signal(signal.SIGTERM)
        assert child.wait(90) == 0
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    assert "stopped; what was stored is kept" in log.read_text()
    assert processes_with(home) == []
