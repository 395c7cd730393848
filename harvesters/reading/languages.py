"""语种: the language of a document, by its label or else by the script of its title and text.

The page's ``lang`` attribute is not asked: templates leave it at "en" or "zh" whatever stands in them. Only scripts
that tell a language are read: Han is Chinese, Hangul Korean, Kana Japanese, Tibetan and Mongolian script their own; a
document in Latin letters is English where it has common English words, for Zhuang is written in them too.
"""

from __future__ import annotations

import re
import unicodedata

CHINESE = "zh"
_LABELLED = {
    **dict.fromkeys(("中文", "汉语", "简体中文", "中文简体", "汉文", "简体", "zh", "zh-cn", "chinese"), CHINESE),
    **dict.fromkeys(("英文", "英语", "en", "english"), "en"),
    "藏文": "bo",
    "藏语": "bo",
    "蒙文": "mn",
    "蒙古文": "mn",
    "蒙古语": "mn",
    "维文": "ug",
    "维吾尔文": "ug",
    "维吾尔语": "ug",
    "哈萨克文": "kk",
    "朝鲜文": "ko",
    "朝鲜语": "ko",
    "韩文": "ko",
    "韩语": "ko",
    "日文": "ja",
    "日语": "ja",
    "壮文": "za",
    "彝文": "ii",
    "俄文": "ru",
    "俄语": "ru",
    "法文": "fr",
    "法语": "fr",
}
_HAN = re.compile("[\u4e00-\u9fff]")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("bo", re.compile("[\u0f00-\u0fff]")),
    ("mn", re.compile("[\u1800-\u18af]")),
)
_ENGLISH = re.compile(r"\b(?:the|of|and|for|to|in|on|with|by|is|are)\b", re.IGNORECASE)
_LOOKED_AT = 1000  # characters of the text
_LEAST = 5  # letters that tell a script from a sign in a title


def labelled(shown: str) -> str | None:
    """The language that a label names."""
    text = unicodedata.normalize("NFKC", shown).strip(" 【】[]。.").lower()
    return _LABELLED.get(text) or _LABELLED.get(text.removesuffix("版"))


def of_text(title: str, text: str | None) -> str | None:
    """The language a document is written in; None where its script does not tell."""
    whole = f"{title}\n{(text or '')[:_LOOKED_AT]}"
    han = len(_HAN.findall(whole))
    for language, script in _SCRIPTS:
        if len(script.findall(whole)) >= max(_LEAST, han):
            return language
    if han:
        return CHINESE
    return "en" if len(_ENGLISH.findall(whole)) >= 2 else None
