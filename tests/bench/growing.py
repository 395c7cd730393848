"""How planning a harvest and judging its columns grow with the city: seconds and peak memory at each size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing

from harvesters.crawl import peak_kb
from storage import registry, settings
from storage.database import open_database
from storage.schema import City, Column, ColumnKind, Supervision, Unit, UnitKind

_PER_UNIT = 10
_KINDS = tuple(ColumnKind)


def columns_growth(sizes: tuple[int, ...]) -> dict[str, float]:
    """Seconds and MB of planning a harvest and of an assessment at each size, each size in a process of its own.

    ``ratio``: seconds a column at the largest size ÷ at the smallest; 1 is growth in step with the city.
    """
    told: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
            answer = subprocess.run(
                [sys.executable, "-m", "tests.bench.growing", str(size)],
                env={**os.environ, "GONGKAI_HOME": folder, "GONGKAI_DATABASE_URL": ""},
                check=True,
                capture_output=True,
                text=True,
            )
        told.update({f"{name}_{size}": value for name, value in json.loads(answer.stdout).items()})
    first, last = sizes[0], sizes[-1]
    told["ratio"] = told[f"seconds_{last}"] / told[f"seconds_{first}"] / (last / first)
    return told


def city_of(columns: int) -> City:
    """A city of so many columns, ten a unit, each unit on a host of its own."""
    return City(
        name="青禾市",
        code="629900",
        contact="mailto:office@qinghe.invalid",
        units=tuple(_unit(number) for number in range(columns // _PER_UNIT)),
    )


def _unit(number: int) -> Unit:
    name, host = f"u{number}", f"http://u{number}.invalid"
    return Unit(
        id=name,
        name=f"第{number}局",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=f"{host}/",
        columns=tuple(
            Column(id=f"c{n}", unit=name, name=f"栏目{n}", kind=_KINDS[n % len(_KINDS)], url=f"{host}/c{n}/")
            for n in range(_PER_UNIT)
        ),
    )


def main(columns: int) -> None:
    """Plan and assess once in this process and tell what it took."""
    from flows.assess import assess_database
    from flows.harvest import planned

    with closing(open_database()) as database:
        began = time.perf_counter()
        registry.apply(database, city_of(columns))
        applied = time.perf_counter() - began
    began = time.perf_counter()
    jobs = planned(None, None, full=False)
    with closing(open_database()) as database:
        assess_database(database, settings.load())
    seconds = time.perf_counter() - began
    assert sum(len(job.columns) for job in jobs) == columns
    print(json.dumps({"seconds": seconds, "apply_seconds": applied, "peak_mb": peak_kb() / 1024}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
