"""新点 Epoint (EpointWebBuilder): the column page is a shell, its rows come from ``getgovinfolist`` as JSON.

In comes the shell (``govInfoPub.html?categorynum=003001``). What the request needs stands in three places: the
category in the address or the page, ``siteGuid`` and the project's path in ``siteInfo``, which an inline script or
``webBuilderCommon.js`` holds; that one script is asked for where the page does not say it. Installations differ in
how they want the body (plain, or wrapped in ``params`` with the number as a text) and in whether pages count from 0:
the forms are tried in turn, and ``paged`` tells which was understood. Rows are ``custom.data``, their count
``custom.total``. Without a ``siteGuid`` nothing is asked: another site's would bring another site's rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.paged import answered, asked
from harvesters.engines.script_calls import PAGE, PAGE_TEXT, Call, calls_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing
from harvesters.reading.links import joined

NAME = "ewb"
_SIZE = 20

_ACTION = re.compile(
    r"[\w/.:-]{0,200}/rest/(?:lightfrontaction/getgovinfolist|frontAppNotNeedLoginAction/getGovInfoList)", re.IGNORECASE
)
_SIGNS = ("getgovinfolist", "ewb-front", "webbuildercommon", "lightfrontaction", "frontappnotneedloginaction")
_CATEGORY = re.compile(r"categorynum[\"']?\s*(?:[:=,]|\bvalue\s*=)\s*[\"']?(\d{3,})", re.IGNORECASE)
_GUID = re.compile(r"siteGuid[\"']?\s*[:=]\s*[\"']([0-9A-Za-z-]{8,40})[\"']", re.IGNORECASE)
_PROJECT = re.compile(r"projectName[\"']?\s*[:=]\s*[\"'](/?[\w/-]*)[\"']", re.IGNORECASE)
_HOLDS_SITE = re.compile(r"webbuildercommon|ajaxreq|siteinfo", re.IGNORECASE)
_COMMON = "/js/webBuilderCommon.js"


def recognise(doc: Document) -> bool:
    """Whether the page has only the interface to list with."""
    text = doc.lowered
    if doc.json is not None or not any(sign in text for sign in _SIGNS) or "articletitle" in doc.meta:
        return False
    if _category(doc) is None:
        return False
    found = static.main_list(doc)
    return found is None or not found.rows


def read(doc: Document) -> Listing:
    """The request for page 1, or for the script that says what it needs."""
    name = column_name(doc)
    own = [call for call in calls_of(doc) if _ACTION.search(call.url)]
    if own:
        return asked(NAME, own[:1], doc, name)
    category, department = _category(doc), _parameters(doc.url).get("deptcode", "")
    guid = _GUID.search(doc.text)
    if guid:
        return asked(NAME, _forms(doc.text, guid.group(1), category or "", department), doc, name)
    state = {
        "engine": NAME,
        "scripts": _scripts(doc),
        "category": category,
        "department": department,
        "action": _action(doc.text),
        "referer": doc.url,
    }
    return Listing(engine=NAME, column_name=name, rows=(), next=_ask_script(state), page_key="0")


def more(doc: Document, fetch: Fetch) -> Listing:
    """What the answer lists; a script leads to the request for page 1."""
    state = fetch.state
    if "scripts" not in state:
        return answered(doc, fetch)
    guid = _GUID.search(doc.text) if doc.status < 400 else None
    if guid is None:
        following = _ask_script({**state, "scripts": state["scripts"][1:]})
        return Listing(engine=NAME, column_name=None, rows=(), next=following, page_key=fetch.url)
    said = f"{state['action'] or ''}\n{doc.text}"
    forms = _forms(said, guid.group(1), str(state["category"]), str(state["department"]))
    listing = asked(NAME, forms, doc, None, referer=str(state["referer"]))
    return Listing(engine=NAME, column_name=None, rows=(), next=listing.next, page_key=fetch.url)


def _ask_script(state: Mapping[str, Any]) -> Fetch | None:
    scripts: Sequence[str] = state["scripts"]
    if not scripts:
        return None
    return Fetch(url=scripts[0], headers={"Referer": str(state["referer"])}, state=dict(state))


def _forms(text: str, guid: str, category: str, department: str) -> list[Call]:
    """The forms of the request, in the order in which the installation's address makes them likely."""
    action, project = _action(text), _PROJECT.search(text)
    url = action or f"{project.group(1).rstrip('/') if project else '/EWB-FRONT'}/rest/lightfrontaction/getgovinfolist"
    if "frontappnotneedlogin" in url.lower():
        old = {"siteGuid": guid, "controlName": "", "deptCode": department, "categoryNum": category}
        return [_call(url, {**old, "theme": "", "genre": "", "pageIndex": PAGE}, wrapped=True)]
    body: dict[str, Any] = {"deptcode": department, "categorynum": category, "pageSize": _SIZE, "siteGuid": guid}
    plain = _call(url, {**body, "pageIndex": PAGE}, wrapped=False)
    wrapped = _call(url, {**body, "pageIndex": PAGE_TEXT}, wrapped=True)
    return [wrapped, plain] if re.search(r"mid(?:dle)?\w*/", url.split("/rest/")[0] + "/", re.I) else [plain, wrapped]


def _call(url: str, body: Mapping[str, Any], *, wrapped: bool) -> Call:
    data = {"token": "", "params": dict(body)} if wrapped else dict(body)
    return Call(url=url, method="POST", data=data, as_json=True)


def _action(text: str) -> str | None:
    """The interface's address, where a script writes it whole; a path joined to the project's name is not."""
    for found in _ACTION.finditer(text):
        if not found.group(0).startswith("/rest/"):
            return found.group(0)
    return None


def _category(doc: Document) -> str | None:
    said = _parameters(doc.url).get("categorynum")
    if said:
        return said
    found = _CATEGORY.search(doc.text)
    return found.group(1) if found else None


def _parameters(url: str) -> dict[str, str]:
    return {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}


def _scripts(doc: Document) -> list[str]:
    """The scripts that may hold the site's data: the one so named, and where none is, the product's own."""
    sources = (node.attributes.get("src") or "" for node in doc.tree.css("script[src]"))
    named = [joined(doc, source) for source in sources if _HOLDS_SITE.search(source)]
    return ([url for url in named if url] or [doc.absolute(_COMMON)])[:2]
