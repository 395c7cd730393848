# ruff: noqa: E501 -- markup is read across
"""Links that a page hides, as break-ins and as menus do it: which of them are found, and by what they are hidden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.compliance.regimes import load
from flows.compliance.rules import hidden_links as rule
from harvesters.reading.document import Document
from harvesters.reading.hidden_links import MOST, hidden_links

HOME = "http://www.yunxi.gov.cn/"
BAD = '<a href="http://www.xpj-8888.invalid/">澳门新葡京</a>'


def links(body: str, head: str = "") -> list[dict[str, str]]:
    text = f"<html><head>{head}</head><body><p>正文</p>{body}</body></html>"
    found: list[dict[str, str]] = hidden_links(Document(text.encode(), HOME)).get("links", [])
    return found


HIDDEN: list[Any] = [
    pytest.param(f'<div style="display:none">{BAD}</div>', "", "display:none", id="display"),
    pytest.param(f'<div style="DISPLAY : NONE !important"><ul><li>{BAD}</li></ul></div>', "", "display:none", id="capitals, deep"),
    pytest.param('<a style="visibility:hidden" href="//www.xpj-8888.invalid/">葡京</a>', "", "visibility:hidden", id="visibility"),
    pytest.param(f'<div style="position:absolute;left:-9999px">{BAD}</div>', "", "left:-9999px", id="off the screen"),
    pytest.param(f'<div style="position:fixed; top:-100em;">{BAD}</div>', "", "top:-100em", id="above the screen, in em"),
    pytest.param(f'<p style="text-indent:-2000px">{BAD}</p>', "", "text-indent:-2000px", id="indented away"),
    pytest.param(f'<div style="height:0;overflow:hidden">{BAD}</div>', "", "height:0;overflow:hidden", id="no height"),
    pytest.param(f'<div style="width:1px;height:30px;overflow:hidden">{BAD}</div>', "", "width:1px;overflow:hidden", id="one pixel wide"),
    pytest.param(f'<div style="opacity:0.0">{BAD}</div>', "", "opacity:0", id="transparent"),
    pytest.param(f'<span style="font-size:0px">{BAD}</span>', "", "font-size:0px", id="no size of type"),
    pytest.param(f'<marquee height="1" width="8" scrollamount="3000">{BAD}</marquee>', "", "marquee", id="a marquee of one pixel"),
    pytest.param(f'<div style="background:#FFF"><font color="white">{BAD}</font></div>', "", "color:white on #fff", id="white on white"),
    pytest.param('<a style="color:rgb(0, 0, 0);background-color:#000" href="http://x.invalid/">x</a>', "", "color:rgb(0, 0, 0) on #000", id="black on black"),
    pytest.param(f"<div hidden>{BAD}</div>", "", "hidden", id="the attribute"),
    pytest.param(f'<div class="b zz">{BAD}</div>', "<style>.zz{display:none}</style>", ".zz {display:none}", id="a class"),
    pytest.param(f'<div id="k1">{BAD}</div>', "<style>p{color:red} div#k1,.k{position:absolute;left:-5000px}</style>", "#k1 {left:-5000px}", id="an id"),
    pytest.param(f'<div class="o"><div class="i">{BAD}</div></div>', "<style>.o .i{visibility:hidden}</style>", ".i {visibility:hidden}", id="a class in a class"),
    pytest.param(f'<span class="s">{BAD}</span>', "<style>/* x */.s{font-size:0}</style>", "font-size:0", id="no size of type by class"),
    pytest.param(f"<script>document.write('<div style=\"display:none\">')</script>{BAD}<script>document.write('</div>')</script>", "", "script", id="between two scripts"),
    pytest.param(f'<div id="q">{BAD}</div><script>document.getElementById("q").style.display="none"</script>', "", "script", id="hidden by its id"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "head", "by"), HIDDEN)
def test_what_hides_a_link(body: str, head: str, by: str) -> None:
    assert [link["by"] for link in links(body, head)] == [by]


SHOWN: list[Any] = [
    pytest.param(BAD, "", id="shown"),
    pytest.param('<ul style="display:none"><li><a href="/zwgk/">政务公开</a></li></ul>', "", id="a drop-down of the own site"),
    pytest.param('<div style="display:none"><a href="http://zfxxgk.yunxi.gov.cn/">公开</a></div>', "", id="of the own house"),
    pytest.param('<div style="display:none"><a href="http://www.qinghe.gov.cn/">市政府</a><a href="https://www.gov.cn/">国务院</a><a href="https://www.gov.mo/">澳门</a></div>', "", id="governments"),
    pytest.param('<div style="display:none"><a href="http://bszs.conac.cn/x"><img src="r.png"></a></div>', "", id="the mark of the body"),
    pytest.param(f'<div class="zz">{BAD}</div>', "<style>@media print{.zz{display:none}} @media (max-width:768px){.zz{display:none}}</style>", id="in print and on phones only"),
    pytest.param(f'<div class="zz">{BAD}</div>', "<style>.zz:hover{display:none} .zz{display:none} .zz{display:block}</style>", id="shown by a later rule"),
    pytest.param(f'<div class="i">{BAD}</div>', "<style>.o .i{display:none}</style>", id="hidden in another block only"),
    pytest.param(f'<div style="height:0">{BAD}</div>', "", id="no height, and what is in it shows"),
    pytest.param(f'<div style="position:absolute;left:-200px">{BAD}</div>', "", id="a menu's width aside"),
    pytest.param(f'<div style="position:fixed;left:-100%">{BAD}</div>', "", id="a menu that slides in"),
    pytest.param('<div style="font-size:0"><a href="http://x.invalid/"><img src="a.png" alt="新华网"></a></div>', "", id="gaps between pictures closed"),
    pytest.param(f'<ul class="s"><li>{BAD}</li></ul>', "<style>.s{font-size:0} .s a{font-size:14px}</style>", id="gaps between entries closed"),
    pytest.param(f"<noscript>{BAD}</noscript>", "", id="a counter without scripts"),
    pytest.param(f'<div style="background:url(a.png)"><font color="white">{BAD}</font></div>', "", id="white on a picture"),
    pytest.param('<div style="display:none"><a href="javascript:;">x</a><a href="#top">y</a><a href="http://[x/">z</a></div>', "", id="no addresses"),
    pytest.param("<script>document.write('<a href=\"/x\">x</a>')</script>" + BAD, "", id="beside a script that writes a link"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "head"), SHOWN)
def test_what_is_shown_or_leads_home(body: str, head: str) -> None:
    assert links(body, head) == []


def test_one_link_a_host_is_kept_and_the_others_are_counted() -> None:
    many = "".join(f'<a href="http://h{n}.invalid/{k}?id=1">娱乐{n}</a>' for n in range(MOST + 5) for k in range(2))
    found = hidden_links(Document(f'<div style="display:none">{many}</div>'.encode(), HOME))
    assert len(found["links"]) == MOST
    assert found["more"] == 2 * (MOST + 5) - MOST
    assert found["links"][0] == {"url": "http://h0.invalid/0", "text": "娱乐0", "by": "display:none"}


CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


@pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no corpus beside the checkout")
def test_no_real_page_is_accused() -> None:
    """What real pages hide are share buttons, tabs of media and the maker's name: none has a word of the list."""
    text = load().text("SE-02", rule.Text)
    hidden = 0
    for line in (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        if told["kind"] in ("feed", "endpoint"):
            continue
        url = told.get("url") or f"http://{told['site']}/"
        for link in hidden_links(Document((CORPUS / told["path"]).read_bytes(), url)).get("links", ()):
            hidden += 1
            assert rule.word_in(link, text) is None, (told["id"], link)
    assert hidden > 10
