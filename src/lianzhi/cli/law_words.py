"""Words of `lianzhi law`, in Chinese and English."""

import datetime as dt

from lianzhi.cli.case_words import language
from lianzhi.law.basis import Fine
from lianzhi.law.periods import Span
from lianzhi.law.words import Words

_WORDS = {
    "start": Words("起算", "from"),
    "length": Words("期限", "length"),
    "extended": Words("延长", "extended"),
    "passed": Words("不计入", "not counted"),
    "warn": Words("预警", "warn from"),
    "last": Words("届满", "last day"),
    "basis": Words("依据", "basis"),
    "note": Words("说明", "note"),
    "quote": Words("原文", "text"),
    "effect": Words("有效", "in force"),
    "fine": Words("罚款", "fine"),
    "key": Words("代码", "key"),
    "matter": Words("事项", "what"),
    "whose": Words("主体", "whose"),
    "open": Words("今", "now"),
    "back": Words("向前计算", "counted back"),
    "rolls": Words("遇休息日顺延", "moves on"),
    "unverified": Words(
        "未核对原文，不得作为决定依据", "the text was not read: no ground of a decision"
    ),
    "suspended": Words("中止", "stood still"),
    "weekend": Words("双休日", "weekend"),
    "holiday": Words("节假日", "holiday"),
    "working_day": Words("个工作日", "working days"),
    "day": Words("日", "days"),
    "month": Words("个月", "months"),
    "year": Words("年", "years"),
    "hour": Words("小时", "hours"),
    "authority": Words("行政机关", "authority"),
    "party": Words("当事人", "party"),
    "court": Words("法院", "court"),
    "any": Words("任何人", "anyone"),
    "unit": Words("单位", "unit"),
    "person": Words("个人", "person"),
    "responsible": Words("直接责任人员", "persons responsible"),
    "legend": Words(
        "S 起算日（不计入）  · 休息日  = 中止  * 届满",
        "S start, not counted  · no work  = stood still  * end",
    ),
    # Reasons why a version of a text applies to an act (lianzhi.law.applicable).
    "same": Words("行为时与决定时为同一文本", "the text did not change between act and decision"),
    "older": Words(
        "新的规定并不较轻，适用行为时的规定", "the newer text is not lighter: the one at the act"
    ),
    "lighter": Words("新的规定处罚较轻，适用新的规定", "the newer text is lighter: it applies"),
    "repealed": Words(
        "决定时已无有效文本：可能已不认为违法，请人工核对",
        "no text is in force at the decision: perhaps no longer unlawful; a person must look",
    ),
    "not_yet": Words(
        "行为时尚未施行，不得据以处罚", "not in force at the act: no penalty may rest on it"
    ),
    "unread": Words("有文本未核对，须人工判断", "a text was not read: a person must judge"),
    "compare": Words(
        "何者较轻并不明显，须人工比较", "which is lighter is not plain: a person must compare"
    ),
}

#: Festivals by their names in `chinesecalendar`; those of other sources are shown unchanged.
_FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}


def word(key: str) -> str:
    """A word in the terminal's language."""
    return _WORDS[key].say(language())


def festival(name: str) -> str:
    """The name of a festival, in Chinese where known."""
    return _FESTIVALS.get(name, name) if language() == "zh" else name


def weekdays() -> tuple[str, ...]:
    """Names of the days of a week, from Monday."""
    return tuple(_WEEKDAYS[language()])


def on(day: dt.date) -> str:
    """A day with its weekday, as text."""
    return f"{day} {weekdays()[day.weekday()]}"


def length(span: Span) -> str:
    """A duration in words."""
    if language() == "zh":
        return f"{span.number}{word(span.unit)}"
    text = word(span.unit)
    return f"{span.number} {text.removesuffix('s') if span.number == 1 else text}"


def fine(fine: Fine) -> str:
    """A range of fines in yuan, as text."""
    yuan = "元" if language() == "zh" else " yuan"
    return f"{word(fine.subject)} {fine.least:,}-{fine.most:,}{yuan}"
