"""JSON Feed 1.1; what it has no word for, tombstones, stands under ``_gongkai`` as its extensions do."""

from __future__ import annotations

from typing import Any, Final

from storage.database import dumps
from storage.feeds.telling import Telling, about, files
from storage.formats import vocabulary
from storage.formats.json_item import time_text
from storage.pulling import Entry

MEDIA_TYPE: Final = "application/feed+json"
VERSION: Final = "https://jsonfeed.org/version/1.1"


def write(told: Telling) -> bytes:
    """The document, UTF-8. ``next_url`` is the archive before, as ``prev-archive`` is in Atom."""
    deleted = [
        {"id": told.name_of(one), "deleted_at": time_text(one.datestamp), "same_as": told.leader_of(one)}
        for one in told.entries
        if one.deleted
    ]
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": told.title,
        "home_page_url": told.alternate,
        "feed_url": told.address,
        **({} if told.previous is None else {"next_url": told.previous}),
        "language": "zh-CN",
        "authors": [{"name": told.author}],
        "items": [_item(told, one) for one in told.entries if not one.deleted],
        "_gongkai": {"archive": told.window.archive is not None, "deleted": deleted},
    }
    return dumps(feed).encode("utf-8", "replace")


def _item(told: Telling, entry: Entry) -> dict[str, Any]:
    published = told.published(entry)
    attachments = [_attachment(*one) for one in files(entry)]
    return {
        "id": told.name_of(entry),
        "url": told.page_of(entry),
        "title": entry.item["title"],
        "content_text": about(entry),
        **({} if published is None else {"date_published": published.isoformat()}),
        "date_modified": time_text(entry.datestamp),
        "authors": [{"name": told.author_of(entry)}],
        "tags": list(dict.fromkeys(label for _, _, label in told.words(entry))),
        "language": entry.item.get("language") or "zh",
        **({"attachments": attachments} if attachments else {}),
    }


def _attachment(address: str, media_type: str | None, known: dict[str, Any]) -> dict[str, Any]:
    size = {} if known.get("size") is None else {"size_in_bytes": known["size"]}
    title = {"title": known["name"]} if known["name"] else {}
    return {"url": address, "mime_type": media_type or vocabulary.UNKNOWN_MEDIA, **title, **size}
