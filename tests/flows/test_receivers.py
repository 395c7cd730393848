"""The receivers file: what it says is what is opened, and everything wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.delivery import receivers
from storage import settings
from storage.exceptions import ReceiversFileError, SettingsError, UnknownTarget

GOOD = "receivers:\n  - {name: central, kind: folder, path: /srv/central, batch: 7}\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "receivers.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read(tmp_path: Path) -> None:
    [one] = receivers.read(written(tmp_path, GOOD))
    assert (one.name, one.kind, one.model_dump()["batch"]) == ("central", "folder", 7)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["the file is empty; deploy/receivers.example.yml shows how to write one"]),
        ("receivers: [", ["this is not valid YAML"]),
        ("- a\n", ["the file: expected the key receivers with a list"]),
        ("receiver: []\n", ["the file: expected the key receivers with a list"]),
        (GOOD + "more: 1\n", ["3: more: unknown key; expected only receivers"]),
        ("receivers: [central]\n", ["receivers[0]: found 'central', expected keys and values"]),
        (
            "receivers:\n  - {name: a, kind: foldr, path: /a}\n",
            ["2: receivers[0].kind: found 'foldr', expected one of folder", "(did you mean folder?)"],
        ),
        ("receivers:\n  - {name: a, path: /a}\n", ["receivers[0].kind: found nothing, expected one of folder"]),
        ("receivers:\n  - {name: a, kind: [], path: /a}\n", ["receivers[0].kind: found a list"]),
        (
            "receivers:\n- name: a b\n  kind: folder\n  batch: 0\n  pth: /x\n",
            [
                "2: receivers[0].name: found 'a b', expected letters, digits",
                "2: receivers[0].path: missing, expected a folder",
                "4: receivers[0].batch: found '0', expected how many changes",
                "5: receivers[0].pth: unknown key (did you mean path?); expected one of name, kind, path, batch",
            ],
        ),
        (GOOD + GOOD.partition("\n")[2], ["3: receivers[1].name: found 'central' again (first at receivers[0])"]),
        ("receivers: []\nreceivers: []\n", ["2: receivers: found this key again, expected it once (first on line 1)"]),
        ("receivers: &a [*a]\n", ["found an alias of itself"]),
    ],
)
def test_every_problem_is_told_with_its_place(tmp_path: Path, text: str, problems: list[str]) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ReceiversFileError) as told:
        receivers.read(file)
    for problem in problems:
        assert problem in str(told.value)
    assert all(line.startswith(f"{file}:") for line in told.value.problems)


def test_without_a_file_the_folder_of_the_settings_is_the_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    monkeypatch.delenv("GONGKAI_RECEIVERS", raising=False)
    monkeypatch.delenv("GONGKAI_DELIVERY_FOLDER", raising=False)
    assert [one.name for one in receivers.load(settings.load())] == [f"folder:{tmp_path / 'delivered'}"]
    written(tmp_path, GOOD)
    assert [one.name for one in receivers.load(settings.load())] == ["central"]
    monkeypatch.setenv("GONGKAI_RECEIVERS", str(tmp_path / "other.yml"))  # one that is named must be there
    with pytest.raises(ReceiversFileError, match="there is no such file"):
        receivers.load(settings.load())


def test_a_receiver_is_asked_for_by_its_name(tmp_path: Path) -> None:
    known = receivers.read(written(tmp_path, GOOD))
    assert receivers.named(known, "central") == known == receivers.named(known, None)
    with pytest.raises(UnknownTarget, match=r"--to centrl: there is no such receiver \(did you mean central\?\)"):
        receivers.named(known, "centrl")


def test_a_secret_stands_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL_2", "s")
    assert settings.secret("central-2") == "s"
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL_2", "")
    with pytest.raises(SettingsError, match="GONGKAI_SECRET_CENTRAL_2 is not set"):
        settings.secret("central-2")
