"""A YAML file in → its mapping out, of YAML's own types: for tables of ours, and a city's own laid over them.

Where what is wrong is to be pointed at by its line, ``marked_yaml`` reads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml


def read(path: Path, *, such_as: str, refuse: Callable[[str], Exception]) -> dict[str, Any]:
    """What the file says.

    :param such_as: keys that it should have, for people.
    :param refuse: makes the error to raise of a file that cannot be read, is not YAML, or holds no mapping.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise refuse(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refuse(f"{path}: is not YAML in UTF-8: {error}") from error
    if not isinstance(data, dict):
        raise refuse(f"{path}: expected keys such as {such_as}, found {type(data).__name__}")
    return data
