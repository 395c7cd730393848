"""An item as the record of the national catalogue's core metadata (政府信息公开目录 核心元数据), in Chinese elements.

The elements and their order are those of ``storage.classification.core``; what an item does not state is left out.
主题分类 is spelt as the classification spells it where that is sure, with our code for it. The
schema is ``zfxxgk.xsd`` beside this module. No official schema of this record could be found: the names 索引号, 名称
and 内容概述 are read in the guideline, the others are from memory, and both the document element and the namespace are
ours; the schema says so, so that a receiver who knows better knows what to map.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from storage.classification import core, themes
from storage.formats.xml_text import attribute, text

PREFIX: Final = "zfxxgk"
NAMESPACE: Final = "urn:gongkai:zfxxgk:1"
SCHEMA_FILE: Final = "zfxxgk.xsd"
ROOT: Final = "政府信息"

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_OPEN: Final = f'<{ROOT} xmlns="{NAMESPACE}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{NAMESPACE} {{}}">'


def schema() -> bytes:
    """The XML Schema of the format."""
    return (Path(__file__).parent / SCHEMA_FILE).read_bytes()


def to_xml(item: Mapping[str, Any], schema_url: str = SCHEMA_FILE) -> str:
    """The item, given as its JSON (``json_item``), as a ``政府信息`` element, for ``xml_text.document``.

    :param schema_url: where a reader finds the schema.
    """
    parts = [_OPEN.format(attribute(schema_url))]
    for one in core.ELEMENTS:
        if one.field == "keywords":
            parts += [f"<{one.chinese}>{text(word)}</{one.chinese}>" for word in item.get("keywords") or ()]
        elif one.field == "theme":
            parts.append(_theme(one.chinese, item.get("theme"), item.get("theme_code")))
        elif (value := one.value(item)) is not None:
            parts.append(f"<{one.chinese}>{text(value)}</{one.chinese}>")
    parts.append(f"</{ROOT}>")
    return "".join(parts)


def _theme(name: str, shown: str | None, code: str | None) -> str:
    known = themes.by_code(code) if code else None
    if known is not None:
        return f'<{name} 代码="{attribute(known.code)}">{text(known.name)}</{name}>'
    return f"<{name}>{text(shown)}</{name}>" if shown else ""
