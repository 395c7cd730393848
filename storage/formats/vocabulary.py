"""Names that others understand for what an item says: languages, media types, themes, change types, as addresses.

European authority tables, because DCAT-AP demands them and every harvester of it knows them; what they have no name
for is left out or stays a word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
PUBLIC: Final = f"{_AUTHORITY}/access-right/PUBLIC"
DATA_THEMES: Final = f"{_AUTHORITY}/data-theme"
GOVERNMENT: Final = f"{_AUTHORITY}/data-theme/GOVE"  # the one of the European themes that all disclosure is of
CHINESE: Final = f"{_AUTHORITY}/language/ZHO"
_LANGUAGES: Final = {
    "zh": "ZHO",
    "en": "ENG",
    "bo": "BOD",
    "ug": "UIG",
    "mn": "MON",
    "za": "ZHA",
    "ko": "KOR",
    "kk": "KAZ",
    "ii": "III",
}

CREATED: Final = "http://purl.org/adms/changetype/created"
UPDATED: Final = "http://purl.org/adms/changetype/updated"
DELETED: Final = "http://purl.org/adms/changetype/deleted"

_MEDIA: Final = "https://www.iana.org/assignments/media-types"
HTML: Final = "html"
_OFFICE: Final = "vnd.openxmlformats-officedocument"
# ending → media type, and name in the file type table; the national OFD and WPS's own are in neither registry
_FILES: Final = {
    HTML: ("text/html", "HTML"),
    "htm": ("text/html", "HTML"),
    "shtml": ("text/html", "HTML"),
    "pdf": ("application/pdf", "PDF"),
    "doc": ("application/msword", "DOC"),
    "docx": (f"application/{_OFFICE}.wordprocessingml.document", "DOCX"),
    "xls": ("application/vnd.ms-excel", "XLS"),
    "xlsx": (f"application/{_OFFICE}.spreadsheetml.sheet", "XLSX"),
    "ppt": ("application/vnd.ms-powerpoint", "PPT"),
    "pptx": (f"application/{_OFFICE}.presentationml.presentation", "PPTX"),
    "csv": ("text/csv", "CSV"),
    "txt": ("text/plain", "TXT"),
    "rtf": ("application/rtf", "RTF"),
    "xml": ("application/xml", "XML"),
    "json": ("application/json", "JSON"),
    "zip": ("application/zip", "ZIP"),
    "rar": ("application/vnd.rar", "RAR"),
    "7z": ("application/x-7z-compressed", "7Z"),
    "jpg": ("image/jpeg", "JPEG"),
    "jpeg": ("image/jpeg", "JPEG"),
    "png": ("image/png", "PNG"),
    "gif": ("image/gif", "GIF"),
    "bmp": ("image/bmp", "BMP"),
    "tif": ("image/tiff", "TIFF"),
    "tiff": ("image/tiff", "TIFF"),
    "mp3": ("audio/mpeg", "MP3"),
    "mp4": ("video/mp4", "MP4"),
}
UNKNOWN_MEDIA: Final = "application/octet-stream"

# 国务院公文主题分类, first level, in its order
THEMES: Final = (
    "国务院组织机构",
    "综合政务",
    "国民经济管理、国有资产监管",
    "财政、金融、审计",
    "国土资源、能源",
    "农业、林业、水利",
    "工业、交通",
    "商贸、海关、旅游",
    "市场监管、安全生产监管",
    "城乡建设、环境保护",
    "科技、教育",
    "文化、广电、新闻出版",
    "卫生、体育",
    "人口与计划生育、妇女儿童工作",
    "劳动、人事、监察",
    "公安、安全、司法",
    "民政、扶贫、救灾",
    "民族、宗教",
    "对外事务",
    "港澳台侨工作",
    "国防",
    "其他",
)
_BETWEEN: Final = re.compile(r"[\\/|>;:,·→＼]+|-{1,2}|—+|\s+(?=\S{3})")
_SIGNS: Final = re.compile(r"[、.\s“”\"]+|与|和|及")


def language_of(code: str) -> str | None:
    """The authority's name of a language, by its BCP 47 tag."""
    name = _LANGUAGES.get(code.partition("-")[0].lower())
    return None if name is None else f"{_AUTHORITY}/language/{name}"


def media_type(ending: str | None) -> str | None:
    """The media type of files with this ending (``pdf``)."""
    found = _FILES.get((ending or "").lower().lstrip("."))
    return None if found is None else found[0]


def media_iri(media: str) -> str:
    """The registry's address of a media type."""
    return f"{_MEDIA}/{media}"


def file_type(ending: str | None) -> str | None:
    """The authority's name of the format of files with this ending."""
    found = _FILES.get((ending or "").lower().lstrip("."))
    return None if found is None else f"{_AUTHORITY}/file-type/{found[1]}"


@lru_cache(maxsize=4096)
def theme_of(shown: str) -> int | None:
    """Which of the 22 themes (1 to 22) a theme as shown is, by its first level or one of the names in it."""
    text = unicodedata.normalize("NFKC", shown)
    first = next((part for part in map(_plain, _BETWEEN.split(text)) if part), "")
    return _KNOWN.get(_plain(text)) or _KNOWN.get(first)


def _plain(text: str) -> str:
    bare = _SIGNS.sub("", text).replace("其它", "其他").removeprefix("主题分类")
    return bare.removesuffix("类") or bare


_KNOWN: Final = {_plain(name): number for number, theme in enumerate(THEMES, 1) for name in (*theme.split("、"), theme)}
