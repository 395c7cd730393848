"""Atom (RFC 4287) with archives (RFC 5005) and tombstones (RFC 6721)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from storage.feeds.telling import Telling, about, files
from storage.formats.xml_text import attribute, document, element, text
from storage.pulling import Entry

MEDIA_TYPE: Final = "application/atom+xml"
_OPEN: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"'
    ' xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0">'
)


def write(told: Telling) -> bytes:
    """The document, UTF-8."""
    links = {
        "self": told.address,
        "alternate": told.alternate,
        "current": told.current,
        "prev-archive": told.previous,
        "next-archive": told.following,
    }
    head = [
        _OPEN,
        element("id", told.id),
        element("title", told.title),
        element("updated", _time(told.updated)),
        f"<author>{element('name', told.author)}</author>",
        "<generator>gongkai</generator>",
        *(_link(relation, address) for relation, address in links.items() if address),
        "" if told.window.archive is None else "<fh:archive/>",
    ]
    return document("".join([*head, *(_entry(told, one) for one in told.entries), "</feed>\n"]))


def _entry(told: Telling, entry: Entry) -> str:
    if entry.deleted:
        return _tombstone(told, entry)
    published = told.published(entry)
    parts = [
        element("id", told.name_of(entry)),
        element("title", entry.item["title"]),
        element("updated", _time(entry.datestamp)),
        "" if published is None else element("published", _time(published)),
        f"<author>{element('name', told.author_of(entry))}</author>",
        _link("alternate", told.page_of(entry)),
        *(
            f'<category term="{attribute(term)}" scheme="{attribute(scheme)}" label="{attribute(label)}"/>'
            for scheme, term, label in told.words(entry)
        ),
        *(_enclosure(*one) for one in files(entry)),
        f'<summary type="text">{text(about(entry))}</summary>',
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _tombstone(told: Telling, entry: Entry) -> str:
    leader = told.leader_of(entry)
    said = "已撤回" if leader is None else "与另一主体首发的信息为同一文件，归入该条"
    link = "" if leader is None else _link("related", leader)
    return (
        f'<at:deleted-entry ref="{attribute(told.name_of(entry))}" when="{_time(entry.datestamp)}">'
        f"<at:comment>{said}</at:comment>{link}</at:deleted-entry>"
    )


def _enclosure(address: str, media_type: str | None, known: dict[str, object]) -> str:
    kind = "" if media_type is None else f' type="{media_type}"'
    size = "" if known.get("size") is None else f' length="{known["size"]}"'
    title = f' title="{attribute(str(known["name"]))}"' if known["name"] else ""
    return f'<link rel="enclosure" href="{attribute(address)}"{kind}{size}{title}/>'


def _link(relation: str, address: str) -> str:
    return f'<link rel="{relation}" href="{attribute(address)}"/>'


def _time(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
