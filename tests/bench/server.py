"""A site of one column for measuring: list pages and documents of about 39 kB, served faster than anyone reads them.

Pages are cut from one template at request time; a page costs the server some 50 µs, a fraction of what the fastest
client spends on it. It tells when the first request of a run came in (``/clock``).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import time

ROWS = 25
_PARAGRAPH = (
    "<p>　　各镇人民政府，街道办事处，市直各部门：为进一步做好{n}号事项的组织实施，压实责任，细化措施，"
    "现将有关要求通知如下，请结合实际认真贯彻落实。各单位应当明确专人负责，按月报送进展情况，遇有重大问题及时报告，确保各项工作按期完成。</p>\n"
)
_NAV = "".join(
    f'<li class="nav-item"><a href="/zwgk/col{n}/index.html" title="栏目{n}" target="_blank">公开栏目{n}</a></li>\n'
    for n in range(120)
)
_HEAD = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="SiteName" content="青禾市人民政府"><meta name="SiteDomain" content="127.0.0.1">
<meta name="SiteIDCode" content="6299000001">{metas}
<link rel="stylesheet" href="/css/site.css"><script src="/js/site.js"></script></head><body>
<div class="header"><ul class="nav">{nav}</ul></div>
"""
_FOOT = """<div class="footer"><p>主办：青禾市人民政府办公室　网站标识码：6299000001</p></div></body></html>"""


def title_of(number: int) -> str:
    """The title of one document."""
    return f"关于做好第{number}号事项组织实施工作的通知"


def date_of(number: int) -> str:
    """The date of one document, ISO."""
    return f"2026-{1 + number % 9:02d}-{1 + number % 27:02d}"


def path_of(number: int) -> str:
    """The path of one document below the column, as a static site names it."""
    date = date_of(number).replace("-", "")
    return f"./{date[:6]}/t{date}_{100000 + number}.html"


def article(number: int) -> bytes:
    """One document, about 39 kB."""
    title, date = title_of(number), date_of(number)
    metas = (
        f'<meta name="ColumnName" content="通知公告"><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="{date} 09:30"><meta name="ContentSource" content="市政府办公室">'
    )
    body = "".join(_PARAGRAPH.format(n=number * 100 + part) for part in range(70))
    text = (
        _HEAD.format(title=f"{title}_青禾市人民政府", metas=metas, nav=_NAV)
        + f'<div class="main"><h1>{title}</h1><div class="info"><span>发布时间：{date} 09:30</span>'
        f'<span>来源：市政府办公室</span></div><div class="TRS_Editor" id="zoom">{body}</div></div>' + _FOOT
    )
    return text.encode()


def listing(page: int, documents: int) -> bytes:
    """One list page of the column."""
    pages = -(-documents // ROWS)
    rows = "".join(
        f'<li><a href="{path_of(n)}" title="{title_of(n)}">{title_of(n)}</a><span>{date_of(n)}</span></li>\n'
        for n in range(page * ROWS, min(documents, (page + 1) * ROWS))
    )
    return (
        _HEAD.format(title="通知公告_青禾市人民政府", metas='<meta name="ColumnName" content="通知公告">', nav=_NAV)
        + f'<div class="main"><ul class="list">{rows}</ul>'
        f'<div class="page"><script>createPageHTML({pages}, {page}, "index", "html");</script></div></div>' + _FOOT
    ).encode()


class Site:
    """Answers for a column of ``documents`` documents."""

    def __init__(self, documents: int) -> None:
        self.documents = documents
        self.first = 0.0
        self.requests = 0
        self._numbers = {path_of(n)[1:]: n for n in range(documents)}

    def answer(self, path: str) -> bytes | None:
        """The body at a path; None where there is nothing."""
        if path == "/clock":
            said = json.dumps({"first": self.first, "requests": self.requests}).encode()
            self.first, self.requests = 0.0, 0
            return said
        self.first = self.first or time.time()
        self.requests += 1
        below = path.removeprefix("/zwgk/tzgg")
        if below in ("/", "/index.html"):
            return listing(0, self.documents)
        if below.startswith("/index_"):
            return listing(int(below[7:-5]), self.documents)
        if below in self._numbers:
            return article(self._numbers[below])
        if path == "/":
            return (_HEAD.format(title="青禾市人民政府", metas="", nav=_NAV) + _FOOT).encode()
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept alive."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = self.answer(head.split(b" ", 2)[1].decode())
                status, etag = ("404 Not Found", "") if body is None else ("200 OK", "")
                if body is not None:
                    etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
                    if f"If-None-Match: {etag}".lower().encode() in head.lower():
                        status, body = "304 Not Modified", None
                body = body or b""
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nETag: {etag}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        writer.close()


async def _main(documents: int) -> None:
    server = await asyncio.start_server(Site(documents).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import sys

    asyncio.run(_main(int(sys.argv[1])))
