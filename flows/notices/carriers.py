"""How each kind of channel carries a letter, by Apprise; a failure comes out as one sentence without a secret in it.

Each is made from its model and the secrets it names, never from an address: nothing that Apprise can be configured with
beyond that is reachable from the channels file. E-mail and webhook are Apprise's own (``NotifyEmail``, ``NotifyJSON``).
Of the robots its classes are taken for their addresses and for the check of keys, but what is sent is ours, because:

- all three answer 200 to what they refuse, with the reason as ``errcode`` or ``code`` in the body, which Apprise does
  not read (``NotifyWeComBot``, ``NotifyDingTalk``, ``NotifyFeishu`` of 1.13): the notice would be lost as sent;
- DingTalk's signature is encoded for the address twice there, so that it never matches;
- Feishu's signature (签名校验) is not there at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests
from apprise import AppriseAsset
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from flows.notices.channels import Channel, DingTalk, Email, Feishu, Webhook, WeCom
from storage import settings
from storage.exceptions import NoticeFailed

TIMEOUT_S: Final = 15.0
# what subject and text may hold together, in bytes of UTF-8: the robots' own limits are 2048 (企业微信 text) and 20 KB
# (钉钉, 飞书) for the whole request
MOST_BYTES: Final[Mapping[str, int | None]] = {
    "email": None,
    "wecom": 2000,
    "dingtalk": 18_000,
    "feishu": 18_000,
    "webhook": None,
}
# Apprise's own log repeats a key that it does not like; what is to be said of a failure is said here
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
# nobody is led away by an answer: neither a text nor a secret in a header goes to where it was not sent
_ASSET: Final = AppriseAsset(app_id="gongkai", app_desc="gongkai", http_redirects=False)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is carried. ``to``: e-mail addresses; ``told``: the notices, for machines, JSON-safe."""

    number: str
    subject: str
    body: str
    to: tuple[str, ...] = ()
    audience: str = ""
    told: tuple[Mapping[str, Any], ...] = field(default=())


def carry(channel: Channel, letter: Letter) -> None:
    """Hands a letter over to its channel.

    :raises NoticeFailed: it was not taken; one sentence says why.
    :raises SettingsError: a secret that the channel names is missing.
    """
    secrets = [
        settings.secret(name) for name in (getattr(channel, "key", None), getattr(channel, "sign", None)) if name
    ]
    said = _Said()
    try:
        done = CARRIERS[channel.kind](channel, letter, secrets, said)
    except TypeError:  # how Apprise says that a key is none; it repeats the key, so its words are not passed on
        done = False
        said.add("a secret that it names cannot be such a key: look whether it was copied whole, and nothing besides")
    except (OSError, ValueError, RuntimeError) as problem:  # requests' and smtplib's errors are OSErrors
        done = False
        said.add(f"{type(problem).__name__}: {problem}")
    if not done:
        raise NoticeFailed(f"{channel.name}: {_without(said.text(), secrets)}")


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        for shape in (secret, quote(secret, safe="")):
            text = text.replace(shape, "***")
    return " ".join(text.split())[:500]


class _Said(logging.Handler):
    """What a plugin says of a failure; of its chatter below a warning only the exception it met."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._lines: list[str] = []
        self.logger = logging.Logger("gongkai.notices", logging.DEBUG)  # of this letter alone: it goes nowhere else
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.levelno >= logging.WARNING or message.startswith("Socket Exception"):
            self.add(message)

    def add(self, line: str) -> None:
        if line not in self._lines:
            self._lines.append(line)

    def text(self) -> str:
        return "; ".join(self._lines) or "not taken, and it does not say why"


# ------------------------------------------------------------------ letters and JSON


def _email(channel: Email, letter: Letter, secrets: list[str], said: _Said) -> bool:
    host = channel.host.strip("[]")
    port = channel.port or {"ssl": 465, "starttls": 587, "none": 25}[channel.security]
    plugin = _made(
        NotifyEmail,
        host=host,
        smtp_host=host,
        port=port,
        secure=channel.security != "none",
        secure_mode="insecure" if channel.security == "none" else channel.security,
        # Apprise takes both for parts of an address and decodes them
        user=quote(channel.user, safe="") if channel.user else None,
        password=quote(secrets[0], safe="") if secrets else None,
        from_addr=formataddr(("gongkai", channel.sender)),
        targets=list(letter.to),
        headers={"X-Gongkai-Notice": letter.number, "Auto-Submitted": "auto-generated"},
        format="text",
        cto=TIMEOUT_S,
    )
    return _sent(plugin, letter, said)


def _webhook(channel: Webhook, letter: Letter, secrets: list[str], said: _Said) -> bool:
    parts = urlsplit(channel.url)
    headers = {"X-Gongkai-Notice": letter.number}
    if secrets:
        headers["Authorization"] = f"Bearer {secrets[0]}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    plugin = _made(
        NotifyJSON,
        host=quote(host or "", safe="[]:"),
        port=parts.port,
        secure=parts.scheme == "https",
        fullpath=quote(parts.path or "/", safe="/"),
        headers=headers,
        payload={"number": letter.number, "audience": letter.audience, "notices": [dict(one) for one in letter.told]},
        cto=TIMEOUT_S,
        rto=TIMEOUT_S,
    )
    return _sent(plugin, letter, said)


def _sent(plugin: Any, letter: Letter, said: _Said) -> bool:
    plugin.logger = said.logger
    return bool(plugin.send(body=letter.body, title=letter.subject))


# ------------------------------------------------------------------ robots


def _wecom(channel: WeCom, letter: Letter, secrets: list[str], said: _Said) -> bool:
    robot = _made(NotifyWeComBot, key=secrets[0])
    return _posted(robot.api_url, {"msgtype": "text", "text": {"content": _in_one(letter)}}, said)


def _dingtalk(channel: DingTalk, letter: Letter, secrets: list[str], said: _Said) -> bool:
    robot = _made(NotifyDingTalk, token=secrets[0], secret=secrets[1] if channel.sign else None)
    payload = {"msgtype": "text", "text": {"content": _in_one(letter)}, "at": {"isAtAll": False}}
    params = None
    if robot.secret:
        stamp = str(round(time.time() * 1000))
        params = {"timestamp": stamp, "sign": _hmac(robot.secret, f"{stamp}\n{robot.secret}")}
    return _posted(robot.notify_url.format(token=robot.token), payload, said, params)


def _feishu(channel: Feishu, letter: Letter, secrets: list[str], said: _Said) -> bool:
    robot = _made(NotifyFeishu, token=secrets[0])
    payload: dict[str, Any] = {"msg_type": "text", "content": {"text": _in_one(letter)}}
    if channel.sign:
        stamp = str(round(time.time()))
        # here the text to sign is the key, and what is signed is empty
        payload |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secrets[1]}", "")}
    return _posted(robot.notify_url.format(token=robot.token).rstrip("/"), payload, said)


def _made(kind: Any, **facts: Any) -> Any:
    """A robot as Apprise knows it: its address, and whether its key can be one."""
    return kind(asset=_ASSET, **facts)


def _in_one(letter: Letter) -> str:
    """A robot's text; a robot has no subject."""
    return f"{letter.subject}\n{letter.body}"


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _posted(url: str, payload: Mapping[str, Any], said: _Said, params: Mapping[str, str] | None = None) -> bool:
    """Posts what a robot is to say; whether it did, by its own word in the answer."""
    answer = requests.post(
        url,
        data=json.dumps(payload, ensure_ascii=False).encode(),
        params=params,
        headers={"User-Agent": "gongkai", "Content-Type": "application/json; charset=utf-8"},
        timeout=TIMEOUT_S,
        allow_redirects=False,
    )
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        said.add(f"answered {answer.status_code}, and not as a robot does")
        return False
    code = told.get("errcode", told.get("code"))
    if answer.status_code == requests.codes.ok and code == 0:
        return True
    said.add(
        f"answered {answer.status_code}, code {code}: {told.get('errmsg') or told.get('msg') or 'no reason given'}"
    )
    return False


CARRIERS: Final[Mapping[str, Callable[[Any, Letter, list[str], _Said], bool]]] = {
    "email": _email,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
    "webhook": _webhook,
}
