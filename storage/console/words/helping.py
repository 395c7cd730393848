"""Help in place: one sentence for each thing the console shows and a newcomer may not know."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "help": ("帮助", "Help"),
    "help.why": (
        "页面上的“?”都指向这里。各项规则的含义见“规则”。",
        "Every “?” leads here. What each rule asks is told under Rules.",
    ),
    "help.what_is": ("什么是{name}", "What is {name}"),
    # what a section of the help page is called
    "help_family.idea": ("基本概念", "Ideas"),
    "help_family.verdict": ("判定", "Verdicts"),
    "help_family.finding_kind": ("问题类型", "Kinds of findings"),
    "help_family.severity": ("程度", "Severity"),
    "help_family.state": ("问题状态", "States of a finding"),
    "help_family.outcome": ("观测结果", "Outcomes of a look"),
    "help_family.column_kind": ("栏目类别", "Kinds of columns"),
    "help_family.role": ("角色", "Roles"),
    "help_family.confidence": ("规则依据的把握", "How sure a rule's text is"),
    "help_family.rule_status": ("规则状态", "Status of a rule"),
    # ---------------------------------------------------------------- ideas
    "idea.unit": ("公开主体", "Unit"),
    "help.idea.unit": (
        "负有公开义务的单位：区县、市直部门、中省驻市单位、乡镇街道。",
        "A body with duties: district, department, stationed unit, township.",
    ),
    "idea.obligation": ("公开义务", "Obligation"),
    "help.idea.obligation": (
        "单位应做到的事：栏目按期更新（定期）、信息在时限内公开（随时）、应当长期存在的内容（长期）。",
        "What a unit owes: a column kept fresh, an item within a limit, a thing that must always stand there.",
    ),
    "idea.score": ("得分", "Score"),
    "help.idea.score": (
        "满分100分，按公布的权重计入已能判定的义务；不能判定的既不加分也不扣分。",
        "100 points, shared by published weights over what could be judged; what could not counts neither way.",
    ),
    "idea.rank": ("名次", "Rank"),
    "help.idea.rank": (
        "只在同类单位中排名；垂直管理单位单独排名；单项否决的排在合格单位之后。",
        "Among peers only; vertical units apart; units that fail a veto rule come after those that pass.",
    ),
    "idea.veto": ("单项否决", "Veto"),
    "help.idea.veto": (
        "出现即判为不合格的情形，如首页两周未更新（国办秘函〔2019〕19号）。",
        "What fails a site whole, such as a home page not updated for two weeks.",
    ),
    "idea.coverage": ("观测覆盖率", "Coverage"),
    "help.idea.coverage": (
        "应观测的日子里，实际取得有效观测的比例，以“实际/应当”两个数字表示。",
        "Of the days on which a look was due, those with a good one; always shown with both numbers.",
    ),
    "idea.evidence": ("证据", "Evidence"),
    "help.idea.evidence": (
        "判定所依据的网页原样存档，附采集时间和摘要值，可供单位核对。",
        "The page a verdict rests on, kept as it came, with its time and hash, for the unit to check.",
    ),
    "idea.four_dates": ("四个日期", "Four dates"),
    "help.idea.four_dates": (
        "成文日期、发布日期（单位所示）、首次发现日期（我方）、生效日期，互不混用。",
        "Formed, published (as claimed), first seen (ours) and effective: never mixed.",
    ),
    "idea.not_before": ("此前未见", "Not there before"),
    "help.idea.not_before": (
        "最后一次确认尚无该信息的观测时间；计算期限时取有利于单位的一侧。",
        "The last look without it; limits are counted on the side that favours the unit.",
    ),
    "idea.waiver": ("豁免", "Waiver"),
    "help.idea.waiver": (
        "有理由、有批准人、有截止日期的例外；到期自动恢复判定。",
        "A reasoned, approved exception with a last day; it ends by itself.",
    ),
    "idea.due_date": ("最迟日期", "Due date"),
    "help.idea.due_date": (
        "由已知事实推出的最后期限；只有单位自己知道的事项（何时形成、何时批准）不推测。",
        "The last day in time, from facts we have; what only the unit knows is not guessed.",
    ),
    "idea.our_side": ("我方待处理", "On our side"),
    "help.idea.our_side": (
        "采集未成功的情况，由运维处理，不计为单位问题。",
        "What the harvester could not do: for the operator, and held against no unit.",
    ),
    "idea.provenance": ("出处", "Provenance"),
    "help.idea.provenance": (
        "每个字段取自何处（元标签、信息表、列表行、正文、网址、订阅源）、原文和可信度。",
        "Where each field was read (meta tag, label table, row, body, address, feed), its raw text, how sure.",
    ),
    "idea.copy": ("转载", "Copy"),
    "help.idea.copy": (
        "同一文件在几个单位发布的，目录只计首发一条，其余记为转载。",
        "One document at several units counts once, by its first publisher; the others are copies.",
    ),
    "idea.drift": ("对账差异", "Drift"),
    "help.idea.drift": (
        "接收方实际持有与应当持有之间的差异条数，应为 0。",
        "How far what a receiver holds is from what it should hold; it should be 0.",
    ),
    "idea.category": ("信息类别", "Category"),
    "help.idea.category": (
        "统计用的八类，每条信息只属一类，合计等于总数。",
        "The office's eight counting classes: each item in one, so that they sum to the whole.",
    ),
    "idea.period": ("统计期", "Period"),
    "help.idea.period": (
        "月、季、年；冻结后数字不再改变，更正另行记录。",
        "A month, quarter or year; once frozen its numbers stay, and corrections stand beside them.",
    ),
    # ---------------------------------------------------------------- verdicts
    "verdict.compliant": ("合格", "compliant"),
    "verdict.breach": ("问题", "breach"),
    "verdict.not_assessable": ("未能判定", "not assessable"),
    "verdict.not_applicable": ("不适用", "not applicable"),
    "help.verdict.compliant": ("有证据表明做到了。", "There is proof that it is met."),
    "help.verdict.breach": ("有证据表明没有做到。", "There is proof that it is not met."),
    "help.verdict.not_assessable": (
        "我方未能看清，不计为问题；理由附后。",
        "We could not see for sure; it counts against nobody, and says why.",
    ),
    "help.verdict.not_applicable": ("该规则对此无要求。", "The rule asks nothing there."),
    # ---------------------------------------------------------------- kinds of findings, severity
    "help.finding_kind.untimely": ("没有按期公开或更新。", "Not published or updated in time."),
    "help.finding_kind.incomplete": ("应有的内容或要素缺少。", "Something that must be there is missing."),
    "help.finding_kind.improper": ("有，但不合规范。", "It is there, and not as it must be."),
    "help.finding_kind.unreachable": ("公众打不开。", "The public cannot reach it."),
    "help.finding_kind.integrity": ("与事实不符或有安全隐患。", "It is not true, or not safe."),
    "help.severity.red": ("严重：须立即整改。", "Grave: to be mended at once."),
    "help.severity.yellow": ("一般：限期整改。", "To be mended by a day."),
    # ---------------------------------------------------------------- states
    "help.state.open": (
        "已发现，尚未告知单位。公开办下一步：交办。",
        "Found, and not told yet. Next: the office notifies.",
    ),
    "help.state.notified": ("已告知单位。单位下一步：签收。", "The unit was told. Next: it confirms receipt."),
    "help.state.received": ("单位已签收。下一步：整改并反馈。", "The unit has it. Next: it mends and answers."),
    "help.state.fixing": ("单位正在整改。下一步：反馈。", "The unit is at it. Next: it answers."),
    "help.state.answered": (
        "单位已反馈。下一次有效观测即为复查：合格销号，否则重新打开。",
        "The unit answered. The next good look is the recheck: it closes, or opens again.",
    ),
    "help.state.disputed": (
        "单位认为判定有误。公开办下一步：销号或驳回。",
        "The unit disputes it. Next: the office decides.",
    ),
    "help.state.waived": ("已豁免至某日，期间不计。", "Waived until a day; not counted until then."),
    "help.state.closed": ("已整改并复查通过，或经人工核销。", "Mended and rechecked, or closed by a person."),
    # ---------------------------------------------------------------- outcomes
    "help.outcome.ok": ("读到了栏目和其中的信息。", "The column and its rows were read."),
    "help.outcome.ok_empty": ("页面完整，确实没有信息。", "The page is intact and truly lists nothing."),
    "help.outcome.not_modified": ("网站回答“与上次相同”。", "The site says that nothing changed."),
    "help.outcome.blocked": ("网站防护拦下了采集程序。", "The site's protection stopped the harvester."),
    "help.outcome.unreachable": ("域名、连接或应答出错。", "Name, connection or answer failed."),
    "help.outcome.soft404": ("地址打开的是“页面不存在”。", "The address shows “no such page”."),
    "help.outcome.structure_changed": (
        "页面变了样，读不出信息。",
        "The page looks other than it did and was not read.",
    ),
    "help.outcome.redirected": ("打开后转到了别的网站。", "It leads to another site."),
    "help.outcome.shell": ("页面是空壳，内容由脚本载入。", "The page is empty; scripts fill it."),
    "help.outcome.mass_change": ("一次变化太多，暂不采信，待人核对。", "Too much changed at once; held for a person."),
    "help.outcome.no_look": ("登记后还没有观测过。", "Registered, and not looked at yet."),
    # ---------------------------------------------------------------- roles
    "help.role.office": ("公开办人员：可见、可办全部事项。", "The office: sees and does everything."),
    "help.role.unit": (
        "单位人员：只见本单位，签收、反馈、申诉、上传佐证、要求复查。",
        "A unit's person: its own unit only; receives, answers, disputes, uploads proof, asks to recheck.",
    ),
    "help.role.reader": ("只读人员：只能查看。", "A reader: looks only."),
    # ---------------------------------------------------------------- rules
    "rule_status.binding": ("认定", "binding"),
    "rule_status.advice": ("提示", "advice"),
    "rule_status.off": ("未启用", "off"),
    "help.rule_status.binding": ("查到即认定为问题。", "What it finds is a finding."),
    "help.rule_status.advice": (
        "只作提示，本市采用后才认定为问题。",
        "Told, and held against nobody until the city adopts it.",
    ),
    "help.rule_status.off": ("本市未启用，不判定。", "Not in use here."),
    "confidence.verified": ("已核原文", "verified"),
    "confidence.mirrored": ("转载文本", "mirrored"),
    "confidence.local": ("地方做法", "local"),
    "confidence.inferred": ("据条文推定", "inferred"),
    "confidence.memory": ("待核原文", "from memory"),
    "help.confidence.verified": ("已读过规定原文。", "The text itself was read."),
    "help.confidence.mirrored": ("读的是转载文本，数字一致。", "Read on a re-typed copy; the numbers hold."),
    "help.confidence.local": (
        "来自部分地方的做法，由本市决定是否采用。",
        "The practice of named places; the city decides.",
    ),
    "help.confidence.inferred": ("由条文推定，非原文明示。", "Our reading; the text does not say so in words."),
    "help.confidence.memory": (
        "数字尚待核对原文，因此只作提示或不启用。",
        "Its numbers wait for the text: advice or off.",
    ),
    # ---------------------------------------------------------------- kinds of columns
    "help.column_kind.news": ("本地区、本单位要闻，一般两周内应有更新。", "News of the place; fresh within two weeks."),
    "help.column_kind.activity": ("单位工作动态，一般两周内应有更新。", "What the unit does; fresh within two weeks."),
    "help.column_kind.notices": ("通知公告，一般六个月内应有更新。", "Notices; fresh within six months."),
    "help.column_kind.policies": ("政策文件，一般六个月内应有更新。", "Policy documents; fresh within six months."),
    "help.column_kind.normative": ("行政规范性文件，条例第二十条第一项。", "Normative documents (Article 20-1)."),
    "help.column_kind.interpretation": (
        "政策解读，应与文件相互关联。",
        "Interpretations, linked with their documents.",
    ),
    "help.column_kind.consultation": (
        "征求意见公告，一般不少于30日。",
        "Drafts open for opinions, for 30 days as a rule.",
    ),
    "help.column_kind.feedback": ("征求意见的采纳情况。", "What became of the opinions."),
    "help.column_kind.personnel": ("人事任免等信息。", "Appointments."),
    "help.column_kind.plans": ("规划、计划，条例第二十条第三项。", "Plans (Article 20-3)."),
    "help.column_kind.statistics": ("统计信息，条例第二十条第四项。", "Statistics (Article 20-4)."),
    "help.column_kind.leaders": ("领导姓名、分工。", "Leaders and their duties."),
    "help.column_kind.functions": (
        "机构职能、地址、联系方式，条例第二十条第二项。",
        "Functions, address (Article 20-2).",
    ),
    "help.column_kind.budget": ("预算、决算，批准后20日内公开。", "Budget and accounts, 20 days after approval."),
    "help.column_kind.procurement": ("集中采购项目，条例第二十条第九项。", "Procurement (Article 20-9)."),
    "help.column_kind.projects": ("重大建设项目，条例第二十条第十项。", "Major projects (Article 20-10)."),
    "help.column_kind.permits": ("行政许可，一般7个工作日内公开。", "Permits, within 7 working days."),
    "help.column_kind.penalties": ("行政处罚，一般7个工作日内公开。", "Penalties, within 7 working days."),
    "help.column_kind.fees": ("收费项目及依据，条例第二十条第八项。", "Fees (Article 20-8)."),
    "help.column_kind.recruitment": ("公务员和事业单位招录。", "Recruitment."),
    "help.column_kind.emergency": ("应急预案、预警信息。", "Emergency plans and warnings."),
    "help.column_kind.livelihood": ("教育、医疗、社保、就业等。", "Education, health, social security, jobs."),
    "help.column_kind.inspection": ("环保、安全、食药等监督检查。", "Inspections."),
    "help.column_kind.guide": ("政府信息公开指南，条例第十二条。", "The disclosure guide (Article 12)."),
    "help.column_kind.rules": ("公开制度文件。", "Rules of disclosure."),
    "help.column_kind.catalogue": ("法定主动公开内容、公开目录。", "The statutory catalogue."),
    "help.column_kind.annual_reports": (
        "公开年报：部门每年1月31日前，政府每年3月31日前。",
        "Yearly reports: departments by 31 January, governments by 31 March.",
    ),
    "help.column_kind.request": ("依申请公开的办理说明。", "How to ask for information."),
    "help.column_kind.replies": ("留言及答复。", "Letters and replies."),
    "help.column_kind.gazette": ("政府公报。", "The gazette."),
    "help.column_kind.other": ("其他栏目，不判更新期限。", "Others; no window is judged."),
}
