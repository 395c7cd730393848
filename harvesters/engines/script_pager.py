"""Pagers that a script draws, read from the script itself.

In comes a page and its text; out goes a ``Pager``. Known are calls (``createPageHTML(50, 0, "index", "html")``,
``createPageHTML('page_div', 10, 1, 'list', 'shtml', 149)``, ``Pager({size, current, prefix, suffix})``), the settings
of the pagination plugin with the address its handler builds, and the variables of hand-written pagers.
"""

from __future__ import annotations

import re

from harvesters.engines.pages import Pager, file_name, pages_for
from harvesters.reading.document import Document
from harvesters.reading.links import joined

_ARGUMENT = r"""\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*"""
# A digit or a quote must follow the bracket: the definition itself reads createPageHTML(_nPageCount, …
_CALL = re.compile(
    r"create[Pp]age\w*+\s*+\(((?:\s*+(?:\"[^\"]*+\"|'[^']*+'|\d++)\s*+,){2,7}\s*+(?:\"[^\"]*+\"|'[^']*+'|\d++)?\s*+)\)"
)
# <div id="pageDec" pagesize="24" pagecount="51">: what a script elsewhere draws the pager from
_PAGE_COUNT = re.compile(r"""<\w+[^<>]{0,120}\spagecount=["']?(\d{1,6})\b""", re.IGNORECASE)
_PAGER_OBJECT = re.compile(r"\bPager\s*\(\s*\{([^{}]{10,600})\}")
_VARIABLE_PAGES = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|pageTotal|maxPage|page_count|total_page)\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE
)
_VARIABLE_CURRENT = re.compile(
    r"\bvar\s+(?:currentPage|curPage|nCurrIndex|pageIndex|currPage)\s*=\s*[\"']?(\d+)", re.IGNORECASE
)
# document.write("… href=\"index"+"_" + nextPage + "."+"html\" …")
_WRITTEN_NAME = re.compile(
    r"""["'=\\]([\w-]+)\\?["']\s*+\+\s*+["']_["']\s*+\+\s*+\(?[\w+\-\s]{1,60}\)?\s*+\+\s*+["']\.["']\s*+\+\s*+["']?\\?["']?(s?html?|jhtml)"""
)
_WRITTEN_JOINED = re.compile(
    r"""href=\\?["']([\w-]+)_["']\s*+\+\s*+(?:\(\s*+)?nextPage\s*+(?:\)\s*+)?\+\s*+["']\.(s?html?|jhtml)""",
    re.IGNORECASE,
)
# $("#page").pagination({pageIndex: 0, pageSize: 15, total: 75, …}) and the address its click handler builds
_PLUGIN = re.compile(r"\.pagination\s*\(\s*\{([^{}]{10,900})")
_BUILT = re.compile(
    r"""["']([^"'\s]*?)["']\s*\+\s*\(\s*(?:\w+\.)?(?:pageIndex|page|index|current\w*)\s*\+\s*1\s*\)\s*\+\s*["'](\.\w+)["']"""
)
# location.href = 'index_' + i + '.html', as a plugin's callback goes to a page; the variable is the page's number
_GOES_TO = re.compile(
    r"""location(?:\.href)?(?:\s*=\s*|\.(?:replace|assign)\(\s*)(?:encodeURI\(\s*)?(?P<quote>["'])(?P<before>[^"'\s<>]+)(?P=quote)\s*\+\s*"""
    r"""\(?\s*(?:\w+\.)?(?:[inp]|num|\w*page\w*|\w*cur\w*|\w*index\w*)(?:\(\))?\s*(?P<step>[+-]\s*1\b)?\s*\)?"""
    r"""\s*(?:\+\s*["'](?P<after>[^"'\s<>]*)["'])?\s*\)?\s*[;}\n]""",
    re.IGNORECASE,
)
_PLUGINS = ("pagination(", "laypage", "Paging(", "paginator(", "Pager(", "Page(", ".page(")
_SETTING_PAGES = re.compile(
    r"\b(?:totalPages?|page_?counts?|pageTotal|pages)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b", re.IGNORECASE
)
_SETTING_ROWS = re.compile(
    r"\b(?:count|total|totalCount|recordCount|totalNum|totalRecords?|totalData)[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b",
    re.IGNORECASE,
)
_SETTING_SIZE = re.compile(r"\b(?:limit|page_?Size|perPage|showData)[\"']?\s*[:=]\s*[\"']?(\d{1,4})\b", re.IGNORECASE)
_SETTING_PAGE = re.compile(
    r"\bsetPage[\"']\s*,\s*(\d{1,6})|"
    r"\b(?:curr|curPage|currPage|current|currentPage|pageIndex|pageNo)[\"']?\s*[:=]\s*[\"']?(?:(\d{1,6})\b|\(\s*(\d{1,6})\s*\+\s*1\s*\))",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"^(.*?)[_-](\d{1,5})(\.\w+)$")


def script_call(doc: Document, text: str) -> Pager | None:
    """The pager a call draws, by the call's own figures."""
    if "reatePage" in text or "reatepage" in text:
        for call in _CALL.finditer(text):
            if pager := _create_page(doc, _arguments(call.group(1))):
                return pager
    if "Pager(" in text and (found := _PAGER_OBJECT.search(text)):
        return _pager_object(doc, found.group(1))
    return None


def _arguments(inside: str) -> list[str | int]:
    arguments: list[str | int] = []
    for found in re.finditer(_ARGUMENT + r"(?:,|$)", inside):
        double, single, number = found.groups()
        arguments.append(int(number) if number is not None else (double if double is not None else single or ""))
    return arguments


def _create_page(doc: Document, arguments: list[str | int]) -> Pager | None:
    """``(pages, current, name, ext[, rows])`` counts from 0; with an element's id before it, from 1."""
    first_page = 0
    if arguments and isinstance(arguments[0], str) and not arguments[0].isdigit():
        arguments, first_page = arguments[1:], 1
    numbers = [int(value) for value in arguments[:2] if str(value).isdigit()]
    names = [str(value) for value in arguments[2:4]]
    if len(numbers) < 2 or len(names) < 2 or not names[0] or names[0].isdigit():
        return None
    total, current = numbers
    name, extension = names[0], names[1].lstrip(".")
    # Some templates mix the two; the page's own address and number then show how it counts.
    if current == 0:
        first_page = 0
    elif current == 1 and first_page == 0 and not _SUFFIX.match(file_name(doc.url)) and total >= 1:
        first_page = 1
    rows = next((int(value) for value in arguments[4:] if str(value).isdigit()), None)
    page = current - first_page + 1
    following = f"{name}_{current + 1}.{extension}"
    ended = page >= total
    return Pager(
        found=True,
        next=None if ended else joined(doc, following),
        ended=ended,
        page=page,
        total_pages=max(total, 1),
        total_rows=rows,
    )


def _pager_object(doc: Document, inside: str) -> Pager | None:
    """``Pager({size:3, current:0, prefix:'index', suffix:'html'})`` counts from 0."""
    numbers = {key: int(value) for key, value in re.findall(r"(\w+)\s*:\s*[\"']?(\d+)", inside)}
    names = dict(re.findall(r"(\w+)\s*:\s*[\"']([\w./-]+)[\"']", inside))
    total, current = numbers.get("size"), numbers.get("current")
    prefix, suffix = names.get("prefix"), names.get("suffix")
    if total is None or current is None or not prefix or not suffix:
        return None
    ended = current + 1 >= total
    following = f"{prefix}_{current + 1}.{suffix.lstrip('.')}"
    return Pager(
        found=True,
        next=None if ended else joined(doc, following),
        ended=ended,
        page=current + 1,
        total_pages=max(total, 1),
    )


def variables(doc: Document, text: str) -> Pager | None:
    """A hand-written pager: ``var currentPage = 0; var countPage = 125`` and the name it writes links with."""
    if ".pagination" in text and (plugin := _plugin(doc, text)):
        return plugin
    if any(plugin in text for plugin in _PLUGINS) and (stated := _stated(doc, text)):
        return stated
    if "pagecount=" in text and (counted := _PAGE_COUNT.search(text)):
        total = int(counted.group(1))
        return Pager(found=True, ended=total == 1, page=1 if total == 1 else None, total_pages=max(total, 1))
    if not any(
        word in text for word in ("ountPage", "ageCount", "otalPage", "ageTotal", "axPage", "age_count", "otal_page")
    ):
        return None
    pages, current = _VARIABLE_PAGES.search(text), _VARIABLE_CURRENT.search(text)
    if not pages or not current:
        return None
    name = _WRITTEN_NAME.search(text) or _WRITTEN_JOINED.search(text)
    total, index = int(pages.group(1)), int(current.group(1))
    first_page = 0 if index == 0 or not name else _counts_from(doc.url, index)
    ended = index - first_page + 1 >= total
    following = f"{name.group(1)}_{index + 1}.{name.group(2)}" if name and not ended else None
    return Pager(
        found=True,
        next=joined(doc, following) if following else None,
        ended=ended,
        page=index - first_page + 1,
        total_pages=max(total, 1),
    )


def _plugin(doc: Document, text: str) -> Pager | None:
    """The jQuery plugin's settings: page (from 0), page size and rows in all; its handler builds the address."""
    found = _PLUGIN.search(text)
    if not found:
        return None
    numbers = {key: int(value) for key, value in re.findall(r"(\w+)\s*:\s*[\"']?(\d+)", found.group(1))}
    size, rows = numbers.get("pageSize"), numbers.get("total", numbers.get("totalCount"))
    index = numbers.get("pageIndex")
    if index is None and (variable := re.search(r"\bvar\s+pageIndex\s*=\s*(\d+)", text)):
        index = int(variable.group(1))
    if not size or rows is None or index is None:
        return None
    total = pages_for(rows, size)
    ended = index + 1 >= total
    built = _BUILT.search(text)
    following = f"{built.group(1)}{index + 2}{built.group(2)}" if built and not ended else None
    return Pager(
        found=True,
        next=joined(doc, following) if following else None,
        ended=ended,
        page=index + 1,
        total_pages=total,
        total_rows=rows,
    )


def _stated(doc: Document, text: str) -> Pager | None:
    """A plugin whose callback states the address of a page: page and pages by its settings and the page's address.

    Where settings and address disagree on which page this is, nothing is said of the next one.
    """
    goes = _GOES_TO.search(text)
    if goes is None:
        return None
    around = text[max(0, goes.start() - 1500) : goes.end() + 1500]
    pages, rows, size = (pattern.search(around) for pattern in (_SETTING_PAGES, _SETTING_ROWS, _SETTING_SIZE))
    total_rows = int(rows.group(1)) if rows else None
    total = int(pages.group(1)) if pages else None
    if total is None and total_rows is not None and size and int(size.group(1)):
        total = pages_for(total_rows, int(size.group(1)))
    step = int((goes["step"] or "0").replace(" ", ""))
    before, after = joined(doc, goes["before"]), goes["after"] or ""
    if total is None or before is None:
        return None
    first = 0 if step > 0 else 1  # what the variable counts from
    setting = _SETTING_PAGE.search(around)
    if setting and (setting.group(3) is not None):
        set_page: int | None = int(setting.group(3)) + 1
    else:
        set_page = int(setting.group(1) or setting.group(2)) - first + 1 if setting else None
    here = re.fullmatch(re.escape(before) + r"(\d{1,6})" + re.escape(after), doc.url)
    own_page = int(here.group(1)) - step - first + 1 if here else None
    page = set_page if set_page is not None and (own_page is None or own_page == set_page) else own_page
    if set_page is not None and own_page is not None and own_page != set_page:
        return Pager(found=True, total_pages=total, total_rows=total_rows)
    if page is None:
        page = 1
    ended = page >= total
    following = f"{before}{page + first + step}{after}"
    return Pager(
        found=True,
        next=None if ended else following,
        ended=ended,
        page=page,
        total_pages=max(total, 1),
        total_rows=total_rows,
    )


def _counts_from(url: str, index: int) -> int:
    return 0 if _SUFFIX.match(file_name(url)) else min(index, 1)
