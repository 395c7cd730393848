"""``python -m tests.bench [--quick] [NAME …]``: one table, and the same in ``var/bench.json``.

Every line is a ratio whose two sides were measured in this run; absolute numbers are for the curious. Below the lines
stands how much of each page the readers measured read right.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench import assessing, boarding, growing, harvesting, pulling, reading, searching, storing, uniting

# "ratio" and what it came from; "note": on what it was measured, or why it was not; "accuracy" of readers
Line = Callable[[bool], Mapping[str, Any]]

LINES: dict[str, Line] = {
    "harvest_vs_bare_scrapy": lambda quick: harvesting.harvest_vs_bare_scrapy(500 if quick else 3000),
    "unchanged_vs_first": lambda quick: harvesting.unchanged_vs_first(500 if quick else 3000),
    "read_vs_trafilatura": lambda quick: reading.read_vs("trafilatura", 1 if quick else 3),
    "read_vs_gne": lambda quick: reading.read_vs("gne", 1 if quick else 3),
    "read_vs_newspaper4k": lambda quick: reading.read_vs("newspaper4k", 1 if quick else 3),
    "store_vs_raw": lambda quick: storing.store_vs_raw(2000 if quick else 20000),
    "assess_growth": lambda quick: assessing.assess_growth((2000, 20000) if quick else (10_000, 100_000, 1_000_000)),
    "oai_vs_select": lambda quick: pulling.oai_vs_select(5000 if quick else 100_000),
    "unite_growth": lambda quick: uniting.unite_growth((1000, 10_000) if quick else (10_000, 100_000)),
    "dcat_vs_select": lambda quick: pulling.dcat_vs_select(2000 if quick else 20_000),
    "search_growth": lambda quick: searching.search_growth((2000, 20_000) if quick else (10_000, 100_000)),
    "board_vs_sql": lambda quick: boarding.board_vs_sql(20_000 if quick else 1_000_000),
    "columns_growth": lambda quick: growing.columns_growth((100, 1000) if quick else (100, 1000, 10000)),
}


def main() -> None:
    """Measure the lines named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(LINES))
    parser.add_argument("--quick", action="store_true", help="smaller sizes: half a minute instead of some minutes")
    parser.add_argument("--out", type=Path, default=Path("var") / "bench.json")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(LINES))
    if unknown:
        parser.error(f"no line {', '.join(unknown)}; there are {', '.join(LINES)}")
    told: dict[str, Mapping[str, Any]] = {}
    print(f"{'line':26} {'ratio':>8}  details")
    for name in asked.names or LINES:
        values = told[name] = dict(LINES[name](asked.quick))
        ratio = f"{values['ratio']:8.3f}" if "ratio" in values else f"{'-':>8}"
        figures = [
            f"{key} {value:,.3g}" for key, value in values.items() if key != "ratio" and isinstance(value, float | int)
        ]
        print(f"{name:26} {ratio}  {'  '.join([*figures, values.get('note', '')])}", flush=True)
    for line in reading.accuracy_table(told):
        print(line)
    known = json.loads(asked.out.read_text()) if asked.out.exists() else {}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps({**known, **told, "cores": os.cpu_count()}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
