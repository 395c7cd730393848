"""Blocks against one another: a list and the pieces that continue it, or the excerpts of a home page or hub.

In come the block that weighs most and the others of the page; out goes whether they are a list at all, and which of
them are one. What continues a list stands where it stands and lists the same column; a hub's blocks are of like size,
from different columns, each under its own name or with its own 更多.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from harvesters.engines.blocks import MORE, Group, date_rows, hidden, is_row, key_of, own_links


def is_hub(chosen: Group, blocks: list[Group], more_links: int) -> bool:
    """Several blocks of like size from different folders: a home page or hub, whose lists stand elsewhere."""
    size = len(chosen.rows)
    alike = [group for group in blocks if group is not chosen and len(group.rows) * 2 >= size and _apart(group, chosen)]
    if any(_is_excerpt(chosen, group) and _is_excerpt(group, chosen) for group in alike):
        return True
    if len(alike) < 2:
        return False
    names = {name for group in (chosen, *alike) if (name := _block_name(group)) and not re.search(r"\d", name)}
    if len(names) >= 3:
        return True
    homes = {_home_of(group) for group in (chosen, *alike)}
    return len(homes) >= 3 or (more_links >= 3 and len(alike) >= 2)


def together(chosen: Group, groups: list[Group], blocks: list[Group], more_links: int) -> list[Group]:
    """The chosen group with those that continue it: lists cut every five rows, or by year, stand side by side."""
    members = [chosen]
    outer = chosen.parent.parent
    key = key_of(chosen)
    home = _home_of(chosen)
    for group in groups:
        if group is chosen or group.tag != chosen.tag or group.parent.mem_id == chosen.parent.mem_id:
            continue
        if group.parent.tag != chosen.parent.tag or key_of(group) != key:
            continue
        rows = [(child, own) for child, links in group.children.values() if is_row(own := own_links(child, links))]
        if not rows or (any(all(not link.article for link in links) for _, links in rows) and not group.dated):
            continue
        beside = outer is not None and group.parent.parent is not None and group.parent.parent.mem_id == outer.mem_id
        if hidden(group.parent) and not hidden(chosen.parent):
            continue  # the list of another tab
        if not beside and (more_links >= 2 or _home_of(group) != home):
            continue
        if beside and more_links >= 3 and _home_of(group) != home:
            continue
        group.children = {child.mem_id: (child, links) for child, links in rows}
        date_rows(group)
        if not group.dated and chosen.dated * 5 >= len(chosen.rows) * 4:
            continue  # a box of links in a layout of tables: what goes on with a dated list is dated
        group.mode = chosen.mode
        members.append(group)
    return sorted(members, key=lambda group: group.order)


def _home_of(group: Group) -> str:
    """The folder most of a group's articles lie in, without its dated and numbered parts."""
    counts: dict[str, int] = {}
    for _, links in group.rows:
        link = max(links, key=lambda one: one.length)
        kept: list[str] = []
        for segment in link.href.split("?")[0].split("/")[:-1]:
            if (
                segment[:1].isdigit() and segment.replace("-", "").isdigit() and len(segment) != 4 and len(segment) < 6
            ) or not segment.replace("-", "").isdigit():
                kept.append(segment)
        home = "/".join(kept)
        if found := re.search(r"art_(\d+)_\d+", link.href):
            home += found.group(1)
        counts[home] = counts.get(home, 0) + 1
    return max(counts, key=lambda home: counts[home]) if counts else ""


def _is_excerpt(group: Group, other: Group) -> bool:
    """Whether a 更多 link belongs to a block alone: its list stands elsewhere."""
    node: LexborNode | None = group.parent
    for _ in range(3):
        if node is None or node.tag in ("body", "html"):
            return False
        if any(MORE.match(link.text(strip=True)) for link in node.css("a")):
            return not _holds(node, other.parent)
        node = node.parent
    return False


def _holds(outer: LexborNode, inner: LexborNode) -> bool:
    node: LexborNode | None = inner
    for _ in range(12):
        if node is None:
            return False
        if node.mem_id == outer.mem_id:
            return True
        node = node.parent
    return False


def _block_name(group: Group) -> str:
    """The short words right before a block, as home pages head their blocks."""
    node: LexborNode | None = group.parent
    for _ in range(3):
        if node is None or node.tag in ("body", "html"):
            return ""
        before = node.prev
        while before is not None and (before.tag in ("-comment", "script") or not before.text(strip=True)):
            before = before.prev
        if before is not None:
            words = before.text(strip=True)
            return words if len(words) <= 20 else ""
        node = node.parent
    return ""


def _apart(one: Group, two: Group) -> bool:
    """Whether neither group lies inside the other."""
    for inner, outer in ((one, two), (two, one)):
        node: LexborNode | None = inner.parent
        for _ in range(12):
            if node is None:
                break
            if node.mem_id == outer.parent.mem_id and inner is not outer and outer.parent.mem_id != inner.parent.mem_id:
                return False
            node = node.parent
    return True
