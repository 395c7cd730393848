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
    ("阿里云 slider", 200, {}, "<html><head><meta name=\"aliyun_waf_aa\" content=\"1\"><title>滑动验证页面</title></head><body>"
     "<p>请滑动滑块，通过后即可继续访问</p></body></html>", "challenge:aliyun"),
    ("阿里云 load script", 200, {}, "<script>var alicfw_gfver='v1';</script><body onload='check()'></body>",
     "challenge:aliyun"),
    ("长亭 challenge", 200, {}, "<html><head><title id=\"slg-title\"></title></head><body><div id=\"slg-box\"></div></body></html>",
     "challenge:chaitin"),
    ("腾讯 T-Sec", 200, {}, "<html><body><p>本页面为腾讯T-Sec Web应用防火墙(WAF)默认提示页面</p></body></html>",
     "challenge:tencent"),
    ("百度云防护", 200, {}, "<html><body><h1>403</h1><p>点击查看<a href='https://su.baidu.com/'>如何修复</a></p></body></html>",
     "challenge:yunjiasu"),
    ("CDN guard", 200, {}, "<script src='/_guard/auto.js'></script>", "challenge:guard"),
    ("CDN guard slider", 200, {}, "<title>安全验证</title><div class='box'></div><script src=\"/_guard/slide.js\"></script>",
     "challenge:guard"),
    ("F5 bot defence", 200, {}, "<html><head><script>window[\"bobcmn\"]=\"10\";</script><script src=\"/TSPD/08?type=9\"></script>"
     "<noscript>Your support ID is: 1509345</noscript></head><body></body></html>", "challenge:f5_bot"),
    ("Imperva", 200, {}, "<iframe src='/_Incapsula_Resource?SW=1&incident_id=7-1'>x</iframe>", "challenge:imperva"),
    ("RASP", 200, {}, "<html><body><h1>Request blocked by OpenRASP</h1></body></html>", "challenge:rasp"),
    ("cookie and reload", 200, {}, "<script>var v='9f';document.cookie='v='+v+';path=/';window.location.reload();</script>",
     "challenge:cookie"),
    ("cookie and again", 200, {}, "<script>function c(n){document.cookie=n}c('a=1');self.location=location.href;</script>",
     "challenge:cookie"),
    ("a firewall's heading", 200, {}, "<html><head><title>403 forbidden</title></head><body><div>403 forbidden</div><div><p>您的请求带有"
     "不合法参数，已被系统设置拦截！</p><p>可能原因：您提交的内容包含危险的攻击请求</p><p>如何解决：检查提交内容；普通网站访客，请联系网站管理员</p>"
     "</div></body></html>", "waf"),
    ("a firewall that tells the time", 200, {}, "<html><head><title>访问被拦截</title></head><body><h1>您的访问被拦截</h1><p>时间："
     "2026-03-02 10:11:12</p><p>您的请求疑似攻击行为，如有疑问请联系网站管理员并提供下面的编号，我们会尽快为您处理，谢谢您的理解与配合。"
     "编号 09-0000-127</p></body></html>", "waf"),
    ("browser check", 200, {}, "<html><body><p>正在进行浏览器安全检查，还剩 5 秒</p></body></html>", "waf"),
    ("odd behaviour", 200, {}, "<html><body><p>您当前的访问行为存在异常，请稍后重试</p></body></html>", "waf"),
    ("odd surroundings", 200, {}, "<html><body><h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p></body></html>", "waf"),
    ("campus only", 200, {}, "<html><title>系统提示</title><body>该信息仅允许校内地址访问</body></html>", "geo_fence"),
    ("a login page in words", 200, {}, "<html><head><title>统一身份认证平台</title></head><body><form><input type=password></form>"
     "<p>忘记密码</p></body></html>", "login"),
    ("a login by an alert", 200, {}, "<script>alert('请先登录！');top.location='/admin/login.aspx';</script>", "login"),
    ("an interface that wants a login", 200, {}, '{"msg":"认证失败，无法访问系统资源","code":401}', "login"),
    ("an interface that is asked too often", 200, {}, '{"code":-1,"message":"访问过于频繁，请稍候再试"}', "rate_limit"),
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


SHORT = [
    ("对市人大第404号建议的答复", "王代表：您提出的修缮村道的建议已列入计划。"),
    ("关于门户网站系统升级维护的公告", "系统正在升级，本网站将于5月9日暂停服务。"),
    ("网站防火墙采购项目成交公告", "成交标的：长亭雷池WAF一套、创宇盾服务一年。"),
    ("关于禁止境外人员擅自测绘的通告", "禁止境外组织擅自测绘，限制境外人员携带设备。"),
    ("统一身份认证平台上线运行", "平台已上线，请登录后修改密码。"),
    ("政府信息不存在告知书", "经检索，您申请的政府信息不存在。"),
]


@pytest.mark.parametrize("expect", ["article", None])
@pytest.mark.parametrize(("title", "text"), SHORT)
def test_a_short_dated_notice_on_a_bare_page_is_an_article(title: str, text: str, expect: str | None) -> None:
    html = (
        f"<html><head><title>{title}</title></head><body><div><a href='/'>首页</a></div><h1>{title}</h1>"
        f"<p>发布时间：2026-03-02</p><div><p>{text}</p></div></body></html>"
    )
    told = seen(html, 200, {}, "http://www.qinghe.invalid/show.asp?id=7", expect)
    assert (told.outcome, told.article and told.article.title) == (Outcome.OK, title)


@pytest.mark.parametrize(
    "foot", ["网站建设：青禾网络公司", "网站维护：县信息中心", "技术支持 系统建设", "统一身份认证", "用户登录"]
)
def test_words_in_the_frame_of_an_unknown_page_are_no_refusal(foot: str) -> None:
    told = seen(page(f"<p>青禾市地图</p>{PAD}<div>{foot}</div>"), 200, {})
    assert told.outcome is Outcome.STRUCTURE_CHANGED


BROKEN = [
    ("<html><head><title>没有找到站点</title></head><body><div>没有找到站点</div><p>您的请求在Web服务器中没有找到对应的站点！</p><p>可能原因：您没有将此"
     "域名或IP绑定到对应站点；配置文件未生效。</p><p>如何解决：检查是否已经绑定到对应站点；检查端口是否正确；清除缓存后再试。</p></body></html>", "site_stopped"),
    ("<html><title>抱歉，站点已暂停</title><body><p>该站点已经被管理员停止运行</p></body></html>", "site_stopped"),
    ("<html><body><p>该网站未根据相关法规进行备案，暂时无法访问。</p></body></html>", "site_stopped"),
    ("<html><body><p>根据集约化要求，本网站已于2025年12月31日关闭。</p></body></html>", "site_stopped"),
    ("<html><head><title>HTTP状态 500 - 内部服务器错误</title></head><body><h1>HTTP状态 500 - 内部服务器错误</h1><p>类型 异常报告</p><p>描述 "
     "服务器遇到一个意外的情况，阻止它完成请求。</p><pre>org.example.web.RequestFailedException: Request processing failed</pre></body></html>",
     "server_error"),
    ("<html><head><title>运行时错误</title></head><body><h1>“/”应用程序中的服务器错误。</h1><h2>运行时错误</h2><p>说明: 服务器上出现应用程序错误。此应用"
     "程序的当前自定义错误设置禁止远程查看应用程序错误的详细信息。</p></body></html>", "server_error"),
    ("<font>Microsoft OLE DB Provider for SQL Server</font> 错误 '80004005' SQL Server 不存在或拒绝访问。", "server_error"),
    ("<b>Fatal error</b>: Uncaught PDOException in /www/db.php:22", "server_error"),
    ("No input file specified.", "server_error"),
    ("<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1><p>If you see this page, the web server is "
     "successfully installed and working. Further configuration is required.</p></body></html>", "default_page"),
    ("<html><head><title>恭喜，站点创建成功！</title></head><body><h1>恭喜, 站点创建成功！</h1><h3>这是默认index.html，本页面由系统自动生成</h3><ul>"
     "<li>本页面在FTP根目录下的index.html</li><li>您可以修改、删除或覆盖本页面</li></ul></body></html>", "default_page"),
    ("<html><head><title>Index of /zwgk</title></head><body><h1>Index of /zwgk</h1><table><tr><td><a href='gkml/'>gkml/</a></td><td>"
     "2026-03-04 10:11</td></tr><tr><td><a href='gkzn/'>gkzn/</a></td><td>2026-03-04 10:11</td></tr></table></body></html>",
     "default_page"),
    ("<html><head><title>502</title></head><body><div class='content'><p class='title'>Why is there an error behind this shield?</p><ul>"
     "<li>1. The source station is down, or slow: please check it.</li><li>2. The source station took longer than 30 seconds.</li>"
     "</ul></div></body></html>", "server_error"),
    ('{"code":500,"msg":"系统异常，请联系管理员"}', "interface_error"),
    ("<html><body><p>因网站升级改造，本网站暂停服务。</p></body></html>", "maintenance"),
    ("<html><body><div>当前访问人数过多，请稍后再试。</div></body></html>", "maintenance"),
]  # fmt: skip


@pytest.mark.parametrize("expect", ["listing", "article", None])
@pytest.mark.parametrize(("html", "reason"), BROKEN)
def test_what_a_server_or_host_puts_in_place_of_a_site(html: str, reason: str, expect: str | None) -> None:
    told = seen(html, 200, {}, expect=expect)
    assert (told.kind, told.outcome, told.reason) == ("error", Outcome.UNREACHABLE, reason)


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
    ('{"code":404,"msg":"找不到"}', "soft404", "soft404"),
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
    ("<script>alert('该信息不存在或已被删除！');history.back();</script>", 200),
    ("<html><body><div>该内容已被发布者删除</div></body></html>", 200),
    ("<html><body><div>抱歉，您访问的栏目已调整！<a href='/'>首页</a></div></body></html>", 200),
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
