"""The channels file, and how each kind of channel carries a letter: a real mail server, a real web server, robots."""

from __future__ import annotations

import ast
import base64
import email.header
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from flows.notices import carriers, channels, wording
from flows.notices.carriers import Letter
from flows.notices.table import Audience
from storage import settings
from storage.exceptions import ChannelsFileError, NoticeFailed, SettingsError
from storage.notices import New
from tests.flows.mailbox import Hook, Mailbox, Robots, certificate, free_port, mail_server, web_server

ROOT = Path(__file__).parents[2]
HOSTILE = '<b onclick="x">"标题"</b>\r\nBcc: eve@evil.cn\u2028\u202e=cmd|calc\x00<at user_id="all">所有人</at>'


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture(autouse=True)
def _empty(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.letters.clear()
    box.refuse.clear()
    box.signed_in.clear()
    for name, value in (("MAIL", "p@ss%41/:w"), ("KEY", "abc-DEF_123"), ("DING", "a1b2c3"), ("SIGN", "SEC0a1b")):
        monkeypatch.setenv(f"GONGKAI_SECRET_{name}", value)


def configured(text: str, folder: Path) -> channels.Channels:
    file = folder / "channels.yml"
    file.write_text(text, encoding="utf-8")
    return channels.read(file)


def mail(box: Mailbox, **facts: Any) -> channels.Email:
    known = {"name": "mail", "kind": "email", "host": "127.0.0.1", "port": box.port, "security": "none"}
    return channels.Email.model_validate({**known, "from": "gongkai@qinghe.invalid", **facts})


LETTER = Letter(
    number="N-1", subject="【青禾市】问题交办1项", body="请整改：\n1. 通知公告\n", to=("gk@qinghe.invalid",)
)

# ------------------------------------------------------------------ the file

WRONG = [
    ("channels: []\nurls: [mailto://a:b@c]", "urls: unknown key"),
    ("channels: []\ninclude: /etc/passwd", "include: unknown key"),
    ("channels: [mailto://a:b@c]", "channels[0]: found 'mailto://a:b@c', expected keys and values"),
    ("channels: [{name: a, kind: mailto}]", "channels[0].kind: found 'mailto', expected one of"),
    ("channels: [{name: a, kind: webhook, url: 'file:///etc/passwd'}]", "url: found 'file:///etc/passwd'"),
    ("channels: [{name: a, kind: webhook, url: 'json://h/?+X=1'}]", "url: found"),
    ("channels: [{name: a, kind: webhook, url: 'http://h/?config=file:///x'}]", "url: found"),
    ("channels: [{name: a, kind: webhook, url: 'http://user:pw@h/'}]", "url: found"),
    ("channels: [{name: a, kind: wecom, key: 'wecombot://KEY'}]", "key: found 'wecombot://KEY', expected the name of"),
    ("channels: [{name: a, kind: wecom}]", "channels[0].key: missing, expected the name of the secret"),
    ("channels: [{name: a, kind: email, host: 'h?smtp=evil', from: a@b.cn}]", "host: found"),
    ("channels: [{name: a, kind: email, host: h, from: a@b.cn, pgp: encrypt}]", "pgp: unknown key"),
    ('channels: [{name: a, kind: email, host: h, from: "a@b.cn\\r\\nBcc: c@d.cn"}]', "from: found"),
    ("channels: [{name: a, kind: email, host: h, sender: b}]", "sender: found 'b', expected an e-mail address"),
    ("channels: [{name: a, kind: email, host: h, from: a@b.cn, to: ['x@y.cn, z@y.cn']}]", "to[0]: found"),
    ("channels: [{name: a, kind: email, host: h, from: a@b.cn}]\naudiences: {office: [a]}", "channels[0].to: missing"),
    (
        "channels: []\naudiences: {office: [nobody]}",
        "audiences.office[0]: found 'nobody', expected one of the channels",
    ),
    ("channels: []\naudiences: {citizens: []}", "audiences.citizens: unknown key"),
    ("channels: [{name: a, kind: wecom, key: k}]\naudiences: {unit: [a]}", "expected a channel of kind email"),
    (
        "channels: [{name: a, kind: wecom, key: k}]\naudiences: {operator: a}\nunits: {gaj: [a]}",
        "units.gaj[0]: found 'a', by which the operator is told, expected a channel that only the unit reads",
    ),
    (
        "channels: [{name: a, kind: wecom, key: k}]\naudiences: {office: [a]}\nunits: {gaj: a}",
        "units.gaj[0]: found 'a', by which the office is told",
    ),
    ("channels: []\ntimes: {digest: '8h'}", "times.digest: found '8h', expected a time of day such as 08:30"),
    ("channels: []\nlimits: {per_hour: 0}", "limits.per_hour: found '0'"),
    ("channels: []\nlimits: {perhour: 3}", "limits.perhour: unknown key (did you mean per_hour?)"),
    ("channels: {}", "expected the key channels with a list"),
    ("- a", "expected the key channels with a list"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_what_is_wrong_with_a_file_is_told_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ChannelsFileError) as told:
        configured(text, tmp_path)
    assert problem in str(told.value)
    assert str(told.value).startswith(f"{tmp_path / 'channels.yml'}:")


def test_the_example_loads_and_names_no_secret() -> None:
    found = channels.read(ROOT / "deploy" / "channels.example.yml")
    assert {one.kind for one in found.channels} == set(channels.KINDS) == set(carriers.CARRIERS)
    assert found.times == channels.Times()
    assert all(found.told_by(audience) for audience in Audience)


def test_without_a_file_nobody_is_told() -> None:
    assert channels.load(settings.load()) is None


def test_nothing_of_apprise_that_reads_addresses_or_files_is_used() -> None:
    """Its plugins are made from our models; its own configuration, includes and address parsing are out of reach."""
    found = set()
    for module in (ROOT / "flows" / "notices").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("apprise"):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name.startswith("apprise")}
    plugins = {"NotifyEmail", "NotifyJSON", "NotifyWeComBot", "NotifyDingTalk", "NotifyFeishu"}
    assert found == {"AppriseAsset", *plugins}


# ------------------------------------------------------------------ letters


def test_a_letter_arrives_with_its_number(box: Mailbox) -> None:
    carriers.carry(mail(box, user="gongkai@qinghe.invalid", key="mail"), LETTER)
    (letter,) = box.letters
    assert (letter.to, letter.subject, letter.text) == (["gk@qinghe.invalid"], LETTER.subject, LETTER.body)
    assert letter.parsed["X-Gongkai-Notice"] == "N-1"
    assert letter.parsed["From"].addresses[0].addr_spec == "gongkai@qinghe.invalid"
    assert letter.parsed.get_content_type() == "text/plain"
    assert box.signed_in == [(b"gongkai@qinghe.invalid", b"p@ss%41/:w")]  # as they are, not decoded


def test_each_recipient_gets_a_letter_of_their_own(box: Mailbox) -> None:
    carriers.carry(mail(box), Letter(number="N-1", subject="s", body="b", to=("a@x.cn", "b@x.cn")))
    assert [letter.to for letter in box.letters] == [["a@x.cn"], ["b@x.cn"]]
    assert all(len(letter.parsed["To"].addresses) == 1 for letter in box.letters)


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "a\nSubject: b", "x\r\n\r\nbody", "\x85Bcc: e@e.cn", "\u2029", "'\"<>,;:@"]
)
def test_no_title_breaks_out_of_its_header_or_line(hostile: str, box: Mailbox, tmp_path: Path) -> None:
    facts = {"finding": "F-1", "unit_name": hostile, "rule": hostile, "rule_id": "UP-01", "place": hostile}
    one = New(key="k", channel="mail", audience="unit", unit="a", kind="notified", subject="F-1", facts=facts)
    text = wording.text(
        Audience.UNIT, [one], city=hostile, unit=hostile, number="N-1", public_url="http://c/", home=tmp_path
    )
    carriers.carry(mail(box), Letter(number="N-1", subject=text.subject, body=text.body, to=("gk@qinghe.invalid",)))
    (letter,) = box.letters
    assert letter.to == ["gk@qinghe.invalid"]
    names = [name.lower() for name in letter.parsed]
    assert "bcc" not in names
    assert len(names) == len(set(names))
    decoded = str(email.header.make_header(email.header.decode_header(str(letter.parsed["Subject"]))))
    assert "\n" not in decoded
    assert "\u202e" not in decoded + letter.text  # turns the direction of writing around
    assert letter.text.count("\n") == text.body.count("\n")


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("recheck: still so at 2026-03-02T04:00:00+00:00", "复查：2026-03-02 仍未整改"),
        ("the waiver ended on 2026-03-02", "豁免已于 2026-03-02 到期"),
        ("{{ 7 * 7 }} {0} %s", "{{ 7 * 7 }} {0} %s"),  # a person's words are no marks of a template
    ],
)
def test_a_note_is_said_in_the_words_of_the_office(note: str, said: str, tmp_path: Path) -> None:
    facts = {"finding": "F-1", "unit_name": "田禾区", "rule": "r", "rule_id": "UP-01", "place": "p", "note": note}
    one = New(key="k", channel="mail", audience="office", kind="reopened", subject="F-1", facts=facts)
    text = wording.text(Audience.OFFICE, [one], city="c", unit=None, number="N", public_url=None, home=tmp_path)
    assert f"说明：{said}\n" in text.body


@given(st.text())
def test_a_value_is_one_line_of_bounded_length(value: str) -> None:
    line = wording.one_line(value)
    assert len(line.splitlines()) <= 1
    assert len(line) <= 200
    assert wording.one_line(line) == line


@pytest.mark.parametrize(
    ("answer", "said"),
    [("550 no such user here", "no such user here"), ("450 try later", "try later")],
)
def test_a_refusal_is_told_in_the_servers_words(answer: str, said: str, box: Mailbox) -> None:
    box.refuse["gk@qinghe.invalid"] = answer
    with pytest.raises(NoticeFailed, match=said):
        carriers.carry(mail(box), LETTER)


def test_a_server_that_is_not_there_is_told(box: Mailbox) -> None:
    with pytest.raises(NoticeFailed, match=r"mail: .*refused"):
        carriers.carry(mail(box, port=free_port()), LETTER)


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_mail_server_that_nobody_vouches_for_gets_neither_password_nor_letter(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = certificate(tmp_path)
    with mail_server(**{"starttls" if security == "starttls" else "implicit": own}) as box:
        channel = mail(box, security=security, user="u", key="mail")
        with pytest.raises(NoticeFailed, match="certificate"):
            carriers.carry(channel, LETTER)
        assert (box.letters, box.signed_in) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))  # the city's own authority
        carriers.carry(channel, LETTER)
        assert box.letters[0].to == ["gk@qinghe.invalid"]
        assert box.signed_in == [(b"u", b"p@ss%41/:w")]


def test_a_missing_secret_is_told_by_its_name(box: Mailbox) -> None:
    with pytest.raises(SettingsError, match="GONGKAI_SECRET_NOWHERE"):
        carriers.carry(mail(box, user="u", key="nowhere"), LETTER)


# ------------------------------------------------------------------ webhooks


def hook_channel(hook: Hook, path: str = "hooks/公开", **facts: Any) -> channels.Webhook:
    return channels.Webhook.model_validate({"name": "hook", "kind": "webhook", "url": f"{hook.url}{path}", **facts})


def test_a_webhook_gets_the_text_the_notices_and_the_number() -> None:
    letter = Letter(
        number="N-1", subject="标题", body="文", audience="office", told=({"kind": "opened", "subject": "F-1"},)
    )
    with web_server() as hook:
        carriers.carry(hook_channel(hook, key="key"), letter)
    ((path, headers, body),) = hook.asked
    assert path == "/hooks/%E5%85%AC%E5%BC%80"
    assert headers["Authorization"] == "Bearer abc-DEF_123"
    assert headers["X-Gongkai-Notice"] == body["number"] == "N-1"
    assert (body["title"], body["message"], body["audience"]) == ("标题", "文", "office")
    assert body["notices"] == [{"kind": "opened", "subject": "F-1"}]


@pytest.mark.parametrize(("path", "status", "said"), [("x", 500, "500"), ("x", 403, "403"), ("away", 200, "302")])
def test_a_webhook_that_does_not_take_it_is_told_and_nobody_is_led_away(path: str, status: int, said: str) -> None:
    with web_server() as hook:
        hook.status = status
        with pytest.raises(NoticeFailed, match=said):
            carriers.carry(hook_channel(hook, path, key="key"), LETTER)
    assert [asked[0] for asked in hook.asked] == [f"/{path}"]


# ------------------------------------------------------------------ robots

ROBOTS: dict[str, channels.Channel] = {
    "wecom": channels.WeCom(name="r", kind="wecom", key="key"),
    "dingtalk": channels.DingTalk(name="r", kind="dingtalk", key="ding", sign="sign"),
    "feishu": channels.Feishu(name="r", kind="feishu", key="key", sign="sign"),
}


def robots(monkeypatch: pytest.MonkeyPatch, answer: object, status: int = 200) -> Robots:
    found = Robots(answer, status)
    monkeypatch.setattr(requests.Session, "get_adapter", lambda _self, url: found)
    return found


def signed(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_wecom(monkeypatch: pytest.MonkeyPatch) -> None:
    found = robots(monkeypatch, {"errcode": 0, "errmsg": "ok"})
    carriers.carry(ROBOTS["wecom"], LETTER)
    (asked,) = found.asked
    assert asked.url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc-DEF_123"
    assert json.loads(asked.body) == {"msgtype": "text", "text": {"content": f"{LETTER.subject}\n{LETTER.body}"}}


def test_dingtalk_is_signed_once_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    found = robots(monkeypatch, {"errcode": 0, "errmsg": "ok"})
    carriers.carry(ROBOTS["dingtalk"], LETTER)
    (asked,) = found.asked
    parts = urlsplit(asked.url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://oapi.dingtalk.com/robot/send"
    assert query["access_token"] == "a1b2c3"
    assert query["sign"] == signed("SEC0a1b", f"{query['timestamp']}\nSEC0a1b")
    assert json.loads(asked.body)["text"] == {"content": f"{LETTER.subject}\n{LETTER.body}"}


def test_feishu_is_signed_in_its_body(monkeypatch: pytest.MonkeyPatch) -> None:
    found = robots(monkeypatch, {"code": 0, "msg": "success"})
    carriers.carry(ROBOTS["feishu"], LETTER)
    (asked,) = found.asked
    body = json.loads(asked.body)
    assert asked.url == "https://open.feishu.cn/open-apis/bot/v2/hook/abc-DEF_123"
    assert body["sign"] == signed(f"{body['timestamp']}\nSEC0a1b", "")
    assert (body["msg_type"], body["content"]) == ("text", {"text": f"{LETTER.subject}\n{LETTER.body}"})


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_robot_without_a_signature_sends_none(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = robots(monkeypatch, {"errcode": 0})
    carriers.carry(ROBOTS[kind].model_copy(update={"sign": None}), LETTER)
    (asked,) = found.asked
    assert "sign" not in asked.url
    assert "sign" not in json.loads(asked.body)


@pytest.mark.parametrize("kind", list(ROBOTS))
@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        # all three refuse with 200, and say it in the body
        ({"errcode": 93000, "errmsg": "invalid webhook url abc-DEF_123 a1b2c3"}, 200, "invalid webhook url"),
        ({"errcode": 310000, "errmsg": "sign not match"}, 200, "sign not match"),
        ({"code": 19021, "msg": "sign match fail"}, 200, "sign match fail"),
        ({"errcode": 0}, 500, "500"),
        ({}, 200, "code None"),
        (b"<html>login</html>", 200, "not as a robot"),
        (b"[]", 200, "not as a robot"),
    ],
)
def test_what_a_robot_refuses_is_not_taken_for_sent(
    kind: str, answer: object, status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots(monkeypatch, answer, status)
    with pytest.raises(NoticeFailed, match=said) as told:
        carriers.carry(ROBOTS[kind], LETTER)
    assert ("a1b2c3" if kind == "dingtalk" else "abc-DEF_123") not in str(told.value)


@pytest.mark.parametrize("kind", list(ROBOTS))
def test_a_key_that_cannot_be_one_is_not_repeated(
    kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_KEY", "https://robot.invalid/?key=1")
    monkeypatch.setenv("GONGKAI_SECRET_DING", "https://robot.invalid/?key=1")
    found = robots(monkeypatch, {"errcode": 0})
    with pytest.raises(NoticeFailed, match="cannot be such a key") as told:
        carriers.carry(ROBOTS[kind], LETTER)
    assert "robot.invalid" not in str(told.value)
    assert "robot.invalid" not in caplog.text
    assert found.asked == []


@pytest.mark.parametrize("kind", list(ROBOTS))
def test_no_title_calls_everybody_of_a_group(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = robots(monkeypatch, {"errcode": 0})
    facts = dict.fromkeys(("unit_name", "rule", "rule_id", "place", "note"), HOSTILE)
    one = New(key="k", channel="r", audience="office", kind="disputed", subject="F-1", facts=facts)
    text = wording.text(Audience.OFFICE, [one], city=HOSTILE, unit=None, number="N", public_url=None, home=tmp_path)
    carriers.carry(ROBOTS[kind], Letter(number="N", subject=text.subject, body=text.body))
    said = json.loads(found.asked[0].body)
    assert "＜at user_id" in json.dumps(said, ensure_ascii=False)
    assert "<" not in json.dumps(said.get("text") or said["content"], ensure_ascii=False)
    assert said.get("at", {"isAtAll": False}) == {"isAtAll": False}


def test_a_text_too_long_for_a_robot_ends_at_a_line_and_says_where_the_rest_is(tmp_path: Path) -> None:
    facts = {"finding": "F-1", "unit_name": "田" * 90, "rule": "<" * 90, "rule_id": "UP-01", "place": "通知公告"}
    many = [
        New(key=str(n), channel="r", audience="office", kind="opened_red", subject="F-1", facts=facts)
        for n in range(60)
    ]
    shown: dict[str, Any] = {
        "city": "城" * 90,
        "unit": None,
        "number": "N-1",
        "public_url": "http://c/",
        "home": tmp_path,
    }
    whole = wording.text(Audience.OFFICE, many, **shown)
    cut = wording.text(Audience.OFFICE, many, **shown, most_bytes=carriers.MOST_BYTES["wecom"])
    assert "另有 30 项" in whole.body
    assert len(f"{cut.subject}\n{cut.body}".encode()) <= 2048
    assert "其余见 http://c/" in cut.body
    assert cut.body.endswith("编号：N-1\n")
    assert whole.body.startswith(cut.body.partition("……")[0])


# ------------------------------------------------------------------ templates


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ nothing.here }}", "undefined"),
        ("{% for x in %}", "Expected an expression"),
        ("{{ ().__class__.__bases__[0].__subclasses__() }}", "unsafe"),
        ("{{ 1 / 0 }}", "division"),
        ("{% include '../../../etc/passwd' %}", "passwd"),
        ("{{ told[99].rule }}", "no element 99"),
        ("{# to be written #}", "says nothing"),
    ],
)
def test_a_template_that_cannot_be_used_is_told_and_ours_speaks(template: str, why: str, tmp_path: Path) -> None:
    own = wording.own_folder(tmp_path)
    own.mkdir(parents=True)
    (own / "opened.txt").write_text(template, encoding="utf-8")
    one = next(one for one in wording.samples(Audience.OFFICE) if one.kind == "opened")
    text = wording.text(Audience.OFFICE, [one], city="青禾市", unit=None, number="N", public_url=None, home=tmp_path)
    assert "【新发现】" in text.body
    assert why in text.broken["opened"]
    assert list(wording.check(tmp_path)) == ["opened"]


def test_a_template_of_the_offices_own_is_used(tmp_path: Path) -> None:
    own = wording.own_folder(tmp_path)
    own.mkdir(parents=True)
    (own / "notified.txt").write_text("自定义 {{ told[0].place }} {{ told[0].link }}", encoding="utf-8")
    one = next(one for one in wording.samples(Audience.UNIT) if one.kind == "notified")
    text = wording.text(Audience.UNIT, [one], city="c", unit="u", number="N", public_url="http://c/", home=tmp_path)
    assert "自定义 样例栏目 http://c/findings/F-000000" in text.body
    assert wording.check(tmp_path) == {}
