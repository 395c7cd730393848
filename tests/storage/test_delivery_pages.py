"""The feed's state as the office sees it, and the wish to send again what was refused."""

from __future__ import annotations

import datetime as dt

from storage import catalogue, outbox, requests
from storage.database import Database, utcnow
from storage.outbox import Reconciliation, Refused
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import csrf, signed_in

EVIL = "<script>alert(1)</script>"


def delivered(db: Database) -> str:
    """Three changes, of which a receiver took two, refused one, and failed since."""
    catalogue.upsert(db, [build.item(number) for number in (1, 2, 3)], seen_at=build.NOON)
    entry = outbox.pending(db, 1, 1)[0]
    refused = Refused(seq=entry.seq, item_id=entry.item_id, revision=1, reason=f"标题过长{EVIL}")
    outbox.advance(db, "central", 2, {"name": "r"}, sent={entry.item_id: entry.seq}, refused=[refused])
    outbox.failed(db, "central", f"answers 500 {EVIL}", utcnow() + dt.timedelta(minutes=5))
    compared = Reconciliation(
        receiver="central",
        began_at=build.NOON,
        ended_at=build.NOON,
        seq=2,
        ours=2,
        held=1,
        counts={"missing": 1},
        drift=1,
        samples={},
    )
    outbox.keep_reconciliation(db, compared)
    return entry.item_id


def test_the_state_of_every_receiver_is_told(db: Database) -> None:
    item = delivered(db)
    page = signed_in(db).get("/delivery").text
    for words in ("central", "连续失败 1 次", "标题过长", f"/items/{item}", "answers 500"):
        assert words in page
    assert '<span class="breach">1</span>' in page  # the drift
    assert "<script" not in page


def test_what_was_refused_is_asked_for_again_by_the_office_alone(db: Database) -> None:
    delivered(db)
    office, reader = signed_in(db), signed_in(db, "wang", Role.READER)
    page = office.get("/delivery").text
    assert "已留下请求" in office.post("/delivery", data={"csrf": csrf(page), "receiver": "central"}).text
    left = requests.claim(db, "test")
    assert left is not None
    assert (left.kind, left.payload["receiver"]) == ("replay", "central")
    assert office.post("/delivery", data={"csrf": "old", "receiver": "central"}).status_code == 403
    secret = csrf(reader.get("/delivery").text)
    assert reader.post("/delivery", data={"csrf": secret, "receiver": "central"}).status_code == 403
    assert signed_in(db, "li", Role.UNIT, "a").get("/delivery").status_code == 403
    assert requests.claim(db, "test") is None


def test_without_receivers_it_says_what_to_do(db: Database) -> None:
    assert "gongkai deliver" in signed_in(db).get("/delivery").text
