"""What small scripts write into their pages, as far as that is certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.scripts import written

CASES = {
    "a literal": ("document.write('来源：青禾日报')", "来源：青禾日报"),
    "a variable": ("var s = \"青禾日报\"\ndocument.write('来源：' + s)", "来源：青禾日报"),
    "tags and entities": (
        "document.write('<span class=\"tit\">来源：</span><b>青禾日报&emsp;&middot;</b>');",
        "来源： 青禾日报 ·",
    ),
    "tags written as escapes": (r"document.write('\u6765\u6e90：\'青禾\' <br\/>')", "来源：'青禾'"),
    "a guard that holds": (
        "var s='甲'; if(s!=''){document.write('来源：'+s)}else{document.write('来源：市府办')}",
        "来源：甲",
    ),
    "a guard that does not": (
        "var s=''; if(s!='')document.write('来源：'+s);else document.write('来源：乙');",
        "来源：乙",
    ),
    "the truth of a value": ("var s='甲'; if(s){document.write(s)} else if (now > then) {document.write('乙')}", "甲"),
    "an empty value": ("var s=''; if(s){document.write('来源：'+s+'&emsp;')}", ""),
    "a length": ("var s='甲乙'; if (s.length > 1 && s !== '丙') document.write(s)", "甲乙"),
    "not, or, and brackets": ("var a='',b='x'; if((!a && b=='y') || !(b=='y')) document.writeln('甲')", "甲"),
    "a part of a value put otherwise": ("var t='通知<br>公告';t=t.replace('<br>','');document.write(t);", "通知公告"),
    "a pattern put otherwise": ("var t='2026年5月';t=t.replace(/年/g,'-');document.write(t);", ""),
    "what a value holds": ("var n='12'; if(n.indexOf('号') == -1){document.write(n + '号')}", "12号"),
    "a guard nobody can decide": ("if(isPhone()){document.write('甲')}else{document.write('乙')}", ""),
    "and branches that agree": ("if(isPhone()){document.write('甲')}else{document.write('甲')}", "甲"),
    "a variable set there": ("var s='甲'; if(isPhone()) s='乙'; document.write(s); document.write('丙')", "丙"),
    "a part that is computed": ("document.write('日期：' + new Date().getFullYear() + '年')", ""),
    "a choice that is computed": ("var s = x ? '甲' : '乙'; document.write(s)", ""),
    "half a tag": ("document.write('<a href=' + here); document.write('甲')", "甲"),
    "a function nobody calls": ("function f(){document.write('甲')} document.write('乙')", "乙"),
    "a loop": ("for(var i=0;i<3;i++){document.write('甲')}", ""),
    "comments": ("<!--\n// if(x)\n/* if(y) */ document.write('甲');\n//-->", "甲"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_scripts_write(case: str) -> None:
    script, text = CASES[case]
    assert " ".join(written(script).split()) == text


@given(
    st.lists(
        st.sampled_from(
            (
                *("if", "else", "var", "a", "=", "==", "(", ")", "{", "}", "[", "]", ";", ",", "+", "!", ".", "'x'"),
                *("document.write", "function", "try", "new", "-", "1", "'", "//", "&&"),
            )
        ),
        max_size=60,
    )
)
def test_any_script_comes_to_an_end(words: list[str]) -> None:
    assert isinstance(written("document.write" + " ".join(words)), str)


@pytest.mark.parametrize("sign", ["(", "!", "{", "if(a)", "else ", "if(!", "a.b["])
def test_deep_scripts_come_to_an_end(sign: str) -> None:
    assert written("document.write('甲');" + sign * 300) in ("甲", "")
