"""What must be disclosed without being asked, by the article that says so: 条例 第二十条 and 第二十一条, by code.

The texts are the law's own, shortened; codes are ours. 第二十一条 has one list for cities, counties and their
departments (21-A) and one for townships (21-B).
"""

from __future__ import annotations

from typing import Final

_ARTICLE_20: Final = (
    "行政法规、规章和规范性文件",
    "机关职能、机构设置、办公地址、办公时间、联系方式、负责人姓名",
    "国民经济和社会发展规划、专项规划、区域规划及相关政策",
    "国民经济和社会发展统计信息",
    "行政许可和其他对外管理服务事项的依据、条件、程序以及办理结果",
    "行政处罚、行政强制的依据、条件、程序以及具有一定社会影响的行政处罚决定",
    "财政预算、决算信息",
    "行政事业性收费项目及其依据、标准",
    "政府集中采购项目的目录、标准及实施情况",
    "重大建设项目的批准和实施情况",
    "扶贫、教育、医疗、社会保障、促进就业等方面的政策、措施及其实施情况",
    "突发公共事件的应急预案、预警信息及应对情况",
    "环境保护、公共卫生、安全生产、食品药品、产品质量的监督检查情况",
    "公务员招考的职位、名额、报考条件等事项以及录用结果",
    "法律、法规、规章和国家有关规定规定应当主动公开的其他政府信息",
)
_CITIES: Final = ("市政建设", "公共服务", "公益事业", "土地征收", "房屋征收", "治安管理", "社会救助")
_TOWNSHIPS: Final = (
    *("贯彻落实农业农村政策", "农田水利工程建设运营", "农村土地承包经营权流转", "宅基地使用情况审核", "土地征收"),
    *("房屋征收", "筹资筹劳", "社会救助"),
)
NAMES: Final = {
    **{f"20-{number:02}": name for number, name in enumerate(_ARTICLE_20, 1)},
    **{f"21-A{number}": name for number, name in enumerate(_CITIES, 1)},
    **{f"21-B{number}": name for number, name in enumerate(_TOWNSHIPS, 1)},
}
