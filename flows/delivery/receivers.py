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

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.delivery import asking, ckan, exchange, folder, http
from flows.delivery.configured import Configured
from flows.delivery.receiver import Receiver
from harvesters.marked_yaml import KeyPath, dotted, line_of, nearest, shown
from harvesters.marked_yaml import read as read_marked
from storage.exceptions import ReceiversFileError, UnknownTarget
from storage.settings import Settings

FILE = "receivers.yml"
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
    data, lines = read_marked(
        file,
        example="deploy/receivers.example.yml",
        what="a receivers file",
        refuse=lambda problems: ReceiversFileError(str(file), problems),
    )
    problems = list(_problems(data))
    if problems:
        told = sorted({(line_of(lines, where), dotted(where), what) for where, what in problems})
        raise ReceiversFileError(str(file), tuple(f"{file}:{line}: {key}: {what}" for line, key, what in told))
    return tuple(KINDS[entry["kind"]][0].model_validate(entry) for entry in data["receivers"])


def named(configured: Sequence[Configured], wanted: str | None) -> tuple[Configured, ...]:
    """The receiver called ``wanted``; all of them for None.

    :raises UnknownTarget: there is none of that name.
    """
    found = tuple(one for one in configured if wanted in (None, one.name))
    if not found and wanted is not None:
        names = [one.name for one in configured]
        raise UnknownTarget(f"--to {wanted}: there is no such receiver{nearest(wanted, names)}; there are {names}")
    return found


def opened(config: Configured) -> AbstractContextManager[Receiver]:
    """The receiver, ready to be asked, to the end of the block.

    :raises DeliveryFailed: it cannot be reached, or not be used as it is configured.
    :raises SettingsError: a secret it names is missing.
    """
    return KINDS[config.kind][1](config)


# ------------------------------------------------------------------ what is wrong


def _problems(data: Any) -> Iterator[tuple[KeyPath, str]]:
    if not isinstance(data, dict) or not isinstance(data.get("receivers"), list):
        yield (), "expected the key receivers with a list"
        return
    for key in data:
        if key != "receivers":
            yield (key,), f"unknown key{nearest(key, ['receivers'])}; expected only receivers"
    first: dict[str, int] = {}
    for at, entry in enumerate(data["receivers"]):
        where: KeyPath = ("receivers", at)
        if not isinstance(entry, dict):
            yield where, f"found {shown(entry)}, expected keys and values"
            continue
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            hint = nearest(str(kind), list(KINDS))
            yield (*where, "kind"), f"found {shown(kind)}, expected one of {', '.join(KINDS)}{hint}"
            continue
        yield from _of_entry(entry, KINDS[kind][0], where)
        name = entry.get("name")
        if isinstance(name, str) and first.setdefault(name, at) != at:
            yield (
                (*where, "name"),
                f"found {name!r} again (first at receivers[{first[name]}]), expected names to differ",
            )


def _of_entry(entry: Mapping[str, Any], model: type[Configured], where: KeyPath) -> Iterator[tuple[KeyPath, str]]:
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
                what = f"unknown key{nearest(str(at[-1]), known)}; expected one of {', '.join(known)}"
            elif detail["type"] == "missing":
                what = f"missing, expected {expected}"
            elif not at:
                what = str(detail["msg"]).removeprefix("Value error, ")
            else:
                what = f"found {shown(entry.get(name))}, expected {expected}"
            yield (*where, *at), what
