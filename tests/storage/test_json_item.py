"""What is written as JSON is read back as it was."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from storage.formats.json_item import from_json, to_json
from storage.schema import Attachment, Category, Evidence, Item, Provenance, Relation
from tests.storage import build

_text = st.text(max_size=12)
_times = st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=8))]))
_attachments = st.builds(Attachment, name=_text, url=_text, size=st.none() | st.integers())
_provenances = st.builds(Provenance, origin=_text, raw=_text, confidence=st.floats(0, 1), conflict=st.none() | _text)
_items = st.builds(
    Item,
    unit=_text,
    column=_text,
    url=_text,
    title=_text,
    category=st.sampled_from(Category),
    formed_on=st.none() | st.dates(),
    published_on=st.none() | st.dates(),
    published_at=st.none() | _times,
    first_seen=st.none() | _times,
    withdrawn_at=st.none() | _times,
    keywords=st.lists(_text, max_size=3).map(tuple),
    aliases=st.lists(_text, max_size=3).map(tuple),
    relations=st.lists(st.builds(Relation, kind=_text, target=_text), max_size=2).map(tuple),
    attachments=st.lists(_attachments, max_size=2).map(tuple),
    provenance=st.dictionaries(_text, _provenances, max_size=2),
    evidence=st.none() | st.builds(Evidence, url=_text, captured_at=_times, sha256=_text),
    body_text=st.none() | _text,
    page_read=st.booleans(),
    revision=st.integers(0, 10),
)


@given(_items)
def test_an_item_survives_json(item: Item) -> None:
    assert from_json(json.loads(json.dumps(to_json(item)))) == item


def test_every_field_of_the_schema_is_there_under_its_name() -> None:
    assert set(to_json(build.item())) == {field.name for field in dataclasses.fields(Item)}


def test_dates_times_and_absence_look_as_promised() -> None:
    shown = to_json(build.item(published_at=dt.datetime(2026, 2, 26, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))))
    assert shown["published_on"] == "2026-02-26"
    assert shown["published_at"] == "2026-02-26T01:30:00+00:00"
    assert shown["summary"] is None
    assert shown["category"] == "工作动态"
    assert shown["evidence"]["captured_at"] == "2026-03-02T04:00:00+00:00"


def test_fields_of_another_version_do_not_hinder_reading() -> None:
    data = to_json(build.item())
    del data["genre"]
    assert from_json({**data, "colour": "red"}) == build.item()
