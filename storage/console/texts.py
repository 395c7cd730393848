"""Every word the console shows, in Chinese and English: a key in, a text out; Chinese is the first language.

A key with a dot is a value's word (``outcome.blocked``). A value nobody gave a word to is shown as it is, because
rules, reasons and facts may come that the console has not heard of.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Final, Literal, get_args

from storage.console import words

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # ---------------------------------------------------------------- furniture
    "product": ("政府信息公开监测", "Disclosure watch"),
    "board": ("总览", "Board"),
    "data": ("数据接口", "Data"),
    "feed": ("信息公开变更", "Changes of the catalogue"),
    "skip": ("跳到正文", "Skip to the content"),
    "other_language": ("English", "中文"),
    "no_city_name": ("尚未设置城市", "no city yet"),
    "times_in": ("时间均为 {zone}", "Times are {zone}"),
    # ---------------------------------------------------------------- the board
    "units": ("公开主体", "Units"),
    "unit": ("公开主体", "Unit"),
    "columns": ("栏目", "Columns"),
    "column": ("栏目", "Column"),
    "items": ("信息", "Items"),
    "open_findings": ("未整改问题", "Open findings"),
    "well_observed": ("正常观测栏目", "Columns well observed"),
    "last_look": ("最近观测", "Last look"),
    "last_good_look": ("最近有效观测", "Last good look"),
    "judged_as_of": ("判定至", "Judged up to"),
    "of": ("{part} / {whole}", "{part} of {whole}"),
    "never": ("从未", "never"),
    "total": ("合计", "Total"),
    "our_side": ("我方待处理", "On our side"),
    "our_side_why": (
        "以下栏目最近一次观测未成功，属采集方待处理事项，不计为单位问题。",
        "The last look at these did not succeed. That is ours to put right; it is held against no unit.",
    ),
    "our_side_none": (
        "没有待处理事项：各栏目最近一次观测均有效。",
        "Nothing to do: every column's last look was good.",
    ),
    "what_happened": ("情况", "What happened"),
    "what_to_do": ("处理建议", "What to do"),
    "places": ("栏目", "Where"),
    "more": ("另有 {count} 项", "{count} more"),
    "home_page": ("首页", "home page"),
    # ---------------------------------------------------------------- a unit
    "kind": ("类别", "Kind"),
    "outcome": ("结果", "Outcome"),
    "newest_on": ("最新信息日期", "Newest date"),
    "rows": ("条数", "Rows"),
    "findings": ("问题", "Findings"),
    "closed_findings": ("已关闭问题", "Closed findings"),
    "waivers": ("豁免", "Waivers"),
    "until": ("截至", "until"),
    "expired": ("已到期", "expired"),
    "approved_by": ("批准", "approved by"),
    "whole_unit": ("全部栏目", "every column"),
    "every_rule": ("全部指标", "every rule"),
    "site_code": ("网站标识码", "Site code"),
    "supervision": ("管理体制", "Supervision"),
    "harvest_held": ("变化过大，暂停写入", "too much changed: writing held"),
    "in_api": ("全部记录见数据接口", "All of them in the data interface"),
    # ---------------------------------------------------------------- a finding
    "finding": ("问题", "Finding"),
    "rule": ("指标", "Rule"),
    "version": ("版本", "version"),
    "severity": ("程度", "Severity"),
    "state": ("状态", "State"),
    "since": ("发现于", "Since"),
    "closed_at": ("关闭于", "Closed"),
    "basis": ("依据", "Basis"),
    "facts": ("事实", "Facts"),
    "evidence": ("证据", "Evidence"),
    "evidence_none": ("该判定未附网页证据，依据见上述事实。", "No captured page belongs to this one; see the facts."),
    "captured_at": ("采集时间", "Captured"),
    "record": ("存档记录", "Archive record"),
    "life": ("经过", "Life"),
    "life_none": ("尚无经过记录。", "No steps recorded."),
    "coverage": ("观测覆盖率", "Coverage"),
    "coverage_why": ("应观测日中取得有效观测的比例", "share of what was due to be observed that was"),
    "item": ("信息", "Item"),
    "withdrawn": ("已撤下", "withdrawn"),
    # ---------------------------------------------------------------- search
    "search": ("检索", "Search"),
    "search.words": ("检索词", "Words"),
    "search.go": ("检索", "Search"),
    "search.how": (
        "词间空格为“且”，OR 为“或”，-词 为排除，引号内为完整短语；文号括号写法不限。",
        "A space means and; OR means or; -word leaves out; quotes make a phrase; any brackets do in numbers.",
    ),
    "search.filters": ("更多条件", "More conditions"),
    "search.any": ("不限", "any"),
    "search.category": ("信息类别", "Category"),
    "search.from": ("发布日期自", "Published from"),
    "search.to": ("至", "to"),
    "search.document_number": ("发文字号", "Document number"),
    "search.index_number": ("索引号", "Index number"),
    "search.validity": ("有效性", "Validity"),
    "search.theme": ("主题分类", "Theme"),
    "search.statutory": ("法定公开事项", "Statutory class"),
    "search.withdrawn": ("撤下", "Withdrawn"),
    "search.withdrawn.no": ("未撤下", "not withdrawn"),
    "search.withdrawn.yes": ("已撤下", "withdrawn"),
    "search.withdrawn.any": ("全部", "both"),
    "search.bad_date": ("日期 {value} 无法识别，未作为条件。", "{value} is no date; it was left out."),
    "search.cut": ("检索式过长，只采用了前面部分。", "The question is too long; only its beginning was used."),
    "search.total": ("共 {count} 条", "{count} found"),
    "search.at_least": ("{count} 条以上", "{count} or more found"),
    "search.next": ("下一页", "Next page"),
    "search.go_on": ("继续查找", "Look further"),
    "search.partial": (
        "已比对一批正文，后面可能还有。",
        "A number of texts were compared; there may be more further on.",
    ),
    "search.behind": (
        "索引尚缺最近 {count} 项变化，定时任务会补上；立即补齐可运行：",
        "The index lacks the last {count} changes. The schedule brings them in; at once does:",
    ),
    "empty.search": ("没有符合条件的信息。", "Nothing fits."),
    "empty.search.next": (
        "减少检索词或条件，或改用更短的词；两个字的词即可检索。",
        "Use fewer words or conditions, or shorter words; two signs are enough.",
    ),
    "empty.question": ("没有可检索的文字。", "There is nothing to search for in this."),
    "empty.question.next": ("请输入汉字、字母或数字。", "Type Chinese signs, letters or digits."),
    "empty.index": ("目录中还没有可检索的信息。", "There is nothing in the catalogue to search yet."),
    # ---------------------------------------------------------------- nothing here yet: what to do next
    "empty.city": ("还没有监测对象。", "Nothing is watched yet."),
    "empty.city.next": (
        "也可以编写城市文件 city.yml（样例见 deploy/city.example.yml），然后运行：",
        "Or write a city file city.yml (deploy/city.example.yml shows one), then run:",
    ),
    "empty.units": ("还没有公开主体。", "There is no unit yet."),
    "empty.units.next": (
        "也可以在城市文件 units 下补充单位，再次运行：",
        "Or add units to the city file, then apply it again:",
    ),
    "empty.looks": ("还没有观测任何栏目。", "No column has been looked at yet."),
    "empty.looks.next": ("运行一次采集，或启动定时任务：", "Harvest once, or start the schedules:"),
    "empty.verdicts": ("已采集，尚未判定。", "Harvested, and not judged yet."),
    "empty.verdicts.next": ("运行：", "Run:"),
    "empty.findings": ("没有未整改问题。", "No open findings."),
    "empty.columns": ("该单位还没有登记栏目。", "This unit has no columns yet."),
    "empty.columns.next": ("从首页发现栏目，再写入城市文件：", "Discover them from its home page, for the city file:"),
    "empty.peers": ("无", "none"),
    # ---------------------------------------------------------------- errors
    "error.404": ("没有这个页面", "There is no such page"),
    "error.404.next": (
        "地址有误，或该对象已不在登记之列。请从总览进入。",
        "The address is wrong, or what it names is no longer registered. Start from the board.",
    ),
    "error.unit": ("登记中没有公开主体 {name}", "The registry has no unit {name}"),
    "error.finding": ("没有编号为 {name} 的问题", "There is no finding {name}"),
    "error.503": ("暂时读不到数据库", "The database cannot be read now"),
    "error.503.next": ("请运维人员查看 /healthz 的说明。", "The operator finds the reason at /healthz."),
    "error.500": ("程序出错", "The program failed"),
    "error.500.next": (
        "这是程序的缺陷，已写入日志。请联系运维人员。",
        "This is a fault of the program; it was logged. Tell the operator.",
    ),
    "error.400": ("请求有误", "The request cannot be understood"),
    "error.405": ("该地址不支持这种操作", "This address cannot do that"),
    # ---------------------------------------------------------------- values: registry
    "unit_kind.district": ("区县", "Districts"),
    "unit_kind.department": ("市直部门", "Departments"),
    "unit_kind.stationed": ("中省驻市单位", "Stationed units"),
    "unit_kind.township": ("乡镇", "Townships"),
    "peer_group.district": ("区县", "Districts"),
    "peer_group.department": ("市直部门", "Departments"),
    "peer_group.stationed": ("中省驻市单位", "Stationed units"),
    "peer_group.township": ("乡镇", "Townships"),
    "peer_group.vertical": ("垂直管理单位", "Vertically managed units"),
    "supervision.local": ("属地管理", "local"),
    "supervision.dual": ("双重管理", "dual"),
    "supervision.vertical": ("垂直管理", "vertical"),
    "column_kind.news": ("新闻要闻", "news"),
    "column_kind.activity": ("工作动态", "activity"),
    "column_kind.notices": ("通知公告", "notices"),
    "column_kind.policies": ("政策文件", "policies"),
    "column_kind.normative": ("行政规范性文件", "normative documents"),
    "column_kind.interpretation": ("政策解读", "interpretation"),
    "column_kind.consultation": ("征求意见", "consultation"),
    "column_kind.feedback": ("意见反馈", "feedback"),
    "column_kind.personnel": ("人事", "personnel"),
    "column_kind.plans": ("规划计划", "plans"),
    "column_kind.statistics": ("统计数据", "statistics"),
    "column_kind.leaders": ("领导信息", "leaders"),
    "column_kind.functions": ("机构职能", "functions"),
    "column_kind.budget": ("财政预决算", "budget"),
    "column_kind.procurement": ("政府采购", "procurement"),
    "column_kind.projects": ("重大项目", "projects"),
    "column_kind.permits": ("行政许可", "permits"),
    "column_kind.penalties": ("行政处罚", "penalties"),
    "column_kind.fees": ("收费", "fees"),
    "column_kind.recruitment": ("招考录用", "recruitment"),
    "column_kind.emergency": ("应急", "emergency"),
    "column_kind.livelihood": ("教育医疗社保就业", "livelihood"),
    "column_kind.inspection": ("监督检查", "inspection"),
    "column_kind.guide": ("公开指南", "guide"),
    "column_kind.rules": ("公开制度", "rules"),
    "column_kind.catalogue": ("法定主动公开内容", "catalogue"),
    "column_kind.annual_reports": ("公开年报", "annual reports"),
    "column_kind.request": ("依申请公开", "requests"),
    "column_kind.replies": ("留言答复", "replies"),
    "column_kind.gazette": ("政府公报", "gazette"),
    "column_kind.other": ("其他", "other"),
    # ---------------------------------------------------------------- values: judging
    "finding_kind.untimely": ("不及时", "Untimely"),
    "finding_kind.incomplete": ("不完整", "Incomplete"),
    "finding_kind.improper": ("不规范", "Improper"),
    "finding_kind.unreachable": ("不可访问", "Unreachable"),
    "finding_kind.integrity": ("信息安全", "Integrity"),
    "severity.red": ("红", "red"),
    "severity.yellow": ("黄", "yellow"),
    "state.open": ("未整改", "open"),
    "state.notified": ("已交办", "notified"),
    "state.received": ("已签收", "received"),
    "state.fixing": ("整改中", "fixing"),
    "state.answered": ("已反馈，待复查", "answered, waits for the recheck"),
    "state.disputed": ("申诉中", "disputed"),
    "state.waived": ("已豁免", "waived"),
    "state.closed": ("已销号", "closed"),
    "step.opened": ("发现", "opened"),
    "step.notified": ("交办", "notified"),
    "step.received": ("签收", "received"),
    "step.fixing": ("开始整改", "fixing"),
    "step.answered": ("反馈", "answered"),
    "step.disputed": ("申诉", "disputed"),
    "step.upheld": ("申诉不成立", "dispute not upheld"),
    "step.waived": ("豁免", "waived"),
    "step.rechecked": ("复查", "rechecked"),
    "step.closed": ("销号", "closed"),
    "step.reopened": ("重新打开", "reopened"),
    "fact.newest_on": ("最新信息日期", "newest date shown"),
    "fact.newest_url": ("最新信息地址", "newest address"),
    "fact.window": ("更新期限", "window"),
    "fact.due_on": ("最迟日期", "due on"),
    "fact.judged_on": ("判定日", "judged on"),
    "fact.days_since": ("距最新信息天数", "days since"),
    "fact.days_over": ("超期天数", "days over"),
    "fact.rows": ("条数", "rows"),
    "fact.dated": ("有日期条数", "dated rows"),
    "fact.unread_undated": ("无日期且未读条数", "undated rows not read"),
    "fact.formed_on": ("成文日期", "formed on"),
    "fact.published_on": ("发布日期", "published on"),
    "fact.first_seen_on": ("首次发现日期", "first seen on"),
    "fact.not_before": ("此前未见日期", "not there before"),
    "fact.limit": ("期限（工作日）", "limit (working days)"),
    "fact.counted": ("实际工作日", "working days counted"),
    "fact.at_least": ("至少工作日", "working days at least"),
    "fact.deadline": ("最迟公开日期", "deadline"),
    "fact.count_start": ("起算日", "counted from"),
    "fact.count_end": ("止算日", "counted to"),
    "fact.skipped": ("不计日", "days not counted"),
    "fact.provisional": ("节假日未公布，暂计", "provisional calendar"),
    "fact.missing": ("缺少", "missing"),
    "fact.shown": ("已标明", "shown"),
    "fact.wrong": ("与网站不符", "not true of the site"),
    "fact.host": ("域名", "host"),
    "fact.links": ("隐藏链接", "hidden links"),
    "fact.pages": ("已读页面数", "pages read"),
    "fact.columns": ("栏目", "columns"),
    "fact.columns_read": ("已读栏目页数", "column pages read"),
    "fact.columns_lacking": ("标签不全的栏目页数", "column pages that lack tags"),
    "fact.articles": ("内容页", "articles"),
    "fact.examples": ("例页", "examples"),
    "fact.footer": ("页脚标识码", "code in the footer"),
    "fact.tag": ("标签内容", "in the meta tag"),
    "fact.registered": ("登记", "registered"),
    "fact.unregistered": ("未登记", "not registered"),
    "fact.limit_days": ("期限（自然日）", "limit (calendar days)"),
    "fact.counted_days": ("实际自然日", "calendar days counted"),
    "fact.least": ("至少（工作日）", "at least (working days)"),
    "fact.least_days": ("至少（自然日）", "at least (calendar days)"),
    "fact.days_short": ("不足天数", "days short"),
    "fact.count_of": ("计日方式", "what is counted"),
    "fact.decided_on": ("作出决定日期", "decided on"),
    "fact.decisions_from": ("最早决定日期", "earliest decision"),
    "fact.stated": ("页面原文", "as stated"),
    "fact.read_from": ("读取位置", "read from"),
    "fact.signed_on": ("签订日期", "signed on"),
    "fact.received_on": ("收到批准日期", "approval received on"),
    "fact.approved_on": ("批准日期", "approved on"),
    "fact.replied_on": ("批复日期", "replied on"),
    "fact.given_by": ("日期来源", "date given by"),
    "fact.asked_on": ("来信日期", "asked on"),
    "fact.shows": ("页面状态", "shows"),
    "fact.report": ("报告", "report"),
    "fact.paper": ("文件", "paper"),
    "fact.year": ("年度", "year"),
    "fact.others": ("其他", "others"),
    "fact.home": ("首页", "home page"),
    "fact.shown_in": ("见于", "shown in"),
    "fact.newest_title": ("最新信息标题", "newest title"),
    "fact.row": ("目录行号", "row of the directory"),
    "fact.matter": ("公开事项", "matter"),
    "fact.limit_text": ("目录所定时限", "time limit of the directory"),
    "fact.directory": ("主动公开基本目录", "the unit's own directory"),
    "fact.mapped": ("对应栏目的依据", "why it is looked for there"),
    "fact.mapped_by": ("对应栏目由何人指定", "who said so"),
    "fact.keywords": ("标题用词", "words in titles"),
    "fact.entries": ("现有信息条数", "entries that stand"),
    "fact.from": ("期间起", "period from"),
    "fact.until": ("期间止", "period until"),
    "fact.note": ("无此项说明", "note that there is none"),
    "fact.met": ("已公开事项", "matters found"),
    "fact.unknown": ("未能判定事项", "matters not judged"),
    "fact.looked_at": ("观测时间", "looked at"),
    "fact.title": ("标题", "title"),
    "fact.confidence": ("依据可信度", "confidence in the rule's text"),
    # ---------------------------------------------------------------- values: looks, and what the operator does
    "outcome.ok": ("正常", "ok"),
    "outcome.ok_empty": ("正常（空）", "ok, empty"),
    "outcome.not_modified": ("正常（未变）", "ok, unchanged"),
    "outcome.blocked": ("被拦截", "blocked"),
    "outcome.unreachable": ("连不上", "unreachable"),
    "outcome.soft404": ("页面已失效", "soft 404"),
    "outcome.structure_changed": ("页面结构已变", "structure changed"),
    "outcome.redirected": ("被转向他处", "redirected"),
    "outcome.shell": ("只有空壳页面", "empty shell"),
    "outcome.mass_change": ("变化过大", "mass change"),
    "outcome.no_look": ("尚未观测", "not looked at"),
    "advice.blocked": (
        "请该单位网站运维放行采集程序（按其标识与来源地址），不要绕过拦截。",
        "Ask the site's operator to let the harvester in (by its user agent and address); do not evade the block.",
    ),
    "advice.unreachable": (
        "先确认本机网络与域名解析，再用浏览器打开该地址；只有单独拨测才能认定网站不可访问。",
        "Check this machine's network and name resolution, then open the address; only probes prove a site down.",
    ),
    "advice.soft404": (
        "打开单位首页，找到栏目现在的地址，改正城市文件。",
        "Find the column's address from the unit's home page and correct the city file.",
    ),
    "advice.structure_changed": (
        "用 gongkai read 查看该页能读出什么；网站改版的，更新栏目地址或读取方式。",
        "See what gongkai read makes of the page; after a redesign, correct the address or the reader.",
    ),
    "advice.redirected": (
        "核对转向后的地址是否仍是该栏目；是则改正城市文件。",
        "Check whether the new address still is this column; if so, correct the city file.",
    ),
    "advice.shell": (
        "内容由脚本载入：用浏览器找到其数据地址，写入城市文件。",
        "The content is loaded by script: find its data address with a browser and put it in the city file.",
    ),
    "advice.mass_change": (
        "打开栏目核对：确属清理的，由运维执行 gongkai catalogue accept 予以确认；属改版的，更新栏目地址。",
        "Look at the column: if it was truly cleared, accept it (gongkai catalogue accept); if redesigned, correct the "
        "address.",
    ),
    "advice.robots": (
        "请该单位在 robots.txt 中允许采集程序；或在城市文件中设 robots: ignore 并写明理由。",
        "Ask the unit to allow the harvester in its robots.txt, or set robots: ignore with a reason in the city file.",
    ),
    "advice.robots_unreadable": (
        "该站 robots.txt 返回错误，按规范不得继续：请告知该单位；或在城市文件中设 robots: ignore 并写明理由。",
        "The site's robots.txt fails, so we may not go on: tell the unit, or set robots: ignore with a reason.",
    ),
    "advice.unsafe_address": (
        "地址指向内网：核对城市文件；确属政务内网的，设 allow_private_addresses: true。",
        "The address is private: check the city file; on an intranet, set allow_private_addresses: true.",
    ),
    "advice.truncated": (
        "应答中断，下次采集会再试；持续出现时检查线路。",
        "The answer broke off; the next harvest asks again. If it goes on, check the line.",
    ),
    "advice.maintenance": (
        "网站自称维护中，下次采集会再试。",
        "The site says it is under maintenance; the next harvest asks again.",
    ),
    "advice.server_error": (
        "网站服务器自身报错，下次采集会再试；持续出现时告知该单位。",
        "The site's server fails; the next harvest asks again. If it goes on, tell the unit.",
    ),
    "advice.default_page": (
        "该地址显示的是服务器默认页面：核对栏目地址，并告知该单位。",
        "The address shows a server's default page: check the column's address, and tell the unit.",
    ),
    "advice.site_stopped": (
        "该网站已停用、未备案或未绑定域名：向该单位核实现用网址，改正城市文件。",
        "The site is stopped, not registered or not set up: ask the unit for its address and correct the city file.",
    ),
    "advice.our_fault": (
        "采集程序自身出错：将日志中的记录报给开发方。",
        "The harvester itself failed: report what the log holds to its makers.",
    ),
    "advice.no_look": (
        "运行 gongkai harvest，或启动 gongkai up 由定时任务采集。",
        "Run gongkai harvest, or leave it to the schedules of gongkai up.",
    ),
}

for found in pkgutil.iter_modules(words.__path__):
    _TEXTS.update(importlib.import_module(f"{words.__name__}.{found.name}").TEXTS)


def all_keys() -> list[str]:
    """The keys of all texts."""
    return list(_TEXTS)


def template(language: Language, key: str) -> str:
    """The text of ``key`` with its ``{places}`` as they are.

    :raises KeyError: the console has no such text.
    """
    return _TEXTS[key][LANGUAGES.index(language)]


def has(key: str) -> bool:
    """Whether the console has a text of this key."""
    return key in _TEXTS


def text(language: Language, key: str, **values: object) -> str:
    """The text of ``key`` with its ``{places}`` filled in.

    :raises KeyError: the console has no such text.
    """
    words = _TEXTS[key][LANGUAGES.index(language)]
    return words.format(**values) if values else words


def word(language: Language, family: str, value: str) -> str:
    """The word for one value of a family (``outcome``, ``blocked``); the value itself where there is none."""
    words = _TEXTS.get(f"{family}.{value}")
    return words[LANGUAGES.index(language)] if words else value


def advice(language: Language, what: str, reason: str | None) -> str:
    """What the operator does about a failed look: by its reason where there is something to say, else by how it failed.

    :param reason: a machine word, perhaps with more of it after a colon.
    """
    known = f"advice.{(reason or '').partition(':')[0]}"
    return text(language, known) if known in _TEXTS else word(language, "advice", what)


def fact(language: Language, name: str, value: object) -> object:
    """A fact's value in words where it is a machine's: a span of days or months, how sure a rule's text is."""
    if name == "confidence" and isinstance(value, str):
        return word(language, "confidence", value)
    if language == "zh" and isinstance(value, str) and (span := _SPAN.fullmatch(value)):
        return f"{span[1]}{_UNITS[span[2]]}"
    return value


_SPAN: Final = re.compile(r"(\d+) (days?|weeks?|months?|years?|working days|calendar days)")
_UNITS: Final = {
    **dict.fromkeys(("day", "days"), "天"),
    **dict.fromkeys(("week", "weeks"), "周"),
    **dict.fromkeys(("month", "months"), "个月"),
    **dict.fromkeys(("year", "years"), "年"),
    "working days": "个工作日",
    "calendar days": "个自然日",
}
