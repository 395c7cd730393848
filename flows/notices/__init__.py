"""Notices: who must act is told, by e-mail, WeCom, DingTalk, Feishu or webhook.

What happened comes in (``gathering``); which of it is told to whom is one table (``table``) and pure (``deciding``,
``times``); in which words stand templates that the office may edit (``wording``); by which channels says the channels
file (``channels``), and each carries in its own way (``carriers``). ``sending`` does it, through ``storage.notices``.
"""
