"""Whether two names are one public body: 市教育局 and 青禾市教育局, 田禾区政府办 and 田禾区人民政府.

Used to tell a unit's own documents from those it only reposts. Where names leave doubt the answer is "another
body", because nobody is late with another body's document.
"""

from __future__ import annotations

import re

from storage.schema import Item, Unit

_NOISE = re.compile(r"[\s·・()（）\[\]【】<>《》\"“”'’:：]+")
_BETWEEN = re.compile(r"[,，、;；/|]+|\s+")
_OFFICE = re.compile(r"(办公室|办公厅|办)$")
_AREA_END = ("区", "县", "市", "旗", "州", "盟", "省")
_TOWNSHIP_END = ("镇", "乡", "街道")
_PARTY = ("中共", "中国共产党")
# Numbers of the State Council and its General Office: a document so numbered is not this unit's to publish in time.
_NATIONAL_NUMBERS = re.compile(
    r"^(国务院令|(国发|国办发|国函|国办函|国令|国发明电|国办发明电|中发|中办发)(?![\u4e00-\u9fff]))"
)


def core(name: str, city: str) -> str:
    """The name in one spelling, without what it stands under and the word every government has."""
    text = _OFFICE.sub("办公室", _NOISE.sub("", name)).replace("街道办事处", "街道").replace("委员会", "委")
    bare = city.removesuffix("市")
    for above in (city, bare if len(bare) > 1 else city):
        at = text.find(above)
        if at >= 0 and at + len(above) < len(text):
            text = text[at + len(above) :]
            break
    else:
        text = re.sub(r"^(市(?=.)|[本我][市县区])", "", text)
    text = text.replace("人民政府", "政府")
    return text.removesuffix("政府") or text


def is_same(one: str, other: str, city: str) -> bool:
    """Whether ``one``, as a document names it, is the body ``other`` of the registry or a part of it.

    An office is a part of its government, and the government not of its office. A superior at the front of the unit's
    full name (国家税务总局 in 国家税务总局青禾市税务局), a namesake one level up or down (国家统计局 or 田禾区统计局
    for 市统计局) and a Party committee are other bodies.
    """
    if _NOISE.sub("", one).startswith(_PARTY):
        return False
    named, unit = core(one, city), core(other, city)
    if not named or not unit:
        return False
    if named.startswith(unit) or (unit.endswith(named) and unit[: -len(named)].endswith(_AREA_END)):
        return True
    if unit.endswith(_TOWNSHIP_END) and named.endswith(unit) and named[: -len(unit)].endswith(_AREA_END):
        return True
    return _abbreviates(named, unit) or _abbreviates(unit, named)


def _abbreviates(short: str, long: str) -> bool:
    """发改委 for 发展和改革委: the same first character, and the rest in order."""
    if len(short) < 3 or len(short) >= len(long) or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def lead_of(issuer: str) -> str:
    """The first of jointly issuing bodies: the lead publishes (条例 第十条)."""
    return next((part for part in _BETWEEN.split(issuer.strip()) if part), issuer.strip())


def is_national_number(document_number: str | None) -> bool:
    """Whether the number is one the State Council gives."""
    return bool(document_number and _NATIONAL_NUMBERS.match(_NOISE.sub("", document_number)))


def other_body(item: Item, unit: Unit, city: str) -> str | None:
    """Whose document it is, where it is not ``unit``'s own to publish in time."""
    if item.same_as is not None or any(relation.kind == "reposts" for relation in item.relations):
        return "a repost"
    if is_national_number(item.document_number):
        return f"{item.document_number} is not a number of {unit.name}"
    if item.issuer:
        lead = lead_of(item.issuer)
        if not is_same(lead, unit.name, city):
            return f"issued by {lead}"
    return None
