"""Names that others understand for what an item says: languages, media types, themes, change types, as addresses.

European authority tables, because DCAT-AP demands them and every harvester of it knows them; what they have no name
for is left out or stays a word.
"""

from __future__ import annotations

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
