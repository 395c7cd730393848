"""Changes pushed to a catalogue by signed HTTP: what its signed answer names, it has; everything else is sent again.

The protocol is that of :mod:`flows.delivery.protocol`. Nothing but a rightly signed answer that names every change of
the batch once counts: a page with status 200 of a proxy, or of somebody else, moves nothing. What the receiver cannot
take is halved down to the one change that it refuses.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from flows.delivery import asking, changes, protocol
from flows.delivery.asking import Answer, Asking, HttpConfig, shown
from flows.delivery.receiver import Held, Refusal, Taken
from storage.outbox import OutboxEntry

_ANSWER_BYTES: Final = 64 * 1024  # of an answer, and for each change
_ANSWER_BYTES_EACH: Final = 2048  # a refusal with its reason
_PAGE_BYTES: Final = 16 * 2**20  # of a page of what is held: some 80,000 items


@contextmanager
def open_http(config: HttpConfig) -> Iterator[HttpReceiver]:
    """The catalogue as a receiver, to the end of the block.

    :raises SettingsError: the secret is missing or too short, or the file of authorities cannot be used.
    :raises DeliveryFailed: the address is private and may not be.
    """
    with asking.opened(config) as ready:
        yield HttpReceiver(ready)


class HttpReceiver:
    """A catalogue that takes ``gongkai-changes/1``."""

    def __init__(self, ready: Asking) -> None:
        self.config = ready.config
        self._asking = ready

    @property
    def name(self) -> str:
        """As configured: another address of the same catalogue is the same receiver."""
        return self.config.name

    @property
    def batch(self) -> int:
        """How many changes a request has at most."""
        return self.config.batch

    def last_seq(self) -> int:
        """Up to which number it has dealt with everything, by its own signed word.

        :raises DeliveryFailed: it cannot be asked, or its answer is not to be believed.
        """
        told = self._told("GET", f"{self.config.url}/state", protocol.STATE, most=_ANSWER_BYTES)
        return self._number(told.get("last_seq"))

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Hands over ``entries`` in their order, in as many requests as their size needs.

        :raises DeliveryFailed: an answer did not come, or cannot be believed; what it has of them it will know again.
        """
        receipts: list[dict[str, Any]] = []
        refused: list[Refusal] = []
        for part in _parts([(entry, changes.as_bytes(entry)) for entry in entries], self.config.max_bytes):
            self._hand_over(part, receipts, refused)
        return Taken(receipt={"url": self.config.url, "requests": receipts}, refused=tuple(refused))

    def held(self) -> Iterator[Held]:
        """Everything it holds, page by page.

        :raises DeliveryFailed: as of :meth:`last_seq`; or the pages go round in a circle.
        """
        after: str | None = None
        while True:
            query = "" if after is None else f"?after={quote(after, safe='')}"
            told = self._told("GET", f"{self.config.url}/held{query}", protocol.HELD, most=_PAGE_BYTES)
            page = told.get("held")
            if not isinstance(page, list):
                raise self._asking.lies("its page of what it holds has no list")
            for one in page:
                held = self._held(one)
                if after is not None and held.id.encode() <= after.encode():
                    raise self._asking.lies(f"what it holds does not come in the order of ids: {held.id} after {after}")
                after = held.id
                yield held
            following = told.get("next", "")
            if following is None:
                return
            if not page or following != after:
                raise self._asking.lies("a page of what it holds does not say what comes next")

    # ------------------------------------------------------------------ a batch

    def _hand_over(
        self, part: Sequence[tuple[OutboxEntry, bytes]], receipts: list[dict[str, Any]], refused: list[Refusal]
    ) -> None:
        batch = _batch_id(part)
        body = _body(batch, part[-1][0].seq, [text for _, text in part])
        # level 6 takes twice the time of 4 for a twentieth fewer bytes of Chinese text
        sent = gzip.compress(body, compresslevel=4, mtime=0) if self.config.gzip else body
        answer = self._asking.ask("POST", self.config.url, sent, most=_ANSWER_BYTES + _ANSWER_BYTES_EACH * len(part))
        if answer.status in (400, 413, 422):
            self._too_much(part, len(sent), answer, receipts, refused)
            return
        told = self._asking.good(answer, protocol.ANSWERS)
        counted = self._judged(part, batch, told, refused)
        self._reached(told, part[-1][0].seq)
        assert answer.signed is not None
        receipts.append(
            {
                "batch": batch,
                "first_seq": part[0][0].seq,
                "last_seq": part[-1][0].seq,
                "bytes": len(sent),
                **counted,
                "key": answer.signed.key,
                "answered_at": answer.signed.timestamp,
                "signature": answer.signed.signature,
            }
        )

    def _too_much(
        self,
        part: Sequence[tuple[OutboxEntry, bytes]],
        size: int,
        answer: Answer,
        receipts: list[dict[str, Any]],
        refused: list[Refusal],
    ) -> None:
        """What was answered with 400, 413 or 422: halved; one change alone is refused if the receiver's word it is."""
        if answer.signed is None and answer.status != 413:
            raise self._asking.failed(
                f"answers {answer.status} without a signature ({answer.doubt}): something between changes the request, "
                "or the address is not the catalogue's"
            )
        if len(part) > 1:
            middle = len(part) // 2
            self._hand_over(part[:middle], receipts, refused)
            self._hand_over(part[middle:], receipts, refused)
            return
        # a proxy's limit is a fact about one large change, and a fault in its settings where it is smaller than that
        if answer.signed is None and size <= protocol.MUST_TAKE:
            raise self._asking.failed(
                f"answers 413 to {size} bytes: a proxy on the way allows less than the protocol needs; "
                "raise its limit for a request's body (nginx: client_max_body_size)"
            )
        told = answer.json()
        said = told.get("reason") if answer.signed is not None and isinstance(told, dict) else None
        what = f"{size} bytes are too many" if answer.status == 413 else "not understood"
        self._pass_over(part[0][0].seq)
        refused.append(Refusal(seq=part[0][0].seq, reason=f"{answer.status}: {shown(said) or what}"))

    def _judged(
        self, part: Sequence[tuple[OutboxEntry, bytes]], batch: str, told: Mapping[str, Any], refused: list[Refusal]
    ) -> dict[str, int]:
        """How many were ``taken``, ``had`` and ``refused``, where the answer is about exactly this part."""
        if told.get("batch") != batch:
            raise self._asking.lies(f"its answer is about the batch {shown(told.get('batch'))}, not {batch}")
        answers = told.get("answers")
        if not isinstance(answers, list):
            raise self._asking.lies("its answer names no changes")
        waiting = {entry.seq: changes.key(entry) for entry, _ in part}
        counted = {"taken": 0, "had": 0, "refused": 0}
        again: list[str] = []
        refusals: list[Refusal] = []
        for one in answers:
            seq = one.get("seq") if isinstance(one, dict) else None
            if not isinstance(seq, int) or seq not in waiting or waiting[seq] != one.get("key"):
                raise self._asking.lies(f"its answer names {shown(one)}, which was not sent, or names it twice")
            key, status = waiting.pop(seq), one.get("status")
            if status == "retry":
                again.append(f"{key} ({shown(one.get('reason')) or 'it does not say why'})")
            elif isinstance(status, str) and status in counted:
                counted[status] += 1
                if status == "refused":
                    refusals.append(Refusal(seq=seq, reason=shown(one.get("reason")) or "it does not say why"))
            else:
                raise self._asking.lies(f"it answers {shown(status)} for {key}, expected taken, had, refused or retry")
        if waiting:
            raise self._asking.lies(
                f"its answer leaves out {len(waiting)} of {len(part)} changes, first {min(waiting)}"
            )
        if again:
            raise self._asking.failed(f"wants {len(again)} of {len(part)} changes again later, first {again[0]}")
        refused += refusals
        return counted

    def _pass_over(self, seq: int) -> None:
        """Says that a change was refused before it could be read: else what is last is never reached there."""
        batch = f"{seq}-passed-over"
        body = _body(batch, seq, ())
        sent = gzip.compress(body, mtime=0) if self.config.gzip else body
        answer = self._asking.ask("POST", self.config.url, sent, most=_ANSWER_BYTES)
        told = self._asking.good(answer, protocol.ANSWERS)
        self._judged((), batch, told, [])
        self._reached(told, seq)

    def _reached(self, told: Mapping[str, Any], seq: int) -> None:
        last = self._number(told.get("last_seq"))
        if last < seq:
            raise self._asking.lies(f"it answers every change up to {seq}, yet says it is at {last}")

    # ------------------------------------------------------------------ single values

    def _told(self, method: str, url: str, format_: str, *, most: int) -> Mapping[str, Any]:
        return self._asking.good(self._asking.ask(method, url, b"", most=most), format_)

    def _held(self, one: Any) -> Held:
        if isinstance(one, dict):
            name, revision, deleted, digest = (one.get(key) for key in ("id", "revision", "deleted", "sha256"))
            if (
                isinstance(name, str)
                and name.isprintable()
                and isinstance(revision, int)
                and not isinstance(revision, bool)
                and isinstance(deleted, bool)
                and (digest is None or isinstance(digest, str))
            ):
                return Held(id=name, revision=revision, deleted=deleted, sha256=digest)
        raise self._asking.lies(f"it holds {shown(one)}, expected id, revision, deleted and sha256")

    def _number(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._asking.lies(f"it gives {shown(value)} as its last_seq, expected a number")
        return value


def _batch_id(part: Sequence[tuple[OutboxEntry, bytes]]) -> str:
    """The same for the same changes, so that those who run the catalogue find one batch in both logs."""
    digest = protocol.sha256(b"\n".join(text for _, text in part))
    return f"{part[0][0].seq}-{part[-1][0].seq}-{digest[:16]}"


def _body(batch: str, upto: int, texts: Sequence[bytes]) -> bytes:
    head = json.dumps({"format": protocol.CHANGES, "batch": batch, "upto": upto}, separators=(",", ":")).encode()
    return head[:-1] + b',"changes":[' + b",".join(texts) + b"]}"


_HEAD: Final = 200  # bytes of a body that are no change


def _parts(texts: Sequence[tuple[OutboxEntry, bytes]], most: int) -> Iterator[Sequence[tuple[OutboxEntry, bytes]]]:
    """``texts`` in their order, in parts of at most ``most`` bytes; what is larger alone is a part of its own."""
    start, size = 0, _HEAD
    for place, (_, text) in enumerate(texts):
        if place > start and size + len(text) + 1 > most:
            yield texts[start:place]
            start, size = place, _HEAD
        size += len(text) + 1
    yield texts[start:]
