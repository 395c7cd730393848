"""A YAML file of settings as plain data, with the line of everything in it, so that what is wrong can be pointed at.

Scalars stay text and nothing is None, for what a value means is its model's to say; keys that stand twice, and aliases
of themselves, are told. No tag makes anything: a source is data, never code.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]
Problem = tuple[KeyPath, str]  # where, and what was found and is expected there
Refuse = Callable[[tuple[str, ...]], Exception]


def read(file: Path, *, example: str, what: str, refuse: Refuse) -> tuple[Any, dict[KeyPath, int]]:
    """The file as plain data, and the line of every key path in it.

    :param example: a file that shows how to write one.
    :param what: what it should be: "a city file".
    :param refuse: makes the error to raise out of its lines, each with file and line in front.
    """

    def stop(said: str, line: int | None = None) -> Exception:
        return refuse((f"{file}{f':{line}' if line else ''}: {said}",))

    try:
        body = file.read_bytes()
    except FileNotFoundError as problem:
        raise stop(f"there is no such file; {example} shows how to write one") from problem
    except IsADirectoryError as problem:
        raise stop(f"this is a folder; expected {what} in YAML") from problem
    except OSError as problem:
        raise stop(f"cannot be read: {problem.strerror or problem}") from problem
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise stop(f"found byte 0x{body[problem.start]:02x}, expected UTF-8; save the file as UTF-8", line) from problem
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or str(problem).splitlines()[0]
        raise stop(f"this is not valid YAML: {said}", mark.line + 1 if mark else None) from problem
    if root is None:
        raise stop(f"the file is empty; {example} shows how to write one")
    lines: dict[KeyPath, int] = {}
    wrong: list[tuple[int, str]] = []
    data = _plain(root, (), lines, wrong, ())
    if wrong:
        raise refuse(tuple(f"{file}:{line}: {said}" for line, said in sorted(wrong)))
    return data, lines


def nearest(found: str, known: Sequence[str]) -> str:
    """A hint at the known name that is nearest to what was found; empty where none is near."""
    close = difflib.get_close_matches(found, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def shown(value: object) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 80 else text[:77] + "…")


def dotted(path: KeyPath) -> str:
    """A key path as people write it: units[3].columns[0].url."""
    told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return told.removeprefix(".") or "the file"


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of a key path, or of the nearest one above it that stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def in_lines(file: Path, lines: Mapping[KeyPath, int], problems: Iterable[Problem]) -> tuple[str, ...]:
    """The problems, each once, with file, line and key in front, in the order of the file."""
    told = sorted({(line_of(lines, where), dotted(where), what) for where, what in problems})
    return tuple(f"{file}:{line}: {key}: {what}" for line, key, what in told)


def _plain(
    node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], wrong: list[tuple[int, str]], inside: tuple[int, ...]
) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in inside:
        wrong.append((node.start_mark.line + 1, f"{dotted(path)}: found an alias of itself, expected a value"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(n, (*path, i), lines, wrong, (*inside, id(node))) for i, n in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if key in found:
                first = lines[(*path, key)]
                where = dotted((*path, key))
                wrong.append((line, f"{where}: found this key again, expected it once (first on line {first})"))
                continue
            lines[(*path, key)] = line
            found[key] = _plain(value_node, (*path, key), lines, wrong, (*inside, id(node)))
        return found
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
