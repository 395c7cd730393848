"""The files of the regulations in, one checked ``Regulation`` out.

``regulations/*.yml`` beside this module hold what applies everywhere, one file a regime: the text that its rules
cite. A city's own file, with the same keys, is laid over them, so that it names only what differs. Every rule's entry
is checked by the rule's own ``Text``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.compliance.regulation import Regulation, RegulationError
from flows.compliance.rulebook import RULES
from harvesters import plain_yaml

FOLDER = Path(__file__).parent / "regulations"


def of_city(code: str, home: Path) -> Regulation:
    """The limits that hold for a city: those that hold everywhere, its own laid over them.

    :param home: the data folder; the city's own file is ``regulations/<city code>.yml`` there, if it has one.
    :raises RegulationError: the city's file says something that is not understood.
    """
    own = home / "regulations" / f"{code}.yml"
    return load(own if own.exists() else None)


def load(override: Path | None = None) -> Regulation:
    """What holds everywhere, with a city's own file laid over it where one is given.

    :raises RegulationError: a file is missing, is not YAML, or holds something not understood.
    """
    data: dict[str, Any] = {**_everywhere()}
    if override is not None:
        data = _merge(data, _read(override))
    where = override or FOLDER
    problems: list[str] = []
    texts = {}
    said = data.get("rules")
    for rule, entry in said.items() if isinstance(said, Mapping) else ():
        if rule not in RULES:
            problems.append(f"{where}: rules.{rule}: there is no such rule")
            continue
        try:
            texts[rule] = RULES[rule].text.model_validate(entry)
        except ValidationError as error:
            problems += _told(error, where, "rules", rule)
    if not problems:
        try:
            return Regulation.model_validate({**data, "rules": texts})
        except ValidationError as error:
            problems += _told(error, where)
    raise RegulationError("\n".join(problems))


def _told(error: ValidationError, where: Path, *place: str) -> Iterator[str]:
    for each in error.errors():
        yield f"{where}: {'.'.join((*place, *map(str, each['loc']))) or 'file'}: {each['msg']}"


@cache
def _everywhere() -> Mapping[str, Any]:
    """All files of the folder as one; a rule belongs to the one regime whose file names it."""
    whole: dict[str, Any] = {"regimes": {}, "rules": {}}
    for path in sorted(FOLDER.glob("*.yml")):
        data = _read(path)
        whole["regimes"][path.stem] = data.pop("version", None)
        for rule, entry in data.pop("rules", {}).items():
            if rule in whole["rules"]:
                raise RegulationError(f"{path}: rules.{rule}: {whole['rules'][rule]['regime']}.yml has it already")
            whole["rules"][rule] = {**entry, "regime": path.stem}
        if known := sorted(data.keys() & whole.keys()):
            raise RegulationError(f"{path}: {', '.join(known)}: another file has it already")
        whole |= data
    return whole


def _merge(base: Any, over: Any) -> Any:
    """``over`` laid on ``base``, mapping by mapping; anything else replaces what it lies on."""
    if isinstance(base, dict) and isinstance(over, dict):
        return base | {key: _merge(base.get(key), value) for key, value in over.items()}
    return over


def _read(path: Path) -> dict[str, Any]:
    return plain_yaml.read(path, such_as="rules and look", refuse=RegulationError)
