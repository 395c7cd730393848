"""Archives (.zip): what is in them, read one level deep within one budget. Nothing is written anywhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead

_LONGEST_NAME: Final = 200
_ENCRYPTED: Final = 1
_UTF8: Final = 0x800
# what a member that is text or a document shrinks to at most: deflate's own limit is some 1,030 to 1
_MOST_RATIO: Final = 400
_SMALL: Final = 2**20

Reader = Callable[[bytes, str], FileRead]


def read_zip(body: bytes, bounds: Bounds, read: Reader) -> FileRead:
    """The members of an archive, read by ``read``; archives within it are named and not opened."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        names = tuple(_name(info) for info in infos[: bounds.members])
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            return FileRead(kind="zip", outcome=FileOutcome.LOCKED, detail="压缩包有密码", members=names)
        size = sum(info.file_size for info in infos)
        bomb = next(
            (one for one in infos if one.file_size > _SMALL and one.file_size > _MOST_RATIO * one.compress_size), None
        )
        if size > bounds.unpacked or bomb is not None:
            what = f"解压后有 {size} 字节" if bomb is None else f"{_name(bomb)} 解压后是原来的 {_MOST_RATIO} 倍以上"
            return FileRead(kind="zip", outcome=FileOutcome.REFUSED, detail=f"压缩包异常：{what}", members=names)
        told: list[FileRead] = []
        for info, name in zip(infos[: bounds.members], names, strict=True):
            if bounds.is_over:
                break
            with archive.open(info) as member:
                told.append(read(member.read(info.file_size), name))
    return _together(told, names, len(infos))


def _together(told: list[FileRead], names: tuple[str, ...], count: int) -> FileRead:
    parts = [f"{name}\n{one.text}" for name, one in zip(names, told, strict=False) if one.text]
    prose = [f"{name}\n{one.prose}" for name, one in zip(names, told, strict=False) if one.prose]
    unread = [
        f"{name}（{one.detail or one.outcome.value}）"
        for name, one in zip(names, told, strict=False)
        if one.outcome not in (FileOutcome.READ, FileOutcome.EMPTY)
    ]
    notes = [f"包内未能读取：{'、'.join(unread[:6])}"] if unread else []
    if count > len(told):
        notes.append(f"包内 {count} 个文件，只读 {len(told)} 个")
    outcomes = {one.outcome for one in told}
    only = next(iter(outcomes)) if len(outcomes) == 1 else FileOutcome.EMPTY
    return FileRead(
        kind="zip",
        outcome=FileOutcome.READ if parts else only,
        detail="；".join(notes) or None,
        text="\n".join(parts),
        prose="\n".join(prose),
        grids=tuple(grid for one in told for grid in one.grids),
        whole=count == len(told) and all(one.whole for one in told),
        members=names,
    )


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name to show: GBK where the archive says nothing of its letters, without ways out of a folder."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    steps = [step for step in name.replace("\\", "/").split("/") if step not in ("", ".", "..")]
    shown = "/".join(steps).replace("\x00", "")
    return "".join(sign for sign in shown if sign.isprintable())[-_LONGEST_NAME:] or "?"
