"""The console's words: what a machine word is called in the office."""

from __future__ import annotations

from typing import Final

UNIT_KINDS: Final = {
    "district": "区县",
    "department": "市直部门",
    "stationed": "中省驻市单位",
    "township": "乡镇街道",
}
FINDING_KINDS: Final = {
    "untimely": "不及时",
    "incomplete": "不全面",
    "improper": "不规范",
    "unreachable": "不可用",
    "integrity": "不完整",
}
OUTCOMES: Final = {
    "ok": "正常",
    "ok_empty": "确无内容",
    "not_modified": "未变化",
    "blocked": "被拦截",
    "unreachable": "无法访问",
    "soft404": "页面已不存在",
    "structure_changed": "页面结构无法识别",
    "redirected": "跳转到别处",
    "shell": "空壳页面",
}
