"""Words of the pages that tell the rules."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rules": ("规则", "Rules"),
    "rules.why": (
        "以下是本市现行规则：要求什么、依据何在、怎样判定、怎样达标。限度可在本市规则文件中调整。",
        "The rules as they hold here: what they ask, by which text, how they are judged and met.",
    ),
    "rules.not_judged": ("网页上查不了的要求", "What public pages cannot show"),
    "rules.not_judged_why": (
        "以下要求要靠台账等内部资料，本系统不作判定。",
        "These need ledgers and the like; nothing here judges them.",
    ),
    "rule.asks": ("要求", "What it asks"),
    "rule.how": ("怎样判定", "How it is judged"),
    "rule.fix": ("怎样达标", "How it is met"),
    "rule.says": ("规则原文（程序所载）", "In the program's words"),
    "rule.limits": ("限度", "Limits"),
    "rule.status": ("状态", "Status"),
    "rule.confidence": ("依据把握", "How sure its text is"),
    "rule.since": ("施行", "In force from"),
    "rule.asked_of": ("适用", "Asked of"),
    "rule.all": ("全部单位", "all units"),
    "rule.score": ("计分", "In the score"),
    "rule.veto": ("单项否决", "veto: fails the site whole"),
    "rule.group": ("计入", "counts in"),
    "rule.now": ("目前情况", "Where it stands now"),
    "rule.open": ("未整改问题 {count} 项", "{count} open findings"),
    "rule.units": ("涉及单位", "Units"),
    "rule.none_open": ("没有未整改问题。", "No open findings."),
    "rule.counts": ("最近判定", "Latest verdicts"),
    "error.rule": ("没有规则 {name}", "There is no rule {name}"),
    "empty.rules": ("规则尚未载入：由判定写入。", "The rules are not here yet: assessing tells them."),
    "rule_family.UP": ("栏目更新", "Freshness"),
    "rule_family.TM": ("公开时限", "Time limits"),
    "rule_family.CT": ("目录要素", "Catalogue entries"),
    "rule_family.CV": ("公开内容覆盖", "Coverage"),
    "rule_family.PL": ("公开平台", "Platform"),
    "rule_family.GD": ("公开指南", "Guide"),
    "rule_family.CN": ("决策公开链条", "Chains of decisions"),
    "rule_family.AV": ("网站可用", "Availability"),
    "rule_family.IN": ("互动", "Interaction"),
    "rule_family.FT": ("页脚标识", "Footer"),
    "rule_family.DM": ("域名", "Domain"),
    "rule_family.MT": ("网页标签", "Meta tags"),
    "rule_family.SE": ("信息安全", "Safety"),
    "rule_family.WD": ("规范表述", "Wording"),
    "rule_family.FK": ("人工核实线索", "For a person"),
}
