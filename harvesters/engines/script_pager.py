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
    r"create[Pp]age\w*\s*\(((?:\s*(?:\"[^\"]*\"|'[^']*'|\d+)\s*,){2,7}\s*(?:\"[^\"]*\"|'[^']*'|\d*)\s*)\)"
)
_PAGER_OBJECT = re.compile(r"\bPager\s*\(\s*\{([^{}]{10,600})\}")
_VARIABLE_PAGES = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|pageTotal|maxPage|page_count|total_page)\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE
)
_VARIABLE_CURRENT = re.compile(
    r"\bvar\s+(?:currentPage|curPage|nCurrIndex|pageIndex|currPage)\s*=\s*[\"']?(\d+)", re.IGNORECASE
)
# document.write("… href=\"index"+"_" + nextPage + "."+"html\" …")
_WRITTEN_NAME = re.compile(
    r"""["'=\\]([\w-]+)\\?["']\s*\+\s*["']_["']\s*\+\s*\(?\s*[\w+\-\s]+\)?\s*\+\s*["']\.["']\s*\+\s*["']?\\?["']?(s?html?|jhtml)"""
)
_WRITTEN_JOINED = re.compile(
    r"""href=\\?["']([\w-]+)_["']\s*\+\s*\(?\s*nextPage\s*\)?\s*\+\s*["']\.(s?html?|jhtml)""", re.IGNORECASE
)
# $("#page").pagination({pageIndex: 0, pageSize: 15, total: 75, …}) and the address its click handler builds
_PLUGIN = re.compile(r"\.pagination\s*\(\s*\{([^{}]{10,900})")
_BUILT = re.compile(
    r"""["']([^"'\s]*?)["']\s*\+\s*\(\s*(?:\w+\.)?(?:pageIndex|page|index|current\w*)\s*\+\s*1\s*\)\s*\+\s*["'](\.\w+)["']"""
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


def _counts_from(url: str, index: int) -> int:
    return 0 if _SUFFIX.match(file_name(url)) else min(index, 1)
