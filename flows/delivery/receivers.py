"""The receivers file: a YAML file in, one checked configuration a receiver out, and each opened by its kind.

```yaml
receivers:
  - {name: central, kind: folder, path: /srv/central}
```

Where there is no file, there is one receiver, the folder of the settings. Everything wrong with a file is said at once,
each problem with file, line, key path, what was found and what is expected. Unknown keys are errors, and secrets never
stand in the file: it names them, and the environment has them (``settings.secret``).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from flows.delivery import asking, ckan, exchange, folder, http
from flows.delivery.configured import Configured
from flows.delivery.receiver import Receiver
from storage.exceptions import ReceiversFileError, UnknownTarget
from storage.settings import Settings

FILE = "receivers.yml"
_KeyPath = tuple[str | int, ...]
_Open = Callable[[Any], AbstractContextManager[Receiver]]

# kind → its model and how it is opened; a new kind is one line here
KINDS: Mapping[str, tuple[type[Configured], _Open]] = {
    "folder": (folder.FolderConfig, folder.open_folder),
    "http": (asking.HttpConfig, http.open_http),
    "ckan": (ckan.CkanConfig, ckan.open_ckan),
    "exchange": (exchange.ExchangeConfig, exchange.open_exchange),
}


def load(now: Settings) -> tuple[Configured, ...]:
    """The receivers of this installation, in the order of the file.

    :raises ReceiversFileError: with every problem found, one line each.
    """
    file = now.receivers or now.home / FILE
    if now.receivers is None and not file.exists():
        return (folder.by_default(now.delivery_folder),)
    return read(file)


def read(file: Path) -> tuple[Configured, ...]:
    """The receivers of ``file``.

    :raises ReceiversFileError: with every problem found, one line each.
    """
    data, lines = _parse(file)
    problems = list(_problems(data))
    if problems:
        told = sorted({(_line(lines, where), _dotted(where), what) for where, what in problems})
        raise ReceiversFileError(str(file), tuple(f"{file}:{line}: {key}: {what}" for line, key, what in told))
    return tuple(KINDS[entry["kind"]][0].model_validate(entry) for entry in data["receivers"])


def named(configured: Sequence[Configured], wanted: str | None) -> tuple[Configured, ...]:
    """The receiver called ``wanted``; all of them for None.

    :raises UnknownTarget: there is none of that name.
    """
    found = tuple(one for one in configured if wanted in (None, one.name))
    if not found and wanted is not None:
        names = [one.name for one in configured]
        raise UnknownTarget(f"--to {wanted}: there is no such receiver{_nearest(wanted, names)}; there are {names}")
    return found


def opened(config: Configured) -> AbstractContextManager[Receiver]:
    """The receiver, ready to be asked, to the end of the block.

    :raises DeliveryFailed: it cannot be reached, or not be used as it is configured.
    :raises SettingsError: a secret it names is missing.
    """
    return KINDS[config.kind][1](config)


# ------------------------------------------------------------------ what is wrong


def _problems(data: Any) -> Iterator[tuple[_KeyPath, str]]:
    if not isinstance(data, dict) or not isinstance(data.get("receivers"), list):
        yield (), "expected the key receivers with a list"
        return
    for key in data:
        if key != "receivers":
            yield (key,), f"unknown key{_nearest(key, ['receivers'])}; expected only receivers"
    first: dict[str, int] = {}
    for at, entry in enumerate(data["receivers"]):
        where: _KeyPath = ("receivers", at)
        if not isinstance(entry, dict):
            yield where, f"found {_shown(entry)}, expected keys and values"
            continue
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            hint = _nearest(str(kind), list(KINDS))
            yield (*where, "kind"), f"found {_shown(kind)}, expected one of {', '.join(KINDS)}{hint}"
            continue
        yield from _of_entry(entry, KINDS[kind][0], where)
        name = entry.get("name")
        if isinstance(name, str) and first.setdefault(name, at) != at:
            yield (
                (*where, "name"),
                f"found {name!r} again (first at receivers[{first[name]}]), expected names to differ",
            )


def _of_entry(entry: Mapping[str, Any], model: type[Configured], where: _KeyPath) -> Iterator[tuple[_KeyPath, str]]:
    try:
        model.model_validate(entry)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            at = tuple(part for part in detail["loc"] if isinstance(part, int) or not part.startswith("function-"))
            name = str(at[0]) if at else ""
            field = model.model_fields.get(name)
            expected = field.description if field is not None and field.description else str(detail["msg"])
            if detail["type"] == "extra_forbidden":
                known = list(model.model_fields)
                what = f"unknown key{_nearest(str(at[-1]), known)}; expected one of {', '.join(known)}"
            elif detail["type"] == "missing":
                what = f"missing, expected {expected}"
            elif not at:
                what = str(detail["msg"]).removeprefix("Value error, ")
            else:
                what = f"found {_shown(entry.get(name))}, expected {expected}"
            yield (*where, *at), what


def _nearest(found: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(found, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 80 else text[:77] + "…")


def _dotted(path: _KeyPath) -> str:
    told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return told.removeprefix(".") or "the file"


def _line(lines: Mapping[_KeyPath, int], path: _KeyPath) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


# ------------------------------------------------------------------ bytes to data and lines


def _parse(file: Path) -> tuple[Any, dict[_KeyPath, int]]:
    """The file as plain data (every scalar as text, None for nothing) and the line of every key path."""

    def stop(what: str, line: int | None = None) -> ReceiversFileError:
        return ReceiversFileError(str(file), (f"{file}{f':{line}' if line else ''}: {what}",))

    try:
        text = file.read_bytes().decode("utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except FileNotFoundError as problem:
        raise stop("there is no such file; deploy/receivers.example.yml shows how to write one") from problem
    except OSError as problem:
        raise stop(f"cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise stop("expected UTF-8; save the file as UTF-8") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        said = getattr(problem, "problem", None) or str(problem).splitlines()[0]
        raise stop(f"this is not valid YAML: {said}", mark.line + 1 if mark else None) from problem
    if root is None:
        raise stop("the file is empty; deploy/receivers.example.yml shows how to write one")
    lines: dict[_KeyPath, int] = {}
    repeated: list[tuple[int, str]] = []
    data = _plain(root, (), lines, repeated, 0)
    if repeated:
        raise ReceiversFileError(str(file), tuple(f"{file}:{line}: {what}" for line, what in sorted(repeated)))
    return data, lines


def _plain(
    node: yaml.Node, path: _KeyPath, lines: dict[_KeyPath, int], repeated: list[tuple[int, str]], depth: int
) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if depth > _DEEPEST:  # an alias of itself has no end
        repeated.append((node.start_mark.line + 1, f"{_dotted(path[:3])}: found too many levels, expected a value"))
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*path, at), lines, repeated, depth + 1) for at, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if key in found:
                where = _dotted((*path, key))
                first = lines[(*path, key)]
                repeated.append((line, f"{where}: found this key again, expected it once (first on line {first})"))
                continue
            lines[(*path, key)] = line
            found[key] = _plain(value_node, (*path, key), lines, repeated, depth + 1)
        return found
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


_DEEPEST = 8
