"""Yearly disclosure reports (政府信息公开工作年度报告): what they are made of, what was read, what a year came to."""
