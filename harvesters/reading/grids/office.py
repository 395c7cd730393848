"""Parts of an Office file: a zip of XML, opened within bounds, none of it unpacked before its size is known.

The sizes that the zip's own directory declares bound what is unpacked, because no more is ever taken out of a part
than it declares. XML that defines a document type or entities of its own is turned away: Office writes none.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from harvesters.reading.grids.grid import too_large
from storage.exceptions import DutyFileError, LockedFile, OversizedFile

MOST_UNPACKED: Final = 48 * 2**20  # bytes of one part; a workbook of 65,536 formatted rows has about 20 MB
MOST_ELEMENTS: Final = 1_000_000  # of one part; such a workbook has some 700,000


class Parts:
    """The parts of an opened file; names are compared without case, as Office does."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._infos

    def names(self) -> tuple[str, ...]:
        """The parts' names, lower-case."""
        return tuple(self._infos)

    def elements(self, part: str) -> Iterator[tuple[str, Element]]:
        """The XML of a part as it is read: ("start" or "end", element). Whoever reads much clears what is done with.

        :raises DutyFileError: the part is larger than any, or defines a document type.
        """
        info = self._infos[part.lower()]
        if info.flag_bits & 1:
            raise LockedFile("locked with a password; save it without one and import that")
        if info.file_size > MOST_UNPACKED:
            raise too_large(f"{part} has {info.file_size} bytes unpacked")
        with self._archive.open(info) as stream:
            yield from _elements(stream, part)

    def targets(self, part: str) -> dict[str, str]:
        """Relation id → part, of what a part refers to."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if not self.has(relations):
            return {}
        found = {}
        for event, element in self.elements(relations):
            if event == "end" and local(element) == "Relationship" and element.get("TargetMode") != "External":
                target = (element.get("Target") or "").replace("\\", "/")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                found[element.get("Id") or ""] = posixpath.normpath(whole)
        return found


@contextmanager
def opened(body: bytes, name: str) -> Iterator[Parts]:
    """The parts of the file in ``body``; what goes wrong inside is told with the file's name.

    :raises DutyFileError: the file is damaged, or something in it is beyond every bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield Parts(archive)
    except DutyFileError as problem:
        raise type(problem)(f"{name}: {problem}") from problem
    except DefusedXmlException as problem:
        raise OversizedFile(
            f"{name}: its XML defines entities or a document type of its own, which Office never does; it is not read"
        ) from problem
    except (
        zipfile.BadZipFile,
        zlib.error,
        ParseError,
        EOFError,
        KeyError,
        LookupError,
        NotImplementedError,
        UnicodeError,
        ValueError,
    ) as problem:
        raise DutyFileError(
            f"{name}: damaged ({problem or type(problem).__name__}); open it in WPS or Office and save it anew"
        ) from problem


def _elements(stream: IO[bytes], part: str) -> Iterator[tuple[str, Element]]:
    for count, (event, element) in enumerate(iterparse(stream, events=("start", "end"), forbid_dtd=True)):
        if count > 2 * MOST_ELEMENTS:
            raise too_large(f"{part} has more than {MOST_ELEMENTS} elements")
        yield event, element


def local(element: Element) -> str:
    """An element's name without its namespace: the strict and the usual Office formats differ in nothing else here."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None
