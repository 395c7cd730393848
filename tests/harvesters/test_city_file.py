"""A city file in, a City out; everything wrong with it said at once, with line, key path, found and expected."""

from __future__ import annotations

import datetime as dt
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters import city_file
from storage import schema
from storage.exceptions import CityFileError

GOOD = """\
city: {name: 青禾市, code: "629900", contact: "mailto:office@example.gov.cn"}
defaults: {delay_s: 0.5, robots: obey, harvest: daily}
units:
  - id: tianhe-qu
    name: 田禾区人民政府
    kind: district
    supervision: local
    home: http://www.tianhe.gov.cn/
    site_code: "6299010001"
    contacts: [{name: 公开科, email: gk@example.gov.cn}]
    columns:
      - {id: tzgg, name: 通知公告, kind: notices, url: "http://zfxxgk.tianhe.gov.cn/tzgg/"}
      - {id: yw, name: 要闻, kind: news, url: "http://www.tianhe.gov.cn/yw/", feed: "http://www.tianhe.gov.cn/rss.xml"}
    waivers: [{column: yw, reason: 网站改版, approved_by: 办公室, until: 2020-01-31}]
  - id: jyj
    name: 教育局
    kind: department
    supervision: dual
    home: http://jyj.qinghe.gov.cn/
"""


def load(folder: Path, text: str | bytes) -> schema.City:
    file = folder / "city.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return city_file.load(file)


def problems(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(CityFileError) as caught:
        load(folder, text)
    prefix = f"{folder / 'city.yml'}:"
    assert all(told.startswith(prefix) for told in caught.value.problems)
    return [told.removeprefix(prefix) for told in caught.value.problems]


def test_a_good_file(tmp_path: Path) -> None:
    city = load(tmp_path, GOOD)
    assert (city.name, city.code, city.timezone, city.delay_s) == ("青禾市", "629900", "Asia/Shanghai", 0.5)
    district, department = city.units
    assert district.kind is schema.UnitKind.DISTRICT
    assert district.columns[0] == schema.Column(
        id="tzgg",
        unit="tianhe-qu",
        name="通知公告",
        kind=schema.ColumnKind.NOTICES,
        url="http://zfxxgk.tianhe.gov.cn/tzgg/",
    )
    assert district.waivers[0].until == dt.date(2020, 1, 31)  # expired is a fact of the past, not a mistake
    assert department.columns == ()


def test_who_found_a_column_in_its_place(tmp_path: Path) -> None:
    """``on`` is a word here, though YAML has it for true."""
    city = load(tmp_path, GOOD.replace("kind: notices,", "kind: notices, confirmed: {by: 张三, on: 2026-11-01},"))
    assert city.units[0].columns[0].confirmed == schema.Confirmed(by="张三", on=dt.date(2026, 11, 1))
    assert city.units[0].columns[1].confirmed is None


def test_scalars_are_taken_as_written(tmp_path: Path) -> None:
    text = GOOD.replace('"629900"', "010203").replace('"6299010001"', "0102030001").replace("name: 教育局", "name: on")
    city = load(tmp_path, "\ufeff" + text)
    assert (city.code, city.units[0].site_code, city.units[1].name) == ("010203", "0102030001", "on")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # unknown words, with the nearest known one
        ("kind: district", "kind: distrikt", "6: units[0].kind: found 'distrikt', expected one of district"),
        ("kind: news", "kind: newz", "(did you mean news?)"),
        ("feed:", "fead:", "13: units[0].columns[1].fead: unknown key (did you mean feed?); expected one of id, name"),
        ("defaults:", "defalts:", "2: defalts: unknown key (did you mean defaults?)"),
        ("supervision: dual", "supervision: double", "18: units[1].supervision: found 'double', expected one of local"),
        (
            "kind: notices,",
            "kind: notices, confirmed: {by: 张三},",
            "12: units[0].columns[0].confirmed.on: missing, expected the day they looked",
        ),
        (
            "kind: notices,",
            "kind: notices, confirmed: 张三,",
            "12: units[0].columns[0].confirmed: found '张三', expected by and on",
        ),
        (
            "kind: notices,",
            "kind: notices, confirmed: {by: 张三, on: 昨天},",
            "12: units[0].columns[0].confirmed.on: found '昨天', expected the day they looked",
        ),
        # values
        ('"629900"', "6299", "1: city.code: found '6299', expected a 行政区划代码"),
        ("name: 青禾市, ", "", "1: city.name: missing, expected a text"),
        ("name: 青禾市", "name: ", "1: city.name: found nothing, expected a text"),
        ("name: 教育局", "name: [教育局]", "16: units[1].name: found a list, expected a text"),
        ("name: 教育局", 'name: "教育\\n局"', "16: units[1].name: found '教育\\n局', expected a text on one line"),
        ('contact: "mailto', 'timezone: Asia/Shangai, contact: "mailto', "1: city.timezone: found 'Asia/Shangai'"),
        ('contact: "mailto', 'timezone: ../etc, contact: "mailto', "1: city.timezone: found '../etc'"),
        ("delay_s: 0.5", "delay_s: -1", "2: defaults.delay_s: found '-1', expected seconds"),
        ("delay_s: 0.5", "delay_s: .nan", "2: defaults.delay_s: found '.nan', expected seconds"),
        ("robots: obey", "robots: never", "2: defaults.robots: found 'never', expected obey, or ignore"),
        ("robots: obey", "robots: ignore", "2: defaults.robots: found 'ignore' without robots_reason"),
        ("harvest: daily", "harvest: monthly", "2: defaults.harvest: found 'monthly', expected hourly or daily"),
        ("id: jyj", "id: ../jyj", "15: units[1].id: found '../jyj', expected letters"),
        ('"6299010001"', '"629901"', "9: units[0].site_code: found '629901', expected a 网站标识码"),
        ("gk@example.gov.cn", "gk", "10: units[0].contacts[0].email: found 'gk', expected an e-mail address"),
        # addresses
        (
            "http://jyj.qinghe.gov.cn/",
            "ftp://jyj.qinghe.gov.cn/",
            "19: units[1].home: found 'ftp://jyj.qinghe.gov.cn/'",
        ),
        (
            "http://jyj.qinghe.gov.cn/",
            "jyj.qinghe.gov.cn",
            "19: units[1].home: found 'jyj.qinghe.gov.cn', expected an abs",
        ),
        ("http://jyj.qinghe.gov.cn/", "http://a:b@jyj.qinghe.gov.cn/", "19: units[1].home: found 'http://a:b@"),
        ("http://jyj.qinghe.gov.cn/", "http://jyj.qinghe.gov.cn:99999/", "19: units[1].home: found 'http://jyj"),
        (
            "http://jyj.qinghe.gov.cn/",
            "http://127.0.0.1:8101/",
            "19: units[1].home: found the private address 127.0.0.1",
        ),
        ("http://jyj.qinghe.gov.cn/", "http://[::1]/", "19: units[1].home: found the private address ::1"),
        ("http://jyj.qinghe.gov.cn/", "http://localhost/", "19: units[1].home: found the private address localhost"),
        (
            "http://jyj.qinghe.gov.cn/",
            "http://169.254.169.254/",
            "19: units[1].home: found the private address 169.254",
        ),
        ("http://jyj.qinghe.gov.cn/", "http://2130706433/", "19: units[1].home: found the private address 2130706433"),
        (
            "http://jyj.qinghe.gov.cn/",
            "http://[::ffff:10.0.0.1]/",
            "19: units[1].home: found the private address ::ffff",
        ),
        (
            "http://zfxxgk.tianhe.gov.cn/tzgg/",
            "http://www.other.gov.cn/tzgg/",
            "12: units[0].columns[0].url: found host www.other.gov.cn:80, expected a host under tianhe.gov.cn",
        ),
        (
            "http://www.tianhe.gov.cn/rss.xml",
            "http://8.8.8.8/rss.xml",
            "13: units[0].columns[1].feed: found host 8.8.8.8:80, expected a host under tianhe.gov.cn",
        ),
        # ids and keys said twice
        (
            "id: jyj",
            "id: tianhe-qu",
            "15: units[1].id: found 'tianhe-qu' again (first at units[0]), expected ids to dif",
        ),
        ("id: yw", "id: tzgg", "13: units[0].columns[1].id: found 'tzgg' again (first at units[0].columns[0])"),
        ("    kind: department", "    kind: department\n    name: 教", "18: units[1].name: found this key again, exp"),
        # waivers are reasoned, approved and expiring
        ("reason: 网站改版, ", "", "14: units[0].waivers[0].reason: missing, expected why"),
        ("approved_by: 办公室, ", "", "14: units[0].waivers[0].approved_by: missing, expected who"),
        (", until: 2020-01-31", "", "14: units[0].waivers[0].until: missing, expected a day"),
        ("2020-01-31", "2020-02-31", "14: units[0].waivers[0].until: found '2020-02-31', expected a day"),
        ("2020-01-31", "1577836800", "14: units[0].waivers[0].until: found '1577836800', expected a day"),
        (
            "{column: yw",
            "{column: tzg",
            "14: units[0].waivers[0].column: found 'tzg', expected one of this unit's columns",
        ),
        ("[{column: yw", "[3, {column: yw", "14: units[0].waivers[0]: found '3', expected keys and values"),
        # the file itself
        ("units:", "units", "not valid YAML"),
        ("id: jyj", "id: {", "not valid YAML"),
    ],
)
def test_every_problem_says_where_what_and_what_instead(tmp_path: Path, before: str, after: str, expected: str) -> None:
    assert before in GOOD
    told = problems(tmp_path, GOOD.replace(before, after, 1))
    assert any(expected in line for line in told), told


def test_a_problem_is_told_once_and_all_at_once(tmp_path: Path) -> None:
    told = problems(tmp_path, GOOD.replace("kind: district", "kind: x").replace("kind: news", "kind: y"))
    assert [line.partition(": found")[0] for line in told] == ["6: units[0].kind", "13: units[0].columns[1].kind"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"- a\n- b\n", "1: found a list, expected the keys city"),
        (b"city: {name: \xc7\xe0\xba\xcc}\n", "1: found byte 0xc7, expected UTF-8"),
        (b"a: &a [*a]\n", "found an alias of itself"),
    ],
)
def test_what_is_no_city_file(tmp_path: Path, body: bytes, expected: str) -> None:
    file = tmp_path / "city.yml"
    file.write_bytes(body)
    with pytest.raises(CityFileError, match=r"city\.yml") as caught:
        city_file.load(file)
    assert expected in str(caught.value)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match="there is no such file"):
        city_file.load(tmp_path / "none.yml")
    with pytest.raises(CityFileError, match="this is a folder"):
        city_file.load(tmp_path)


def test_private_addresses_with_permission(tmp_path: Path) -> None:
    text = GOOD.replace("units:", "allow_private_addresses: true\nunits:").replace(
        "http://jyj.qinghe.gov.cn/",
        'http://127.0.0.1:8101/\n    columns: [{id: a, name: A, kind: news, url: "http://127.0.0.1:8102/a"}]',
    )
    assert problems(tmp_path, text) == [
        "21: units[1].columns[0].url: found host 127.0.0.1:8102, expected 127.0.0.1:8101 like the unit's home"
    ]
    assert load(tmp_path, text.replace("8102", "8101")).allow_private_addresses


@pytest.mark.parametrize(
    ("home", "address", "same"),
    [
        ("http://www.qinghe.gov.cn/", "https://zfxxgk.qinghe.gov.cn/a", True),
        ("http://www.qinghe.gov.cn/", "http://www.tianhe.gov.cn/a", False),
        ("http://www.qinghe.gov.cn/", "http://qinghe.gov.cn.evil.example/a", False),
        ("http://www.qinghe.cn/", "http://xxgk.qinghe.cn/", True),
        ("http://www.one.bj.cn/", "http://www.two.bj.cn/", False),
        ("http://www.qinghe.example.invalid/", "http://a.example.invalid/", True),
        ("http://127.0.0.1:8101/", "http://127.0.0.1:8101/a", True),
        ("http://127.0.0.1:8101/", "http://127.0.0.1:8102/a", False),
        ("http://127.0.0.1/", "http://127.0.0.1:80/a", True),
        ("http://localhost:1/", "http://localhost:2/", False),
    ],
)
def test_whose_host_it_is(home: str, address: str, same: bool) -> None:
    assert city_file.same_house(home, address) is same


def test_the_example_loads() -> None:
    assert city_file.load(Path(__file__).parents[2] / "deploy" / "city.example.yml").units


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
IDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
CONTACTS = st.builds(schema.Contact, name=NAMES, email=st.none() | st.just("a@b.cn"), phone=st.none() | NAMES)

PAUSES = st.builds(
    schema.Paused,
    reason=NAMES,
    by=NAMES,
    on=st.dates(max_value=dt.date(2026, 6, 1)),
    until=st.none() | st.dates(min_value=dt.date(2026, 6, 1)),
)


@st.composite
def units(draw: st.DrawFn, name: str) -> schema.Unit:
    columns = tuple(
        schema.Column(
            id=column,
            unit=name,
            name=draw(NAMES),
            kind=draw(st.sampled_from(schema.ColumnKind)),
            url=f"http://a.qinghe.gov.cn/{column}",
            feed=draw(st.none() | st.just("http://b.qinghe.gov.cn/rss")),
            harvest=draw(st.sampled_from([None, "hourly", "daily"])),
            render=draw(st.booleans()),
            confirmed=draw(st.none() | st.builds(schema.Confirmed, by=NAMES, on=st.dates())),
            paused=draw(st.none() | PAUSES),
        )
        for column in draw(st.lists(IDS, unique=True, max_size=3))
    )
    waiver = st.builds(
        schema.Waiver,
        reason=NAMES,
        approved_by=NAMES,
        until=st.dates(),
        column=st.sampled_from([None, *(column.id for column in columns)]),
        rule=st.none() | IDS,
    )
    return schema.Unit(
        id=name,
        name=draw(NAMES),
        kind=draw(st.sampled_from(schema.UnitKind)),
        supervision=draw(st.sampled_from(schema.Supervision)),
        home="https://www.qinghe.gov.cn/",
        site_code=draw(st.sampled_from([None, "0123456789", "bm14000002"])),
        contacts=tuple(draw(st.lists(CONTACTS, max_size=2))),
        columns=columns,
        waivers=tuple(draw(st.lists(waiver, max_size=2))),
        paused=draw(st.none() | PAUSES),
    )


@st.composite
def cities(draw: st.DrawFn) -> schema.City:
    robots = draw(st.sampled_from(["obey", "ignore"]))
    return schema.City(
        name=draw(NAMES),
        code=draw(st.sampled_from(["012345", "629900"])),
        timezone=draw(st.sampled_from(["Asia/Shanghai", "Asia/Urumqi"])),
        contact=draw(NAMES),
        allow_private_addresses=draw(st.booleans()),
        delay_s=draw(st.floats(0, 100)),
        robots=robots,
        robots_reason=draw(NAMES) if robots == "ignore" else None,
        harvest=draw(st.sampled_from(["hourly", "daily"])),
        units=tuple(draw(units(name)) for name in draw(st.lists(IDS, unique=True, max_size=3))),
    )


@pytest.mark.parametrize(
    ("pause", "told"),
    [
        ("{reason: 改版, by: 张三}", "paused.on: missing"),
        ("{by: 张三, on: 2026-11-01}", "paused.reason: missing"),
        (
            "{reason: 改版, by: 张三, on: 2026-11-01, until: 2026-10-31}",
            "paused.until: found 2026-10-31, expected",
        ),
        ("{reason: 改版, by: 张三, on: 2026-11-01, until: 明天}", "paused.until: found '明天', expected the last day"),
        ("改版", "paused: found '改版', expected reason, by and on"),
    ],
)
def test_a_pause_says_who_why_and_since_when(tmp_path: Path, pause: str, told: str) -> None:
    with pytest.raises(CityFileError) as refused:
        load(tmp_path, GOOD.replace("kind: notices,", f"kind: notices, paused: {pause},"))
    assert f"units[0].columns[0].{told}" in str(refused.value)


def test_a_pause_may_end_on_the_day_it_begins(tmp_path: Path) -> None:
    day = dt.date(2026, 11, 1)
    pause = f"paused: {{reason: 改版, by: 张三, on: {day}, until: {day}}}"
    city = load(tmp_path, GOOD.replace("kind: notices,", f"kind: notices, {pause},"))
    assert city.units[0].columns[0].paused == schema.Paused(reason="改版", by="张三", on=day, until=day)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(city=cities())
def test_what_is_dumped_loads_to_the_same_city(tmp_path: Path, city: schema.City) -> None:
    assert load(tmp_path, city_file.dump(city)) == city
