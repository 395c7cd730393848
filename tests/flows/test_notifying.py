"""What happened reaches who must act: every kind of event by a real mail server, once, also when a run is killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.notices import carriers, wording
from flows.notices.carriers import Letter
from flows.notices.channels import Channel
from flows.notices.faults import Run
from flows.notices.sending import LEASE, Told, tell
from flows.notices.table import FAULTS, OVER, ROWS
from storage import catalogue, findings, leases, notices, observations, outbox, registry, settings
from storage.catalogue import holding
from storage.catalogue.holding import Held
from storage.database import Database, open_database
from storage.exceptions import NoticeFailed
from storage.outbox import Reconciliation
from storage.schema import City, Contact, Finding, Outcome, VerdictKind
from tests.flows.killing import forked
from tests.flows.mailbox import Mailbox, mail_server
from tests.storage import build

NOON, DAY, MINUTE = build.NOON, build.DAY, dt.timedelta(minutes=1)
UNIT_BOX, OFFICE_BOX, OPERATOR_BOX = "gk@qinghe.invalid", "office@qinghe.invalid", "ops@qinghe.invalid"
Happens = Callable[[Database], object]
FILE = """
channels:
  - {{name: mail, kind: email, host: 127.0.0.1, port: {port}, security: none, from: s@qinghe.invalid, to: {office}}}
  - {{name: ops, kind: email, host: 127.0.0.1, port: {port}, security: none, from: s@qinghe.invalid, to: {operator}}}
audiences: {{unit: [mail], office: [mail], operator: [ops]}}
limits: {{mend_working_days: 15{limits}}}
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture(autouse=True)
def _configured(box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box.letters.clear()
    box.refuse.clear()
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", "https://watch.qinghe.invalid")
    configure(box, tmp_path, monkeypatch)


def configure(box: Mailbox, folder: Path, monkeypatch: pytest.MonkeyPatch, *, limits: str = "") -> None:
    file = folder / "channels.yml"
    told = FILE.format(port=box.port, office=OFFICE_BOX, operator=OPERATOR_BOX, limits=limits)
    file.write_text(told, encoding="utf-8")
    monkeypatch.setenv("GONGKAI_CHANNELS", str(file))


def city_of(**facts: Any) -> City:
    return build.city(build.unit(**facts))


@pytest.fixture
def db(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A city with one unit, watched since noon: nothing has happened yet that anybody is told of."""
    monkeypatch.setenv("GONGKAI_DATABASE_URL", sqlite_url)
    with closing(open_database(sqlite_url)) as database:
        registry.apply(database, city_of())
        tell(database, settings.load(), at=NOON)
        yield database


def run(db: Database, at: dt.datetime = NOON, **facts: Any) -> Told:
    return tell(db, settings.load(), at=at, **{"at_once": True, **facts})


# ------------------------------------------------------------------ what happens


def breach(db: Database, severity: str = "red", at: dt.datetime = NOON) -> Finding:
    findings.settle(db, [build.verdict(severity=severity)], at=at)
    (found,) = findings.iter_findings(db)
    return found


def opened(db: Database) -> None:
    breach(db, "yellow")


def comply(db: Database, at: dt.datetime = NOON) -> None:
    findings.settle(db, [build.verdict(VerdictKind.COMPLIANT)], at=at)


def step(db: Database, name: str, at: dt.datetime = NOON, **facts: Any) -> None:
    (found,) = findings.iter_findings(db)
    findings.take_step(db, found.id, name, who="张三", at=at, note="说明如此", **facts)


def steps(*names: str) -> list[Happens]:
    """A breach, then these steps, each on its own."""
    return [breach, *(taking(name) for name in names)]


def taking(name: str, until: dt.date = dt.date(2026, 3, 10)) -> Happens:
    waiver: dict[str, Any] = {"approved_by": "主任", "until": until} if name == "waived" else {}
    return lambda db: step(db, name, **waiver)


def happen(db: Database, deeds: Sequence[Happens]) -> None:
    for deed in deeds:
        deed(db)


def overdue(db: Database) -> None:
    breach(db, at=NOON - 60 * DAY)
    step(db, "notified", at=NOON - 59 * DAY)  # 2026-01-02; the 4th, a Sunday, is worked (元旦调休)


def look(outcome: Outcome, count: int, at: dt.datetime = NOON) -> Happens:
    def happens(db: Database) -> None:
        made = [
            build.observation(f"{outcome}{n}{at}", outcome=outcome, at=at + n * MINUTE, reason="challenge:ruishu")
            for n in range(count)
        ]
        observations.record(db, made)

    return happens


def held(db: Database) -> None:
    with db.begin() as session:
        holding.hold(session, Held(unit="tianhe-qu", column="tzgg", since=NOON, reason="rows_gone", lost=9, of=10))


def released(db: Database) -> None:
    with db.begin() as session:
        holding.release(session, "tianhe-qu", "tzgg", ["rows_gone"])


def receiver_fails(db: Database) -> None:
    for _ in range(3):
        outbox.failed(db, "central", "answers 503", NOON)


def drift(count: int) -> Happens:
    def happens(db: Database) -> None:
        catalogue.upsert(db, [build.item()], seen_at=NOON)
        outbox.advance(db, "central", 1, {})
        told: dict[str, Any] = {"began_at": NOON, "ended_at": NOON, "seq": 1}
        told |= {"ours": 1, "held": 0, "counts": {"missing": count}, "drift": count, "samples": {}}
        outbox.keep_reconciliation(db, Reconciliation(receiver="central", **told))

    return happens


def channel_fails(db: Database) -> None:
    for _ in range(3):
        notices.failed(db, [], "mail", "535 auth failed", at=NOON, next_attempt_at=NOON)


def template(text: str | None) -> Happens:
    def happens(db: Database) -> None:
        own = wording.own_folder(settings.load().home)
        own.mkdir(parents=True, exist_ok=True)
        if text is None:
            (own / "held.txt").unlink()
        else:
            (own / "held.txt").write_text(text, encoding="utf-8")

    return happens


def nothing(db: Database) -> None:
    pass


PLACE = "通知公告"
LINK = "https://watch.qinghe.invalid/findings/F-"
FAILED_RUN = Run(flow="assess", failed=True, at=NOON, said="database is locked")
WELL_RUN = Run(flow="assess", failed=False, at=NOON + DAY)
Expected = list[tuple[str, str, Sequence[str]]]
# kind, what happens, of which the last is what is told: to whom, in the subject, in the text
OF_FINDINGS: list[tuple[str, Sequence[Happens], Expected]] = [
    ("opened_red", [breach], [(OFFICE_BOX, "新发现红牌问题1项", ["田禾区人民政府", "UP-01", PLACE, LINK])]),
    ("opened", [opened], [(OFFICE_BOX, "新发现问题1项", ["田禾区人民政府：1 项", "UP-01", PLACE, LINK])]),
    ("notified", steps("notified"), [(UNIT_BOX, "问题交办1项", ["UP-01", PLACE, "整改期限：2026-03-23", LINK])]),
    (
        "reopened",
        [*steps("notified"), comply, breach],
        [
            (UNIT_BOX, "问题重新打开1项", ["UP-01", PLACE, LINK]),
            (OFFICE_BOX, "问题重新打开1项", ["田禾区人民政府", "UP-01", PLACE, LINK]),
        ],
    ),
    ("closed", [*steps("notified"), comply], [(UNIT_BOX, "问题销号1项", ["UP-01", PLACE, LINK])]),
    (
        "disputed",
        steps("notified", "disputed"),
        [(OFFICE_BOX, "申诉待处理1项", ["田禾区", "UP-01", PLACE, "申诉理由：说明如此", LINK])],
    ),
    (
        "answered",
        steps("notified", "answered"),
        [(OFFICE_BOX, "整改反馈待复查1项", ["田禾区", "UP-01", PLACE, "反馈：说明如此", LINK])],
    ),
    (
        "dispute_settled",
        steps("disputed", "upheld"),
        [(UNIT_BOX, "申诉处理结果1项", ["UP-01", PLACE, "结果：维持判定", "理由：说明如此", LINK])],
    ),
    ("dispute_settled", steps("disputed", "closed"), [(UNIT_BOX, "申诉处理结果1项", ["结果：申诉成立，已销号"])]),
    (
        "dispute_settled",
        [*steps("disputed"), taking("waived", dt.date(2026, 12, 31))],
        [(UNIT_BOX, "申诉处理结果1项", ["结果：予以豁免"])],
    ),
    ("closed", [*steps("notified", "disputed"), comply], [(UNIT_BOX, "问题销号1项", ["UP-01", PLACE, LINK])]),
    (
        "waiver_ends",
        [*steps("waived"), nothing],
        [(OFFICE_BOX, "豁免即将到期1项", ["田禾区", PLACE, "截止日期：2026-03-10", LINK])],
    ),
    (
        "overdue",
        [overdue, nothing],
        [(OFFICE_BOX, "整改逾期1项", ["田禾区", "UP-01", PLACE, "整改期限：2026-01-22", LINK])],
    ),
]


@pytest.mark.parametrize(("kind", "deeds", "told"), OF_FINDINGS)
def test_what_happens_to_a_finding_is_told(
    kind: str, deeds: Sequence[Happens], told: Expected, db: Database, box: Mailbox
) -> None:
    happen(db, deeds[:-1])
    run(db)
    box.letters.clear()
    deeds[-1](db)
    run(db, NOON + DAY)  # a day later: what a day brings is among it
    assert sorted(letter.to[0] for letter in box.letters) == sorted(to for to, _, _ in told)
    for to, subject, text in told:
        (letter,) = (one for one in box.letters if one.to == [to])
        assert letter.subject == f"【青禾市政府信息公开】{subject}"
        assert letter.parsed["To"].addresses[0].addr_spec == to
        assert all(words in letter.text for words in text), letter.text
        assert f"编号：{letter.parsed['X-Gongkai-Notice']}（" in letter.text
        assert wording.WORDS[kind] in subject


OF_FAULTS: list[tuple[str, Happens, Happens, Sequence[str]]] = [
    (
        "unobserved",
        look(Outcome.BLOCKED, 3),
        look(Outcome.OK, 1, NOON + DAY),
        ["田禾区人民政府：1 个", "通知公告：被拦截，连续 3 次", f"{build.SITE}/zwgk/tzgg/", "放行采集程序"],
    ),
    ("held", held, released, ["10 条中有 9 条", "gongkai catalogue accept tianhe-qu tzgg"]),
    (
        "receiver_fails",
        receiver_fails,
        lambda db: outbox.succeeded(db, "central"),
        ["central：连续 3 次", "answers 503"],
    ),
    ("receiver_drifts", drift(2), drift(0), ["central：相差 2 条", "gongkai deliver reconcile --to central --repair"]),
    ("flow_failed", nothing, nothing, ["1. assess", "database is locked"]),
    (
        "channel_fails",
        channel_fails,
        lambda db: notices.sent(db, [], "mail", at=NOON),
        ["mail：连续 3 次", "535 auth failed", "gongkai notices test mail"],
    ),
    ("template_broken", template("{{ nothing.here }}"), template(None), ["held.txt", "undefined"]),
]


def test_every_kind_is_in_one_of_the_tables() -> None:
    told = {kind for kind, *_ in OF_FINDINGS} | {kind for kind, *_ in OF_FAULTS}
    assert told | {f"{kind}{OVER}" for kind in FAULTS} == set(ROWS) == set(wording.WORDS)


@pytest.mark.parametrize(("kind", "begins", "ends", "told"), OF_FAULTS)
def test_a_fault_is_told_to_the_operator_alone_and_its_end_once(
    kind: str,
    begins: Happens,
    ends: Happens,
    told: Sequence[str],
    db: Database,
    box: Mailbox,
) -> None:
    begins(db)
    runs = [FAILED_RUN] if kind == "flow_failed" else None
    for _ in range(2):
        run(db, runs=runs)
    (letter,) = box.letters
    assert letter.to == [OPERATOR_BOX]
    assert f"{wording.WORDS[kind]}1项" in letter.subject
    assert all(words in letter.text for words in told), letter.text
    assert "不计入任何单位的问题" in letter.text
    ends(db)
    for _ in range(2):
        run(db, NOON + DAY, runs=[WELL_RUN] if runs else None)
    _, over = box.letters
    assert over.to == [OPERATOR_BOX]
    assert "恢复正常1项" in over.subject
    assert f"【恢复正常】{wording.WORDS[kind]}" in over.text


def test_a_fault_that_was_over_before_anybody_heard_of_it_is_never_told(db: Database, box: Mailbox) -> None:
    held(db)
    run(db, at_once=False)  # it waits for the digest
    released(db)
    run(db, NOON + MINUTE, at_once=False)
    assert run(db, NOON + DAY).overtaken == 0
    assert notices.counts(db) == {"waiting": 0, "sent": 0, "failed": 0, "overtaken": 1}
    assert box.letters == []


# ------------------------------------------------------------------ once, in its time


def test_nobody_is_told_of_what_was_before_notices_were(sqlite_url: str, box: Mailbox) -> None:
    with closing(open_database(sqlite_url)) as database:
        registry.apply(database, city_of())
        breach(database)
        assert run(database) == Told()
        assert box.letters == []


def test_the_same_event_is_told_once_however_often_it_is_looked_at(db: Database, box: Mailbox) -> None:
    happen(db, steps("notified"))
    told = [run(db) for _ in range(3)]
    assert [one.new for one in told] == [2, 0, 0]
    assert findings.steps_after(db, notices.begin(db)) == []  # none of it is read again
    assert [letter.to for letter in box.letters] == [[UNIT_BOX]]  # the office handed it over before it heard of it


def test_what_is_red_comes_at_once_and_the_rest_with_the_digest(db: Database, box: Mailbox) -> None:
    findings.settle(db, [build.verdict(), build.verdict(column="zcwj", severity="yellow")], at=NOON)
    told = []
    for minutes in (0, 5, 20 * 60, 20 * 60 + 25, 20 * 60 + 30, 20 * 60 + 35):  # noon, then the next morning
        run(db, NOON + minutes * MINUTE, at_once=False)
        told.append([letter.subject.partition("】")[2] for letter in box.letters])
    red, rest = "新发现红牌问题1项", "新发现问题1项"
    assert told == [[red], [red], [red], [red], [red, rest], [red, rest]]


def test_what_happens_at_night_waits_for_the_morning_of_a_working_day(db: Database, box: Mailbox) -> None:
    friday_night = NOON + 4 * DAY + 10 * 60 * MINUTE
    happen(db, steps("notified"))
    counts = []
    for at in (friday_night, friday_night + DAY, friday_night + 2 * DAY, friday_night + 2 * DAY + 10 * 60 * MINUTE):
        run(db, at, at_once=False)
        counts.append(len(box.letters))
    assert counts == [0, 0, 0, 1]  # the last is Monday, 8:00


def test_what_is_mended_before_it_is_told_is_told_no_more(db: Database, box: Mailbox) -> None:
    happen(db, steps("notified"))
    night, morning = NOON + 9 * 60 * MINUTE, NOON + 20 * 60 * MINUTE
    assert run(db, night, at_once=False).overtaken == 1  # the office handed it over before it heard that it was found
    comply(db, night + 60 * MINUTE)
    assert run(db, night + 61 * MINUTE, at_once=False).overtaken == 1  # and it was mended before the unit heard of it
    run(db, morning + 30 * MINUTE, at_once=False)
    assert [letter.subject.partition("】")[2] for letter in box.letters] == ["问题销号1项"]


def test_more_than_so_many_messages_an_hour_join_the_digest(
    db: Database, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(box, tmp_path, monkeypatch, limits=", per_hour: 2")
    for number in range(5):
        findings.settle(db, [build.verdict(column=f"c{number}")], at=NOON)
        run(db, NOON + number * MINUTE, at_once=False)
    assert len(box.letters) == 2
    run(db, NOON + 90 * MINUTE, at_once=False)  # the hour is over, and the digest not there yet
    assert len(box.letters) == 2
    run(db, NOON + 21 * 60 * MINUTE, at_once=False)
    assert [letter.subject.partition("】")[2] for letter in box.letters][2:] == ["新发现红牌问题3项"]


# ------------------------------------------------------------------ failures


def test_a_failure_is_tried_again_later_each_time_and_given_up_at_last(
    db: Database, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(box, tmp_path, monkeypatch, limits=", tries: 3")
    breach(db)
    box.refuse[OFFICE_BOX] = "450 mailbox busy"
    failed = []
    for minutes in (0, 4, 5, 14, 15, 30):
        failed.append(run(db, NOON + minutes * MINUTE, at_once=False).failed)
    assert failed == [1, 0, 1, 0, 1, 0]
    (given_up,) = notices.latest(db, ["failed"], 9)
    assert "450" in str(given_up.error)
    assert "mailbox busy" in str(given_up.error)
    assert [str(one.facts["name"]) for one in notices.faults(db).values()] == ["mail"]
    box.refuse.clear()
    notices.again(db, given_up.id)
    run(db, NOON + 40 * MINUTE, at_once=False)
    office = [letter for letter in box.letters if letter.to == [OFFICE_BOX]]
    assert [letter.parsed["X-Gongkai-Notice"] for letter in office] == [given_up.message]
    assert notices.faults(db) != {}  # it was well after this run's look …
    run(db, NOON + 45 * MINUTE, at_once=False)
    assert notices.faults(db) == {}  # … and the next one sees it


def test_a_channel_that_is_down_holds_up_no_other(db: Database, box: Mailbox) -> None:
    registry.apply(
        db, build.city(*(build.unit(f"u{n}", contacts=(Contact(name="n", email=f"u{n}@q.cn"),)) for n in range(5)))
    )
    findings.settle(db, [build.verdict(unit=f"u{n}") for n in range(5)], at=NOON)
    for one in list(findings.iter_findings(db)):
        findings.take_step(db, one.id, "notified", who="张三", at=NOON)
    held(db)
    registry.apply(db, build.city(build.unit(), *(build.unit(f"u{n}") for n in range(5))))
    tried: list[str] = []

    def carry(channel: Channel, letter: Letter) -> None:
        tried.append(channel.name)
        if channel.name == "mail":
            raise NoticeFailed("mail: down")

    run(db, carry=carry)
    assert sorted(tried) == ["mail", "mail", "ops"]
    assert notices.counts(db)["waiting"] == 5  # none of them is lost; two were tried


def test_a_fault_of_ours_in_one_message_holds_up_no_other(db: Database, box: Mailbox) -> None:
    breach(db)
    held(db)

    def carry(channel: Channel, letter: Letter) -> None:
        if channel.name == "mail":
            raise KeyError("bug")
        carriers.carry(channel, letter)

    told = run(db, carry=carry)
    assert (told.sent, told.failed) == (1, 1)
    assert "please report it: KeyError" in str(notices.channels(db)["mail"].error)


def test_a_unit_without_an_address_is_told_of_to_nobody_and_kept(db: Database, box: Mailbox) -> None:
    registry.apply(db, city_of(contacts=(Contact(name="无邮箱"), Contact(name="坏", email="a@b.cn,c@d.cn"))))
    happen(db, steps("notified"))
    run(db)
    (kept,) = notices.latest(db, ["failed"], 9)
    assert "no contact with an e-mail address" in str(kept.error)
    assert box.letters == []
    assert notices.channels(db)["mail"].failures == 0


def test_a_channel_that_left_the_file_keeps_nothing_waiting(
    db: Database, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(db)
    run(db, at_once=False)
    (tmp_path / "channels.yml").write_text("channels: []", encoding="utf-8")
    assert run(db).failed == 1
    assert notices.counts(db)["waiting"] == 0
    assert all(one.left_at is not None for one in notices.channels(db).values())


def test_regulations_that_are_not_understood_keep_nobody_from_hearing_it(db: Database, box: Mailbox) -> None:
    own = settings.load().home / "regulations"
    own.mkdir(parents=True)
    (own / "629900.yml").write_text("rules: {NO-99: {}}", encoding="utf-8")
    run(db, runs=[FAILED_RUN])
    assert [letter.to for letter in box.letters] == [[OPERATOR_BOX]]


# ------------------------------------------------------------------ killed, and side by side


@pytest.mark.parametrize("after", ["bound", "carried"])
def test_a_run_that_is_killed_sends_the_same_message_again(after: str, db: Database, box: Mailbox) -> None:
    """Killed with the letter handed over but not noted, and just before it is handed over."""
    breach(db)
    db.close()

    def dies(channel: Channel, letter: Letter) -> None:
        if after == "carried":
            carriers.carry(channel, letter)
        os.kill(os.getpid(), signal.SIGKILL)

    _, status = os.waitpid(forked(lambda: run(db, carry=dies)), 0)
    assert os.WIFSIGNALED(status)
    (bound,) = notices.waiting(db)
    assert bound.message is not None
    findings.settle(db, [build.verdict(column="zcwj")], at=NOON)  # meanwhile something else happens
    run(db, NOON + MINUTE)
    numbers = [letter.parsed["X-Gongkai-Notice"] for letter in box.letters]
    assert numbers.count(bound.message) == (2 if after == "carried" else 1)
    assert len(set(numbers)) == 2  # what came later is another message
    if after == "carried":
        same = [letter for letter in box.letters if letter.parsed["X-Gongkai-Notice"] == bound.message]
        assert same[0].text == same[1].text
    assert notices.counts(db) == {"waiting": 0, "sent": 2, "failed": 0, "overtaken": 0}


def test_two_runs_at_once_send_nothing_twice(db: Database, box: Mailbox) -> None:
    breach(db)
    told: list[Told] = []

    def meanwhile(channel: Channel, letter: Letter) -> None:
        told.append(run(db))
        carriers.carry(channel, letter)

    assert run(db, carry=meanwhile).sent == 1
    assert "another run is sending" in str(told[0])
    assert len(box.letters) == 1
    assert leases.holder_of(db, LEASE) is None


# ------------------------------------------------------------------ commands


def gongkai(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["notices", *words])
    return done.exit_code, done.output


def test_without_a_channels_file_the_commands_say_how_to_begin(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GONGKAI_CHANNELS")
    assert run(db) == Told(why=run(db).why)
    for command in ("status", "send", "preview"):
        status, said = gongkai(command)
        assert (status, "deploy/channels.example.yml" in said) == (0, True), said


def test_a_trial_says_whether_it_was_taken(db: Database, box: Mailbox) -> None:
    status, said = gongkai("test", "mail")
    assert (status, box.letters[0].to) == (0, [OFFICE_BOX])
    assert "测试通知" in box.letters[0].subject
    assert "由该渠道告知：公开主体、公开办" in box.letters[0].text
    assert "mail took it" in said
    box.refuse[OFFICE_BOX] = "550 no such user"
    status, said = gongkai("test", "mail")
    assert (status, "no such user" in said) == (1, True)
    done = CliRunner().invoke(app, ["notices", "test", "mial"])
    assert "did you mean mail?" in done.output


def test_preview_shows_what_waits_and_sends_nothing(db: Database, box: Mailbox) -> None:
    happen(db, steps("notified"))
    run(db, NOON + 10 * 60 * MINUTE, at_once=False)
    status, said = gongkai("preview")
    assert status == 0
    assert f"by mail to {UNIT_BOX}" in said
    assert "整改期限：2026-03-23" in said
    assert box.letters == []
    status, said = gongkai("preview", "--samples")
    assert (status, all(word in said for word in set(wording.WORDS.values()))) == (0, True)


def test_status_says_what_waits_what_failed_and_what_to_do(db: Database, box: Mailbox) -> None:
    assert gongkai("status")[0] == 0
    breach(db)
    box.refuse[OFFICE_BOX] = "550 no such user"
    assert gongkai("send", "--now")[0] == 1
    status, said = gongkai("status")
    assert status == 1
    assert "mail: failed 1 times in a row" in said
    assert "no such user" in said
    box.refuse.clear()
    assert gongkai("send", "--now")[0] == 0
    assert gongkai("status")[0] == 0
