"""A CKAN that answers the action API in memory, as much of it as the receiver asks for, with CKAN's own answers.

Written after the source of CKAN (validators, status codes, what a deleted dataset is to whom); a real CKAN was not at
hand. ``faults`` are taken one a request, from the first.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "right-token"
ROOT = {"id", "name", "title", "author", "maintainer", "notes", "url", "version", "state", "type", "owner_org"}
# what goes wrong with a request (the catalogue, the request, its action and data), and whether that was all
Fault = Callable[["Ckan", BaseHTTPRequestHandler, str, dict[str, Any]], bool]


class Refused(Exception):
    """An answer of CKAN that is no success."""

    def __init__(self, status: int, kind: str, **told: Any) -> None:
        super().__init__(kind)
        self.status = status
        self.error = {"__type": kind, **told}


def not_valid(**told: Any) -> Refused:
    return Refused(409, "Validation Error", **told)


def not_found() -> Refused:
    return Refused(404, "Not Found Error", message="Not found")


def forbidden(action: str) -> Refused:
    return Refused(403, "Authorization Error", message=f"Access denied: User may not {action}")


@dataclass
class Ckan:
    """What the catalogue holds, and what it is told to do wrong."""

    url: str = ""
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id
    organizations: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # every action, in order
    editor_of: set[str] = field(default_factory=lambda: {"city"})
    may_create: set[str] = field(default_factory=set)  # of "organization" and "group"
    faults: list[Fault] = field(default_factory=list)
    form: Callable[[dict[str, Any]], None] = lambda data: None  # what a plugin makes of a dataset

    def __post_init__(self) -> None:
        self.organizations["city"] = {"id": uuid.uuid4().hex, "name": "city", "title": "市政府办"}
        self._lock = threading.Lock()

    def named(self, name: str) -> dict[str, Any]:
        """The dataset of that name."""
        [found] = [one for one in self.datasets.values() if one["name"] == name]
        return found

    def extras(self, name: str) -> dict[str, str]:
        """Its extras."""
        return {one["key"]: one["value"] for one in self.named(name)["extras"]}

    def act(self, action: str, data: dict[str, Any], token: str | None) -> Any:
        """What an action answers."""
        with self._lock:
            self.asked.append(action)
            return getattr(self, f"_{action}")(data, token == TOKEN)

    # ------------------------------------------------------------------ datasets

    def _find(self, name_or_id: str, *, editor: bool) -> dict[str, Any]:
        for one in self.datasets.values():
            if name_or_id in (one["id"], one["name"]):
                may = editor and one["organization"]["name"] in self.editor_of
                if not may and (one["state"] == "deleted" or one["private"]):
                    raise forbidden("package_show")
                return one
        raise not_found()

    def _package_show(self, data: dict[str, Any], editor: bool) -> Any:
        return self._find(data["id"], editor=editor)

    def _package_create(self, data: dict[str, Any], editor: bool) -> Any:
        if not editor:
            raise forbidden("package_create")
        if "id" in data:
            raise not_valid(id=["The input field id was not expected."])
        return self._save(data, uuid.uuid4().hex, "active")

    def _package_update(self, data: dict[str, Any], editor: bool) -> Any:
        there = self._find(data.get("id") or data["name"], editor=editor)
        if not editor or there["organization"]["name"] not in self.editor_of:
            raise forbidden("package_update")
        return self._save({"name": there["name"], **data}, there["id"], data.get("state", there["state"]))

    def _package_patch(self, data: dict[str, Any], editor: bool) -> Any:
        there = self._find(data["id"], editor=editor)
        return self._package_update({**there, "owner_org": there["organization"]["name"], **data}, editor)

    def _package_delete(self, data: dict[str, Any], editor: bool) -> Any:
        there = self._find(data["id"], editor=editor)
        if not editor or there["organization"]["name"] not in self.editor_of:
            raise forbidden("package_delete")
        there |= {"state": "deleted", "groups": []}

    def _package_search(self, data: dict[str, Any], editor: bool) -> Any:
        begins = re.fullmatch(r"name:([a-z0-9_-]+)\*", data["fq"])
        assert begins is not None
        assert data["sort"] == "name asc"
        assert data["rows"] <= 1000
        found = sorted(
            (
                one
                for one in self.datasets.values()
                if one["state"] == "active"
                and one["name"].startswith(begins[1])
                and (not one["private"] or (editor and data.get("include_private")))
            ),
            key=lambda one: str(one["name"]),
        )
        return {"count": len(found), "results": found[data["start"] :][: data["rows"]], "sort": "name asc"}

    def _save(self, data: dict[str, Any], key: str, state: str) -> dict[str, Any]:
        wrong: dict[str, Any] = {}
        name = data.get("name", "")
        if not re.fullmatch(r"[a-z0-9_-]{2,100}", name):
            wrong["name"] = ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
        if any(one["name"] == name and one["id"] != key for one in self.datasets.values()):
            wrong["name"] = ["That URL is already in use."]
        owner = next((o for o in self.organizations.values() if data.get("owner_org") in (o["id"], o["name"])), None)
        if owner is None:
            wrong["owner_org"] = ["Organization does not exist"]
        elif owner["name"] not in self.editor_of:
            wrong["owner_org"] = ["You cannot add a dataset to this organization"]
        for tag in data.get("tags", []):
            if not re.fullmatch(r"[\w \-.]{2,100}", tag["name"]):
                wrong["tags"] = [f'Tag "{tag["name"]}" must be alphanumeric characters or symbols: -_.']
        keys = [one["key"] for one in data.get("extras", [])]
        if len(set(keys)) < len(keys) or not all(keys):
            wrong["extras_validation"] = ["Duplicate key"]
        if ROOT & set(keys):
            wrong["extras"] = [{"key": ["There is a schema field with the same name"]}]
        if not all(isinstance(one["value"], str) for one in data.get("extras", [])):
            wrong["extras"] = [{"value": ["Must be a string"]}]
        if not all(one.get("url") for one in data.get("resources", [])):
            wrong["resources"] = [{"url": ["Missing value"]}]
        for group in data.get("groups", []):
            if group["name"] not in self.groups:
                raise not_found()
        if wrong:
            raise not_valid(**wrong)
        assert owner is not None
        made = {
            "id": key,
            "name": name,
            "title": data.get("title") or name,
            "notes": data.get("notes"),
            "url": data.get("url"),
            "private": bool(data.get("private")),
            "state": state,
            "type": "dataset",
            "owner_org": owner["id"],
            "organization": owner,
            "tags": [
                {"name": n, "display_name": n, "state": "active"}
                for n in sorted(t["name"] for t in data.get("tags", []))
            ],
            "groups": [self.groups[one["name"]] for one in data.get("groups", [])],
            "extras": sorted(
                ({"key": one["key"], "value": one["value"]} for one in data.get("extras", [])),
                key=lambda one: one["key"],
            ),
            "resources": [
                {
                    **one,
                    "id": one.get("id") or uuid.uuid4().hex,
                    "position": at,
                    "format": one.get("format", "").upper(),
                }
                for at, one in enumerate(data.get("resources", []))
            ],
            "metadata_modified": "2026-03-18T04:00:00.000000",
            "num_resources": len(data.get("resources", [])),
        }
        self.form(made)
        self.datasets[key] = made
        return made

    # ------------------------------------------------------------------ organisations and groups

    def _organization_list_for_user(self, data: dict[str, Any], editor: bool) -> Any:
        assert data["permission"] == "create_dataset"
        return [one for one in self.organizations.values() if editor and one["name"] in self.editor_of]

    def _organization_show(self, data: dict[str, Any], editor: bool) -> Any:
        if data["id"] not in self.organizations:
            raise not_found()
        return self.organizations[data["id"]]

    def _organization_create(self, data: dict[str, Any], editor: bool) -> Any:
        if not editor or "organization" not in self.may_create:
            raise forbidden("organization_create")
        self.editor_of.add(data["name"])
        return self.organizations.setdefault(data["name"], {"id": uuid.uuid4().hex, **data})

    def _group_show(self, data: dict[str, Any], editor: bool) -> Any:
        if data["id"] not in self.groups:
            raise not_found()
        return self.groups[data["id"]]

    def _group_create(self, data: dict[str, Any], editor: bool) -> Any:
        if not editor or "group" not in self.may_create:
            raise forbidden("group_create")
        return self.groups.setdefault(data["name"], {"id": uuid.uuid4().hex, **data})


# ------------------------------------------------------------------ faults


def answers(status: int, body: str, kind: str = "application/json") -> Fault:
    """Answers so, and does nothing."""

    def fault(ckan: Ckan, request: BaseHTTPRequestHandler, action: str, data: dict[str, Any]) -> bool:
        send(request, status, body.encode(), kind)
        return True

    return fault


def hangs_up(ckan: Ckan, request: BaseHTTPRequestHandler, action: str, data: dict[str, Any]) -> bool:
    """Ends the connection without an answer."""
    request.close_connection = True
    return True


def waits(seconds: float) -> Fault:
    """Is slow, and does it then."""

    def fault(ckan: Ckan, request: BaseHTTPRequestHandler, action: str, data: dict[str, Any]) -> bool:
        time.sleep(seconds)
        return False

    return fault


def well(ckan: Ckan, request: BaseHTTPRequestHandler, action: str, data: dict[str, Any]) -> bool:
    """Nothing is wrong with this request."""
    return False


def does_and_hangs_up(ckan: Ckan, request: BaseHTTPRequestHandler, action: str, data: dict[str, Any]) -> bool:
    """Does it and never says so."""
    ckan.act(action, data, request.headers["Authorization"])
    request.close_connection = True
    return True


# ------------------------------------------------------------------ the server


def send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json;charset=utf-8"
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # that is a client which was killed
            super().handle_error(request, client_address)


@contextmanager
def a_ckan() -> Iterator[Ckan]:
    """A catalogue with one organisation, ``city``, served on loopback."""
    ckan = Ckan()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one: sent apart, the second waits for what the other side holds back 40 ms

        def do_POST(self) -> None:
            action = self.path.removeprefix("/api/action/")
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Content-Type"] == "application/json"
            fault = ckan.faults.pop(0) if ckan.faults else well
            if fault(ckan, self, action, data):
                return
            help_ = f"{ckan.url}/api/3/action/help_show?name={action}"
            try:
                told: dict[str, Any] = {
                    "success": True,
                    "result": ckan.act(action, data, self.headers["Authorization"]),
                }
                status = 200
            except Refused as problem:
                told, status = {"success": False, "error": problem.error}, problem.status
            send(self, status, json.dumps({"help": help_, **told}).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ckan.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield ckan
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
