"""A CKAN catalogue as a receiver, through its action API: an item is a dataset, which carries what proves it ours.

A dataset's name is a prefix and the item's id. Its extras say of which item and revision it is, and hold a seal over
everything a reader sees of it: so what is there already, and what somebody altered, is known without knowing how CKAN
keeps it. A dataset without our marks is somebody else's and is never touched; where it has our name, the change is
refused. CKAN keeps no number of ours, and shows deleted datasets to nobody who searches: how far it is says the
cursor alone, and a withdrawn item is one that is not there.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import requests
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import CKANAPIError, ServerIncompatibleError
from pydantic import Field

from flows.delivery import changes, ckan_dataset
from flows.delivery.ckan_dataset import Dataset
from flows.delivery.configured import Configured
from flows.delivery.receiver import Held, Refusal, Taken
from storage import settings
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry

_PAGE: Final = 100  # datasets a search answers with: some 1 MB with article texts
_LARGEST: Final = 64 * 2**20  # bytes of an answer; such a page of datasets with the longest texts is below it
_WRITES: Final = ("package_create", "package_update", "package_patch")
_NAME: Final = r"^[a-z0-9_-]{2,100}$"


class CkanConfig(Configured):
    """A CKAN catalogue; the secret that ``key`` names is the API token of a user there."""

    kind: Literal["ckan"] = Field(description="ckan")
    url: str = Field(pattern=r"^https?://[^\s/]+", description="the address of the CKAN, https://…")
    key: str = Field(min_length=1, description="the name of the secret that is the API token of its user")
    organisation: str = Field(pattern=_NAME, description="the name of the organisation there that owns the datasets")
    organisations: dict[str, str] = Field({}, description="unit: organisation, for units that have one of their own")
    create_organisations: bool = Field(
        default=False, description="true or false: whether units without one are given an organisation, where allowed"
    )
    groups: bool = Field(
        default=False, description="true or false: whether datasets are put in groups of categories and themes"
    )
    private: bool = Field(default=False, description="true or false: whether only the organisation sees the datasets")
    prefix: str = Field(
        "gongkai-", pattern=r"^[a-z0-9_-]{1,40}$", description="how the names of datasets begin: a-z, 0-9, - and _"
    )
    batch: int = Field(50, ge=1, le=1000, description="how many changes are handed over at a time, 1 to 1000")
    timeout_s: float = Field(60, ge=0.1, le=3600, description="seconds until an answer is given up, 0.1 to 3600")


@contextlib.contextmanager
def open_ckan(config: CkanConfig) -> Iterator[CkanReceiver]:
    """The catalogue. Nothing is asked of it yet.

    :raises SettingsError: there is no such secret.
    """
    token = settings.secret(config.key)
    with (
        _Session(config.timeout_s) as session,
        RemoteCKAN(config.url, apikey=token, user_agent="gongkai", session=session) as site,
    ):
        yield CkanReceiver(config, site, session)


class _TakenByOthers(Exception):
    """Raised when a dataset of somebody else has the name of an item of ours."""


class CkanReceiver:
    """A CKAN catalogue (see the module)."""

    def __init__(self, config: CkanConfig, site: RemoteCKAN, session: _Session) -> None:
        self.name = config.name
        self.batch = config.batch
        self._config = config
        self._site = site
        self._session = session
        self._where = f"{config.name} ({config.url})"
        self._owners: dict[str, str] = dict(config.organisations)
        self._groups: dict[str, bool] = {}  # name → whether datasets may be put there
        self._may_write = False

    def last_seq(self) -> None:
        """CKAN keeps no such number."""

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Makes each dataset what its change says, one after the other; what CKAN finds not valid is refused.

        :raises DeliveryFailed: it does not answer, its token may not write there, or the answer cannot be true. What
            was made before stays; the same batch sent again finds it and goes on.
        """
        self._check_rights()
        done = {"created": 0, "updated": 0, "deleted": 0, "unchanged": 0}
        refused = []
        for entry in entries:
            try:
                done[self._put(entry)] += 1
            except _TakenByOthers as problem:
                refused.append(Refusal(seq=entry.seq, reason=str(problem)))
            except ValidationError as problem:
                refused.append(Refusal(seq=entry.seq, reason=self._not_valid(problem)))
        receipt = {"first_seq": entries[0].seq, "last_seq": entries[-1].seq, **done, "refused": len(refused)}
        return Taken(receipt=receipt, refused=tuple(refused))

    def held(self) -> Iterator[Held]:
        """Every dataset of ours that its search finds, in the order of ids; withdrawn ones it shows to nobody.

        The sum is what was noted with the dataset where nothing in it was altered since, and none that is right else.

        :raises DeliveryFailed: also where datasets come or go while they are read: to be read again.
        """
        start, count, last = 0, None, ""
        while count is None or start < count:
            answer = self._call(
                "package_search",
                fq=f"name:{self._config.prefix}*",
                sort="name asc",
                rows=_PAGE,
                start=start,
                include_private=True,
            )
            found = answer.get("results") if isinstance(answer, dict) else None
            if not isinstance(found, list) or not isinstance(answer.get("count"), int):
                raise self._lie("package_search", answer)
            if count not in (None, answer["count"]) or (not found and start < answer["count"]):
                raise DeliveryFailed(f"{self._where}: datasets come or go while they are read: reconcile once more")
            count = answer["count"]
            start += len(found)
            for data in found:
                dataset = self._dataset(data, "package_search")
                if dataset.name <= last:
                    raise DeliveryFailed(f"{self._where}: answers datasets out of order ({last}, {dataset.name})")
                last = dataset.name
                if dataset.item is not None and ckan_dataset.name_of(self._config.prefix, dataset.item) == last:
                    yield Held(
                        id=dataset.item, revision=dataset.likely_revision, deleted=False, sha256=dataset.noted_sum()
                    )

    # ------------------------------------------------------------------ one change

    def _put(self, entry: OutboxEntry) -> str:
        """Makes the dataset of ``entry`` what it says; what was done, as the receipt counts it.

        :raises ValidationError: CKAN will not hold it.
        """
        name = ckan_dataset.name_of(self._config.prefix, entry.item_id)
        if name is None:
            raise _TakenByOthers(f"{entry.item_id!r} cannot be the name of a dataset")
        there = self._show(name)
        if there is not None and there.item != entry.item_id:
            raise _TakenByOthers(f"a dataset {name} is there that is not ours: have it renamed or purged")
        if there is not None and there.revision is not None:
            if there.revision > entry.revision:
                return "unchanged"
            if there.revision == entry.revision and _is_done(there, entry):
                return "unchanged"
        if entry.action == "delete":
            return self._delete(entry, there)
        facts = changes.as_json(entry)
        data = ckan_dataset.data_of(facts, changes.digest(entry), name=name, private=self._config.private)
        data["owner_org"] = self._owner(facts)
        data["groups"] = [{"name": one} for one, title in self._wanted_groups(facts) if self._is_group(one, title)]
        if there is None:
            self._sealed("package_create", data, entry)
            return "created"
        # without their ids, resources would be new ones each time, and links to them would break
        ids = {one.get("url"): one.get("id") for one in there.resources}
        for resource in data["resources"]:
            if ids.get(resource["url"]):
                resource["id"] = ids.pop(resource["url"])
        self._sealed("package_update", {**data, "id": there.id, "state": "active"}, entry)
        return "updated"

    def _delete(self, entry: OutboxEntry, there: Dataset | None) -> str:
        """First its marks, then itself: of a deleted dataset it must be known which revision it was deleted by."""
        if there is None:
            return "unchanged"
        if there.revision != entry.revision:
            extras = ckan_dataset.marks(changes.as_json(entry), changes.digest(entry))
            data = {**there.data, "extras": extras}
            self._sealed("package_patch", {"id": there.id, "extras": ckan_dataset.sealed(data)["extras"]}, entry)
        if not there.is_deleted:
            self._call("package_delete", id=there.id)
        return "deleted"

    def _sealed(self, action: str, data: Mapping[str, Any], entry: OutboxEntry) -> None:
        """Writes a dataset and looks at what CKAN says it made of it.

        Where it keeps some of it in a form of its own (a space less, a plugin's field more), the seal is put over that:
        a form of CKAN's own is no alteration.
        """
        sent = dict(data) if action == "package_patch" else ckan_dataset.sealed(data)
        made = self._dataset(self._call(action, **sent), action)
        if (made.item, made.revision, made.sha256) != (entry.item_id, entry.revision, changes.digest(entry)):
            raise self._lie(action, made.data)
        if not made.is_intact:
            extras = ckan_dataset.sealed(made.data)["extras"]
            self._dataset(self._call("package_patch", id=made.id, extras=extras), "package_patch")

    def _show(self, name: str) -> Dataset | None:
        try:
            found = self._dataset(self._asked("package_show", id=name), "package_show")
        except NotFound:
            return None
        except NotAuthorized as problem:
            raise self._no_right("package_show", problem) from problem
        if found.name != name:
            raise self._lie("package_show", found.data)
        return found

    # ------------------------------------------------------------------ whose it is, and where it belongs

    def _check_rights(self) -> None:
        """Asked once: CKAN takes a wrong token for no token, and would say of each dataset that it may not be read."""
        if self._may_write:
            return
        answer = self._call("organization_list_for_user", permission="create_dataset")
        if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
            raise self._lie("organization_list_for_user", answer)
        names = {one.get(key) for one in answer for key in ("name", "id")}
        missing = {self._config.organisation, *self._config.organisations.values()} - names
        if missing:
            raise DeliveryFailed(
                f"{self._where}: the token may not make datasets in the organisation {min(missing)}: make it, give the "
                "token's user the role of an editor there, or correct the secret"
            )
        self._may_write = True

    def _owner(self, facts: Mapping[str, Any]) -> str:
        unit = str(facts.get("unit"))
        if unit not in self._owners:
            self._owners[unit] = self._config.organisation
            name = f"{self._config.prefix}{unit}"
            if self._config.create_organisations and re.fullmatch(_NAME, name):
                title = facts.get("publisher") or unit
                if self._is_there("organization", name, title):
                    self._owners[unit] = name
        return self._owners[unit]

    def _wanted_groups(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        return ckan_dataset.groups_of(facts, self._config.prefix) if self._config.groups else []

    def _is_group(self, name: str, title: str) -> bool:
        if name not in self._groups:
            self._groups[name] = self._is_there("group", name, title)
        return self._groups[name]

    def _is_there(self, what: str, name: str, title: str) -> bool:
        """Whether there is such an organisation or group, made now where there was none and it may be."""
        try:
            self._asked(f"{what}_show", id=name)
        except NotFound:
            pass
        except NotAuthorized:
            return False
        else:
            return True
        try:
            self._asked(f"{what}_create", name=name, title=title)
        except (NotAuthorized, ValidationError):
            return False
        return True

    # ------------------------------------------------------------------ asking, and what went wrong, in words

    def _call(self, action: str, **data: Any) -> Any:
        """As :meth:`_asked`, where neither a refusal of rights nor a dataset that is not there is an answer.

        :raises ValidationError: a dataset that is written is not valid.
        """
        try:
            return self._asked(action, **data)
        except ValidationError as problem:
            if action in _WRITES:
                raise
            raise DeliveryFailed(f"{self._where}: answers {action} with {self._session.told}") from problem
        except NotAuthorized as problem:
            raise self._no_right(action, problem) from problem
        except NotFound as problem:
            raise DeliveryFailed(
                f"{self._where}: {action}: not found ({_said(problem)}); the same is sent again"
            ) from problem

    def _asked(self, action: str, **data: Any) -> Any:
        """What the action answers.

        :raises NotAuthorized, NotFound, ValidationError: as CKAN says.
        :raises DeliveryFailed: anything else.
        """
        try:
            return self._site.call_action(action, data)
        except (NotAuthorized, NotFound, ValidationError):
            raise
        except requests.RequestException as problem:
            raise DeliveryFailed(
                f"{self._where}: does not answer {action} ({type(problem).__name__}: {str(problem)[:200]}); "
                "nothing is lost, the same is sent again"
            ) from problem
        except (CKANAPIError, ServerIncompatibleError, KeyError, TypeError) as problem:
            raise DeliveryFailed(
                f"{self._where}: answers {action} with {self._session.told}; nothing is lost, the same is sent again"
            ) from problem

    def _dataset(self, data: object, action: str) -> Dataset:
        try:
            return Dataset(data)
        except ValueError as problem:
            raise self._lie(action, data) from problem

    def _no_right(self, action: str, problem: NotAuthorized) -> DeliveryFailed:
        return DeliveryFailed(
            f"{self._where}: the token may not do {action} ({_said(problem)}): give its user the role of an editor in "
            "the organisation, or correct the secret"
        )

    def _lie(self, action: str, answer: object) -> DeliveryFailed:
        shown = json.dumps(answer, ensure_ascii=False, default=str)[:200]
        return DeliveryFailed(f"{self._where}: says that {action} is done, and answers what cannot be true: {shown}")

    def _not_valid(self, problem: ValidationError) -> str:
        """Why a dataset is not valid, in CKAN's words.

        :raises DeliveryFailed: it is the organisation that is not: that is no fault of the change.
        """
        told = {key: value for key, value in problem.error_dict.items() if key != "__type"}
        words = "; ".join(f"{key}: {_plain(value)}" for key, value in told.items()) or "not valid"
        if set(told) == {"owner_org"}:
            raise DeliveryFailed(f"{self._where}: {words}: correct organisation: or organisations:") from problem
        return words


def _is_done(there: Dataset, entry: OutboxEntry) -> bool:
    if entry.action == "delete":
        return there.is_deleted  # which takes it out of its groups, so that its seal is broken
    return not there.is_deleted and there.is_intact


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    return str(value)


def _said(problem: CKANAPIError) -> str:
    told = problem.extra_msg
    return _plain({k: v for k, v in told.items() if k != "__type"}) if isinstance(told, dict) else str(told)


class _Answer:
    """As much of a response as ``ckanapi`` looks at."""

    def __init__(self, status_code: int, text: str) -> None:
        self.status_code = status_code
        self.text = text


class _Session(requests.Session):
    """Asks with a time limit for the whole answer, reads no more than a catalogue can have to say, and remembers how
    it was answered last, in words (``told``).
    """

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self.told = "nothing"
        self._timeout_s = timeout_s

    def post(self, url: Any, data: Any = None, json: Any = None, **more: Any) -> Any:
        """The answer, read whole.

        :raises requests.RequestException: it did not come in time, or is far too long.
        """
        ends = time.monotonic() + self._timeout_s
        more |= {"timeout": (min(10.0, self._timeout_s), self._timeout_s), "stream": True}
        body = bytearray()
        with super().post(url, data=data, json=json, **more) as answer:
            for piece in answer.iter_content(65536):
                body += piece
                if len(body) > _LARGEST:
                    raise requests.RequestException(f"an answer of more than {_LARGEST >> 20} MB")
                if time.monotonic() > ends:
                    raise requests.Timeout(f"no whole answer in {self._timeout_s:g} s")
        text = body.decode("utf-8", "replace")
        plain = " ".join(re.sub(r"<[^>]*>", " ", text[:2000]).split())
        self.told = f"status {answer.status_code}: {plain[:200] or 'nothing'}"
        return _Answer(answer.status_code, text)
