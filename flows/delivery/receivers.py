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

from flows.delivery import asking, ckan, exchange, folder, http
from flows.delivery.configured import Configured
from flows.delivery.receiver import Receiver
from harvesters.marked_entries import wrong_entries
from harvesters.marked_yaml import Problem, in_lines, nearest
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
        raise ReceiversFileError(str(file), in_lines(file, lines, problems))
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


def _problems(data: Any) -> Iterator[Problem]:
    if not isinstance(data, dict) or not isinstance(data.get("receivers"), list):
        yield (), "expected the key receivers with a list"
        return
    for key in data:
        if key != "receivers":
            yield (key,), f"unknown key{nearest(key, ['receivers'])}; expected only receivers"
    yield from wrong_entries(data, "receivers", {kind: model for kind, (model, _) in KINDS.items()})
