"""ASP.NET WebForms: the pages of a static list come by posting the page's own form back with its view state.

Recognised by ``__VIEWSTATE`` and a pager whose links call ``__doPostBack('MoreInfoList1$Pager','2')``; links that carry
an address (``?page=2``) are the static engine's, as are the rows here. A page is a whole page, the same address asked
by POST with every hidden and text field of the form *just received* (a view state of another page is refused or
brings page 1), ``__EVENTTARGET`` and ``__EVENTARGUMENT`` being those of the link to the next page. The site's session
cookie goes along by itself.

The end is the page whose number is the number of pages counted, or whose 下一页 is drawn without a link beside links
to other pages, or whose own number, without a link, is the last the pager draws. A page without rows, without the
form, or with another number than the one asked for proves nothing.

The request is a new one at every visit, since the view state is: ``state["volatile"]`` says so to the crawler's memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from selectolax.lexbor import LexborNode

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import as_number
from harvesters.engines.pager import pager_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing
from harvesters.reading.spaces import squeeze

NAME = "aspnet"

_POST_BACK = re.compile(r"__doPostBack\(\s*(['\"])(.{1,300}?)\1\s*,\s*(['\"])(.{0,300}?)\3\s*\)")
_NEXT = frozenset(("下一页", "下页", "后一页", "后页", "下一頁", "next", "›", "»", ">", ">>", "下一页>", "下一页>>"))
_MORE = frozenset(("...", "…"))
_PAGING = re.compile(r"pager|page|datagrid|gridview|next|repeater|lb\w*|\$ctl", re.IGNORECASE)
_BRACKETS = re.compile(r"^[\[【(（\s]+|[\]】)）\s]+$")
# 记录总数：173 总页数：12 当前页：1
_PAGES = re.compile(r"(?:总页数|页数)\s*+(?:[:：]\s*+)?(\d{1,6})")
_PAGE = re.compile(r"当前(?:页码?|第)?\s*+(?:[:：]\s*+)?(\d{1,6})")


@dataclass(frozen=True, kw_only=True)
class _PostBack:
    """A link that posts the form back."""

    target: str
    argument: str
    words: str
    node: LexborNode


def recognise(doc: Document) -> bool:
    """Whether the page's list is paged by posting back its view state."""
    text = doc.text
    if "__VIEWSTATE" not in text or "__doPostBack(" not in text or "articletitle" in doc.meta:
        return False
    links = _post_backs(doc)
    return bool(links) and pager_of(doc).next is None and static.main_list(doc) is not None


def read(doc: Document) -> Listing:
    """The rows of the page and the form that asks for the next one."""
    return _listing(doc, {})


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of a page posted for; its list stands where it stood on the page before."""
    if doc.status >= 400:
        return Listing(engine=NAME, column_name=None, rows=(), page_key=str(fetch.state["page"]))
    return _listing(doc, fetch.state)


def _listing(doc: Document, state: Mapping[str, Any]) -> Listing:
    found = static.main_list(doc, hint=str(state.get("key") or ""))
    pager = pager_of(doc)
    links = _post_backs(doc)
    page, pages = _place(links, pager.page, pager.total_pages)
    rows = found.rows if found is not None else ()
    asked = int(state.get("page", page or 1))
    # a server that did not take the view state shows page 1 again
    shown = page if page is not None else asked
    following = None
    ended = False
    if rows and shown == asked:
        link = _next(links, shown)
        form = _form(doc) if link is not None else None
        ended = link is None and ((page is not None and page == pages) or _is_last(links, shown))
        if link is not None and form is not None and found is not None:
            following = _post(doc, form, link, {"engine": NAME, "page": shown + 1, "key": found.key, "volatile": True})
    is_empty = found is not None and found.empty and not state
    return Listing(
        engine=NAME,
        column_name=column_name(doc, found.place if found is not None else None),
        rows=rows,
        next=following,
        ended=ended or is_empty,
        total_pages=pages,
        total_rows=0 if is_empty else pager.total_rows,
        page_key=str(shown),
    )


# ------------------------------------------------------------------ the pager


def _post_backs(doc: Document) -> list[_PostBack]:
    """The links of a pager that post back, in their order; other links of the kind search, sort, choose a day."""
    found: list[_PostBack] = []
    for node in doc.tree.css("a[href*=__doPostBack],a[onclick*=__doPostBack]"):
        attributes = node.attributes
        called = _POST_BACK.search(attributes.get("href") or "") or _POST_BACK.search(attributes.get("onclick") or "")
        if called is None or "disabled" in attributes:
            continue
        target, argument, words = called[2], called[4], _words(node)
        is_pagers = _PAGING.search(target) is not None
        if (
            words in _NEXT
            or (is_pagers and (words in _MORE or as_number(argument) is not None))
            or (as_number(words) is not None and (argument in (words, f"Page${words}") or (is_pagers and not argument)))
        ):
            found.append(_PostBack(target=target, argument=argument, words=words, node=node))
    return found


def _words(node: LexborNode) -> str:
    return _BRACKETS.sub("", squeeze(node.text())).lower()


def _place(links: list[_PostBack], page: int | None, pages: int | None) -> tuple[int | None, int | None]:
    """Number of the page and of all pages: by the words around the pager's links, else as far as these tell."""
    if not links:
        return page, pages
    block = links[0].node.parent
    for _ in range(4):
        if block is None or block.tag in ("form", "body"):
            break
        words = squeeze(block.text(separator=" "))
        said_pages, said_page = _PAGES.search(words), _PAGE.search(words)
        if said_pages and said_page and int(said_page[1]) <= int(said_pages[1]):
            return int(said_page[1]), int(said_pages[1])
        block = block.parent
    if page is None:
        following = next((as_number(link.argument) for link in links if link.words in _NEXT), None)
        # the number that is drawn without a link is the page's own
        bare = {number for words, is_link in _drawn(links) if (number := as_number(words)) and not is_link}
        page = following - 1 if following else bare.pop() if len(bare) == 1 else None
    if links[-1].words in _MORE and pages == max((as_number(words) or 0 for words, _ in _drawn(links)), default=0):
        pages = None  # no count: the numbers drawn, of which a long list shows the first ten
    return page, pages


def _drawn(links: list[_PostBack]) -> list[tuple[str, bool]]:
    """What the pager around the links draws, in its order: words, and whether they are a link."""
    block = links[0].node.parent if links else None
    while block is not None and block.tag in ("td", "span", "li", "font"):
        block = block.parent
    if block is None or block.tag in ("form", "body"):
        return []
    return [
        (_words(node), node.tag == "a" and bool((node.attributes.get("href") or "").strip("# ")))
        for node in block.css("a,span,b,strong,em")
        if node.tag == "a" or node.css_first("a") is None
    ]


def _next(links: list[_PostBack], page: int) -> _PostBack | None:
    """The link to the page after ``page``: by its words, by its argument, by its number, by the dots after the last."""
    for link in links:
        if link.words in _NEXT:
            return link
    for link in links:
        if link.words == str(page + 1) or link.argument == str(page + 1):
            return link
    if links and links[-1].words in _MORE and as_number(links[-1].argument) in (None, page + 1):
        return links[-1]
    return None


def _is_last(links: list[_PostBack], page: int) -> bool:
    """Whether the pager draws no page after this one: 下一页 without a link, or this page's number as the last."""
    drawn = [
        (words, is_link)
        for words, is_link in _drawn(links)
        if words in _NEXT or words in _MORE or as_number(words) is not None
    ]
    following = [is_link for words, is_link in drawn if words in _NEXT]
    if following:
        return not any(following)
    return bool(drawn) and drawn[-1] == (str(page), False)


# ------------------------------------------------------------------ the form


def _form(doc: Document) -> tuple[str, list[tuple[str, str]]] | None:
    """Address and fields of the form that holds the view state, as a browser would send them."""
    node = doc.tree.css_first("input[name=__VIEWSTATE]")
    if node is None:
        return None
    form: LexborNode | None = node
    while form is not None and form.tag != "form":
        form = form.parent
    action = (form.attributes.get("action") or "").strip() if form is not None else ""
    try:
        address = doc.absolute(action) if action else doc.url
    except ValueError:
        return None
    fields: list[tuple[str, str]] = []
    for field in (form if form is not None else doc.tree).css("input[name]"):
        attributes = field.attributes
        kind = (attributes.get("type") or "text").lower()
        sent = kind in ("hidden", "text", "search") or (kind in ("checkbox", "radio") and "checked" in attributes)
        if sent and "disabled" not in attributes:
            fields.append((attributes["name"] or "", attributes.get("value") or ""))
    for choice in (form if form is not None else doc.tree).css("select[name]"):
        chosen = choice.css_first("option[selected]") or choice.css_first("option")
        if chosen is not None:
            value = chosen.attributes.get("value")
            fields.append((choice.attributes["name"] or "", chosen.text(strip=True) if value is None else value))
    return address, fields


def _post(doc: Document, form: tuple[str, list[tuple[str, str]]], link: _PostBack, state: dict[str, Any]) -> Fetch:
    address, fields = form
    ours = {"__EVENTTARGET": link.target, "__EVENTARGUMENT": link.argument}
    sent = [*ours.items(), *((name, text) for name, text in fields if name not in ours)]
    body = "&".join(f"{_coded(name, doc)}={_coded(text, doc)}" for name, text in sent)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": doc.url}
    return Fetch(url=address, method="POST", body=body.encode("ascii"), headers=headers, state=state)


def _coded(text: str, doc: Document) -> str:
    """A field as the browser sends it: in the page's encoding."""
    return quote_plus(text, encoding=doc.encoding, errors="xmlcharrefreplace")
