"""What a 公开时限 of a unit's directory means: its text in, a typed limit out, or None where not every word is known.

A text is a clause or several (20个工作日内公开；每季度更新). Every clause must be understood to its last word: a limit
half understood would hold a unit to something it never said. Of several clauses the one that says when something new
is due decides: a yearly day before a period, a period before an event; 长期 beside an event says how long a document
stays, and not that there must be one. Where two clauses name different days or periods nothing is understood. A text
with a day without its year (3月底前) is meant yearly; month without a day is read to the month's end, in the unit's
favour, and so is a day within each month or quarter: the calendar period is what counts.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from storage.schema import DutyLimit, LimitKind, Period

LONGEST: Final = 200  # characters; what is longer is no time limit

_TAIL = (
    r"(?:予以|进行|及时|主动|向社会|对外|完成|应当|应|须|将|并|在[^0-9]{1,14}(?:上|网站|平台|专栏))*"
    r"(?:公开|发布|更新|公布|公示|公告|上网|上传|披露|调整|维护|报送|录入|反馈|告知|转载|转发|印发)*"
    r"(?:完毕|1次|完成|信息|内容)?"
)
_SPAN = r"(?:工作日|自然日|日历日|日|天|月|年|小时|周)"
_PERIODS: Final = {
    "工作日": Period.DAY,
    "日": Period.DAY,
    "天": Period.DAY,
    "周": Period.WEEK,
    "星期": Period.WEEK,
    "月": Period.MONTH,
    "月份": Period.MONTH,
    "季": Period.QUARTER,
    "季度": Period.QUARTER,
    "半年": Period.HALF_YEAR,
    "学期": Period.HALF_YEAR,
    "年": Period.YEAR,
    "年度": Period.YEAR,
    "学年": Period.YEAR,
}
_PERIOD = "(?P<period>" + "|".join(sorted(_PERIODS, key=len, reverse=True)) + ")"
_DIGITS: Final = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_WRITTEN = re.compile(rf"([一二两三四五六七八九十]{{1,3}})(?=个?{_SPAN}|月|次)")
_BREAKS = re.compile(r"[\s\u200b\ufeff]+")
_ASIDE = re.compile(r"\((?:或者?)?(?:含)?(?:变更|更新|修订|调整|生成|获取|制定|制作|及时更新|动态更新)\)")
_OTHERWISE = re.compile(
    r"[,;。(]?(?:法律|行政法规|法规|规章|国家|上级|政策|文件|另)[^;。()0-9]{0,40}?有[^;。()0-9]{0,12}?规定的?,?"
    r"(?:从其规定|除外|(?:按照?|依照?|遵照|适用)[^;。()0-9]{0,12}?规定(?:执行|办理|公开)?)\)?"
)
_LABEL = re.compile(r"^(?:(?:公开|更新)?(?:时限|期限|时间|频率|周期)(?:要求)?:)+")
_NUMBERED = re.compile(r"^\(?[1-9]\d?[.、)](?=\D|\d{1,3}个)")
_BY_A_TEXT = re.compile(r"^(?:按照?|依照|依据|遵照|根据)[^0-9]{1,30}?(?:规定|要求|第[^0-9《》]{1,8}条)的?,?自?")
_TWICE = re.compile(r"每(?:年(?=年[初底末终])|月(?=月[初底末]))")  # 每年年底, 每月月底
_HAPPENING = re.compile(
    r"形成|变更|变化|变动|更新|作出|做出|制定|制作|制发|编制|决定|批复|批准|审批|核准|审议|通过|收到|受理|印发|发文|签发|签订|签署"
    r"|下达|出台|发布|公布|公开|公告|公示|获取|获得|产生|生成|确定|认定|成立|生效|施行|实施|完成|办结|办理|结束|开始|验收|评审|评定"
    r"|备案|发生|处理|处置|检查|抽查|抽检|立案|结案|调整|任免|任命|任职|录用|招标|中标|成交|开标|采购|合同|会议|批后|信息|文件|事项"
    r"|之日|到位|拨付|分配|发放|启动|送达|登记|交付|转载|报告|接到|申请"
)


def read_limit(text: str | None) -> DutyLimit | None:
    """The limit a text states; None for no text, and for one of which a word is not understood. Never raises.

    A line may end anywhere in a narrow column; where the text means nothing in one line, each line is a clause.
    """
    said = text or ""
    return _read(_plain(said, "")) or (_read(_plain(said, ";")) if "\n" in said else None)


def _read(plain: str) -> DutyLimit | None:
    if not plain or len(plain) > LONGEST:
        return None
    whole = _clause(plain)
    if whole is not None:
        return whole
    found: list[tuple[DutyLimit, str]] = []
    for part in filter(None, re.split(r"[;。/|]", plain)):
        pieces = [part] if _clause(part) is not None else re.split(r"[,、]|(?<=[内开次布新])并", part)
        for piece in filter(None, pieces):
            limit = _clause(piece)
            if limit is None:
                return None
            found.append((limit, piece))
    return _decisive(found)


def _plain(text: str, line_end: str) -> str:
    """The text in one spelling: no blanks, half-width signs, provisos and asides left out, numbers in digits."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).strip()
    plain = _BREAKS.sub("", re.sub(r"[\r\n]+", line_end, plain))
    plain = _ASIDE.sub("", _OTHERWISE.sub("", plain))
    plain = _WRITTEN.sub(lambda found: str(_number(found[1])), _TWICE.sub("每", plain))
    return _LABEL.sub("", plain).strip(";。,、()")


def _number(written: str) -> int:
    """一 to 九十九."""
    tens, ten, ones = written.rpartition("十")
    if ten:
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return _DIGITS.get(written[-1], 0)


def _clause(clause: str) -> DutyLimit | None:
    clause = _NUMBERED.sub("", clause).replace(",", "").strip(";。、()")
    for pattern, read in _FORMS:
        match = pattern.fullmatch(clause)
        if match is not None:
            limit = read(match)
            if limit is not None:
                return limit
    return None


# ------------------------------------------------------------------ the forms of a clause


def _standing(_: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.STANDING)


def _prompt(_: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PROMPT)


def _prescribed(_: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PRESCRIBED)


def _now_and_then(_: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PERIODIC)


def _periodic(match: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PERIODIC, period=_PERIODS[match["period"]])


def _every_so_many_days(match: re.Match[str]) -> DutyLimit:
    """每20个工作日: within the shortest calendar period that is no shorter."""
    days = int(match["n"]) * (7 if match["span"] == "工作日" else 5) / 5
    longest = ((7, Period.WEEK), (31, Period.MONTH), (92, Period.QUARTER), (184, Period.HALF_YEAR))
    period = next((period for most, period in longest if days <= most), Period.YEAR)
    return DutyLimit(kind=LimitKind.PERIODIC, period=period)


def _monthly(_: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PERIODIC, period=Period.MONTH)


def _event(match: re.Match[str]) -> DutyLimit | None:
    since = _BY_A_TEXT.sub("", match["since"]).strip("在于自从之,、(")
    if since and _HAPPENING.search(since) is None:
        return None
    if match["span"] in ("月", "年") and not match["within"] and not since:
        return None  # 6月 is a month of the year
    counted = match["span"] in ("工作日", "自然日", "日历日", "日", "天")
    return DutyLimit(
        kind=LimitKind.EVENT,
        days=int(match["n"]) if counted else None,
        working=match["span"] == "工作日",
        since=since or None,
    )


def _before(match: re.Match[str]) -> DutyLimit:
    return DutyLimit(kind=LimitKind.EVENT, since=match["since"] or None)


def _yearly(match: re.Match[str]) -> DutyLimit | None:
    if not match["year"] and not match["before"]:
        return None  # 6月 alone may be the June of one year
    return _by(int(match["month"]), match["day"] or match["part"])


def _yearly_quarter(match: re.Match[str]) -> DutyLimit | None:
    written = match["quarter"]
    return _by(3 * (int(written) if written.isdigit() else _number(written)), None)


def _mid_year(_: re.Match[str]) -> DutyLimit | None:
    return _by(6, None)


def _year_end(_: re.Match[str]) -> DutyLimit | None:
    return _by(12, None)


def _by(month: int, day: str | None) -> DutyLimit | None:
    """The last day in time; without a day, the month's last one."""
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(2001, month)[1]  # a year without 29 February: the day must exist every year
    on = {"上旬": 10, "初": 10, "中旬": 20}.get(day or "", last) if not (day or "").isdigit() else int(day or 0)
    if not 1 <= on <= calendar.monthrange(2000, month)[1]:
        return None
    return DutyLimit(kind=LimitKind.YEARLY_BY, month=month, day=min(on, last))


_HOW_OFTEN = (
    r"(?:至少|不少于|定期|及时|集中|分别|统一|公开|更新|公布|发布|公示|报送|维护|统计|调整|汇总)*(?:\d{1,2}次)?"
    r"(?:以上)?(?:更新|公开|公布|发布|公示)*(?:内容|信息)?"
)
_FORMS: Final[Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], DutyLimit | None]]]] = (
    (re.compile(r"(?:长期|常年|永久|常态化?|持续)(?:性|地)?(?:公开|有效|公示|公布|保留|展示|更新)*"), _standing),
    (
        re.compile(
            r"(?:应当?|须|于|在)*(?P<year>每年度?|次年度?|下一?年度?|翌年|第二年)?的?(?P<month>\d{1,2})月份?"
            r"(?:(?P<day>\d{1,2})[日号]|(?P<part>底|末|上旬|中旬|下旬|初))?(?P<before>(?:之|以)?前)?" + _TAIL
        ),
        _yearly,
    ),
    (re.compile(rf"每年度?的?第?(?P<quarter>[1-4一二三四])季度(?:内|末|底)?(?:之|以)?前?{_TAIL}"), _yearly_quarter),
    (re.compile(rf"每年度?的?上半年(?:内)?(?:之|以)?前?{_TAIL}"), _mid_year),
    (re.compile(rf"每?年度?(?:年?底|年?末|年?终)(?:之|以)?前?{_TAIL}"), _year_end),
    (
        re.compile(
            rf"(?:原则上|一般|应当?|至少|定期)*(?:每1?个?|按|逐|分|1个?(?=.{{1,8}}次)){_PERIOD}度?(?:度?(?:初|末|底|首月|第?1个月))?"
            rf"(?:之|以)?前?{_HOW_OFTEN}"
        ),
        _periodic,
    ),
    (re.compile(rf"(?P<period>年度|月度|季度|半年)(?:定期)?(?:公开|更新|公布|发布|公示|1次)+{_TAIL}"), _periodic),
    (
        re.compile(
            rf"每?(?P<period>月|季度|季|半年|年度|年)度?(?:结束|终了)?(?:后|末|底|初)的?(?:首月|第?\d{{1,2}}个?{_SPAN})?"
            rf"(?:(?:之|以)?[内前])?{_TAIL}"
        ),
        _periodic,
    ),
    (
        re.compile(rf"每(?P<period>月|季度|季|半年|周)的?(?:首月|第\d个?月|前)?的?\d{{1,2}}[日号](?:之|以)?前{_TAIL}"),
        _periodic,
    ),
    (re.compile(rf"(?:次|下|当)个?月的?\d{{1,2}}[日号](?:之|以)?前{_TAIL}"), _monthly),
    (re.compile(rf"每(?:隔)?(?P<n>\d{{1,3}})个?(?P<span>工作日|日|天){_HOW_OFTEN}"), _every_so_many_days),
    (re.compile(rf"定期{_TAIL}"), _now_and_then),
    (
        re.compile(
            rf"(?P<since>公示期?限?|公开期限?|公告期?限?|公示时间|公开时间|(?:展示|公布)?(?=不少于)|(?:公开)?征求意见的?(?:期限|时间)?|征集期?限?|期限)"
            rf"(?:一般|应当?|均)*(?:为|不少于|不得少于|不低于|至少|不短于)*\d{{1,3}}个?{_SPAN}(?:以上)?"
        ),
        _before,
    ),
    (
        re.compile(rf"(?P<since>提前|[^0-9每年月季]{{1,20}}前)(?:至少|不少于)?\d{{1,3}}个?{_SPAN}(?:以上|内)?{_TAIL}"),
        _before,
    ),
    (
        re.compile(
            r"(?:应当?|须)?(?P<since>(?:(?!每|次月|下月|提前|不少于|不得少于|公示期)[^0-9]){0,40}?)"
            r"(?:(?:之日|当日|当天|之时)?(?:起|开始|算起)|之?后|以后)?的?"
            rf"(?P<n>\d{{1,3}})个?(?P<span>{_SPAN})(?P<within>(?:之|以)?内)?{_TAIL}"
        ),
        _event,
    ),
    (
        re.compile(
            r"(?:按照?|依照|依法|依规|依据|遵照|根据|参照|视)[^0-9]{0,40}|法定(?:公开)?(?:时限|期限|时间)(?:要求)?内?"
            rf"{_TAIL}|规定的?(?:公开)?(?:时限|期限|时间)(?:要求)?(?:之?内)?{_TAIL}|(?:不定期|按需){_TAIL}"
            r"|无(?:固定)?(?:时限|期限|时间)(?:要求|限制)?"
        ),
        _prescribed,
    ),
    (
        re.compile(
            r"(?:(?!每|长期|常年|永久)[^0-9]){0,24}?(?:及时|即时|实时|随时|适时|立即|同步|第一时间|尽快|动态|即日|当日|当天|随形成随公开|即形成即公开|即公开)"
            r"(?:(?!每|长期|常年|永久)[^0-9]){0,14}"
        ),
        _prompt,
    ),
    (
        re.compile(
            r"(?P<since>事[前中后]|(?:(?!长期|常年|永久|[及即实随适临]时)[^0-9每年月]){2,16}"
            rf"(?:之前|以前|之后|以后|前|后|时|期间))(?:即|内)?{_TAIL}"
        ),
        _before,
    ),
)

# ------------------------------------------------------------------ several clauses

_KEPT_UP = re.compile(r"更新|调整|维护|变")
_ORDER: Final = (
    LimitKind.YEARLY_BY,
    LimitKind.PERIODIC,
    LimitKind.EVENT,
    LimitKind.STANDING,
    LimitKind.PRESCRIBED,
    LimitKind.PROMPT,
)


def _decisive(clauses: Sequence[tuple[DutyLimit, str]]) -> DutyLimit | None:
    """The clause that decides; None where two of one kind say differently."""
    prompt = [text for limit, text in clauses if limit.kind is LimitKind.PROMPT]
    for kind in _ORDER:
        alike = [limit for limit, _ in clauses if limit.kind is kind]
        if kind is LimitKind.PERIODIC:
            alike = [limit for limit in alike if limit.period is not None] or alike
        if kind is LimitKind.STANDING and not all(map(_KEPT_UP.search, prompt)):
            continue  # 及时公开，长期有效: what comes stays; nothing says that something must have come
        if alike and kind is LimitKind.EVENT:
            return alike[0]  # whichever it is, something must happen first
        if alike:
            return alike[0] if all(one == alike[0] for one in alike) else None
    return None
