"""A document's theme is one of the 22 of the State Council's classification (主题分类): CT-04.

Judged on the theme that a policy, normative or catalogue entry shows. Sites write one or both levels with any sign
between them, leave out the signs inside a name or what stands in its brackets, and show several themes: each of these
is right, and so is a single subject of a theme that names several (财政 of 财政、金融、审计).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, breach, compliant, not_applicable, not_assessable
from storage.schema import Item

RULES = ("CT-04",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

THEMES: dict[str, tuple[str, ...]] = {
    "国务院组织机构": (
        *("国务院", "国务院办公厅", "国务院组成部门", "国务院直属特设机构", "国务院直属机构", "国务院办事机构"),
        *("国务院直属事业单位", "国务院部委管理的国家局", "国务院议事协调机构"),
    ),
    "综合政务": ("政务公开", "政务督查", "应急管理", "电子政务", "文秘工作", "保密工作", "信访", "参事、文史"),
    "国民经济管理、国有资产监管": ("宏观经济", "经济体制改革", "统计", "物价", "国有资产监管", "重大建设项目"),
    "财政、金融、审计": ("财政", "税务", "银行", "货币（含外汇）", "证券", "保险", "社会信用体系建设", "审计"),
    "国土资源、能源": ("土地", "矿产", "水资源", "海洋", "煤炭", "石油与天然气", "电力"),
    "农业、林业、水利": ("农业、畜牧业、渔业", "林业", "水利"),
    "工业、交通": (
        *(
            "机械制造与重工业",
            "轻工纺织",
            "化工",
            "国防工业",
            "航天、航空",
            "信息产业（含电信）",
            "公路",
            "水运",
            "铁路",
        ),
        *("民航", "邮政"),
    ),
    "商贸、海关、旅游": ("对外经贸合作", "国内贸易（含供销）", "海关", "检验、检疫", "旅游"),
    "市场监管、安全生产监管": ("工商", "质量监督", "标准", "食品药品监管", "安全生产监管"),
    "城乡建设、环境保护": (
        *("城市规划", "城乡建设（含住房）", "环境监测、保护与治理", "节能与资源综合利用", "气象、水文、测绘、地震"),
    ),
    "科技、教育": ("科技", "教育", "知识产权"),
    "文化、广电、新闻出版": ("文化", "文物", "新闻出版", "广播、电影、电视"),
    "卫生、体育": ("卫生", "医药管理", "体育"),
    "人口与计划生育、妇女儿童工作": ("人口与计划生育", "妇女儿童"),
    "劳动、人事、监察": ("劳动就业", "社会保障", "人事工作", "军转安置", "监察", "纠正行业不正之风"),
    "公安、安全、司法": ("公安", "国家安全", "司法"),
    "民政、扶贫、救灾": ("减灾救灾", "优抚安置", "社会福利", "行政区划与地名", "社团管理", "扶贫"),
    "民族、宗教": ("民族事务", "宗教事务"),
    "对外事务": ("外交、外事", "国际条约、国际组织"),
    "港澳台侨工作": ("港澳工作", "对台工作", "侨务工作"),
    "国防": ("国防建设", "国防动员"),
    "其他": ("其他",),
}

_BETWEEN = re.compile(r"[\\/|｜>＞;；:：,，→·＼]+|-{1,2}|—+|\s+(?=\S{3})")
_IN_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")
_SIGNS = re.compile(r"[、.．\s“”\"]+|与|和|及")


def judge(item: Item, _context: ItemContext, _case: Case) -> Judgement:
    """Whether the theme shown is one of the classification."""
    if item.theme is None:
        return not_applicable("no_theme", "the page shows no theme")
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    if not item.page_read:
        return not_assessable("unread", "the article has not been read")
    return compliant() if is_theme(item.theme) else breach(theme=item.theme)


@lru_cache(maxsize=4096)
def is_theme(shown: str) -> bool:
    """Whether a theme as shown is of the classification; of several levels or themes, whether the first one is."""
    text = unicodedata.normalize("NFKC", shown)
    if _plain(text) in _KNOWN:
        return True
    first = next((part for part in map(_plain, _BETWEEN.split(text)) if part), "")
    return first in _KNOWN


def _plain(text: str) -> str:
    bare = _SIGNS.sub("", _IN_BRACKETS.sub("", text)).replace("其它", "其他").removeprefix("主题分类")
    return bare.removesuffix("类") or bare


def _known() -> frozenset[str]:
    names: set[str] = set()
    for theme, subjects in THEMES.items():
        for name in (theme, *subjects):
            names |= {_plain(name), *(_plain(part) for part in name.split("、"))}
            names.add(_plain(name.replace("（含", "").replace("）", "")))
        names |= {_plain(theme) + _plain(subject) for subject in (*subjects, "其他")}
    return frozenset(names)


_KNOWN = _known()
