"""The words of a message: notices in, a subject and a text out, by templates that the office may edit.

A template is a text file with Jinja's marks: the office's own in ``<data folder>/templates/notices/``, else ours. It is
run in a sandbox, for it is data from outside, and one that cannot be run is set aside: ours says it then, and the
operator is told. Values are cut to one line each and lose what no line should hold, so a title can neither begin a
header nor a line of its own; and < and > become wide ones, for robots read <at user_id="all"> as a call to everybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from flows.notices.table import FAULTS, OVER, ROWS, Audience
from storage.console import texts
from storage.notices import New

OURS: Final = Path(__file__).parent / "templates"
LISTED: Final = 30  # of one kind in a message; the rest is counted
_LONGEST: Final = 200  # signs of one value
_SUBJECT: Final = 100
# what an assessment notes with its steps (storage.findings.life)
_NOTES: Final = (
    (re.compile(r"recheck: still so at (\d{4}-\d\d-\d\d)T.*"), "复查：{} 仍未整改"),
    (re.compile(r"the waiver ended on (\d{4}-\d\d-\d\d)"), "豁免已于 {} 到期"),
)
# what becomes of control signs, ends of lines, signs that cannot be seen, and halves of signs
_KEPT: Final[Mapping[str, str]] = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "", "Co": ""}
_WIDE: Final = str.maketrans("<>", "＜＞")
_SAMPLE: Final = "样例"
# the order in which a message says what it says: what must be done first, first
_ORDER: Final = (
    *("notified", "reopened", "dispute_settled", "closed"),
    *("opened_red", "disputed", "answered", "overdue", "opened", "waiver_ends"),
    *("channel_fails", "flow_failed", "receiver_fails", "receiver_drifts", "held", "unobserved", "template_broken"),
)
# what each kind is called in a subject, in that order; the same words as on the console's page
WORDS: Final[Mapping[str, str]] = {kind: texts.word("zh", "notice_kind", kind) for kind in _ORDER} | {
    f"{kind}{OVER}": "恢复正常" for kind in FAULTS
}


@dataclass(frozen=True, kw_only=True)
class Text:
    """A message in words. ``broken``: templates of the office's own that could not be used, with the reason."""

    subject: str
    body: str
    broken: Mapping[str, str]


def text(
    audience: Audience,
    notices: Sequence[New],
    *,
    city: str,
    unit: str | None,
    number: str,
    public_url: str | None,
    home: Path,
    most_bytes: int | None = None,
) -> Text:
    """A message with these notices.

    :param unit: the name of the unit that is written to.
    :param public_url: where the console is reached, ends in a slash; None: no links.
    :param home: the data folder.
    :param most_bytes: what the channel takes of both together; a longer text ends at a whole line and says so.
    """
    broken: dict[str, str] = {}
    parts = []
    for kind in WORDS:
        ones = [one for one in notices if one.kind == kind]
        if ones:
            parts.append({"kind": kind, "word": WORDS[kind], "count": len(ones)})
            told = [_told(one, public_url) for one in ones[:LISTED]]
            shown = {"count": len(ones), "told": told, "more": len(ones) - len(told), "city": one_line(city)}
            name = "over" if kind.endswith(OVER) else kind
            parts[-1]["text"] = _filled(name, {**shown, "what": _what(kind)}, home, broken).strip("\n")
    topics = Counter[str]()
    for part in parts:
        topics[str(part["word"])] += int(str(part["count"]))
    frame = {
        "topics": dict(topics),
        "city": one_line(city),
        "unit": one_line(unit or ""),
        "audience": str(audience),
        "parts": parts,
        "number": number,
        "console": public_url or "",
    }
    subject = one_line(_filled("subject", frame, home, broken), _SUBJECT)
    body = _filled("message", frame, home, broken).strip("\n") + "\n"
    if most_bytes is not None:
        body = fit(body, most_bytes - len(subject.encode()) - 1, number, public_url)
    return Text(subject=subject, body=body, broken=broken)


def trial(name: str, told: Sequence[str], *, city: str, number: str, home: Path) -> Text:
    """The message by which a channel is tried. ``told``: who is told by it, audiences or ids of units."""
    broken: dict[str, str] = {}
    words = "、".join(one_line(texts.word("zh", "audience", one)) for one in told)
    shown = {"name": one_line(name), "told": words, "number": number}
    subject = one_line(f"【{city}政府信息公开】测试通知", _SUBJECT)
    return Text(subject=subject, body=_filled("test", shown, home, broken).strip("\n") + "\n", broken=broken)


def check(home: Path) -> dict[str, str]:
    """The office's own templates that cannot be used, with the reason: each is tried with made-up notices."""
    if not own_folder(home).is_dir():
        return {}
    broken: dict[str, str] = {}
    for audience in Audience:
        told = samples(audience)
        broken |= text(
            audience, told, city=_SAMPLE, unit=_SAMPLE, number="N-0", public_url="http://127.0.0.1/", home=home
        ).broken
    return broken


def own_folder(home: Path) -> Path:
    """Where the office's own templates stand."""
    return home / "templates" / "notices"


def samples(audience: Audience) -> list[New]:
    """Made-up notices of every kind that an audience is told."""
    found = []
    for kind, row in ROWS.items():
        if row.when(audience) is not None:
            facts = _TOOL if row.tool else _FINDING
            unit = "sample" if audience is Audience.UNIT else None
            found.append(
                New(key=kind, channel=_SAMPLE, audience=audience, unit=unit, kind=kind, subject="F-000000", facts=facts)
            )
    return found


_FINDING: Final[Mapping[str, Any]] = {
    "finding": "F-000000",
    "unit_name": "样例单位",
    "rule": "样例规则",
    "rule_id": "UP-00",
    "place": "样例栏目",
    "due": "2026-01-31",
    "found_on": "2026-01-01",
    "until": "2026-01-31",
    "reason": "样例理由",
    "note": "样例说明",
    "by": "样例",
    "step": "upheld",
    "url": "http://127.0.0.1/",
}
_TOOL: Final[Mapping[str, Any]] = {
    "unit_name": "样例单位",
    "place": "样例栏目",
    "name": "样例名称",
    "url": "http://127.0.0.1/",
    "count": 3,
    "outcome": "连不上",
    "advice": "样例建议",
    "error": "样例原因",
    "drift": 1,
    "lost": 9,
    "of": 10,
    "command": "gongkai catalogue held",
    "since": "2026-01-01T00:00:00+00:00",
}
# what a template of findings or faults may ask for; absent is empty, so that no old notice breaks it
_ASKED: Final = {**dict.fromkeys(_FINDING, ""), **dict.fromkeys(_TOOL, "")}


def _told(one: New, public_url: str | None) -> dict[str, Any]:
    """A notice's facts as a template sees them."""
    facts = {name: one_line(value) if isinstance(value, str) else value for name, value in one.facts.items()}
    told = {**_ASKED, **{name: value for name, value in facts.items() if value is not None}}
    finding = facts.get("finding")
    told["note"] = _note(str(told["note"]))
    told["link"] = f"{public_url}findings/{finding}" if public_url and finding else ""
    return told


def _note(note: str) -> str:
    """A step's note; those that an assessment writes in the words of the office."""
    for pattern, words in _NOTES:
        if found := pattern.fullmatch(note):
            return words.format(found[1])
    return note


def _what(kind: str) -> str:
    return WORDS.get(kind.removesuffix(OVER), kind)


def one_line(value: str, most: int = _LONGEST) -> str:
    """A text as one line: no ends of lines, no control signs, none that turn the direction of writing around."""
    kept = "".join(_KEPT.get(unicodedata.category(sign), sign) for sign in value[: most * 10])
    line = re.sub(r"\s+", " ", kept).strip().translate(_WIDE)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def fit(body: str, most_bytes: int, number: str, public_url: str | None) -> str:
    """A text that a channel takes: whole, or its first lines with a word that there is more."""
    if len(body.encode()) <= most_bytes:
        return body
    end = f"……（内容较长，其余见 {public_url or '监测系统'}）\n编号：{number}\n"
    left = most_bytes - len(end.encode())
    kept = []
    for line in body.splitlines(keepends=True):
        left -= len(line.encode())
        if left < 0:
            break
        kept.append(line)
    return "".join(kept) + end


# ------------------------------------------------------------------ templates


def _filled(name: str, shown: Mapping[str, Any], home: Path, broken: dict[str, str]) -> str:
    file = f"{name}.txt"
    own = own_folder(home)
    if (own / file).exists():
        try:
            said = _environment((own, OURS)).get_template(file).render(shown)
            if said.strip():
                return said
            broken[name] = one_line(f"{own / file}: says nothing")
        # also what a template may run into that is no fault of its writing: files that cannot be read, wrong sums
        except (TemplateError, OSError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as problem:
            broken[name] = one_line(f"{own / file}: {problem}")
    return _environment((OURS,)).get_template(file).render(shown)


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> Environment:
    """Jinja's environment over these folders; a file that was edited since is read anew."""
    return SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=False,  # plain text, whatever the channel: nothing reads it as markup
        trim_blocks=True,
        lstrip_blocks=True,
    )
