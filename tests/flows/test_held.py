"""A redesign that hides the numbers of a column: held at the crawl, told to the operator, accepted, taken over."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from typer.testing import CliRunner

from flows.cli import app
from flows.harvest import report_of
from harvesters.crawl import CrawlJob, run_crawl
from storage import catalogue, outbox, registry
from storage.database import Database, open_database
from tests.flows.test_moving_sites import COUNT, HOME, show
from tests.harvesters.loopback import Site, crawl, served

PLACE = ("yunxi", "numbered")


def _run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output


def _hide_numbers(site: Site) -> None:
    """Every document loses its table of labels; its text stands as it was."""
    for path, (status, kind, text) in site.pages.items():
        before, _, rest = text.partition("<div><ul>")
        site.pages[path] = (status, kind, before + rest.partition("</ul></div>")[2] if rest else text)


def _look_again(database: Database) -> str:
    assert registry.load_city(database) is not None
    summary = run_crawl(CrawlJob(name="t", holder="test", columns=(PLACE,), homes=(), full=True))
    assert not summary.bugs
    return str(report_of([summary], 1.0))


def _numbers(database: Database) -> list[str | None]:
    return [item.document_number for item in catalogue.iter_items(database, unit=PLACE[0], column=PLACE[1])]


def test_a_template_without_numbers_is_held_until_somebody_has_looked() -> None:
    with served() as site, closing(open_database()) as database:
        crawl(database, site, *[one for one in show(site, HOME) if one.id == PLACE[1]])
        assert None not in _numbers(database)
        assert _run("catalogue", "held") == (0, "no column is held\n")
        assert _run("catalogue", "accept", *PLACE, "--why", "没有")[0] == 2
        head = outbox.head(database)
        _hide_numbers(site)
        assert "1 columns lost too much at once; gongkai catalogue held says what" in _look_again(database)
        assert (outbox.head(database), len(_numbers(database)), None in _numbers(database)) == (head, COUNT, False)

        said = _run("catalogue", "held")[1]
        assert "yunxi/numbered  since" in said
        assert f"{COUNT} of {COUNT} articles read again lost their document number" in said
        assert f'gongkai catalogue accept {PLACE[0]} {PLACE[1]} --why "…"' in said
        assert said.count("云溪县第") == 5
        told: dict[str, Any] = json.loads(_run("catalogue", "held", "--json")[1])
        assert [(one["reason"], one["lost"]) for one in told["held"]] == [("document_number_gone", COUNT)]
        status = _run("status")[1]
        assert "held: 1 columns changed too much at once; nothing of it was written" in status
        assert f"gongkai catalogue accept {PLACE[0]} {PLACE[1]}" in status

        code, said = _run("catalogue", "accept", *PLACE, "--why", "改版后不再标注文号", "--who", "李四")
        assert (code, "accepted by 李四: 改版后不再标注文号" in said) == (0, True)
        assert "accepted by 李四" in _run("status")[1]
        assert "too much" not in _look_again(database)
        assert _numbers(database) == [None] * COUNT
        assert outbox.head(database) == head + COUNT
        assert _run("catalogue", "held") == (0, "no column is held\n")
        assert "by 李四: 改版后不再标注文号  (taken over on" in _run("catalogue", "held", "--past")[1]
