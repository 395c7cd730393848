"""The house keeps its walls: who may import whom, who reads the environment, where flows live."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("storage", "harvesters", "flows")
MODULES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(module: Path) -> Iterator[str]:
    """Every module named in an import anywhere in the file, also inside functions."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = ".".join(module.parts[: len(module.parts) - node.level])
                yield f"{base}.{node.module}" if node.module else base
            else:
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names(module: Path, *packages: str) -> list[str]:
    return [name for name in imports(module) if name.split(".")[0] in packages]


def below(*folders: str) -> list[Path]:
    return [module for module in MODULES if module.as_posix().startswith(folders)]


def test_rooms_are_found() -> None:
    assert {module.parts[0] for module in MODULES} == set(ROOMS)
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} == {*ROOMS, "tests"}


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("storage/", ("harvesters", "flows", "scrapy", "prefect")),
        ("harvesters/", ("flows", "prefect")),
        ("flows/compliance/", ("prefect", "sqlalchemy")),
        ("flows/notices/", ("prefect", "sqlalchemy")),
        ("storage/console/", ("scrapy", "prefect", "harvesters", "flows")),
        ("harvesters/reading/", ("scrapy", "sqlalchemy", "httpx", "requests", "socket")),
        ("harvesters/engines/", ("scrapy", "sqlalchemy", "httpx", "requests", "socket")),
        ("", ("tests",)),
    ],
)
def test_who_imports_whom(folder: str, forbidden: tuple[str, ...]) -> None:
    assert {module.as_posix(): found for module in below(folder) if (found := names(module, *forbidden))} == {}


def test_only_settings_reads_the_environment() -> None:
    readers = set()
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "putenv")) or (
                isinstance(node, ast.ImportFrom)
                and node.module == "os"
                and {a.name for a in node.names} & {"environ", "getenv"}
            ):
                readers.add(module.as_posix())
    assert readers == {"storage/settings.py"}


def test_flows_and_tasks_stand_at_the_top_of_flows() -> None:
    users = {module for module in MODULES if "prefect" in {name.split(".")[0] for name in imports(module)}}
    decorated = set()
    for module in MODULES:
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for mark in node.decorator_list:
                    called = mark.func if isinstance(mark, ast.Call) else mark
                    if isinstance(called, ast.Name) and called.id in ("flow", "task"):
                        decorated.add(module)
    assert decorated <= users
    assert {module.as_posix() for module in decorated if module.parent != Path("flows")} == set()
    # flows/commands may speak to Prefect (its server, its errors) when a command runs
    assert {m.as_posix() for m in users if m.parent not in (Path("flows"), Path("flows/commands"))} == set()


def test_the_light_commands_stay_light() -> None:
    """``gongkai --help``, ``read`` and ``discover`` load neither Prefect nor Scrapy nor the database."""
    import subprocess
    import sys

    code = (
        "import sys, flows.cli, flows.commands.reading, flows.commands.discover; "
        "print([name for name in ('prefect', 'scrapy', 'twisted', 'sqlalchemy', 'fastapi') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
