"""Every figure of the Labour Code's digests, looked up in the article that it tells."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kb.documents import Language, Level, Node
from kb.readers import SourceText, read_source
from kb.settings import Settings
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHECKOUT = Path(__file__).resolve().parents[1]
DIGESTS = CHECKOUT / "corpus" / "digests" / "kz-labour-code-2015"
# the edition that the digests tell
OFFICIAL = CHECKOUT.parent / "shared/texts/kz_pdf/k1500000414.20-01-2026.rus.pdf"

needs_text = pytest.mark.skipif(
    not OFFICIAL.is_file(), reason="the Labour Code (../shared/texts) is not beside this checkout"
)


# --- figures, whether in digits or in words ------------------------------------------------------


class Figure(NamedTuple):
    """A number and what it counts."""

    value: str  # `24`, `1.5`, `127-1`, `2025-07-17`, `213-viii`
    unit: str = ""  # `month`, `working day`; "" where no unit follows

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".rstrip()


_ENGLISH_WORDS = {
    **{word: str(n) for n, word in enumerate("one two three four five six seven eight".split(), 1)},
    **{word: str(n) for n, word in enumerate("nine ten eleven twelve thirteen".split(), 9)},
    **{word: str(n) for n, word in enumerate("fourteen fifteen sixteen".split(), 14)},
    "eighteen": "18",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    **{word: str(n) for n, word in enumerate("first second third fourth fifth sixth".split(), 1)},
    "half": "0.5",
    "twice": "2",
    "once": "1",
    "double": "2",
    "thirds": "1/3",
}
# every case of "три", "трёх", "тридцатью"; "ё" is read as "е"
_RUSSIAN_WORDS = [
    ("1", "один|одн(?:а|о|ого|ой|ому|им|у|ом)"),
    ("2", "дв(?:а|е|ух|ум|умя|ое|оих)"),
    ("3", "тр(?:и|ех|ем|емя|ое|оих)"),
    ("4", "четыр(?:е|ех|ем|ьмя)"),
    ("5", "пят(?:ь|и|ью)"),
    ("6", "шест(?:ь|и|ью)"),
    ("7", "сем(?:ь|и|ью)"),
    ("8", "вос(?:емь|ьми|емью)"),
    ("9", "девят(?:ь|и|ью)"),
    ("10", "десят(?:ь|и|ью)"),
    *(
        (str(n), f"{stem}надцат(?:ь|и|ью)")
        for n, stem in enumerate("один две три четыр пят шест сем восем девят".split(), 11)
    ),
    ("20", "двадцат(?:ь|и|ью)"),
    ("30", "тридцат(?:ь|и|ью)"),
    ("40", "сорока?"),
    *(
        (str(n * 10), f"{stem}(?:ь|и)десяти?")
        for n, stem in enumerate("пят шест сем вос[ье]м".split(), 5)
    ),
    ("90", "девяност[оа]"),
    ("100", "ст[оа]"),
    ("200", "двести|двухсот"),
    ("500", "пят(?:ь|и)сот"),
    ("1", "первичн[а-я]+|перв(?:ый|ого|ой|ому|ым|ом|ая|ую|ое|ые|ых)"),
    ("2", "втор(?:ой|ого|ому|ым|ом|ая|ую|ое|ые|ых)"),
    ("3", "трет(?:ий|ьего|ьему|ьей|ьим|ьем|ья|ью|ье|ьи|ьих)"),
    ("4", "четверт(?:ый|ого|ой|ому|ым|ом|ая|ую|ое|ых)"),
    ("5", "пят(?:ый|ого|ой|ому|ым|ом|ая|ую|ое|ых)"),
    ("1/3", "треть|трети|третей|третями"),
    ("1.5", "полутор(?:а|ы|ном|ного|ной|ный|ную)"),
    ("2", "двойн(?:ом|ого|ой|ая)"),
    ("0.5", "половин[аыуе]|половиной"),
]
_RUSSIAN_WORD = re.compile("|".join(f"(?P<n{at}>{w})" for at, (_, w) in enumerate(_RUSSIAN_WORDS)))
# двухнедельный, восемнадцатилетнего; месячный is one month
_RUSSIAN_COMPOUND = re.compile(
    r"(?P<number>[а-я]*?)(?P<unit>дневн|недельн|месячн|летн|годичн|часов|кратн)[а-я]*"
)
_COMPOUND_UNITS = {
    "дневн": "day",
    "недельн": "week",
    "месячн": "month",
    "летн": "year",
    "годичн": "year",
    "часов": "hour",
    "кратн": "times",
}
_UNITS = [
    ("year", "years?|год|года|году|годов|лет"),
    ("month", "months?|месяц[а-я]*"),
    ("week", "weeks?|недел[а-я]+"),
    ("day", "days?|день|дня|дней|дню|днем|днями|дни|сутки|суток"),
    ("hour", "hours?|час|часа|часов|часам|часу"),
    ("minute", "minutes?|минут[а-я]*"),
    ("percent", "percent|%|процент[а-я]*"),
    ("kg", "kg|kilograms?|килограмм[а-я]*|кг"),
    ("g", "grams?|грамм[а-я]*"),
    ("times", "times?|раза?"),
]
_UNIT = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _UNITS))
# units in the singular, without a number: "within a month", "в течение месяца"
_SINGLE = re.compile("year|month|week|day|hour|год|года|месяца?|недел[юи]|день|дня|часа?")
_KINDS = {"calendar": "calendar", "working": "working", "календарн": "calendar", "рабоч": "working"}
_BETWEEN = re.compile(  # a number and its unit, or two numbers with one unit
    "an?|calendar|working|full|consecutive|last|next|more|or|and|to|календарн[а-я]+|рабоч[а-я]+"
    "|выходн[а-я]+|полн[а-я]+|последн[а-я]+|более|или|и|до|и более|–|-"
)
# what counts nothing: a second job, "the employee's life and health come first"
_IDIOM = re.compile(
    r"\bat once\b|\bsecond(?= jobs?\b)|\bhalf(?= brothers)|\bfirst(?=(?: (?:in|to)\b|[;,.]))"
    r"|на первом месте"
)
EDITORIAL = ("date", "act")  # units of such figures as `2025-07-17` and `213-viii`
POINT = "point"  # the number names a unit of the article, and counts nothing
_POINT = re.compile("points?|subpoints?|parts?|(?:под)?пункт[а-я]*|част[а-я]+")
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    )
    for number, name in enumerate(names.split(), 1)
}
_MONTH = "|".join(_MONTHS)
_LEXEME = re.compile(
    # 17 July 2025 · 17.07.2025
    rf"(?P<day>\d{{1,2}})\s(?P<month>{_MONTH})(?:\s(?P<year>\d{{4}})|(?<!may))"
    r"|(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d{4})"
    # 213-VIII
    r"|(?P<act>\d+-[ivx]+)\b"
    # 127-1 · 1.5 · 1,5 · 1 000 · 24
    r"|(?P<number>\d+(?:-\d+)+|\d+[.,]\d+|\d{1,3}(?:[ \u00a0]000)+|\d+)"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>\S)"
)
_CYRILLIC_ROMAN = str.maketrans("іхѵ", "ixv")


class _Token(NamedTuple):
    text: str
    value: str | None = None  # of a number
    unit: str = ""  # of a compound, `двухнедельный`, or of a number's own unit


_FIXED = {  # a number and its unit in one word
    each.text: each
    for each in (
        *(_Token("once", "1", "times"), _Token("twice", "2", "times")),
        *(_Token(word, "10", "day") for word in ("декада", "декаду", "декады")),
        *(_Token(word, "0.5", "hour") for word in ("получаса", "полчаса")),
        *(_Token(word, "0.5", "year") for word in ("полгода", "полугодие", "полугодового")),
    )
}


def _tokens(text: str) -> list[_Token]:
    words = " ".join(text.lower().replace("ё", "е").split())
    words = words.replace("one and a half", "1.5").replace("per cent", "percent")
    words = _IDIOM.sub("…", words)
    # 256-⏎VIII, in Latin and Cyrillic letters
    words = re.sub(r"(?<=\d)- ?(?=[ivxіх]+\b)", "-", words)
    words = re.sub(r"(?<=\d-)[ivxіх]+", lambda roman: roman[0].translate(_CYRILLIC_ROMAN), words)
    return list(_join_compounds([_token(found) for found in _LEXEME.finditer(words)]))


def _token(found: re.Match[str]) -> _Token:
    text = found[0]
    if found["month"]:
        year = f"{found['year']}-" if found["year"] else ""
        date = f"{year}{_MONTHS[found['month']]:02}-{int(found['day']):02}"
        return _Token(text, date, "date")
    if found["y"]:
        return _Token(text, f"{found['y']}-{found['m']}-{found['d']}", "date")
    if found["act"]:
        return _Token(text, text, "act")
    if found["number"]:
        return _Token(text, re.sub(r"[ \u00a0]", "", text).replace(",", "."))
    if found["word"]:
        return _word(text)
    return _Token(text)


def _word(text: str) -> _Token:
    fixed = _FIXED.get(text)
    if fixed or text in _ENGLISH_WORDS:
        return fixed or _Token(text, _ENGLISH_WORDS[text])
    if (value := _russian(text)) is not None:
        return _Token(text, value)
    if compound := _RUSSIAN_COMPOUND.fullmatch(text):
        unit = _COMPOUND_UNITS[compound["unit"]]
        if (value := _russian(compound["number"])) is not None:
            return _Token(text, value, unit)
        if not compound["number"] and text not in {"часов", "часовых"}:
            return _Token(text, "1", f"a {unit}")
    return _Token(text)


def _russian(word: str) -> str | None:
    """Return the value of a number in words: `трех` → 3, `двадцатипяти` → 25."""
    if found := _RUSSIAN_WORD.fullmatch(word):
        return _RUSSIAN_WORDS[int((found.lastgroup or "n0")[1:])][0]
    for tens in ("двадцати", "тридцати", "сорока", "пятидесяти"):
        ones = word.removeprefix(tens)
        if ones != word and (below := _russian(ones)) is not None and len(below) == 1:
            return str(int(_russian(tens) or "0") + int(below))
    return None


def _join_compounds(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """Join `сто двадцать шесть`, and digits with the unit behind a dash: `36-часовой`."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        while (
            at + 1 < len(tokens)
            and token.value
            and not token.text[0].isdigit()
            and (below := tokens[at + 1].value or "").isdigit()
            and not tokens[at + 1].text[0].isdigit()
            and not tokens[at + 1].unit
            and token.value.isdigit()
            and int(token.value) % 10 ** len(below) == 0
            and int(below) > 0
        ):
            at += 1
            joined = str(int(token.value) + int(below))
            token = _Token(f"{token.text} {tokens[at].text}", joined, tokens[at].unit)
        yield token
        at += 1


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in English or Russian, in order."""
    tokens = _tokens(text)
    found: list[Figure] = []
    for at, token in enumerate(tokens):
        if token.unit.startswith("a ") and tokens[at - 1].text == "-":
            continue
        if token.value is None:
            if _SINGLE.fullmatch(token.text) and not _counted(tokens, at):
                found.append(Figure("1", f"a {_unit(token.text)}"))
            continue
        unit = token.unit or _unit_after(tokens, at + 1)
        if token.unit == "day":  # пятидневной или шестидневной рабочей неделе
            kinds = [_kind(later.text) for later in tokens[at + 1 : at + 5]]
            unit = f"{next(filter(None, kinds), '')} day".lstrip()
        if _names_a_point(tokens, at) or (
            found and found[-1].unit == POINT and _goes_on(tokens, at)
        ):
            unit = POINT
        pronoun = token.text[0] in "oо" and token.value == "1" and not unit
        if not pronoun:  # "one of the parents"
            found.append(Figure(token.value, unit))
    return found


def _unit(word: str) -> str:
    found = _UNIT.fullmatch(word)
    return (found.lastgroup or "") if found else ""


def _names_a_point(tokens: Sequence[_Token], at: int) -> bool:
    """Whether the number at `at` is that of a point or part: `sub-point 2)`, `пункта 1`."""
    before = tokens[at - 1].text if at else ""
    return _POINT.fullmatch(before) is not None


def _goes_on(tokens: Sequence[_Token], at: int) -> bool:
    """Whether only signs or "and" stand between the number at `at` and the one before it."""
    for token in reversed(tokens[max(0, at - 4) : at]):
        if token.value is not None:
            return True
        if token.text not in {")", ",", "and", "to", "or", "и", "или", "–", "-"}:
            return False
    return False


def _kind(word: str) -> str:
    return next((name for stem, name in _KINDS.items() if word.startswith(stem)), "")


def _counted(tokens: Sequence[_Token], at: int) -> bool:
    before = tokens[max(0, at - 2) : at]
    return any(token.value is not None for token in before)


def _unit_after(tokens: Sequence[_Token], at: int) -> str:
    """Return the unit of the number before `at`: 3 *working days*, 3 to 6 *months*."""
    kind = ""
    for index in range(at, min(at + 5, len(tokens))):
        token = tokens[index]
        if token.value is not None:
            if token.unit.startswith("a ") and tokens[index - 1].text == "-":
                return token.unit.removeprefix("a ")  # 36-часовой
            if index == at or token.unit in EDITORIAL or token.unit.startswith("a "):
                return ""
            return token.unit or _unit_after(tokens, index + 1)
        if unit := _unit(token.text):
            return f"{kind} {unit}".lstrip() if unit == "day" else unit
        kind = _kind(token.text) or kind
        if not _BETWEEN.fullmatch(token.text):
            return ""
    return ""


def unfound(told: Sequence[Figure], printed: Sequence[Figure]) -> list[Figure]:
    """Return the figures told that are not among those printed."""
    exact = set(printed)
    values = {figure.value for figure in printed}
    days = {figure.value for figure in printed if figure.unit.endswith("day")}

    def stands(figure: Figure) -> bool:
        if figure.unit in {"", "times", POINT}:
            ends = re.split(r"(?<=\d)-(?=\d)", figure.value)  # 5-29, a range
            return figure.value in values or (len(ends) == 2 and set(ends) <= values)
        if figure.unit == "day" and figure.value in days:
            return True
        of_one = Figure("1", f"a {figure.unit}")  # "в течение месяца"
        return figure in exact or (figure.value == "1" and of_one in exact)

    return [figure for figure in told if not figure.unit.startswith("a ") and not stands(figure)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 3 working days", "3 working day"),
        ("не позднее трёх рабочих дней", "3 working day"),
        ("from three to six months", "3 month, 6 month"),
        ("от трех до шести месяцев", "3 month, 6 month"),
        ("двадцать девять процентов", "29 percent"),
        ("at least 50 per cent", "50 percent"),
        ("сто двадцать шесть календарных дней", "126 calendar day"),
        ("в трёхдневный календарный срок", "3 calendar day"),
        ("36-часовая или пятидневная рабочая неделя", "36 hour, 5 working day"),
        ("восемнадцатилетнего возраста", "18 year"),
        ("двадцатипятикратный размер", "25 times"),
        ("в полуторном размере, не менее получаса", "1.5, 0.5 hour"),
        ("one and a half times the rate, half an hour", "1.5 times, 0.5 hour"),
        ("двести пятьдесят месячных расчётных показателей", "250, 1 a month"),
        ("в течение месяца", "1 a month"),
        ("одного из родителей, one of the parents", ""),
        ("один раз в год, once", "1 times, 1 a year, 1 times"),
        ("не менее двух третей", "2, 1/3"),
        ("Закон от 17.07.2025 № 213-VІІІ", "2025-07-17 date, 213-viii act"),
        ("Law No. 213-VIII of 17 July 2025", "213-viii act, 2025-07-17 date"),
        ("sub-points 2) and 3) of point 1-1 of Article 52", "2 point, 3 point, 1-1 point, 52"),
        ("подпунктами 1), 2) пункта 1 статьи 52", "1 point, 2 point, 1 point, 52"),
        ("second job in Article 77 may", "77"),
    ],
)
def test_figures_are_read_in_digits_and_in_words(text: str, expected: str) -> None:
    assert ", ".join(map(str, figures(text))) == expected


@pytest.mark.parametrize(
    ("told", "printed", "wrong"),
    [
        ("3 working days", "три рабочих дня", ""),
        ("3 days", "три рабочих дня", ""),
        ("3 working days", "три календарных дня", "3 working day"),
        ("1 month", "в месячный срок", ""),
        ("1 month", "в течение года", "1 month"),
        ("2 months", "в течение двух лет", "2 month"),
        ("30 per cent, 24 days", "тридцать дней", "30 percent, 24 day"),
    ],
)
def test_a_figure_is_compared_with_its_unit(told: str, printed: str, wrong: str) -> None:
    assert ", ".join(map(str, unfound(figures(told), figures(printed)))) == wrong


# --- the digests beside the official text --------------------------------------------------------

COUNTED = {  # where the digest counts what the article lists within a sentence
    "art_7": {"2"},  # an emergency, and a judicial act; "in the second case"
    "art_9": {"3"},  # minimum standards
    "art_11": {"2"},  # "in the second case": of the two forms of an act
    "art_19": {"2"},  # parties
    "art_27": {"1"},  # "at least 1 of 3 signs"
    "art_116": {"3"},  # forms of vocational learning
    "art_137-1": {"2"},  # parties to a contract
    "art_157": {"2"},  # sub-points that the digest tells one by one
}
ANNOUNCED = {  # by a note that the official text prints at the chapter, not at the article
    "art_139": {"139-1", "198-viii", "2025-06-26", "2027-01-01"},
}
_LABEL = re.compile(r"\s*(?:#+ )?(?:(?:Article|Статья) )?(?P<number>\d+(?:-\d+)?)[.)]")
_SENTENCE = re.compile(r"(?<=[.;:])(?<!No\.)\s+")


class Told(NamedTuple):
    """A sentence of a digest."""

    article: str  # eid
    point: str | None  # eid of the innermost point or sub-point around it
    words: str
    of_the_edition: bool  # in a note, or about an amending act: no words of the norm


class Printed:
    """What the official text prints within each of its units."""

    def __init__(self, source: SourceText, nodes: Sequence[Node]) -> None:
        self.norm: dict[str, list[Figure]] = {}
        self.all: dict[str, list[Figure]] = {}  # with editors' notes and the numbers of points
        self.lists: dict[str, set[str]] = {}  # how many sub-points the lists of an article have
        for leaf, around in _leaves(nodes):
            words = leaf.span.of(source.text)
            label = _LABEL.match(words) if leaf.level is not Level.NOTE else None
            read = figures(words[label.end() :] if label else words)
            for eid in around:
                self.all.setdefault(eid, []).extend(read)
                if label:
                    self.all[eid].append(Figure(label["number"], POINT))
                if leaf.level is not Level.NOTE:
                    self.norm.setdefault(eid, []).extend(read)
        parents = Counter(node.parent for node in nodes if node.level is Level.SUBCLAUSE)
        for parent, count in parents.items():
            self.lists.setdefault((parent or "").split("__")[0], set()).add(str(count))

    def lacks(self, told: Told, unit: str) -> list[Figure]:
        """Return the figures of a sentence that do not stand in this unit."""
        read = figures(told.words)
        points = unfound([each for each in read if each.unit == POINT], self.all[told.article])
        others = [each for each in read if each.unit != POINT]
        counts = self.lists.get(told.article, set()) | COUNTED.get(told.article, set())
        announced = ANNOUNCED.get(told.article, set()) if told.of_the_edition else set()
        within = self.all[told.article] if told.of_the_edition else self.norm.get(unit, [])
        return points + [
            each
            for each in unfound(others, within)
            if each.value not in announced and not (each.unit == "" and each.value in counts)
        ]


def _leaves(nodes: Sequence[Node]) -> Iterator[tuple[Node, list[str]]]:
    """Yield each leaf with the eids of the units around it, its own first."""
    by_eid = {node.eid: node for node in nodes}
    parents = {node.parent for node in nodes}
    for node in nodes:
        if node.eid not in parents:
            around: list[str] = []
            unit: Node | None = node
            while unit is not None:
                around.append(unit.eid)
                unit = by_eid.get(unit.parent or "")
            yield node, around


@cache
def _official() -> tuple[Printed, frozenset[str]]:
    source = read_source(OFFICIAL, Settings(parse_seconds=120))
    nodes = parse_structure(source)
    points = (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
    return Printed(source, nodes), frozenset(node.eid for node in nodes if node.level in points)


@cache
def _digest(language: Language) -> tuple[Told, ...]:
    source = read_source(DIGESTS / f"{language}.md", Settings())
    nodes = parse_structure(source)
    levels = {node.eid: node.level for node in nodes}
    told: list[Told] = []
    for leaf, around in _leaves(nodes):
        article = next((eid for eid in around if levels[eid] is Level.ARTICLE), None)
        if article is None:
            continue
        points = [eid for eid in around if levels[eid] in (Level.CLAUSE, Level.SUBCLAUSE)]
        words = leaf.span.of(source.text)
        if label := _LABEL.match(words):
            words = words[label.end() :]
        for sentence in _SENTENCE.split(words):
            acts = any(each.unit in EDITORIAL for each in figures(sentence))
            note = leaf.level is Level.NOTE
            told.append(Told(article, next(iter(points), None), sentence, note or acts))
    return tuple(told)


@needs_text
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.RUSSIAN])
def test_every_figure_stands_in_its_article(language: Language) -> None:
    printed, _ = _official()
    sentences = _digest(language)
    assert sum(len(figures(told.words)) for told in sentences) > 750
    wrong = [
        f"{told.article}: {', '.join(map(str, lacking))} in: {' '.join(told.words.split())}"
        for told in sentences
        if (lacking := printed.lacks(told, told.article))
    ]
    assert wrong == []


@needs_text
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.RUSSIAN])
def test_every_figure_of_a_point_stands_in_that_point(language: Language) -> None:
    printed, units = _official()
    sentences = [told for told in _digest(language) if told.point]
    assert {told.point for told in sentences} - units == set()
    wrong = [
        f"{told.point}: {', '.join(map(str, lacking))} in: {' '.join(told.words.split())}"
        for told in sentences
        if (lacking := printed.lacks(told, told.point or ""))
    ]
    assert wrong == []


@needs_text
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.RUSSIAN])
def test_every_article_referred_to_exists(language: Language) -> None:
    _, units = _official()
    number = r"\d+(?:-\d+)?"
    named = re.compile(
        rf"(?:\bArticles?|\bстать[а-я]+) ({number}(?:(?:, | and | to | и | или |–){number})*)"
        r"(?! of the (?:Criminal|Social|Constitution)| (?:Уголовн|Социальн))"
    )
    referred = {
        each
        for told in _digest(language)
        for found in named.finditer(told.words)
        for each in re.findall(number, found[1])
    }
    assert len(referred) > 30
    assert {number for number in referred if f"art_{number}" not in units} == {"139-1"}  # in 2027
