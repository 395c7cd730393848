# ruff: noqa: E501 - lines of markup are kept whole
"""Every protection system by what it answers, every genuine page that bears the same marks, and what an operator is
told: the two halves of one table, read through the door that all readers use."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harvesters.reading.document import Document
from harvesters.reading.facts import Page
from harvesters.reading.page import read_page
from harvesters.reading.protection import gate_of
from storage.schema import Outcome
from tests.harvesters.reading.test_page import ARTICLE, COLUMN, HEAD, LIST, PAD, PROSE, TEXT, page

SEED = "qHk3Zt8Wv1Lm0Xc5"
RUISHU = (
    f"<html><head><meta charset=utf-8><meta id='9GqXb2' content='{SEED}' r='m'><script type='text/javascript' r='m'>"
    f"$_ts=window['$_ts'];if(!$_ts)$_ts={{}};$_ts.nsd=51234;$_ts.cd=\"{SEED}\";</script>"
    "<script src='/Ab3/cD4.9ef.js' r='m'></script></head><body></body></html>"
)
RUISHU_COOKIE = {"set-cookie": f"kPq7Xb2Lm9Zt4S=5{SEED}{SEED}; Path=/; HttpOnly"}
BARE = "<html><head></head><body></body></html>"

BLOCKS: list[tuple[str, int, Mapping[str, str], str, str]] = [
    ("瑞数 412", 412, RUISHU_COOKIE, RUISHU, "challenge:ruishu"),
    ("瑞数 412 by its cookie alone", 412, RUISHU_COOKIE, BARE, "challenge:ruishu"),
    ("瑞数 202", 202, {}, RUISHU, "challenge:ruishu"),
    ("瑞数 400", 400, {}, RUISHU, "challenge:ruishu"),
    ("瑞数 200", 200, {}, RUISHU, "challenge:ruishu"),
    ("瑞数 title only", 200, {}, "<html><head><title>青禾市人民政府</title></head><body></body></html>", "title_only"),
    ("加速乐 521", 521, {}, "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')</script>", "challenge:jiasule"),
    ("加速乐 second stage", 521, {}, '<script>;go({"bts":["1718","k"],"ct":"9f"})</script>', "challenge:jiasule"),
    ("加速乐 second stage 200", 200, {}, '<script>;go({"bts":["1718","k"],"ct":"9f"})</script>', "challenge:jiasule"),
    ("加速乐 512", 512, {"server": "Jiasule-WAF"}, BARE, "challenge:jiasule"),
    ("加速乐 captcha", 200, {}, "<html><body><p>本站开启了验证码保护，请输入验证码以继续访问</p>"
     "<script src='/cdn-cgi/js/captcha.js'></script></body></html>", "challenge:jiasule"),
    ("创宇盾 403", 403, {"x-powered-by-cloudwaf": "1"}, BARE, "challenge:chuangyu"),
    ("创宇盾 200", 200, {}, "<html><body>当前访问疑似黑客攻击，已被创宇盾拦截<img src='/ks-waf-error.png'></body></html>",
     "challenge:chuangyu"),
    ("WZWS geo", 403, {"wzws-ray": "1-2.3"}, "<html><body>reason:GeoBL /wzws-waf-cgi/</body></html>", "geo_fence"),
    ("WZWS 491", 491, {"wzws-ray": "1-2.3"}, BARE, "rate_limit"),
    ("WZWS 493", 493, {}, BARE, "challenge:wzws"),
    ("WZWS slider", 200, {"set-cookie": "wzws_sessionid=ab; path=/"}, "<html><body><script>var url="
     "'/waf_slider_verify.html?x=1';</script><noscript>Please enable JavaScript and refresh the page.</noscript></body></html>",
     "challenge:wzws"),
    ("WZWS confirm", 200, {}, "<script>var a='WZWS_CONFIRM_PREFIX_LABEL2';</script>", "challenge:wzws"),
    ("云锁", 200, {}, "<html><body onload='YunsuoAutoJump()'><script></script></body></html>", "challenge:yunsuo"),
    ("云锁 by its cookie", 403, {"set-cookie": "yunsuo_session_verify=ab12; path=/"}, BARE, "challenge:yunsuo"),
    ("网防G01", 403, {}, "<html><body><h1>网防G01</h1>您的请求已被拦截</body></html>", "challenge:yunsuo"),
    ("安恒 405", 405, {}, "<html><body>您的访问请求可能对网站造成安全威胁，请求已被管理员设置的策略阻断</body></html>",
     "challenge:anheng"),
    ("安恒 玄武盾", 403, {}, "<html><body>玄武盾提醒您</body></html>", "challenge:anheng"),
    ("阿里云 405", 405, {"set-cookie": "acw_tc=0a;path=/"}, "<html><body data-spm=\"7663354\">很抱歉</body></html>",
     "challenge:aliyun"),
    ("阿里云 script", 200, {}, "<html><script>var arg1='0A1B2C3D4E5F60718293A4B5C6D7';</script></html>", "challenge:aliyun"),
    ("华为云 title 455", 200, {}, "<html><head><title>455</title></head><body><p>访问编号</p></body></html>",
     "challenge:huawei"),
    ("华为云 title 449", 200, {}, "<html><head><title>449</title></head><body></body></html>", "challenge:huawei"),
    ("华为云 418", 418, {"set-cookie": "HWWAFSESID=9a; path=/"}, BARE, "challenge:huawei"),
    ("腾讯 EdgeOne 567", 567, {}, BARE, "challenge:tencent"),
    ("腾讯 EdgeOne 200", 200, {}, "<script>function a(a){t+=\"EO_Bot_Ssid=\"}document.cookie=\"__tst_status=\"+a(0)+\"#;\""
     "</script>", "challenge:tencent"),
    ("腾讯 WAF 403", 403, {}, "<html><body><a href='//waf.tencent-cloud.com'>x</a></body></html>", "challenge:tencent"),
    ("安全狗", 200, {}, "<html><body><iframe src='http://404.safedog.cn/x'></iframe></body></html>", "challenge:safedog"),
    ("宝塔", 403, {}, "<html><body><h1>宝塔网站防火墙</h1>您的请求带有不合法参数</body></html>", "challenge:baota"),
    ("长亭 468", 468, {}, BARE, "challenge:chaitin"),
    ("百度云加速", 403, {"server": "yunjiasu-nginx"}, BARE, "challenge:yunjiasu"),
    ("网宿 captcha", 403, {}, "<script>var captchaPage='//seccaptcha.haplat.net/c'</script>", "challenge:haplat"),
    ("网宿 403 by its cookie", 403, {"set-cookie": "HMF_CI=ab; path=/"}, BARE, "challenge:haplat"),
    ("cookie by script", 200, {}, "<script>document.cookie=\"C3VK=9a8b; max-age=300\";location.reload()</script>",
     "challenge:cookie"),
    ("F5", 200, {"set-cookie": "TS01a2b3c4=0; path=/"}, "<html><head><title>Request Rejected</title></head><body>The "
     "requested URL was rejected. Your support ID is: 7419283746</body></html>", "challenge:f5"),
    ("geo fence", 403, {}, "<html><body>本网站禁止境外访问</body></html>", "geo_fence"),
    ("geo fence without a word", 403, {}, "<h1>403 Forbidden</h1>", "http_403"),
    ("rate limit 429", 429, {"retry-after": "60"}, "", "rate_limit"),
    ("rate limit in words", 200, {}, "<html><body>您的访问过于频繁，请稍后再试</body></html>", "rate_limit"),
    ("any firewall", 200, {}, f"<html><body>您的请求已被网站管理员设置拦截{PAD}</body></html>", "waf"),
    ("a captcha page", 200, {}, "<script>location.href='/captcha/index.html'</script>", "captcha"),
    ("a login page", 200, {}, "<meta http-equiv=refresh content='0;url=/sso/login?back=1'>", "login"),
]  # fmt: skip


def seen(html: str, status: int, headers: Mapping[str, str], url: str = COLUMN, expect: str | None = "listing") -> Page:
    return read_page(Document(html.encode(), url, status, headers), expect=expect)


@pytest.mark.parametrize("expect", ["listing", "article", None])
@pytest.mark.parametrize(("status", "headers", "html", "reason"), [c[1:] for c in BLOCKS], ids=[c[0] for c in BLOCKS])
def test_a_block(status: int, headers: Mapping[str, str], html: str, reason: str, expect: str | None) -> None:
    told = seen(html, status, headers, expect=expect)
    assert (told.kind, told.outcome, told.reason) == ("challenge", Outcome.BLOCKED, reason)
    assert told.detail


ADVICE = [
    ("瑞数 412", "瑞数"),
    ("创宇盾 200", "创宇盾"),
    ("长亭 468", "长亭"),
    ("F5", "7419283746"),
    ("rate limit 429", "delay_s"),
    ("geo fence", "region"),
    ("a login page", "login"),
    ("any firewall", "address and user agent"),
]


@pytest.mark.parametrize(("name", "words"), ADVICE)
def test_an_operator_is_told_what_to_do(name: str, words: str) -> None:
    _, status, headers, html, _ = next(case for case in BLOCKS if case[0] == name)
    assert words in (seen(html, status, headers).detail or "")


HEADERS_LET_THROUGH: list[Mapping[str, str]] = [
    {"set-cookie": "wzws_sessionid=gTIy; Path=/", "wzws-ray": "1-2.3"},
    {"set-cookie": "TS01a2b3c4=0123; Path=/"},
    {"set-cookie": "acw_tc=0a1b; path=/"},
    {"set-cookie": "HWWAFSESID=9a; path=/", "server": "yunjiasu"},
    RUISHU_COOKIE,
]
MARKS = [
    "<script src='/_bot_sbu/sbu_fpcm.js'></script>",
    "<meta id='9GqXb2' content='x' r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>",
    "<script>var waf='WAF';var captchaPage=0;</script>",
    "<!-- YunsuoAutoJump acw_sc__v2 -->",
    "<p class='tip'>网站防火墙已开启</p>",
    "<p class='tip'>网上办事系统暂停，页面不存在时请稍后</p>",
]
TITLES = ["403", "404", "455", "Request Rejected", "WAF"]


@pytest.mark.parametrize("headers", HEADERS_LET_THROUGH)
def test_cookies_and_headers_of_pages_let_through_are_no_block(headers: Mapping[str, str]) -> None:
    assert seen(page(LIST), 200, headers).outcome is Outcome.OK
    assert seen(page(TEXT), 200, headers, ARTICLE, "article").outcome is Outcome.OK
    other = seen(page("<p>欢迎</p>" + PAD), 200, headers)
    assert other.outcome is Outcome.STRUCTURE_CHANGED, "not a page of content, but no block either"


@pytest.mark.parametrize("expect", ["listing", None])
@pytest.mark.parametrize("mark", MARKS)
def test_marks_on_a_list_are_no_block(mark: str, expect: str | None) -> None:
    assert seen(page(LIST, HEAD + mark), 200, {}, expect=expect).outcome is Outcome.OK
    assert seen(page(mark + LIST), 200, {}, expect=expect).outcome is Outcome.OK


@pytest.mark.parametrize("expect", ["article", None])
@pytest.mark.parametrize("mark", MARKS)
def test_marks_on_an_article_are_no_block(mark: str, expect: str | None) -> None:
    assert seen(page(mark + TEXT), 200, {}, ARTICLE, expect).outcome is Outcome.OK


@pytest.mark.parametrize("title", TITLES)
def test_titles_of_blocks_on_genuine_pages_are_no_block(title: str) -> None:
    assert seen(page(LIST, title=title), 200, {}).outcome is Outcome.OK
    assert seen(page(TEXT, title=title), 200, {}, ARTICLE, "article").outcome is Outcome.OK


ABOUT = [
    ("关于加强全市政府网站防火墙建设的通知", "各单位网站防火墙须阻断疑似攻击的访问，创宇盾、网防G01等产品均可选用。"),
    ("政府网站404错误页面整改情况通报", "抽查发现三个网站存在页面不存在、404错误等问题，已责令整改。"),
    ("关于限制境外访问政务系统的说明", "政务系统禁止境外访问，访问过于频繁的地址将被限制。"),
    ("关于做好网站域名变更工作的通知", "各单位网站域名变更后应及时发布公告，旧网站已迁移至新平台的须保留跳转。"),
]


@pytest.mark.parametrize("expect", ["article", None])
@pytest.mark.parametrize(("title", "text"), ABOUT)
def test_an_article_about_it_is_an_article(title: str, text: str, expect: str | None) -> None:
    html = TEXT.replace("关于开展河道清淤工作的公告", title).replace(PROSE, text)
    told = seen(page(html, title=title), 200, {}, ARTICLE, expect)
    assert (told.outcome, told.article and told.article.title) == (Outcome.OK, title)


@pytest.mark.parametrize("status", [202, 400, 403])
def test_a_refusing_status_over_a_page_of_the_site_itself_is_no_block(status: int) -> None:
    assert seen(page(PAD + LIST), status, {}).outcome is Outcome.OK
    assert seen(page(PAD + LIST, ""), status, {}).outcome is Outcome.BLOCKED, "nothing says whose page it is"
    assert seen(page(LIST), status, {}).outcome is Outcome.OK, "however short it is"
    for nothing in ("<p>您没有权限查看该页面</p>", '<ul class="list"><li>暂无信息</li></ul><div>共0条</div>'):
        framed = seen(page(PAD * 3 + nothing), status, {})
        assert (framed.outcome, framed.reason) == (Outcome.BLOCKED, f"http_{status}"), "its frame alone proves nothing"


def test_a_body_is_read_whatever_interface_answers_202() -> None:
    rows = '{"articles":[],"total":0}'
    assert seen(rows, 202, {"content-type": "application/json"}).outcome is not Outcome.BLOCKED


MESSAGES = [
    ('{"code":500,"msg":"访问过于频繁，请稍后再试"}', "blocked", "rate_limit"),
    ('{"code":500,"msg":"您的访问过于频繁","data":{"list":[],"total":0}}', "blocked", "rate_limit"),
    ('{"code":429,"articles":[],"total":0}', "blocked", "rate_limit"),
    ('{"code":"403","msg":"forbidden","data":null}', "blocked", "http_403"),
    ('{"status":401,"message":"请先登录"}', "blocked", "login"),
    ('{"errcode":1,"errmsg":"Access Denied"}', "blocked", "waf"),
    ('{"success":false,"message":"系统繁忙","total":0,"data":[]}', "unreachable", "interface_error"),
    ('{"code":500,"articles":[],"total":0}', "unreachable", "interface_error"),
    ('{"success":false,"msg":"暂无数据","articles":[],"total":0}', "ok_empty", None),
    ('{"code":200,"msg":"操作成功","articles":[],"total":0}', "ok_empty", None),
    ('{"code":404,"msg":"找不到"}', "structure_changed", "no_rows"),
    ('["系统繁忙"]', "structure_changed", "no_rows"),
]


@pytest.mark.parametrize(("body", "outcome", "reason"), MESSAGES)
def test_an_interface_that_says_in_its_answer_why_it_gives_nothing(body: str, outcome: str, reason: str | None) -> None:
    told = seen(body, 200, {"content-type": "application/json"})
    assert (told.outcome.value, told.reason) == (outcome, reason)


ADVISES = "请检查地址是否有误，返回上一页后重新选择，或者从首页进入所需的栏目。如仍有疑问，请与网站管理员联系。" * 8
SOFT = [
    (f"<html><head><title>404 - Not Found</title></head><body><h2>请求有误，请您稍后再试</h2><p>{ADVISES}</p></body></html>", 200),
    ("非法请求 404！", 200),
    ("<html><body>非法请求 404！</body></html>", 200),
    ("<html><head><title>404</title></head><body><script>setTimeout(\"location.href='/'\",3000)</script></body></html>", 200),
    ("<html><body><p>您访问的页面不存在，5秒后返回首页</p><script>window.location.href='/';</script></body></html>", 200),
    ("<html><head><meta http-equiv=refresh content='5;url=/'></head><body>错误页面</body></html>", 200),
    (page(LIST, HEAD.replace("通知公告", "首页"), "青禾市人民政府网站"), 404),
    ("<html><body><script>location.href='/'</script></body></html>", 404),
    (page(LIST), 410),
]  # fmt: skip


@pytest.mark.parametrize("expect", ["listing", "article"])
@pytest.mark.parametrize(("html", "status"), SOFT)
def test_a_page_that_is_gone(html: str, status: int, expect: str) -> None:
    told = seen(html, status, {}, expect=expect)
    assert (told.kind, told.outcome) == ("error", Outcome.SOFT404)
    assert told.detail


GATES = [
    ("https://www.qinghe.invalid/login.jsp", "login"),
    ("https://www.qinghe.invalid/sso/auth?service=x", "login"),
    ("https://www.qinghe.invalid/user-login/", "login"),
    ("https://seccaptcha.haplat.net/c?x=1", "challenge:haplat"),
    ("https://www.qinghe.invalid/waf_slider_verify.html", "captcha"),
    ("https://captcha.qinghe.invalid/", "captcha"),
    ("https://www.qinghe.invalid/zwgk/logins/", None),
    ("https://www.qinghe.invalid/cn/passports/", None),
    ("https://www.qinghe.invalid/zwgk/tzgg/?login=0", None),
]


@pytest.mark.parametrize(("url", "reason"), GATES)
def test_addresses_of_logins_and_captchas(url: str, reason: str | None) -> None:
    gate = gate_of(url)
    assert (gate.reason if gate else None) == reason
