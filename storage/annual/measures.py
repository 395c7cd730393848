"""What the city's report counts and no table of the units' reports has: entered from a sheet, by name.

By channel and consultation as the older nine-part form asks (国办发〔2014〕32号 统计指标): where something was made
public, who asked what, and what the office did itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MEASURES: Final[Mapping[str, str]] = {
    "channel/website": "通过政府网站公开（条）",
    "channel/gazette": "通过政府公报公开（条）",
    "channel/press": "通过报刊公开（条）",
    "channel/broadcast": "通过广播电视公开（条）",
    "channel/notice_boards": "通过公开栏、查阅场所公开（条）",
    "channel/new_media": "通过政务新媒体公开（条）",
    "channel/press_conferences": "新闻发布会（场）",
    "channel/gazette_issues": "政府公报期数（期）",
    "consultations/total": "接受咨询（人次）",
    "consultations/in_person": "现场咨询（人次）",
    "consultations/phone": "电话咨询（人次）",
    "consultations/online": "网上咨询（人次）",
    "consultations/answered": "已答复咨询（件）",
    "requests/received": "收到申请（件）",
    "requests/answered": "已答复申请（件）",
    "complaints/received": "收到投诉举报（件）",
    "fees/processing": "收取信息处理费（元）",
    "office/trainings": "培训（次）",
    "office/trained": "参加培训（人次）",
    "office/staff": "工作人员（人）",
    "office/accountability": "责任追究（人次）",
}
