"""An item as a CKAN dataset, and a dataset as it is found: whose it is, of which revision, whether it was altered."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from storage.schema import Category

MARK: Final = "gongkai_"  # how the keys of our own extras begin
_SEAL: Final = f"{MARK}seal"
# said elsewhere in the dataset; where a value comes from and where its bytes lie is of no use there
_ELSEWHERE: Final = frozenset(
    ("id", "revision", "seq", "key", "deleted", "datestamp", "same_as", "title", "url", "body_text", "attachments")
)
_UNTOLD: Final = frozenset(("provenance", "evidence"))
_ROOT: Final = frozenset(  # CKAN refuses an extra that is called like a field of its own
    (
        "name",
        "author",
        "maintainer",
        "notes",
        "version",
        "state",
        "type",
        "private",
        "tags",
        "groups",
        "resources",
        "extras",
    )
)


def name_of(prefix: str, item: str) -> str | None:
    """The name of an item's dataset, in the order of ids; None where CKAN would not take it."""
    name = f"{prefix}{item}"
    return name if re.fullmatch(r"[a-z0-9_-]{2,100}", name) else None


def data_of(facts: Mapping[str, Any], sha256: str, *, name: str, private: bool) -> dict[str, Any]:
    """An item as what ``package_create`` takes, but for who owns it, its groups and its seal."""
    extras = [
        (f"{MARK}{key}" if key in _ROOT else key, value if isinstance(value, str) else _json(value))
        for key, value in facts.items()
        if key not in _ELSEWHERE | _UNTOLD and value not in (None, "", [], {})
    ]
    url = facts.get("url") or ""
    resources = [{"name": "原文", "url": url, "format": "HTML"}] if url else []
    for one in facts.get("attachments") or ():
        known = {"name": one.get("name"), "url": one.get("url"), "format": (one.get("type") or "").upper()}
        more = {"size": one.get("size"), "hash": one.get("sha256")}
        resources.append({**known, **{key: value for key, value in more.items() if value is not None}})
    return {
        "name": name,
        "title": facts.get("title") or name,
        "notes": facts.get("body_text") or facts.get("summary") or "",
        "url": url,
        "private": private,
        "tags": [{"name": tag} for tag in tags_of(facts)],
        "extras": [*marks(facts, sha256), *({"key": key, "value": value} for key, value in extras)],
        "resources": resources,
    }


def marks(facts: Mapping[str, Any], sha256: str) -> list[dict[str, str]]:
    """The extras that say which change a dataset is of."""
    known = {
        "id": facts["id"],
        "revision": str(facts["revision"]),
        "key": facts["key"],
        "seq": str(facts["seq"]),
        "datestamp": facts["datestamp"],
        "deleted": _json(facts["deleted"]),
        "sha256": sha256,
    }
    if facts.get("same_as"):
        known["same_as"] = facts["same_as"]
    return [{"key": f"{MARK}{key}", "value": value} for key, value in known.items()]


def tags_of(facts: Mapping[str, Any]) -> list[str]:
    """Category, theme, genre and keywords, as CKAN takes tags: letters, digits, blanks, ``-_.``, 2 to 100 long."""
    told = [facts.get("category"), facts.get("theme"), facts.get("genre"), *(facts.get("keywords") or ())]
    found: dict[str, str] = {}
    for text in told:
        tag = " ".join(re.sub(r"[^\w\-. ]", " ", str(text or "")).split())[:100].strip()
        if len(tag) >= 2:
            found.setdefault(tag.lower(), tag)
    return list(found.values())


def groups_of(facts: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """Name and title of the groups an item belongs to: its category and its theme."""
    found = []
    if facts.get("category"):
        category = next((one for one in Category if one == facts["category"]), None)
        slug = category.name.lower() if category is not None else _short(facts["category"])
        found.append((f"{prefix}category-{slug}", facts["category"]))
    if facts.get("theme"):
        found.append((f"{prefix}theme-{_short(facts['theme'])}", facts["theme"]))
    return found


def sealed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset with a seal over what is shown of it, among its extras."""
    extras = [{"key": one["key"], "value": one["value"]} for one in data.get("extras") or () if one.get("key") != _SEAL]
    return {**data, "extras": [*extras, {"key": _SEAL, "value": _seal(data)}]}


class Dataset:
    """A dataset as CKAN shows it.

    :raises ValueError: it is none.
    """

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("name"), str) or not isinstance(data.get("id"), str):
            raise ValueError("no dataset")
        lists = [data.get(key) or [] for key in ("extras", "resources", "tags", "groups")]
        if not all(isinstance(found, list) and all(isinstance(one, dict) for one in found) for found in lists):
            raise ValueError("no dataset")
        self.data: dict[str, Any] = data
        self.id: str = data["id"]
        self.name: str = data["name"]
        self.resources: list[dict[str, Any]] = lists[1]
        self.is_deleted = data.get("state") == "deleted"
        self._extras = {str(one.get("key")): str(one.get("value")) for one in lists[0]}

    @property
    def item(self) -> str | None:
        """The item it is of; None: it is not ours."""
        return self._extras.get(f"{MARK}id")

    @property
    def revision(self) -> int | None:
        """The revision it is of; None where its marks contradict each other: somebody altered one."""
        told = self._extras.get(f"{MARK}revision", "")
        return int(told) if told == self._keyed() and re.fullmatch(r"[0-9]{1,9}", told) else None

    @property
    def likely_revision(self) -> int:
        """The revision it is of, as far as its marks tell; 0 where they do not."""
        told = (self._keyed(), self._extras.get(f"{MARK}revision", ""))
        return next((int(one) for one in told if re.fullmatch(r"[0-9]{1,9}", one)), 0)

    def _keyed(self) -> str:
        return self._extras.get(f"{MARK}key", "").removeprefix(f"{self.item}:")

    @property
    def sha256(self) -> str | None:
        """The sum of the change it is of, as was noted."""
        return self._extras.get(f"{MARK}sha256")

    @property
    def is_intact(self) -> bool:
        """Whether it is as we left it."""
        return self._extras.get(_SEAL) == _seal(self.data)

    def noted_sum(self) -> str:
        """The sum of the change it is of; another where it was altered since."""
        noted = self.sha256
        return noted if noted is not None and self.is_intact else _seal({**self.data, "title": "altered"})


def _seal(data: Mapping[str, Any]) -> str:
    """SHA-256 over what is shown of a dataset, whether it is as we send it or as CKAN answers.

    What CKAN may write in a way of its own is left out: ids, positions, times, formats and sizes of resources, blanks
    at an end.
    """
    owner = data.get("organization")
    told = {
        "title": _bare(data.get("title")),
        "notes": _bare(data.get("notes")),
        "url": _bare(data.get("url")),
        "private": bool(data.get("private")),
        "owner": owner.get("name") if isinstance(owner, dict) else data.get("owner_org"),
        "tags": _names(data.get("tags")),
        "groups": _names(data.get("groups")),
        "extras": sorted(
            (str(one.get("key")), _bare(one.get("value")))
            for one in data.get("extras") or ()
            if one.get("key") != _SEAL
        ),
        "resources": [(_bare(one.get("name")), _bare(one.get("url"))) for one in data.get("resources") or ()],
    }
    return hashlib.sha256(_json(told).encode()).hexdigest()


def _names(found: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return sorted(str(one.get("name")) for one in found or ())


def _bare(value: object) -> str:
    return "" if value is None else "\n".join(line.strip() for line in str(value).strip().splitlines())


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
