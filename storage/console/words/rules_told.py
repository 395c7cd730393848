"""How each rule is judged, what does not count against a unit, and how it is met: beside the rule's own sentence.

A rule is looked up by its id, then by the beginning of it (``FT`` for ``FT-01``).
"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rule_how.AV-01": (
        "每日多次拨测首页，一周内失败达到5%才认定；我方线路不稳、拨测不足时不判。",
        "The home page is probed each day; only 5 % failures in a week count, and never when our own line was slow.",
    ),
    "rule_fix.AV-01": (
        "请网站运维排查故障，恢复后持续可用即自动合格。",
        "Have the site's operator find the fault; it closes once the site answers steadily.",
    ),
    "rule_how.AV-02": (
        "核对列表所列链接能否打开所指信息。",
        "The links of the lists are asked whether they lead to what they name.",
    ),
    "rule_fix.AV-02": ("修复或撤下打不开的链接。", "Mend or remove the links that lead nowhere."),
    "rule_how.AV-03": (
        "拨测首页完整载入用时。",
        "How long the home page takes, by probes.",
    ),
    "rule_fix.AV-03": ("减小首页体积，检查带宽。", "Make the page lighter; check the line."),
    "rule_how.CN-01": (
        "把同一事项的征求意见、反馈、文件、解读联系起来，看是否齐全、互相链接；找不到的不等于没有。",
        "What belongs to one matter is brought together; what is not found is not held to be missing.",
    ),
    "rule_fix.CN-01": (
        "补发缺少的环节，并在各页互相加链接。",
        "Publish what is missing and link the pages with each other.",
    ),
    "rule_how.CT-01": (
        "目录条目应载明索引号、名称、内容概述、生成日期；只与同一栏目其他条目都有的字段相比。",
        "An entry shows its four fields; only a field that the column's other entries show can be missing.",
    ),
    "rule_fix.CT-01": ("在该条目中补齐缺少的字段。", "Fill in the missing fields of the entry."),
    "rule_how.CT-02": (
        "索引号显示为程序残留（null、undefined）或缺段的，认定为不规范。",
        "A number that a program left behind, or with a part unfilled.",
    ),
    "rule_fix.CT-02": ("改正索引号，检查发布模板。", "Correct the number; check the template."),
    "rule_how.CT-02U": (
        "同一单位两份不同文件使用同一索引号；同一文件重复发布的不算。",
        "Two different documents of one unit under one number; a repost is none.",
    ),
    "rule_fix.CT-02U": ("给其中一份重新编号。", "Give one of them a number of its own."),
    "rule_how.CT-03": (
        "核对机关代字、年份六角括号、顺序号的写法。",
        "The form of the number: code, year in 〔〕, serial.",
    ),
    "rule_fix.CT-03": ("按公文格式改正文号。", "Write the number in its form."),
    "rule_how.CT-04": (
        "主题分类应在22类之中。",
        "The theme is one of the 22.",
    ),
    "rule_fix.CT-04": ("改选标准主题。", "Choose a theme of the standard."),
    "rule_how.CT-05": (
        "同栏目其他文件都标注有效性而此件未标注的，提示。",
        "Told where the column's other documents show validity and this one does not.",
    ),
    "rule_fix.CT-05": ("标注“有效/废止/失效”。", "Show whether it is in force."),
    "rule_how.CT-05R": (
        "本单位已公布废止、页面仍标为有效的，提示。",
        "Its own unit repealed it and the page still shows it as in force.",
    ),
    "rule_fix.CT-05R": ("改标为“废止”。", "Show it as repealed."),
    "rule_how.CT-06": (
        "同一文号在不同网站正文不一致的，提示核对。",
        "Copies under one number that say different things.",
    ),
    "rule_fix.CT-06": ("以首发文本为准改正。", "Correct the copies after the first."),
    "rule_how.CV-20": (
        "按单位职责对照条例第二十条各项；没有登记相应栏目的不认定为缺少。",
        "By what the unit does; where no such column is registered nothing is held to be missing.",
    ),
    "rule_fix.CV-20": (
        "开设相应栏目并公开，或在页面说明无此项。",
        "Open such a column, or say on the page that there is none.",
    ),
    "rule_how.CV-21": (
        "对照条例第二十一条所列事项，以栏目名称和标题查找；找不到的只作提示。",
        "The matters of Article 21, looked for in names and titles; what is not found is only told.",
    ),
    "rule_fix.CV-21": ("公开相应事项，或说明无此项。", "Publish the matter, or say that there is none."),
    "rule_how.CV-DIR": (
        "对照本单位自己公布的主动公开基本目录逐行核对时限；未指定位置、时限读不懂的不判。",
        "The unit's own directory, row by row; rows that nobody placed or understood are not judged.",
    ),
    "rule_fix.CV-DIR": ("按目录所定时限公开，或修订目录。", "Publish by the directory's limits, or revise it."),
    "rule_how.DM-01": (
        "政府网站应使用 gov.cn 域名；内网和测试地址不判。",
        "A government site stands under gov.cn.",
    ),
    "rule_fix.DM-01": ("按程序申请并启用 gov.cn 域名。", "Apply for a gov.cn name."),
    "rule_how.FK-01": (
        "发布日期早于我方最后一次未见该信息的时间，提请核实，不认定为问题。",
        "Its date is before our last look without it: put before a person, never held against the unit.",
    ),
    "rule_fix.FK-01": ("如确系补录，请说明情况。", "If it was entered late, say so."),
    "rule_how.FK-02": (
        "信息内容与栏目不符的，提请核实。",
        "What does not belong in its column is put before a person.",
    ),
    "rule_fix.FK-02": ("移至相应栏目。", "Move it where it belongs."),
    "rule_how.FK-03": (
        "旧文以新日期再次发布的，提请核实。",
        "An old text under a new date is put before a person.",
    ),
    "rule_fix.FK-03": ("保留原发布日期。", "Keep the first date."),
    "rule_how.FK-04": (
        "同一分钟集中发布多条的，提请核实。",
        "Many items in one minute are put before a person.",
    ),
    "rule_fix.FK-04": ("随时公开，不集中补发。", "Publish as things come."),
    "rule_how.FT": (
        "在首页页脚查找应有的标识和链接；图片、文字、链接任一种形式均可。",
        "The footer's marks and links, in any form: picture, text or link.",
    ),
    "rule_fix.FT": ("在页脚补上缺少的内容。", "Add what is missing to the footer."),
    "rule_how.GD": (
        "读公开指南全文，逐项核对条例第十二条要求；内容在附件中或读不全的不判。",
        "The guide is read whole against Article 12; what an attachment may hold is not judged.",
    ),
    "rule_fix.GD": ("修订公开指南，补齐所缺内容。", "Revise the guide."),
    "rule_how.IN-01": (
        "在首页和导航中查找咨询互动渠道；由脚本生成的不判。",
        "A way to ask, on the home page; what scripts make is not judged.",
    ),
    "rule_fix.IN-01": ("开通并在首页链接互动渠道。", "Open such a channel and link it."),
    "rule_how.IN-02": (
        "公开显示的来信超过时限未答复的；页面不显示状态和日期的不判。",
        "Letters shown that wait longer than the limit; where state or date is not shown nothing is judged.",
    ),
    "rule_fix.IN-02": ("尽快答复。", "Answer them."),
    "rule_how.IN-03": (
        "答复栏目的更新情况。",
        "How fresh the column of replies is.",
    ),
    "rule_fix.IN-03": ("及时公开答复。", "Publish replies as they are given."),
    "rule_how.MT": (
        "核对页面头部的网站标签和栏目标签（国办函〔2017〕）。",
        "The meta tags of pages.",
    ),
    "rule_fix.MT": ("在模板中补齐标签。", "Add the tags to the templates."),
    "rule_how.PL-01": (
        "首页或公开平台应有指南、制度、法定主动公开内容、年报四类栏目的入口；只有读到导航且确无链接时才认定。",
        "Guide, rules, catalogue and yearly reports are linked; only where the navigation was read and links none.",
    ),
    "rule_fix.PL-01": ("补上栏目并在首页链接。", "Open the column and link it."),
    "rule_how.PL-02": (
        "公开平台应设在本单位网站或政府门户。",
        "The platform stands on the unit's own site or the portal.",
    ),
    "rule_fix.PL-02": ("迁回规定的网站。", "Move it there."),
    "rule_how.PL-03": (
        "首页应有检索功能。",
        "The home page has a search.",
    ),
    "rule_fix.PL-03": ("开通检索。", "Add a search."),
    "rule_how.SE-01": (
        "页面显示完整身份证号、手机号等个人信息的，提请核实；不在任何文书中复述号码。",
        "Whole identity or phone numbers on a page; never repeated in a paper.",
    ),
    "rule_fix.SE-01": ("立即隐去个人信息。", "Hide the personal data at once."),
    "rule_how.SE-02": (
        "页面中藏有指向外部不良网站的隐藏链接。",
        "Hidden links to other sites.",
    ),
    "rule_fix.SE-02": ("立即清除并检查网站安全。", "Remove them at once; check the site's safety."),
    "rule_how.TM-01": (
        "自成文日期次日起数工作日，至单位所示发布日期与我方首次发现中较早者；日期未显示或识别把握不足的不判。",
        "Working days after formation to the date shown, or our first sight if earlier; unsure dates are not judged.",
    ),
    "rule_fix.TM-01": (
        "今后在形成后20个工作日内公开；已超期的无法补救，可说明原因申请豁免。",
        "Publish within 20 working days; what is late stays late: say why.",
    ),
    "rule_how.TM-02": (
        "自决定之日次日起数工作日；决定日期须为页面原文。",
        "Working days after the decision, by the page's own words.",
    ),
    "rule_fix.TM-02": ("今后在规定工作日内公开。", "Publish within the limit."),
    "rule_how.TM-03": (
        "同上，适用20个工作日。",
        "Likewise, within 20 working days.",
    ),
    "rule_fix.TM-03": ("今后在规定工作日内公开。", "Publish within the limit."),
    "rule_how.TM-04": (
        "自批准（批复）之日起数自然日；不知批准日期的不判。",
        "Calendar days after approval; where the day is not known nothing is judged.",
    ),
    "rule_fix.TM-04": ("公开预算、决算。", "Publish budget and accounts."),
    "rule_how.TM-05": (
        "自财政部门批复之日起数自然日；不知批复日期的不判。",
        "Calendar days after the reply; where it is not known nothing is judged.",
    ),
    "rule_fix.TM-05": ("公开部门预算、决算。", "Publish the department's budget and accounts."),
    "rule_how.TM-06": (
        "只看已有解读的文件：是否3个工作日内发布、是否互相链接。",
        "Of documents that are interpreted: within three working days, and linked both ways.",
    ),
    "rule_fix.TM-06": ("补上互相链接；今后同步解读。", "Link the pages; interpret at once."),
    "rule_how.TM-07": (
        "按公告所写期限数自然日；页面说明了缩短理由的不认定。",
        "Calendar days by the notice's own words; a reason given for less excuses.",
    ),
    "rule_fix.TM-07": ("延长期限，或在公告中说明理由。", "Make it longer, or say why not."),
    "rule_how.TM-08": (
        "核对公告是否有草案、说明、意见方式、期限。",
        "Draft, explanation, ways to answer, period.",
    ),
    "rule_fix.TM-08": ("补齐所缺材料。", "Add what is missing."),
    "rule_how.TM-09": (
        "征求意见结束后，在本市规定期限内应有反馈并互相链接；不能确认没有的不认定。",
        "A result within the city's limit after the end; where one may stand unseen nothing is held.",
    ),
    "rule_fix.TM-09": ("公布采纳情况，并与公告互相链接。", "Publish what became of the opinions, and link it."),
    "rule_how.TM-10": (
        "以年报栏目和标题查找上一年度报告，最迟1月31日；栏目未完整看到的不认定。",
        "Last year's report by 31 January; not held where its column was not seen whole since.",
    ),
    "rule_fix.TM-10": ("公布年报。", "Publish the report."),
    "rule_how.TM-11": (
        "以年报栏目和标题查找上一年度报告，最迟3月31日；栏目未完整看到的不认定。",
        "Last year's report by 31 March; likewise.",
    ),
    "rule_fix.TM-11": ("公布年报。", "Publish the report."),
    "rule_how.TM-12": (
        "以标题查找；找到且晚于期限的才认定，找不到的不认定。",
        "Known by its title; only one found late is held.",
    ),
    "rule_fix.TM-12": ("公布报告。", "Publish the report."),
    "rule_how.TM-13": (
        "以标题查找；找到且晚于期限的才提示。",
        "Known by its title; only one found late is told.",
    ),
    "rule_fix.TM-13": ("公布报表和数据。", "Publish them."),
    "rule_how.TM-14": (
        "自合同签订之日起数工作日。",
        "Working days after signing.",
    ),
    "rule_fix.TM-14": ("今后在2个工作日内公告。", "Publish within two working days."),
    "rule_how.TM-15": (
        "按公告自己写明的期限和日期核对。",
        "By the notice's own period and dates.",
    ),
    "rule_fix.TM-15": ("今后按法定期限公告。", "Keep the statutory periods."),
    "rule_how.TM-16": (
        "发布日期早于成文日期，提请核实。",
        "Published before it was formed: put before a person.",
    ),
    "rule_fix.TM-16": ("核对两个日期。", "Check both dates."),
    "rule_how.UP-01": (
        "首页及其栏目两周内应有新信息。",
        "Something new on the home page within two weeks.",
    ),
    "rule_fix.UP-01": ("更新首页信息。", "Publish something new."),
    "rule_how.UP-02": (
        "取栏目中单位所示的最新日期，与期限相比；栏目须在当日完整看到。",
        "The newest date shown against the window; the column must have been seen.",
    ),
    "rule_fix.UP-02": ("发布新信息；下次观测后自动销号。", "Publish something new; the next look closes it."),
    "rule_how.UP-03": (
        "取栏目中单位所示的最新日期，与期限相比；栏目须在当日完整看到。",
        "The newest date shown against the window; the column must have been seen.",
    ),
    "rule_fix.UP-03": ("发布新信息；下次观测后自动销号。", "Publish something new; the next look closes it."),
    "rule_how.UP-08": (
        "取栏目中单位所示的最新日期，与一年期限相比；无此项工作的可申请豁免。",
        "The newest date shown against a year; where there was nothing, ask for a waiver.",
    ),
    "rule_fix.UP-08": ("发布新信息，或报备说明并申请豁免。", "Publish something new, or ask for a waiver."),
    "rule_how.UP-09": (
        "取栏目中单位所示的最新日期，与本市规定期限相比；无此项工作的可申请豁免。",
        "The newest date shown against the city's window; where there was nothing, ask for a waiver.",
    ),
    "rule_fix.UP-09": ("发布新信息，或报备说明并申请豁免。", "Publish something new, or ask for a waiver."),
    "rule_how.UP-04": (
        "同一网站被认定超期的动态要闻、通知公告、政策文件栏目个数。",
        "How many columns of one site are stale.",
    ),
    "rule_fix.UP-04": ("更新各栏目，个数降下即合格。", "Freshen the columns."),
    "rule_how.UP-05": (
        "同一网站被认定长期未更新的栏目个数。",
        "How many columns of one site are long idle.",
    ),
    "rule_fix.UP-05": ("更新各栏目。", "Freshen the columns."),
    "rule_how.UP-06S": (
        "同一网站被认定空白的栏目个数。",
        "How many columns of one site are blank.",
    ),
    "rule_fix.UP-06S": ("补充内容或撤下空白栏目。", "Fill or remove the blank columns."),
    "rule_how.UP-06": (
        "页面完整且确无信息才认定；依事项产生的栏目和写明“无此项”的不算。",
        "Only where the page is intact and lists nothing; a note that there is none excuses.",
    ),
    "rule_fix.UP-06": ("发布信息，或在栏目内说明无此项。", "Publish something, or say that there is none."),
    "rule_how.UP-07": (
        "列表和正文页都不显示发布日期才认定。",
        "Only where neither rows nor pages show a date.",
    ),
    "rule_fix.UP-07": ("在列表或正文页显示发布日期。", "Show the dates."),
    "rule_how.UP-10": (
        "栏目条数、最新一条和相邻间隔（地方做法，默认未启用）。",
        "Number, newest and gaps; a local practice, off by default.",
    ),
    "rule_fix.UP-10": ("均衡更新。", "Publish evenly."),
    "rule_how.WD-01": (
        "只查确定错误的固定表述，提示核对。",
        "Only wordings that can never be right; told.",
    ),
    "rule_fix.WD-01": ("改正表述。", "Correct the words."),
}
