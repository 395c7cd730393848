"""What is written down is so: commands, settings, rules and files that the pages and examples name exist."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from flows.cli import app
from flows.compliance import judgement
from flows.compliance.facts import Case, ItemContext
from flows.compliance.regimes import load
from flows.compliance.regulation import RuleText
from flows.compliance.rulebook import RULES
from flows.delivery import receivers
from harvesters import city_file
from storage import settings
from storage.schema import ColumnKind, Item, UnitKind
from tests.flows import compliance as cases

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "README.zh-CN.md")
SETTING = re.compile(r"\bGONGKAI_(?!SECRET_)[A-Z_]+\b")  # secrets are as many as the receivers file names


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> dict[str, set[str]]:
    """Every command as typed, with its options."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, path: tuple[str, ...]) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[" ".join(path)] = {name for one in command.params for name in one.opts} | {"--help"}
            return
        if command.invoke_without_command:
            found[" ".join(path)] = {name for one in command.params for name in one.opts} | {"--help"}
        for name, one in inner.items():
            walk(one, (*path, name))

    walk(typer.main.get_command(app), ())
    return found


def read_settings() -> set[str]:
    return set(SETTING.findall(page("storage/settings.py")))


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_a_page_exists_with_its_options(name: str) -> None:
    known = commands()
    # in code only: after a prompt's start, a pipe, or an opening backtick
    told = re.findall(r"(?:^|`|\|\s|=\S+\s)gongkai((?: [^`\n|#]*)?)", page(name), re.MULTILINE)
    assert len(told) > 15
    for line in told:
        words = line.split()
        if not words or words[0].startswith("-") or words[0] == "COMMAND":
            continue
        command = next((c for c in (" ".join(words[:2]), words[0]) if c in known), None)
        assert command or any(c.startswith(f"{words[0]} ") for c in known), f"gongkai{line}"
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= (known[command] if command else {"--help"}), f"gongkai{line}"


@pytest.mark.parametrize("name", PAGES)
def test_every_command_is_on_the_page(name: str) -> None:
    text = page(name)
    assert [command for command in commands() if f"gongkai {command}" not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_rule_kind_and_setting_is_on_the_page(name: str) -> None:
    text = page(name)
    for word in (*RULES, *ColumnKind, *UnitKind):
        assert re.search(rf"\b{re.escape(str(word))}\b", text), word
    assert set(SETTING.findall(text)) <= read_settings()


@pytest.mark.parametrize("name", PAGES)
def test_the_formula_on_the_page_is_the_published_one(name: str) -> None:
    told = re.findall(r"^\| (\w+) (\S+) \| (\d+) \|", page(name), re.MULTILINE)
    formula = load().score
    assert told == [(group, text.chinese, str(text.weight)) for group, text in formula.groups.items()]
    assert re.search(rf"\b(?:Formula {formula.version}|公式第 {formula.version} 版)", page(name))


@pytest.mark.parametrize("name", PAGES)
def test_every_file_a_page_names_exists(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page(name)):
        assert "://" in target or (ROOT / target).exists(), target
    for target in re.findall(r"`((?:deploy|storage|harvesters|flows|tests)/[^`* ]*)`", page(name)):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_of_a_page_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", page(name))) <= targets


def test_every_setting_is_in_the_example_environment() -> None:
    told = dict(
        line.split("=", 1) for line in page("deploy/.env.example").splitlines() if line and not line.startswith("#")
    )
    assert {name for name in told if name.startswith("GONGKAI_")} == read_settings()


def test_the_example_environment_says_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in read_settings():
        monkeypatch.delenv(name, raising=False)
    default = settings.load()
    for line in page("deploy/.env.example").splitlines():
        name, found, value = line.partition("=")
        if found and not line.startswith("#"):
            monkeypatch.setenv(name, value)
    assert settings.load() == default


def test_the_example_receivers_load() -> None:
    assert receivers.read(ROOT / "deploy" / "receivers.example.yml")


def test_the_example_city_loads() -> None:
    assert len(city_file.load(ROOT / "deploy" / "city.example.yml").units) == 2


@pytest.mark.parametrize("path", ["deploy/compose.yaml", "deploy/k8s/gongkai.yaml", "deploy/prefect.yaml"])
def test_deployment_files_are_yaml_and_name_only_known_settings_and_commands(path: str) -> None:
    assert list(yaml.safe_load_all(page(path)))
    assert set(SETTING.findall(page(path))) <= read_settings()
    for words in re.findall(r"command: \[gongkai, ([^\]]*)\]", page(path)):
        first = words.split(", ")
        assert first[0] in commands() or " ".join(first[:2]) in commands()


@pytest.mark.parametrize(("name", "groups"), [("requirements.lock", ("dev",)), ("requirements-bench.lock", ("bench",))])
def test_a_lock_pins_everything_with_hashes_and_names_no_host(name: str, groups: tuple[str, ...]) -> None:
    lock = page(f"deploy/{name}")
    assert "://" not in lock
    assert "--index-url" not in lock
    pinned = re.findall(r"^([a-z0-9][a-z0-9.-]*)==\S+(?: ;[^\\]*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
    project = tomllib.loads(page("pyproject.toml"))
    declared = [one for group in groups for one in project["dependency-groups"][group]]
    if "dev" in groups:
        declared += project["project"]["dependencies"]
    names = {re.split(r"[^\w-]", one)[0].lower().replace("_", "-") for one in declared}
    assert names <= set(pinned)
    # what is measured against is no part of the product
    assert ("trafilatura" in pinned) == (groups == ("bench",))


def test_the_console_script_starts() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "gongkai", "--help"], capture_output=True, text=True, check=True
    )
    assert "city.yml" in done.stdout


def test_the_rule_shown_judges_its_table() -> None:
    section = page("README.md").partition("## Add a rule")[2]
    module, table = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (entry,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    names: dict[str, Any] = {
        **vars(judgement),
        "RuleText": RuleText,
        "Item": Item,
        "ItemContext": ItemContext,
        "Case": Case,
    }
    exec(compile(module, "signed.py", "exec"), names)
    (text,) = yaml.safe_load(entry).values()
    law = cases.LAW.model_copy(update={"rules": {**cases.LAW.rules, "XX-01": names["Text"].model_validate(text)}})
    told: dict[str, Any] = {"pytest": pytest, "at": cases.at}
    exec(compile(table.partition("@pytest")[0], "test_signed.py", "exec"), told)
    for given, kind in told["CASES"]:
        found = names["judge"](cases.item(**given), cases.context("normative"), cases.case("XX-01", law=law))
        assert found.verdict.value == kind
    assert {kind for _, kind in told["CASES"]} == {"not_applicable", "compliant", "breach", "not_assessable"}
