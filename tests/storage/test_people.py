"""Accounts, one-time links, sessions, tries and the log, on both databases; what a role may do, as a table."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage import people, tables
from storage.database import Database
from storage.exceptions import PeopleRefused, UnknownTarget
from storage.people import Action, attempts, passwords
from storage.schema import Role
from tests.storage.build import NOON
from tests.storage.signing import PASSWORD, account

MINUTE = dt.timedelta(minutes=1)

# ------------------------------------------------------------------ what a role may do


@pytest.mark.parametrize(
    ("role", "own", "action", "unit", "allowed"),
    [
        (Role.OFFICE, None, Action.PEOPLE, None, True),
        (Role.OFFICE, None, Action.WAIVE, "a", True),
        (Role.UNIT, "a", Action.SEE, "a", True),
        (Role.UNIT, "a", Action.ANSWER, "a", True),
        (Role.UNIT, "a", Action.DISPUTE, "a", True),
        (Role.UNIT, "a", Action.ANSWER, "b", False),
        (Role.UNIT, "a", Action.SEE, "b", False),
        (Role.UNIT, "a", Action.SEE, None, False),
        (Role.UNIT, None, Action.SEE, None, False),
        (Role.UNIT, "a", Action.SETTLE, "a", False),
        (Role.UNIT, "a", Action.WAIVE, "a", False),
        (Role.UNIT, "a", Action.SOURCES, "a", False),
        (Role.READER, None, Action.SEE, None, True),
        (Role.READER, None, Action.SEE, "a", True),
        (Role.READER, None, Action.ANSWER, "a", False),
        (Role.READER, None, Action.PEOPLE, None, False),
    ],
)
def test_what_a_role_may_do(role: Role, own: str | None, action: Action, unit: str | None, allowed: bool) -> None:
    assert people.may(role, own, action, unit) is allowed


# ------------------------------------------------------------------ passwords


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("short", "short"),
        ("123456789", "short"),
        ("1234567890", "plain"),
        ("aaaaaaaaaaaa", "plain"),
        ("abcdefghijkl", "plain"),
        ("password123456", "plain"),
        ("Admin888888", "plain"),
        ("zhangsan2026", "name"),
        ("x" * 300, "long"),
        ("春眠不觉晓处处闻啼鸟", None),
        ("correct horse battery", None),
    ],
)
def test_a_weak_password_is_refused(password: str, what: str | None) -> None:
    assert passwords.weakness(password, "zhangsan") == what


def test_the_same_password_in_any_width_is_right_and_any_other_is_not() -> None:
    kept = passwords.hashed("ｐａｓｓ号码2026春")
    assert kept.startswith("$argon2id$")
    assert passwords.is_right("pass号码2026春", kept)
    assert not passwords.is_right("pass号码2026夏", kept)
    assert not passwords.is_right("pass号码2026春", None)
    assert not passwords.is_right("pass号码2026春", "no hash")


@given(st.text(max_size=300))
def test_any_text_is_a_password_or_told_why_not(text: str) -> None:
    assert passwords.weakness(text, text[:5]) in (None, "short", "long", "plain", "name")


# ------------------------------------------------------------------ links


def test_the_first_link_makes_the_first_account_and_no_other(db: Database) -> None:
    before, link = people.first_link(db), people.first_link(db)
    assert before is not None
    assert link is not None
    assert people.open_invitation(db, before) is None  # the newer one replaced it
    made = people.accept(db, link, name=" ＺＨＡＮＧ ", shown="张三", password=PASSWORD)
    assert (made.name, made.role, made.unit) == ("zhang", Role.OFFICE, None)
    assert people.first_link(db) is None
    with pytest.raises(PeopleRefused, match="used or has expired"):
        people.accept(db, link, name="li", shown="李四", password=PASSWORD)


def test_a_link_ends_after_its_days(db: Database) -> None:
    link = people.invite(db, Role.READER, by="zhang", now=NOON)
    assert people.open_invitation(db, link, now=NOON + dt.timedelta(days=6)) is not None
    assert people.open_invitation(db, link, now=NOON + dt.timedelta(days=7)) is None
    assert people.open_invitation(db, link + "x", now=NOON) is None


def test_a_refused_choice_leaves_the_link_open(db: Database) -> None:
    account(db, "zhang")
    link = people.invite(db, Role.READER, by="zhang")
    for name, password, what in (("zhang", PASSWORD, "taken"), ("x", PASSWORD, "name"), ("li", "short", "short")):
        with pytest.raises(PeopleRefused) as refused:
            people.accept(db, link, name=name, shown="李四", password=password)
        assert refused.value.what == what
    assert people.accept(db, link, name="li", shown="李四", password=PASSWORD).role is Role.READER


def test_a_link_is_used_once_however_many_try_at_once(db: Database) -> None:
    link = people.invite(db, Role.OFFICE, by="tests")
    made: list[str] = []
    start = threading.Barrier(4)

    def use(name: str) -> None:
        start.wait()
        with contextlib.suppress(PeopleRefused):
            made.append(people.accept(db, link, name=name, shown=name, password=PASSWORD).name)

    threads = [threading.Thread(target=use, args=(f"person{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [one.name for one in people.accounts(db)] == made


def test_a_new_password_ends_every_session(db: Database) -> None:
    account(db)
    token = people.sign_in(db, "zhang", PASSWORD)
    link = people.invite(db, Role.OFFICE, by="li", account="zhang")
    people.accept(db, link, name="somebody else", shown="", password="夜来风雨声花落知多少")
    assert people.who(db, token) is None
    with pytest.raises(PeopleRefused):
        people.sign_in(db, "zhang", PASSWORD)
    assert people.who(db, people.sign_in(db, "zhang", "夜来风雨声花落知多少")) is not None


@pytest.mark.parametrize(("role", "unit"), [(Role.UNIT, None), (Role.READER, "a"), (Role.OFFICE, "a")])
def test_who_speaks_for_a_unit_names_it_and_nobody_else_does(db: Database, role: Role, unit: str | None) -> None:
    with pytest.raises(PeopleRefused, match="a person of a unit needs its id"):
        people.invite(db, role, by="zhang", unit=unit)


# ------------------------------------------------------------------ sessions


def test_a_session_ends_by_hand_by_idleness_and_by_age(db: Database) -> None:
    account(db)
    token = people.sign_in(db, "ZHANG", PASSWORD, now=NOON)
    found = people.who(db, token, now=NOON + dt.timedelta(hours=7))
    assert found is not None
    assert found.account.name == "zhang"
    assert people.who(db, token, now=NOON + dt.timedelta(hours=14)) is not None  # seen at seven
    assert people.who(db, token, now=NOON + dt.timedelta(hours=23)) is None
    moment, kept = NOON, people.sign_in(db, "zhang", PASSWORD, now=NOON)
    while moment < NOON + dt.timedelta(days=7):
        assert people.who(db, kept, now=moment) is not None
        moment += dt.timedelta(hours=6)
    assert people.who(db, kept, now=moment + MINUTE) is None
    ended = people.sign_in(db, "zhang", PASSWORD, now=NOON)
    people.end(db, ended)
    assert people.who(db, ended, now=NOON) is None
    assert people.who(db, None) is None
    assert people.who(db, "no token", now=NOON) is None


def test_a_closed_account_opens_nothing_and_keeps_its_name(db: Database) -> None:
    account(db, "zhang")
    account(db, "li", Role.UNIT, "jiaotong")
    token = people.sign_in(db, "li", PASSWORD)
    people.close(db, "li", by="zhang")
    assert people.who(db, token) is None
    with pytest.raises(PeopleRefused, match="do not belong together"):
        people.sign_in(db, "li", PASSWORD)
    with pytest.raises(PeopleRefused, match="taken"):
        people.accept(db, people.invite(db, Role.READER, by="zhang"), name="li", shown="", password=PASSWORD)
    with pytest.raises(UnknownTarget):
        people.close(db, "li", by="zhang")
    people.reopen(db, "li", by="zhang")
    assert people.who(db, people.sign_in(db, "li", PASSWORD)) is not None


def test_the_office_cannot_shut_itself_out(db: Database) -> None:
    account(db, "zhang")
    account(db, "li", Role.READER)
    with pytest.raises(PeopleRefused, match="last account"):
        people.close(db, "zhang", by="zhang")
    account(db, "wang")
    people.close(db, "zhang", by="wang")


# ------------------------------------------------------------------ tries


def test_who_tries_too_often_waits_longer_each_time_and_never_for_good(db: Database) -> None:
    account(db)
    moment, waits = NOON, []
    for _ in range(12):
        with pytest.raises(PeopleRefused) as refused:
            people.sign_in(db, "zhang", "wrong password", address="10.0.0.1", now=moment)
        waits.append(refused.value.wait_s)
        moment += dt.timedelta(seconds=refused.value.wait_s)
    assert waits[:5] == [0, 0, 0, 0, 0]
    told = [wait for wait in waits if wait]
    assert told == sorted(told)
    assert 0 < told[0] <= 4
    with pytest.raises(PeopleRefused, match="wait"):  # the right one is not heard either
        people.sign_in(db, "zhang", PASSWORD, address="10.0.0.2", now=moment - MINUTE / 60)
    assert people.sign_in(db, "zhang", PASSWORD, address="10.0.0.1", now=moment + dt.timedelta(minutes=16))
    assert people.wait_s(db, "zhang", "10.0.0.1", moment + dt.timedelta(minutes=17)) == 0


def test_names_that_are_not_there_are_guarded_alike(db: Database) -> None:
    for number in range(7):
        with pytest.raises(PeopleRefused) as refused:
            people.sign_in(db, "no body!" if number % 2 else "nobody", "wrong password", now=NOON)
        assert refused.value.what == "wrong"
    for _ in range(2):
        with pytest.raises(PeopleRefused):
            people.sign_in(db, "nobody", "x", now=NOON)
    assert people.wait_s(db, "nobody", None, NOON) > 0


def test_one_address_that_tries_many_names_waits(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attempts.FREE, "address", 4)  # twenty hashes take their time
    for number in range(4):
        with pytest.raises(PeopleRefused, match="do not belong together"):
            people.sign_in(db, f"person{number}", "wrong", address="10.0.0.9", now=NOON)
    with pytest.raises(PeopleRefused, match="too many tries"):
        people.sign_in(db, "person99", "wrong", address="10.0.0.9", now=NOON)
    assert people.wait_s(db, "person99", "10.0.0.8", NOON) == 0


# ------------------------------------------------------------------ the log


def test_every_deed_is_in_the_log(db: Database) -> None:
    account(db, "zhang")
    account(db, "li", Role.READER)
    people.sign_in(db, "zhang", PASSWORD, address="10.0.0.1")
    with pytest.raises(PeopleRefused):
        people.sign_in(db, "li", "wrong", address="10.0.0.2")
    people.close(db, "li", by="zhang", address="10.0.0.1")
    told = [(one.who, one.action, one.subject, one.address) for one in people.entries(db)]
    assert told[:3] == [
        ("zhang", "account.closed", "li", "10.0.0.1"),
        ("li", "sign_in.failed", None, "10.0.0.2"),
        ("zhang", "signed_in", None, "10.0.0.1"),
    ]
    ids = [one.id for one in people.entries(db)]
    assert ids == sorted(ids, reverse=True)
    assert [one.id for one in people.entries(db, before=ids[2])] == ids[3:]
    assert {one.who for one in people.entries(db, who="zhang")} == {"zhang"}


def test_what_is_kept_opens_nothing(db: Database) -> None:
    """No token and no password stands in the database."""
    link = people.invite(db, Role.OFFICE, by="tests")
    people.accept(db, link, name="zhang", shown="张三", password=PASSWORD)
    token = people.sign_in(db, "zhang", PASSWORD)
    with db.read() as session:
        for table in (tables.accounts, tables.invitations, tables.sessions, tables.sign_ins, tables.audit):
            for row in session.execute(sa.select(table)):
                assert not {link, token, PASSWORD} & {str(value) for value in row}
