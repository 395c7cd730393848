"""体裁分类: the kinds of official document, as a page's label shows one, or as a title or number says it for sure.

The fifteen kinds of 《党政机关公文处理工作条例》 (2012), and 政府令, which the catalogue's own table lists first. The
codes of that table are left out: of them only the first four could be read (regulations §6.1).

A title names its kind with its last word, "关于…的通知", and only where nothing but an issuing body stands before
关于: a report on a notice begins with who did what ("市政府召开关于…的通报会", "我市发布关于…的通告").
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

OFFICIAL: Final = (
    *(
        "决议",
        "决定",
        "命令",
        "公报",
        "公告",
        "通告",
        "意见",
        "通知",
        "通报",
        "报告",
        "请示",
        "批复",
        "议案",
        "函",
        "纪要",
    ),
)
ORDER: Final = "政府令"
GENRES: Final = (*OFFICIAL, ORDER)

_OTHERWISE: Final = {
    "令": "命令",
    "命令令": "命令",
    "决定类": "决定",
    "复函": "函",
    "公函": "函",
    "会议纪要": "纪要",
    "人民政府令": ORDER,
    "市政府令": ORDER,
    "省政府令": ORDER,
    "政府令类": ORDER,
    "政府规章令": ORDER,
    "实施意见": "意见",
    "指导意见": "意见",
    "若干意见": "意见",
}
_LABEL: Final = re.compile(r"^(?:体裁分类|公文种类|公文体裁|体裁|文种)[:：]?|[\s、,.()（）:：/\\-]+")
_BRACKETED_END: Final = re.compile(r"\s*[（(【\[][^（()）【】\[\]]{1,40}[)）】\]]\s*$")
_ORGAN: Final = (
    r"(?:政府|办公厅|办公室|委员会|管委会|[厅局委部署院会]|中心|指挥部|领导小组|大队|支队|总队|街道|办事处|社区|[镇乡区县市省]|银行|"
    r"分局|分行|法院|检察院|政府办|公司|集团)"
)
_NAMED: Final = re.compile(
    rf"(?:(?P<organ>[\u4e00-\u9fff、\s]{{1,80}}{_ORGAN})\s*)?(?:关于|印发(?!关于)|转发|批转)[^\n]{{2,300}}的"
    r"(?:实施|若干|指导|紧急|补充|联合)?(?P<genre>决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|复函|函|纪要)"
)
# who reports on a document puts an act before 关于, which may end as a body's name does: "我市召开大会"
_ACT: Final = re.compile(
    r"召开|发布|出台|印发|下发|举行|举办|组织(?!部)|部署|传达|学习|收到|审议|通过|宣读|我[市县区省局]"
)
_ASKING: Final = re.compile(r"征求|征集|征询")
_ORDER_TITLE: Final = re.compile(r"[\u4e00-\u9fff]{2,20}人民政府令(?:第?[〇零一二三四五六七八九十百\d]{1,6}号)?")
_ORGAN_TITLE: Final = re.compile(r"[\u4e00-\u9fff]{2,20}人民政府(?P<genre>通告|公告|决定)")
_ORDER_NUMBER: Final = re.compile(
    r"[\u4e00-\u9fff]{2,20}人民政府令(?:\d{4}年)?第?[〇零一二三四五六七八九十百\d]{1,6}号"
)


@lru_cache(maxsize=4096)
def read(shown: str) -> str | None:
    """The kind of document that a label shows; None for what is none of the table."""
    text = _LABEL.sub("", unicodedata.normalize("NFKC", shown))
    text = text.removesuffix("类") or text
    if text in GENRES:
        return text
    return _OTHERWISE.get(text)


def of_title(title: str) -> str | None:
    """The kind of document that a title says its document is, where that is sure."""
    text = unicodedata.normalize("NFKC", title[:400]).strip()
    while (cut := _BRACKETED_END.search(text)) is not None:
        text = text[: cut.start()]
    if _ORDER_TITLE.fullmatch(text):
        return ORDER
    if (alone := _ORGAN_TITLE.fullmatch(text)) is not None:
        return alone["genre"]
    if not text.endswith(OFFICIAL):
        return None
    found = _NAMED.fullmatch(text)
    if found is None or (found["organ"] and _ACT.search(found["organ"])):
        return None
    genre = "函" if found["genre"] == "复函" else found["genre"]
    return None if genre == "意见" and _ASKING.search(text) else genre


def of_number(number: str) -> str | None:
    """政府令 where the document's number is that of an order of a people's government."""
    return ORDER if _ORDER_NUMBER.fullmatch(number) else None
