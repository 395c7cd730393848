"""Whether a page or a title says that there is nothing to disclose: 本年度无此项, 本单位无行政事业性收费.

Such a note stands for the item that there is none of, as long as it is not of a year long past. On a blank page
anything that may be one counts, in the unit's favour; "暂无信息", which the page's template says of any empty list,
is none. A title counts as a note of a past year only where nothing else can be meant (无偿献血 and 无障碍 are matters).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from flows.compliance.facts import BlankPage, Case, ColumnFacts
from flows.compliance.judgement import Judgement, not_assessable
from flows.compliance.seen import column_seen
from storage.schema import Outcome

_NONE = (
    r"(?:无|没有|未(?:发生|产生|开展|涉及|制定|出台|收取|实施|安排|列入)|不(?:涉及|存在|具有|承担|实施|收取|具备|履行))"
)
_WHOSE = r"(?:本|我|该|我们)(?:单位|局|机关|部门|委|办|镇|乡|街道|院|中心|站|处|区|县|市|系统|级)"
_WHEN = (
    r"(?:(?:19|20)\d\d年(?:度|以来|上半年|下半年|第?[一二三四1-4]季度|\d{1,2}月份?)?"
    r"|本年度?|今年|当年|本季度?|本月|上年度?|目前|截至)"
)
_NOTE = re.compile(
    rf"(?:{_WHOSE}|{_WHEN}|经(?:核查|梳理|研究|清理)|暂时?|尚|此项|该项|本栏目)[^。；;\n]{{0,24}}?{_NONE}[^。；;\n]{{1,40}}"
    rf"|{_NONE}(?:此|该|本|上述|相关|相应|以上)(?:项|类|事项|栏目?|业务|职能|职权|权力|内容|情形)[^。；;\n]{{0,20}}"
)
_TEMPLATE = re.compile(
    r"\W*(?:对不起|抱歉|您好|提示|[该本此]?栏目|该?列表|目前|当前|系统|\W)*(?:暂时?|尚)?(?:无|没有)(?:更多|任何|相关|相应|可显示的?|符合条件的?|的)*"
    r"(?:信息|内容|数据|记录|公告|文章|资料|文件|条目|结果|通知|公示|评论|图片)?(?:显示|发布)?\W*"
)
_OLD = re.compile(
    r"(?P<year>20\d\d)年(?:度)?[^，。,]{0,16}?(?:无|没有|未发生|未产生|不涉及)"
    r"(?!偿|障|人机|锡|证|线|公害|废|烟|违|讼|疫|毒|抵押|党派|限|纸|接触|感|理|效|主|形|家|缝|忧|欠薪|传|诈|理由)"
    r"[^，。,]{0,20}?(?:事项|项目|情况|信息|内容|案件|业务|收费|许可|处罚|强制|采购|决定|规章|文件|此项)[^，。,]{0,8}$"
)


def note_in(lines: Iterable[str]) -> str | None:
    """The first line of a page that may say that there is nothing to disclose."""
    for line in lines:
        found = _NOTE.search(line)
        if found is not None and _TEMPLATE.fullmatch(line) is None and _TEMPLATE.fullmatch(found[0]) is None:
            return found[0].strip()
    return None


def is_old_note(title: str, as_of: dt.date) -> bool:
    """Whether a title says of a year before the last one, and of nothing since, that there was nothing to disclose."""
    found = _OLD.search(title)
    return found is not None and int(found["year"]) < as_of.year - 1


def is_bare(column: ColumnFacts) -> bool:
    """Whether a column lists nothing and never did, on a page that was intact."""
    last = column.looks.last
    return not column.rows and not column.ever and last is not None and last.outcome is Outcome.OK_EMPTY


def why_not_blank(column: ColumnFacts, page: BlankPage | None, case: Case) -> Judgement | None:
    """Why it is not proven that a column lists nothing and does not say why; None where it is."""
    name, facts = column.column.name, {"column": column.column.id}
    gap = column_seen(column, case.law, case.as_of).gap
    if gap is not None:
        word, _, words = (gap.reason or "").partition(": ")
        return not_assessable(word, f"{name}: {words}", **facts)
    if column.rows:
        return not_assessable("not_blank", f"{name} lists {column.rows} rows", **facts)
    if column.ever:
        return not_assessable(
            "rows_vanished", f"{name}: rows were listed before and are gone: look at the page", **facts
        )
    if not is_bare(column):
        return not_assessable(
            "unproven_blank", f"{name}: no rows were read, but the page did not prove that it lists none"
        )
    if page is None or not page.read:
        words = f"{name}: the captured page could not be read again, and may say why it is blank"
        return not_assessable("page_unread", words, **facts)
    if page.note is not None and _year_of(page.note, case.as_of) < case.as_of.year - 1:
        return not_assessable(
            "old_note", f"{name}: its note is of a year long past: {page.note}", **facts, note=page.note
        )
    return None


def valid_note(column: ColumnFacts, page: BlankPage | None, case: Case) -> dict[str, Any] | None:
    """The note on a blank column's page that stands for the item; None where there is none."""
    if (
        not is_bare(column)
        or page is None
        or page.note is None
        or _year_of(page.note, case.as_of) < case.as_of.year - 1
    ):
        return None
    return {"note": page.note, "column": column.column.id, "url": column.column.url}


def _year_of(note: str, as_of: dt.date) -> int:
    years = [int(year) for year in re.findall(r"20\d\d(?=年)", note)]
    return max((year for year in years if year <= as_of.year), default=as_of.year)
