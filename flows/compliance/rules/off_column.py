"""What stands in a column is what the column is for: no news among guides, rules, reports and catalogue: FK-02.

News in the guide column was judged a falsification, which is a veto (茂名 2023: 文不对题), so a title that says it is
something else is put before a person and is no finding. In the guide column whatever is not a guide, a form or a
directory is shown; in the others only what by its title is news of meetings, visits and activities.
"""

from __future__ import annotations

import re

from flows.compliance.facts import Case, ItemContext
from flows.compliance.judgement import Judgement, compliant, not_applicable, not_assessable
from storage.schema import ColumnKind, Item

RULES = ("FK-02",)
SUBJECT = "item"
VERSION = "1"
SEARCHES = True

_OF_A_GUIDE = re.compile(
    r"指南|指引|须知|目录|流程|申请|说明|联系|机构|规定|条例|收费|标准|表|职能|职责|简介|查阅|受理|办法|制度|渠道|方式|公开"
)
_NEWS = re.compile(
    r"召开|举行|举办|调研|走访|慰问|督导|视察|会见|考察|观摩|揭牌|签约|启动仪式|座谈会|培训班|动员会|推进会|专题会|"
    r"主题党日|党课|志愿服务|学习贯彻|传达学习|深入.{0,12}(?:开展|检查|指导)|到.{2,14}(?:检查|指导|开展)|"
    r"开展.{0,24}(?:活动|行动|检查|演练|培训|宣传)|圆满|成功|获评|荣获|喜获|出席|陪同|莅临"
)
# a title of the form all documents have is a document, whatever its matter
_FORMAL = re.compile(
    r"关于.{0,80}的?(?:通知|公告|通告|意见|决定|办法|函|批复|公示|报告|方案|规定|细则|请示|通报)|"
    r"(?:制度|办法|规定|规程|规则|细则|条例|方案|预案|目录|清单|指南|年报|年度报告|报告|统计表|流程图?|须知|要点|计划|总结|报表)"
    r"(?:[（(〔【][^（()）]*[)）〕】])?$"
)


def judge(item: Item, context: ItemContext, _case: Case) -> Judgement:
    """Whether the title says that the item belongs elsewhere."""
    if item.withdrawn_at is not None:
        return not_applicable("withdrawn", "the item no longer stands on the site")
    title, column = item.title, context.column
    is_news = _NEWS.search(title) is not None and not _FORMAL.search(title)
    if not is_news and (column.kind is not ColumnKind.GUIDE or _OF_A_GUIDE.search(title)):
        return compliant()
    words = f"{title} stands in {column.name}: a person has to see whether it belongs there"
    return not_assessable("review", words, title=title, column=column.name, kind=column.kind.value)
