"""How quantities differ, in the reader's language.

The sentences quote and set side by side; they need no agreement of number and case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Language
from kb.quantities import Bound, Days, Kind

if TYPE_CHECKING:
    from fractions import Fraction

    from kb.quantities import Comparison, Quantity

_EN, _RU, _KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

_NO_JUDGEMENT = {
    _EN: "Sentences are paired by the likeness of their wording; that is no legal judgement, and"
    " what is not paired may still be said elsewhere.",
    _RU: "Предложения сопоставлены по сходству формулировок; это не правовая оценка, и то, для"
    " чего не нашлось пары, может быть сказано в другом месте.",
    _KK: "Сөйлемдер тұжырымдарының ұқсастығы бойынша жұптастырылды; бұл құқықтық баға емес, ал"
    " жұбы табылмаған сөйлемнің мазмұны басқа жерде айтылуы мүмкін.",
}
_SAYING = {
    Kind.SAME: {
        _EN: "The same: “{a}” and “{b}”.",
        _RU: "Одно и то же: «{a}» и «{b}».",
        _KK: "Бірдей: «{a}» және «{b}».",
    },
    Kind.SAME_OTHER_UNIT: {
        _EN: "The same in another unit: “{a}” and “{b}” ({base}: {value_a}).",
        _RU: "То же в других единицах: «{a}» и «{b}» ({base}: {value_a}).",
        _KK: "Сол шама басқа өлшем бірлігімен: «{a}» және «{b}» ({base}: {value_a}).",
    },
    Kind.OTHER_BOUND: {
        _EN: "The same number, bounded otherwise: “{a}” ({bound_a}) and “{b}” ({bound_b}).",
        _RU: "То же число с другим пределом: «{a}» ({bound_a}) и «{b}» ({bound_b}).",
        _KK: "Сан бірдей, шегі басқа: «{a}» ({bound_a}) және «{b}» ({bound_b}).",
    },
    Kind.DIFFERENT: {
        _EN: "Different: “{a}” and “{b}” ({base}: {value_a} against {value_b}).",
        _RU: "Различие: «{a}» и «{b}» ({base}: {value_a} против {value_b}).",
        _KK: "Айырмашылық: «{a}» және «{b}» ({base}: {value_a} және {value_b}).",
    },
    Kind.NOT_COMPARABLE: {
        _EN: "Not comparable exactly: “{a}” and “{b}”; {why}.",
        _RU: "Точно сопоставить нельзя: «{a}» и «{b}»; {why}.",
        _KK: "Дәл салыстыруға келмейді: «{a}» және «{b}»; {why}.",
    },
    Kind.ONLY_A: {
        _EN: "Only the first text has “{a}”.",
        _RU: "Только в первом тексте: «{a}».",
        _KK: "Тек бірінші мәтінде: «{a}».",
    },
    Kind.ONLY_B: {
        _EN: "Only the second text has “{b}”.",
        _RU: "Только во втором тексте: «{b}».",
        _KK: "Тек екінші мәтінде: «{b}».",
    },
}
_BASES = {
    "minute": {_EN: "in minutes", _RU: "в минутах", _KK: "минутпен"},
    "day": {_EN: "in days", _RU: "в днях", _KK: "күнмен"},
    "month": {_EN: "in months", _RU: "в месяцах", _KK: "аймен"},
    "percent": {_EN: "in per cent", _RU: "в процентах", _KK: "пайызбен"},
    "tenge": {_EN: "in tenge", _RU: "в тенге", _KK: "теңгемен"},
    "mci": {_EN: "in MCI", _RU: "в МРП", _KK: "АЕК-пен"},
    "people": {_EN: "in persons", _RU: "число лиц", _KK: "адам саны"},
}
_BOUNDS: dict[Bound | None, dict[Language, str]] = {
    None: {_EN: "no bound given", _RU: "предел не указан", _KK: "шегі көрсетілмеген"},
    Bound.AT_LEAST: {_EN: "at least", _RU: "не менее", _KK: "кем емес"},
    Bound.AT_MOST: {_EN: "at most", _RU: "не более", _KK: "артық емес"},
    Bound.OVER: {_EN: "more than", _RU: "более", _KK: "артық"},
    Bound.UNDER: {_EN: "less than", _RU: "менее", _KK: "кем"},
}
_OTHER_DAYS = {
    _EN: "working days are counted on one side only",
    _RU: "рабочие дни считаются только в одном из текстов",
    _KK: "жұмыс күндері бір мәтінде ғана есептеледі",
}
_OTHER_UNITS = {
    _EN: "these units have no fixed relation",
    _RU: "между этими единицами нет постоянного соотношения",
    _KK: "бұл өлшем бірліктерінің арасында тұрақты арақатынас жоқ",
}


def no_judgement(language: Language) -> str:
    """Say that likeness of wording is no legal judgement."""
    return _NO_JUDGEMENT[language]


def say(row: Comparison, language: Language) -> str:
    """Say how two quantities stand to each other."""
    return _SAYING[row.kind][language].format(
        a=row.a.text if row.a else "",
        b=row.b.text if row.b else "",
        base=_BASES[row.base][language] if row.base else "",
        value_a=_printed(row.value_a, language),
        value_b=_printed(row.value_b, language),
        bound_a=_BOUNDS[row.a.bound if row.a else None][language],
        bound_b=_BOUNDS[row.b.bound if row.b else None][language],
        why=(_OTHER_DAYS if _other_days(row.a, row.b) else _OTHER_UNITS)[language],
    )


def _other_days(a: Quantity | None, b: Quantity | None) -> bool:
    return (
        a is not None
        and b is not None
        and a.unit.measure.base == b.unit.measure.base
        and Days.WORKING in (a.days, b.days)
    )


def _printed(value: Fraction | None, language: Language) -> str:
    """Return a number as its language writes it: 98, 2.5 or 2,5, 200/3.

    A number with no end behind its point stays a fraction.
    """
    if value is None:
        return ""
    if value.denominator == 1 or 10**6 % value.denominator:
        return str(value)
    point = f"{float(value):.6f}".rstrip("0").rstrip(".")
    return point if language is Language.ENGLISH else point.replace(".", ",")
