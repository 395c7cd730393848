"""Which protection system stands before a site, by what its own pages and answers show, and what to do about it.

Text, status and headers come in, the machine word of a system goes out, or None. Words and cookies alone prove
nothing: many of them stand on genuine pages, too, because the systems mark every answer that they let through
(``wzws_sessionid``, ``TS01…``, ``acw_tc``, ``/_bot_sbu/sbu_fpcm.js``). So ``system_in`` is asked about pages that
brought no proof of content, and ``system_behind`` only names what a status has already refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

# machine word, name for the operator, what its own pages say; the first one found counts, mere words come last
_SYSTEMS = (
    (
        "ruishu",
        "瑞数动态安全",
        r"\$_ts\s*=\s*window\['\$_ts'\]|\$_ts\.(?:nsd|cd)\s*=|<(?:meta|script)[^>]{0,200}\br=['\"]m['\"]",
    ),
    (
        "jiasule",
        "知道创宇加速乐",
        r"__jsl_clearance|document\.cookie=\('_'\)\+\('_'\)\+\('j'\)|\bgo\(\{\s*\"bts\"|本站开启了验证码保护|Jiasule-WAF",
    ),
    ("chuangyu", "创宇盾", r"创宇盾|365cyd\.com|ks-waf-error"),
    (
        "wzws",
        "奇安信网站卫士",
        r"/wzws-waf-cgi/|WZWS_CONFIRM_PREFIX|wzwschallenge|waf_slider_verify|enable JavaScript and refresh the page",
    ),
    ("yunsuo", "网防G01/云锁", r"网防G01|yunsuologo|YunsuoAutoJump|security_verify_"),
    ("anheng", "安恒玄武盾/明御", r"dbappwaf|玄武盾|明御.{0,4}(?:WAF|防火墙)|访问请求可能对网站造成安全威胁"),
    (
        "aliyun",
        "阿里云 WAF",
        r"errors\.aliyun\.com|data-spm=\"7663354\"|acw_sc__v2|var arg1='[0-9A-F]{20,}'|aliyun_waf_[a-z]{2}|"
        r"_waf_bd8ce2ce37|WAF_NC_WRAPPER|alicfw_gfver",
    ),
    ("huawei", "华为云 WAF", r"https_waf_cookie|HWWAFSES"),
    (
        "tencent",
        "腾讯云 EdgeOne/WAF",
        r"waf\.tencent-cloud\.com|(?:Restricted|Protected) by (?:Tencent )?(?:Cloud )?EdgeOne|"
        r"\bEO_Bot_Ssid=|[\"']__tst_status=|T-Sec\s?Web应用防火墙",
    ),
    ("safedog", "网站安全狗", r"404\.safedog\.cn|网站安全狗|safedog-flow-item"),
    ("baota", "宝塔网站防火墙", r"宝塔(?:网站)?(?:防火墙|WAF)|btwaf"),
    ("chaitin", "长亭雷池", r"长亭雷池|雷池\s?WAF|SafeLine|waf-ce\.chaitin|\bid=[\"']slg-(?:box|title)"),
    ("yunjiasu", "百度云加速", r"yunjiasu|百度云(?:加速|防护)|//su\.baidu\.com"),
    ("guard", "CDN 的浏览器验证", r"[\"']/_guard/\w{2,12}\.js"),
    ("rasp", "RASP", r"(?:Open|Webber)RASP"),
    ("imperva", "Imperva", r"/_Incapsula_Resource\?[^\"'>]{0,300}incident_id|Incapsula incident ID"),
    ("aws", "AWS WAF", r"awsWafCookieDomainList|\.token\.awswaf\.com"),
    ("haplat", "网宿", r"seccaptcha\.haplat|captchaPage|comImageValidate"),
    ("cookie", "cookie check by script", r"document\.cookie\s*=\s*[\"'](?:C3VK|CT6TS?)="),
    ("f5", "F5 ASM", r"The requested URL was rejected|<title>\s*Request Rejected"),
    ("f5_bot", "F5 bot defence", r"[\"']/TSPD/|[\"']bobcmn[\"']"),
    ("cloudflare", "Cloudflare", r"cf-browser-verification|/cdn-cgi/challenge-platform/|/cdn-cgi/js/captcha"),
    (
        "geo_fence",
        "",
        r"\bGeoBL\b|(?:境外|海外|国外).{0,6}(?:IP|访问|用户|地址|网络).{0,14}(?:禁止|限制|不允许|无法|拒绝)|"
        r"(?:禁止|限制|不允许|拒绝|不支持).{0,6}(?:境外|海外|国外).{0,6}(?:IP|访问|用户|地址|网络|浏览)|"
        r"仅(?:限|允许|供|对).{0,6}(?:校内|校园网|内网|局域网|境内).{0,6}(?:访问|浏览|查看|用户|地址|开放)|"
        r"IP(?:地址)?.{0,6}(?:不允许|无权|不在允许).{0,8}访问",
    ),
    ("rate_limit", "", r"(?:访问|请求|操作)(?:过于|太|过)频繁|Too Many Requests|您的IP.{0,20}(?:限制|禁止|封)"),
    (
        "waf",
        "A web application firewall",
        r"网站防火墙|WEB\s?(?:应用)?防火墙|应用防护系统|被(?:网站管理员|系统)设置拦截|疑似(?:黑客)?攻击|拦截提示|"
        r"(?:访问|请求|提交)[^，。；\n]{0,16}被[^，。；\n]{0,8}(?:阻断|拦截|拒绝|禁止|阻止)|安全风险.{0,4}被(?:阻|拦)|"
        r"(?:访问行为|提交的请求|当前环境)(?:存在)?异常|浏览器安全检查|非法请求(?!\s*404)|"
        r"Access Denied|Request Blocked|请(?:完成|进行)(?:安全)?验证|滑块.{0,4}验证|拖动.{0,4}滑块",
    ),
)
_NAMES = {word: name for word, name, _ in _SYSTEMS}
_TEXT = re.compile("|".join(f"(?P<{word}>{pattern})" for word, _, pattern in _SYSTEMS), re.IGNORECASE)
LET_THROUGH = frozenset({"ruishu", "f5_bot"})  # whose scripts stand in every page that they let through
_IN_WORDS = ("waf", "rate_limit", "geo_fence")  # of which an article may speak; named only where nothing else is

_BY_STATUS = {
    **dict.fromkeys((418, 449, 455), "huawei"),
    **dict.fromkeys((429, 491), "rate_limit"),
    468: "chaitin",
    493: "wzws",
    **dict.fromkeys((512, 521), "jiasule"),
    567: "tencent",
}
_HUAWEI_TITLE = re.compile(r"\s*(?:449|455)\s*")
# how a block speaks to its visitor in a title or a heading; an article about blocks speaks of others
_REFUSING = re.compile(
    r"\W*(?:(?:您的|你的|当前|此次|检测到|(?:很|非常)?抱歉|对不起)[^\n]{0,40}(?:访问|请求|操作|提交|IP|行为|环境)"
    r"[^\n]{0,40}(?:拦截|阻断|阻止|拒绝|威胁|异常|频繁|攻击|限制)|"
    r"(?:访问|请求)(?:请求|已|行为)?被?(?:WEB|网站|系统)?(?:应用)?(?:防火墙)?(?:拦截|阻断|阻止|拒绝|受限|异常)\W*$|"
    r"(?:滑动|安全|人机|访问|身份)验证(?:页面|中)?\W*$|浏览器安全检查|[^\n]{0,8}拦截提示|"
    r"[^\n]{0,16}(?:WAF|防火墙|应用防护系统|云防护|创宇盾|玄武盾|云网盾|云盾)\W*$|"
    r"(?:40[0-9]\W{0,3})?(?:Forbidden|Access Denied|Request (?:Rejected|Blocked|Forbidden)|Client Bad Request)\b)",
    re.IGNORECASE,
)
_BY_HEADER = (
    ("server", "jiasule", "jiasule"),
    ("server", "yunjiasu", "yunjiasu"),
    ("x-powered-by-cloudwaf", "", "chuangyu"),
    ("x-cache", "cloudwaf", "chuangyu"),
    ("wzws-ray", "", "wzws"),
    ("x-powered-by-360wzb", "", "wzws"),
)
_BY_COOKIE = re.compile(
    r"(?P<jiasule>__jsluid|__jsl_clearance)|(?P<yunsuo>yunsuo_session|security_session_verify)|(?P<aliyun>acw_tc|acw_sc__)|"
    r"(?P<huawei>HWWAFSES)|(?P<safedog>safedog-flow)|(?P<haplat>HMF_CI|HMY_JC)|(?P<wzws>wzws_)|(?P<cookie>CT6T|C3VK)|"
    r"(?P<ruishu>\b\w{8,40}[STOP]=[3-6][\w.]{20,})|(?P<f5>\bTS01[0-9a-f]{6})"
)
_GATE_HOSTS = re.compile(r"(?:^|\.)seccaptcha\.haplat\.|365cyd\.com$|(?:^|\.)captcha\.")
_GATE_PATH = re.compile(
    r"(?P<login>(?:^|/)(?:\w*[-_])?(?:login|signin|sso|passport|oauth2?)(?:[-_./]|$))|"
    r"(?P<captcha>captcha|waf_slider|wzws-waf-cgi|security_verify|yanzheng)",
    re.IGNORECASE,
)
_SUPPORT_ID = re.compile(r"support ID(?: is)?\s{0,3}[:：]?\s{0,3}(?:<[^>]{1,20}>)?\s{0,3}(\d{6,24})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A page before the site, which an address leads to instead of to content."""

    reason: str
    advice: str


@lru_cache(maxsize=1)  # the same page is asked about by each reader that finds no proof of content on it
def system_in(text: str) -> str | None:
    """The system whose own page ``text`` is; "waf", "rate_limit" or "geo_fence" where only words say so."""
    found = {match.lastgroup for match in _TEXT.finditer(text)}
    if {"geo_fence", "wzws"} <= found:
        return "geo_fence"  # 网站卫士 says which of its rules it was
    return next((word for word in _NAMES if word in found), None)


def system_behind(status: int, headers: Mapping[str, str], text: str, title: str) -> str | None:
    """The system that gave a refusing answer: by its page, its status, its headers, its cookies."""
    said = system_in(text)
    if said and said != "waf":
        return said
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if _HUAWEI_TITLE.fullmatch(title):
        return "huawei"
    for name, part, word in _BY_HEADER:
        if name in headers and part in headers[name].lower():
            return word
    cookie = _BY_COOKIE.search(headers.get("set-cookie", ""))
    return (cookie.lastgroup if cookie else None) or said


def is_title_of_block(title: str) -> bool:
    """Whether a page without proof is a block by its title alone: 华为云 answers 200 and puts its code there."""
    return _HUAWEI_TITLE.fullmatch(title) is not None


def refuses(heading: str) -> bool:
    """Whether a title or heading is one with which a block speaks to its visitor."""
    return _REFUSING.match(heading.strip()) is not None


def reason_of(word: str) -> str:
    """The machine word of an observation for a system."""
    known = word in (*_IN_WORDS, "login", "captcha") or word.startswith("http_")
    return word if known else f"challenge:{word}"


def advice(word: str | None, text: str = "") -> str:
    """One sentence for the operator: what holds the harvester back, and whom to ask for what."""
    if word == "rate_limit":
        return (
            "The site says that it is asked too often: raise delay_s for this city, or ask its operator to allow the "
            "harvester's address more requests."
        )
    if word == "geo_fence":
        return (
            "The site lets no address from outside its region or network in: harvest from a machine inside, or ask its "
            "operator to allow the harvester's address."
        )
    if word == "login":
        return "The site asks for a login here: a public column must not; look at it in a browser and tell the unit."
    if word == "captcha":
        return (
            "The site asks for a check that only a person passes: ask its operator to except the harvester's address "
            "and user agent from it."
        )
    name = _NAMES.get(word or "")
    who = f"{name} holds the harvester back" if name else "The site does not let the harvester in"
    asked = "the operator of the site or of that service" if name else "its operator"
    support = _SUPPORT_ID.search(text)
    quoting = f", quoting support ID {support[1]}," if support else ""
    return f"{who}: ask {asked}{quoting} to allow the harvester's address and user agent."


def gate_of(url: str) -> Gate | None:
    """The login, captcha or block page that an address is, by its host and path; None for any other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _GATE_HOSTS.search(host):
        word = "haplat" if "haplat" in host else "chuangyu" if "365cyd" in host else "captcha"
        return Gate(reason=reason_of(word), advice=advice(word))
    match = _GATE_PATH.search(parts.path)
    if match is None or match.lastgroup is None:
        return None
    return Gate(reason=match.lastgroup, advice=advice(match.lastgroup))
