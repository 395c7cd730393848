"""Three quirks in the form that needs more than one part of the house: twins of a scheme, frames, silent limits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from storage.schema import Outcome
from tests.quirks_site import Site, column_page, filled, framed, harvest, rows_of, serving


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.05")
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "5")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def test_quirk_08_a_column_whose_https_is_broken_is_read_over_http(site: Site) -> None:
    site.pages["/zwgk/tzgg/"] = column_page(rows_of(filled(site, 3)))
    told = harvest(site, {"tzgg": f"{site.base.replace('http:', 'https:')}/zwgk/tzgg/"})
    assert (told.outcome(), told.rows, told.findings) == (Outcome.OK, 3, ())


def test_quirk_12_the_column_is_a_frame_of_the_same_host(site: Site) -> None:
    site.pages["/zwgk/tzgg/"] = framed('<iframe src="./real/list.html" width="100%"></iframe>')
    site.pages["/zwgk/tzgg/real/list.html"] = column_page(rows_of(filled(site, 3, "/zwgk/tzgg/real/")))
    told = harvest(site)
    assert (told.outcome(), told.rows, told.findings) == (Outcome.OK, 3, ())


def test_quirk_17_an_interface_that_says_zero_where_there_were_rows_is_not_believed_at_once(site: Site) -> None:
    results = [
        {"title": title, "url": path, "publishedTimeStr": f"{day} 10:00:00"} for path, title, day in filled(site, 5)
    ]
    address = f"/search/{'cd' * 16}"
    column = {"tzgg": f"{address}?_isJson=true&page=1&_pageSize=15"}

    def answered(rows: list[dict[str, str]]) -> tuple[int, dict[str, str], str]:
        said = {"data": {"total": len(rows), "page": 1, "rows": 15, "results": rows}}
        return 200, {"Content-Type": "application/json"}, json.dumps(said, ensure_ascii=False)

    site.pages[address] = answered(results)
    harvest(site, column)
    site.pages[address] = answered([])
    told = harvest(site, column)
    assert told.outcome() is not Outcome.OK_EMPTY
    assert (told.rows, told.summary.gone, told.findings) == (5, 0, ())
