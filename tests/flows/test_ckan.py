"""A CKAN catalogue holds each item as it is, whatever it answers and whoever else works there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.delivery import changes, ckan, ckan_dataset
from flows.delivery.ckan import CkanConfig, CkanReceiver
from flows.delivery.receiver import Held
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry
from storage.schema import Attachment, Category
from tests.flows.exchanging import change, gone
from tests.flows.fake_ckan import TOKEN, Ckan, Fault, a_ckan, answers, does_and_hangs_up, hangs_up, waits, well

A, B, C = "a" * 32, "b" * 32, "c" * 32
NAME = f"gongkai-{A}"


@dataclass(frozen=True)
class There:
    ckan: Ckan
    setenv: Callable[[str, str], None]

    def opened(self, token: str = TOKEN, **options: Any) -> AbstractContextManager[CkanReceiver]:
        self.setenv("GONGKAI_SECRET_THERE", token)
        known = {"name": "central", "kind": "ckan", "url": self.ckan.url, "key": "there", "organisation": "city"}
        return ckan.open_ckan(CkanConfig(**{**known, **options}))


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[There]:
    with a_ckan() as running:
        yield There(running, monkeypatch.setenv)


def held(entry: OutboxEntry) -> Held:
    return Held(id=entry.item_id, revision=entry.revision, deleted=False, sha256=changes.digest(entry))


# ------------------------------------------------------------------ what is written


def test_an_item_is_a_dataset(there: There) -> None:
    entry = change(7, A, summary="概述", relations=(), index_number="000014349/2026-00007")
    with there.opened() as receiver:
        told = receiver.take([entry])
        assert list(receiver.held()) == [held(entry)]
    assert (told.receipt["created"], told.refused) == (1, ())
    made = there.ckan.named(NAME)
    assert (made["title"], made["notes"], made["url"]) == (
        "关于第7项工作的通知",
        "各区县人民政府：\n现将有关事项通知如下。",
        f"http://www.qinghe.invalid/{A}.html",
    )
    assert made["organization"]["name"] == "city"
    assert {tag["name"] for tag in made["tags"]} == {"政策法规", "财政 金融 审计", "财政", "预算"}
    assert [(one["name"], one["format"]) for one in made["resources"]] == [("原文", "HTML"), ("附件1.docx", "DOCX")]
    extras = there.ckan.extras(NAME)
    assert extras["document_number"] == "青政发〔2026〕7号"
    assert extras["published_on"] == "2026-02-26"
    assert json.loads(extras["keywords"]) == ["财政", "预算"]
    assert (extras["gongkai_id"], extras["gongkai_revision"], extras["gongkai_seq"]) == (A, "1", "7")
    assert extras["gongkai_sha256"] == changes.digest(entry)


def test_the_same_again_is_only_looked_at(there: There) -> None:
    batch = [change(1, A), change(2, B), change(3, A, 2, title="更正")]
    with there.opened() as receiver:
        receiver.take(batch)
        before = json.dumps(there.ckan.datasets)
        there.ckan.asked.clear()
        assert receiver.take(batch).receipt["unchanged"] == 3
        assert set(there.ckan.asked) == {"package_show"}
        assert json.dumps(there.ckan.datasets) == before
        assert list(receiver.held()) == [held(batch[2]), held(batch[1])]


def test_an_item_never_goes_back(there: There) -> None:
    newer = change(2, A, 2, title="第二版")
    with there.opened() as receiver:
        receiver.take([newer])
        receiver.take([change(1, A, 1)])
        assert list(receiver.held()) == [held(newer)]


def test_resources_keep_their_ids_over_a_revision(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A)])
        first = {one["url"]: one["id"] for one in there.ckan.named(NAME)["resources"]}
        more = Attachment(name="附件2.pdf", url="http://www.qinghe.invalid/2.pdf", type="pdf", sha256="e" * 64)
        old = Attachment(name="附件1（更正）.docx", url=f"http://www.qinghe.invalid/{A}.docx", type="docx")
        receiver.take([change(2, A, 2, attachments=(old, more))])
        second = {one["url"]: one["id"] for one in there.ckan.named(NAME)["resources"]}
    assert first.items() <= second.items()
    assert len(second) == 3


def test_a_withdrawn_item_is_deleted_and_comes_back_as_the_same_dataset(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A), change(2, B)])
        key = there.ckan.named(NAME)["id"]
        assert receiver.take([gone(3, A, same_as=B)]).receipt["deleted"] == 1
        assert there.ckan.named(NAME)["state"] == "deleted"
        assert there.ckan.extras(NAME)["gongkai_same_as"] == B
        assert [one.id for one in receiver.held()] == [B]
        there.ckan.asked.clear()
        assert receiver.take([change(1, A), gone(3, A, same_as=B)]).receipt["unchanged"] == 2  # as after a crash
        assert set(there.ckan.asked) == {"package_show"}
        back = change(4, A, 3)
        receiver.take([back])
        assert (there.ckan.named(NAME)["state"], there.ckan.named(NAME)["id"]) == ("active", key)
        assert held(back) in list(receiver.held())


def test_a_withdrawal_of_what_was_never_there_is_done(there: There) -> None:
    with there.opened() as receiver:
        assert receiver.take([gone(3, A)]).refused == ()
    assert there.ckan.datasets == {}


def test_all_is_read_page_by_page(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ckan, "_PAGE", 10)
    entries = [change(seq, f"{seq * 7919 % 1000003:032x}", attachments=()) for seq in range(1, 26)]
    with there.opened() as receiver:
        receiver.take(entries)
        there.ckan.asked.clear()
        assert list(receiver.held()) == [held(entry) for entry in sorted(entries, key=lambda one: one.item_id)]
    assert there.ckan.asked == ["package_search"] * 3


# ------------------------------------------------------------------ organisations, groups, tags


def test_units_have_organisations_where_they_may(there: There) -> None:
    there.ckan.may_create = {"organization"}
    there.ckan.organizations["caizheng"] = {"id": "1", "name": "caizheng", "title": "财政局"}
    there.ckan.editor_of.add("caizheng")
    with there.opened(create_organisations="true", organisations={"czj": "caizheng"}) as receiver:
        receiver.take([change(1, A, publisher="田禾区人民政府"), change(2, B, unit="czj"), change(3, C, unit="某局")])
    owners = [there.ckan.named(f"gongkai-{item}")["organization"]["title"] for item in (A, B, C)]
    assert owners == ["田禾区人民政府", "财政局", "市政府办"]  # a name that is no name of CKAN's: the configured one


def test_units_go_to_the_configured_organisation_where_none_may_be_made(there: There) -> None:
    with there.opened(create_organisations="true") as receiver:
        receiver.take([change(1, A), change(2, B)])
    assert {one["organization"]["name"] for one in there.ckan.datasets.values()} == {"city"}
    assert there.ckan.asked.count("organization_create") == 1


@pytest.mark.parametrize("may", [True, False])
def test_groups_of_category_and_theme(there: There, may: bool) -> None:
    there.ckan.may_create = {"group"} if may else set()
    with there.opened(groups="true") as receiver:
        receiver.take([change(1, A), change(2, B, category=Category.NEWS)])
        assert len(list(receiver.held())) == 2
    titles = [group["title"] for group in there.ckan.named(NAME)["groups"]]
    assert titles == (["政策法规", "财政、金融、审计"] if may else [])
    if may:
        assert "gongkai-category-policies" in there.ckan.groups


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_tags_are_always_such_as_ckan_takes(words: list[str]) -> None:
    found = ckan_dataset.tags_of({"keywords": words})
    assert all(re.fullmatch(r"[\w \-.]{2,100}", tag) for tag in found)
    assert len({tag.lower() for tag in found}) == len(found)


# ------------------------------------------------------------------ others who work there


@pytest.mark.parametrize("state", ["active", "deleted"])
def test_a_dataset_of_others_is_never_touched(there: There, state: str) -> None:
    foreign = {"name": NAME, "owner_org": "city", "title": "别人的数据", "extras": [{"key": "a", "value": "b"}]}
    there.ckan.act("package_create", foreign, TOKEN)
    there.ckan.named(NAME)["state"] = state
    before = json.dumps(there.ckan.named(NAME))
    with there.opened() as receiver:
        told = receiver.take([change(1, A), gone(2, A), change(3, B)])
        assert [(one.seq, "not ours" in one.reason) for one in told.refused] == [(1, True), (2, True)]
        assert [one.id for one in receiver.held()] == [B]
    assert json.dumps(there.ckan.named(NAME)) == before


def _set(data: dict[str, Any], key: str, value: str) -> None:
    next(one for one in data["extras"] if one["key"] == key)["value"] = value


@pytest.mark.parametrize(
    "alteration",
    [
        lambda data: data.update(title="改过"),
        lambda data: data.update(notes=""),
        lambda data: data.update(private=True),
        lambda data: data["tags"].pop(),
        lambda data: data["resources"].pop(),
        lambda data: data["extras"].append({"key": "theirs", "value": "x"}),
        lambda data: _set(data, "document_number", "青政发〔2026〕99号"),
        lambda data: _set(data, "gongkai_revision", "9"),
        lambda data: _set(data, "gongkai_seal", "0"),
        lambda data: data.update(organization={"id": "2", "name": "elsewhere"}),
    ],
)
def test_what_others_altered_shows_and_is_mended_when_sent_again(
    there: There, alteration: Callable[[dict[str, Any]], None]
) -> None:
    batch = [change(1, A), change(2, B)]
    there.ckan.editor_of.add("elsewhere")
    with there.opened() as receiver:
        receiver.take(batch)
        alteration(there.ckan.named(NAME))
        first, second = receiver.held()
        assert first != held(batch[0])
        assert second == held(batch[1])
        assert receiver.take(batch).receipt["updated"] == 1
        assert list(receiver.held()) == [held(entry) for entry in batch]


def test_what_others_deleted_is_not_held_and_comes_back_when_sent_again(there: There) -> None:
    entry = change(1, A)
    with there.opened() as receiver:
        receiver.take([entry])
        there.ckan.named(NAME)["state"] = "deleted"
        assert list(receiver.held()) == []
        receiver.take([entry])
        assert list(receiver.held()) == [held(entry)]


def test_a_form_of_ckans_own_is_no_alteration(there: There) -> None:
    """A plugin cuts a title and adds a field: what it made is sealed, so that it is neither drift nor written again."""

    def form(data: dict[str, Any]) -> None:
        data["title"] = data["title"][:4] + " "
        data["extras"] = [one for one in data["extras"] if one["key"] != "spatial"] + [{"key": "spatial", "value": ""}]

    there.ckan.form = form
    batch = [change(1, A), change(2, A, 2), change(3, B), gone(4, B)]
    with there.opened() as receiver:
        receiver.take(batch)
        assert list(receiver.held()) == [held(batch[1])]
        assert receiver.take(batch).receipt["unchanged"] == 4
        there.ckan.named(NAME)["title"] = "改过"
        assert list(receiver.held()) != [held(batch[1])]


# ------------------------------------------------------------------ what is refused, and what fails


def test_what_is_not_valid_is_refused_alone_in_ckans_words(there: There) -> None:
    unnamed = Attachment(name="附件", url="")
    strange = replace(change(3, "Ä"), payload={**change(3, "Ä").payload})
    with there.opened() as receiver:
        told = receiver.take([change(1, A), change(2, B, attachments=(unnamed,)), strange, change(4, C)])
        assert [(one.seq, one.reason) for one in told.refused] == [
            (2, "resources: url: Missing value"),
            (3, "'Ä' cannot be the name of a dataset"),
        ]
        assert [one.id for one in receiver.held()] == [A, C]
        assert told.receipt["created"] == 2


def test_extras_called_like_fields_of_ckan_get_another_name(there: There) -> None:
    entry = change(1, A)
    entry = replace(entry, payload={**entry.payload, "version": "2", "type": "通知", "author": "办公室"})
    with there.opened() as receiver:
        assert receiver.take([entry]).refused == ()
    assert there.ckan.extras(NAME)["gongkai_version"] == "2"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"token": "wrong-token"}, "the token may not make datasets in the organisation city"),
        ({"organisation": "nowhere"}, "the token may not make datasets in the organisation nowhere"),
        ({"organisations": {"u": "other"}}, "the token may not make datasets in the organisation other"),
    ],
)
def test_a_token_without_rights_is_the_operators_matter(there: There, options: dict[str, Any], said: str) -> None:
    with there.opened(**options) as receiver, pytest.raises(DeliveryFailed, match=said) as told:
        receiver.take([change(1, A)])
    assert "wrong-token" not in str(told.value)
    assert there.ckan.datasets == {}


def test_a_private_dataset_of_others_under_our_name_is_the_operators_matter(there: There) -> None:
    there.ckan.organizations["other"] = {"id": "2", "name": "other"}
    there.ckan.editor_of.add("other")
    there.ckan.act("package_create", {"name": NAME, "owner_org": "other", "private": True}, TOKEN)
    there.ckan.editor_of.remove("other")
    with there.opened() as receiver, pytest.raises(DeliveryFailed, match="may not do package_show"):
        receiver.take([change(1, A)])


def test_rights_that_are_taken_away_meanwhile(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A)])
        there.ckan.editor_of.clear()
        with pytest.raises(DeliveryFailed, match=r"may not do package_update .*Access denied"):
            receiver.take([change(2, A, 2)])
        with pytest.raises(DeliveryFailed, match="owner_org: You cannot add a dataset to this organization"):
            receiver.take([change(3, B)])


HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
FAULTS: dict[str, tuple[Fault, str]] = {
    "an error page": (answers(502, HTML, "text/html"), "status 502: 502 Bad Gateway"),
    "a page that says all is well": (answers(200, "<h1>请登录</h1>", "text/html"), "status 200: 请登录"),
    "a firewall": (answers(403, "您的请求已被拦截", "text/html"), "status 403: 您的请求已被拦截"),
    "an internal error": (answers(500, '"Internal Server Error"'), "status 500"),
    "nothing": (answers(200, ""), "status 200: nothing"),
    "no success, no type": (answers(200, '{"success": false}'), "status 200"),
    "no success, an error of no kind": (answers(409, '{"success": false, "error": "x"}'), "status 409"),
    "success without a result": (answers(200, '{"success": true}'), "status 200"),
    "another result": (answers(200, '{"success": true, "result": 7}'), "cannot be true: 7"),
    "a list": (answers(200, "[1]"), "status 200"),
    "another dataset": (
        answers(200, json.dumps({"success": True, "result": {"id": "1", "name": "other", "extras": []}})),
        "cannot be true",
    ),
    "a moved address": (answers(301, ""), "status 301"),
    "a search engine that is down": (
        answers(409, '{"success": false, "error": {"__type": "Search Index Error", "message": "Unable to add"}}'),
        "status 409",
    ),
    "no answer": (hangs_up, "does not answer"),
    "an answer that got lost": (does_and_hangs_up, "does not answer"),
    "a slow one": (waits(0.5), "does not answer .*(Timeout|timed out)"),
}


@pytest.mark.parametrize("at", range(1, 6))
@pytest.mark.parametrize("name", FAULTS)
def test_whatever_it_answers_nothing_is_lost_and_nothing_twice(there: There, name: str, at: int) -> None:
    """The fault meets each request of a batch once; the batch is sent again, and all is as if nothing had been."""
    fault, said = FAULTS[name]
    batch = [change(1, A), change(2, B), change(3, A, 2), gone(4, B)]
    with there.opened(timeout_s=0.3 if name == "a slow one" else 5) as receiver:
        there.ckan.faults = [well] * at + [fault]
        try:
            told = [one.reason for one in receiver.take(batch).refused]
        except DeliveryFailed as problem:
            told = [str(problem)]
        assert re.search(said, told[0])
        there.ckan.faults.clear()
        assert receiver.take(batch).refused == ()
        assert list(receiver.held()) == [held(batch[2])]
    assert sorted((one["name"], one["state"]) for one in there.ckan.datasets.values()) == [
        (NAME, "active"),
        (f"gongkai-{B}", "deleted"),
    ]


def test_a_search_that_changes_under_the_reader_is_read_again(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ckan, "_PAGE", 10)
    with there.opened() as receiver:
        receiver.take([change(seq, f"{seq:032x}", attachments=()) for seq in range(1, 16)])
        told = receiver.held()
        next(told)
        receiver.take([change(200, A)])
        with pytest.raises(DeliveryFailed, match="datasets come or go while they are read"):
            list(told)
        there.ckan.faults = [answers(200, '{"success": true, "result": {"count": 3, "results": []}}')]
        with pytest.raises(DeliveryFailed, match="come or go"):
            list(receiver.held())
        there.ckan.faults = [answers(200, '{"success": true, "result": {"count": "x"}}')]
        with pytest.raises(DeliveryFailed, match="cannot be true"):
            list(receiver.held())


def test_an_endless_answer_is_cut_off(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ckan, "_LARGEST", 100_000)
    there.ckan.faults = [well, answers(200, "x" * 1_000_000)]
    with there.opened() as receiver, pytest.raises(DeliveryFailed, match="an answer of more than"):
        receiver.take([change(1, A)])


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    lonely = There(Ckan(url="http://127.0.0.1:1"), monkeypatch.setenv)
    with lonely.opened() as receiver, pytest.raises(DeliveryFailed, match="does not answer"):
        receiver.take([change(1, A)])
