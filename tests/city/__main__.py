"""``python -m tests.city serve --dir DIR``: writes the city file and the truth, then listens until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import signal
import sys
from pathlib import Path

from tests.city import City
from tests.city.web import Tally


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


async def _serve(city: City, folder: Path) -> None:
    tally = Tally(keep=False)
    listeners, apps = await city.listen(tally)
    folder.mkdir(parents=True, exist_ok=True)
    city.write_truth(folder)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    ports = {
        site.units[0].id: listener.sockets[0].getsockname()[1]
        for site, listener in zip(city.sites, listeners, strict=True)
    }
    _write_whole(
        folder / "ready.json", json.dumps({"ports": ports, "pid": os.getpid(), "as_of": city.as_of.isoformat()})
    )
    await stop.wait()
    for listener in listeners:
        listener.close()
    _write_whole(folder / "served.json", json.dumps({**tally.as_json(), "trapped": sum(a.trapped for a in apps)}))


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.city")
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="serve a fictional city on loopback until SIGTERM")
    serve.add_argument("--dir", type=Path, required=True, help="where city.yml, truth/ and ready.json go")
    serve.add_argument("--seed", type=int, default=1)
    serve.add_argument("--units", type=int, default=34)
    serve.add_argument("--items", type=int, default=5600)
    serve.add_argument("--columns", type=int, default=None)
    serve.add_argument(
        "--as-of", type=dt.date.fromisoformat, default=None, help="YYYY-MM-DD, default today in Asia/Shanghai"
    )
    serve.add_argument("--faults", action=argparse.BooleanOptionalAction, default=True)
    args = parser.parse_args()
    city = City(
        units=args.units, columns=args.columns, items=args.items, seed=args.seed, as_of=args.as_of, faults=args.faults
    )
    asyncio.run(_serve(city, args.dir))
    return 0


if __name__ == "__main__":
    sys.exit(main())
