"""The words that references are made of, in English, Russian and Kazakh, in every form.

Russian forms are a stem with its endings; Kazakh forms are generated: `бап`, `баптың`, `бабы`,
`бабының`. All are kept as `lexing.normal` folds them, and so are met whatever the case, with
look-alike letters, and without the Kazakh letters.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from kb.documents import Level
from kb.references.lexing import normal, without_kazakh_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kb.references.lexing import Token

T = TypeVar("T")


class Series(Enum):
    """Acts that are numbered in one series; the value is how one is named in English."""

    LAW = "Law"  # laws and codes
    DECREE = "Decree"  # of the President; a concept has the number of the decree that approves it
    CONVENTION = "ILO Convention"
    RESOLUTION = "Resolution"
    ORDER = "Order"

    @property
    def restarts(self) -> bool:
        """Whether its numbers start again, so that only the date tells two acts apart."""
        return self in {Series.DECREE, Series.RESOLUTION, Series.ORDER}

    def name_of(self, number: str) -> str:
        """Return how an act of the series is cited: `ILO Convention No. 183`."""
        return f"{self.value} No. {number.upper()}"


# the series that a document's kind belongs to
SERIES_OF_KIND: Mapping[str, Series] = {
    "law": Series.LAW,
    "code": Series.LAW,
    "decree": Series.DECREE,
    "concept": Series.DECREE,
    "convention": Series.CONVENTION,
    "resolution": Series.RESOLUTION,
    "order": Series.ORDER,
}


# --- forms ---


def _set(words: str) -> frozenset[str]:
    return frozenset(normal(word) for word in words.split())


def _russian(stem: str, endings: str) -> frozenset[str]:
    """Return `stem` with each of the endings; "-" stands for none."""
    return frozenset(normal(stem + ending.strip("-")) for ending in endings.split())


_MASCULINE = "- а у ом е ы ов ам ами ах"
_FEMININE = "я и ю ей е ям ями ях й"
_NEUTER = "е я ю ем и й ям ями ях"

_CASES = (
    "",
    *"ның нің дың дің тың тің ны ні ды ді ты ті ға ге қа ке да де та те".split(),
    *"дағы дегі тағы тегі дан ден тан тен нан нен мен бен пен".split(),
)
_PLURALS = ("лар", "лер", "дар", "дер", "тар", "тер")
_POSSESSIVES = ("ы", "і", "сы", "сі")
_POSSESSIVE_CASES = ("", *"ның нің н на не нда нде ндағы ндегі нан нен мен".split())


def _kazakh(noun: str) -> frozenset[str]:
    """Return a Kazakh noun in its cases, and its plural: бап, баптың, баптар, баптарда."""
    stems = (noun, *(noun + plural for plural in _PLURALS))
    return frozenset(normal(stem + case) for stem in stems for case in _CASES)


def _possessed(noun: str, before_vowel: str | None = None) -> frozenset[str]:
    """Return a Kazakh noun as it stands after its owner: бабы, бабының, баптары (бап, баб)."""
    plurals = (noun + plural + vowel for plural in _PLURALS for vowel in "ыі")
    stems = (*((before_vowel or noun) + possessive for possessive in _POSSESSIVES), *plurals)
    return frozenset(normal(stem + case) for stem in stems for case in _POSSESSIVE_CASES)


# What `_kazakh` and `_possessed` put at the end of a noun. Alone, an ending of look-alike letters
# is folded to Latin ones (`183-ті`), so both forms are here.
KAZAKH_ENDINGS = frozenset(
    form(plural + owner + case)
    for plural in ("", *_PLURALS)
    for owner, cases in (("", _CASES), *((owner, _POSSESSIVE_CASES) for owner in _POSSESSIVES))
    for case in cases
    for form in (normal, without_kazakh_letters)
) - {""}
ORDINAL_ENDINGS = frozenset(normal(ending) for ending in ("шы", "ші", "ыншы", "інші"))


def _table(entries: Iterable[tuple[T, Iterable[str]]]) -> dict[str, T]:
    return {form: value for value, forms in entries for form in forms}


# --- units of a text ---

# the unit is named first: Article 10, ст. 10, пункт 3
UNIT_BEFORE_NUMBER: Mapping[str, Level] = _table(
    [
        (Level.ARTICLE, _set("article articles art arts")),
        (Level.ARTICLE, _russian("стать", _FEMININE) | _set("статей ст")),
        (Level.CLAUSE, _set("paragraph paragraphs para paras par clause clauses point points")),
        (Level.CLAUSE, _russian("пункт", _MASCULINE) | _set("п")),
        (Level.SUBCLAUSE, _set("subparagraph subparagraphs sub-paragraph sub-paragraphs subpara")),
        (Level.SUBCLAUSE, _set("sub-para subclause sub-clause subpoint sub-point item items")),
        (Level.SUBCLAUSE, _russian("подпункт", _MASCULINE) | _set("пп подп")),
        (Level.PARAGRAPH, _russian("част", "ь и ью ей ям ями ях") | _set("ч")),
        (Level.PART, _set("part parts")),
        (Level.CHAPTER, _set("chapter chapters") | _russian("глав", "- а ы е у ой ам ами ах")),
        (Level.CHAPTER, _set("гл")),
        (Level.SECTION, _set("section sections") | _russian("раздел", _MASCULINE)),
        (Level.ANNEX, _set("annex annexes appendix") | _russian("приложени", _NEUTER)),
    ]
)
# the number stands first: 10-бап, 3-тармағы
UNIT_AFTER_NUMBER: Mapping[str, Level] = _table(
    [
        (Level.ARTICLE, _kazakh("бап") | _possessed("бап", "баб")),
        (Level.CLAUSE, _kazakh("тармақ") | _possessed("тармақ", "тармағ")),
        (Level.SUBCLAUSE, _kazakh("тармақша") | _possessed("тармақша")),
        (Level.PARAGRAPH, _kazakh("бөлік") | _possessed("бөлік", "бөліг")),
        (Level.CHAPTER, _kazakh("тарау") | _possessed("тарау")),
        (Level.SECTION, _kazakh("бөлім") | _possessed("бөлім")),
        (Level.ANNEX, _kazakh("қосымша") | _possessed("қосымша")),
    ]
)
# Several units are named: `Articles 4 and 5`, `статьями 108, 109`. `статьи` may be one or several.
SEVERAL_UNITS = (
    _set("articles arts paragraphs paras clauses points subparagraphs sub-paragraphs subclauses")
    | _set("sub-clauses subpoints sub-points items chapters sections annexes статей частей глав")
    | _russian("стать", "ям ями ях")
    | _russian("част", "ям ями ях")
    | _russian("глав", "ам ами ах")
    | _russian("пункт", "ы ов ам ами ах")
    | _russian("подпункт", "ы ов ам ами ах")
    | _russian("раздел", "ы ов ам ами ах")
    | _russian("абзац", "ы ев ам ами ах")
    | {form for form in UNIT_AFTER_NUMBER if re.search("[лдт][ае]р", form[3:])}
)
PERHAPS_SEVERAL_UNITS = _set("статьи части главы")
# A paragraph is counted by an ordinal: «часть вторая», «абзац третий», «екінші бөлігі». An indent
# (абзац) has no level of its own among the nodes; `kb.citations.paragraphs` counts it.
INDENT = "ind"
INDENT_BEFORE_NUMBER = _russian("абзац", "- а у ем е ы ев ам ами ах")
GENITIVE_PARTS = _set("части частей")
INDENT_AFTER_NUMBER = _kazakh("абзац") | _possessed("абзац")
_RUSSIAN_ORDINALS = "перв втор треть четверт пят шест седьм восьм девят десят".split()
_KAZAKH_ORDINALS = (
    "бірінші екінші үшінші төртінші бесінші алтыншы жетінші сегізінші тоғызыншы оныншы".split()
)
ORDINALS: Mapping[str, int] = _table(
    [
        *(
            (number, _russian(stem, "ый ой ий ая яя ую ю ого его ому ему ым им ом ем ей е я"))
            for number, stem in enumerate(_RUSSIAN_ORDINALS, start=1)
        ),
        (3, _set("третий")),
        *((number, _set(word)) for number, word in enumerate(_KAZAKH_ORDINALS, start=1)),
    ]
)
# `54 статья ТК`, as people say it; weak, since `1 статья` may count
ARTICLE_AFTER_NUMBER = _russian("стать", "я е ю ей")
# Words with other meanings in front of a number (`14 ч 30`, `part 2`, `item 5`): they name a unit
# only together with an article or an instrument.
WEAK_UNITS = _set("п пп ч гл par part item items point points") | _russian(
    "част", "ь и ью ей ям ями ях"
)
# `2 тарау` may count chapters and `10 қосымша демалыс` is ten days of leave: a hyphen is needed.
HYPHENATED_UNITS = frozenset(
    form
    for form, level in UNIT_AFTER_NUMBER.items()
    if level not in (Level.ARTICLE, Level.CLAUSE, Level.SUBCLAUSE)
)


# --- instruments ---

# a Kazakh act, and its stem before a vowel
_KAZAKH_ACTS = (
    (Series.LAW, "заң", "заң"),
    (Series.LAW, "кодекс", "кодекс"),
    (Series.DECREE, "жарлық", "жарлығ"),
    (Series.DECREE, "тұжырымдама", "тұжырымдама"),
    (Series.CONVENTION, "конвенция", "конвенция"),
    (Series.RESOLUTION, "қаулы", "қаулы"),
    (Series.ORDER, "бұйрық", "бұйрығ"),
)
# what an act of each series is called
SERIES: Mapping[str, Series] = _table(
    [
        (Series.LAW, _set("law laws act acts code codes")),
        (Series.LAW, _russian("закон", _MASCULINE) | _russian("кодекс", _MASCULINE)),
        (Series.DECREE, _set("decree decrees edict concept")),
        (Series.DECREE, _russian("указ", _MASCULINE) | _russian("концепци", _FEMININE)),
        (Series.CONVENTION, _set("convention conventions conv") | _russian("конвенци", _FEMININE)),
        (Series.RESOLUTION, _set("resolution") | _russian("постановлени", _NEUTER)),
        (Series.ORDER, _set("order") | _russian("приказ", _MASCULINE)),
        *((series, _kazakh(noun) | _possessed(noun, soft)) for series, noun, soft in _KAZAKH_ACTS),
    ]
)
# what may follow the number: `№ 223-IV Заңы`, `183-конвенция`
SERIES_AFTER_NUMBER = frozenset(
    form for _, noun, soft in _KAZAKH_ACTS for form in _kazakh(noun) | _possessed(noun, soft)
)
# what follows a number as its owner, and never as what is counted: `183 конвенциясы`
OWNED = frozenset(form for _, noun, soft in _KAZAKH_ACTS for form in _possessed(noun, soft))

# These words speak of an act even where it is not held and "№" is missing. "law 5", "order 66" and
# "concept 3" do not.
SURE_ACTS = (
    _set("decree decrees edict convention conventions")
    | _russian("указ", _MASCULINE)
    | _russian("конвенци", _FEMININE)
)

NUMERO = _set("no nos n nr num number номер номера номером нөмір нөмірі") | {"№", "#"}
CODE_LETTER = "c"  # of C183
# Roman numbers that laws have after the hyphen: that of the parliament which passed them
ROMAN = frozenset("i ii iii iv v vi vii viii ix x xi xii xiii".split())

# `ILO 100 years`, `190 конвенций`: what follows the number shows that things are counted.
COUNTED = (
    _set("years year weeks days months hours people women men workers members states countries")
    | _set("conventions articles percent per лет год года годов дней дня недель недели месяцев")
    | _set("часов человек женщин мужчин стран государств членов конвенций конвенции статей")
    | _set("процентов тенге жыл жылы жылдық күн апта ай адам әйел ел мемлекет мүше пайыз")
    | {"%"}
)

# --- what stands around the number of an instrument ---


class Phrase:
    """Alternative sequences of words; a word that ends in `*` stands for all that begin so.

    `Phrase("рк", "республик* казахстан*")` stands at «Республики Казахстан» and at «РК».
    """

    def __init__(self, *alternatives: str) -> None:
        self._alternatives = tuple(
            tuple((normal(word.rstrip("*")), word.endswith("*")) for word in alternative.split())
            for alternative in alternatives
        )
        words = [item for alternative in self._alternatives for item in alternative]
        self._words = frozenset(word for word, open_ended in words if not open_ended)
        self._beginnings = tuple(word for word, open_ended in words if open_ended)
        self.initials = frozenset(words[0][0][:2] for words in self._alternatives)

    def has(self, form: str) -> bool:
        """Whether a word may be one of its words."""
        return form in self._words or form.startswith(self._beginnings)

    def end(self, tokens: Sequence[Token], at: int) -> int | None:
        """Return the index after the words, if an alternative stands at `at`."""
        if tokens[at].form[:2] not in self.initials:
            return None
        for words in self._alternatives:
            found = tokens[at : at + len(words)]
            if len(found) == len(words) and all(
                token.form.startswith(form) if begins else token.form == form
                for token, (form, begins) in zip(found, words, strict=True)
            ):
                return at + len(words)
        return None


ILO = Phrase(
    "ilo",
    "international labour organi*",
    "international labor organi*",
    "мот",
    "международн* организаци* труда",
    "хеұ",
    "хеу",
    "халықаралық еңбек ұйым*",
)
KAZAKHSTAN = Phrase(
    "republic of kazakhstan",
    "kazakhstan",
    "республик* казахстан*",
    "казахстан*",
    "рк",
    "rk",
    "зрк",
    "қазақстан* республика*",
    "қр",
)
# A code of another state is not the code of the same name that is held.
OTHER_STATE = Phrase(
    *"рф россии российск* ресей* кыргыз* қырғыз* узбек* өзбек* беларус*".split(),
    *"russia* kyrgyz* uzbek* belarus*".split(),
    "республик* беларус*",
    "республик* узбек*",
)
ISSUER = Phrase("president*", "президент*", "government", "правительств*", "үкімет*")

LINKS = _set("of the from dated от")
OPENING = frozenset('(«“"„')
CLOSING = frozenset(')»”"')
JOINERS = _set("and и және") | frozenset(",/&")

_MONTHS = (
    ("january jan", "январ", "қаңтар"),
    ("february feb", "феврал", "ақпан"),
    ("march mar", "март", "наурыз"),
    ("april apr", "апрел", "сәуір"),
    ("may", "ма", "мамыр"),
    ("june jun", "июн", "маусым"),
    ("july jul", "июл", "шілде"),
    ("august aug", "август", "тамыз"),
    ("september sep sept", "сентябр", "қыркүйек"),
    ("october oct", "октябр", "қазан"),
    ("november nov", "ноябр", "қараша"),
    ("december dec", "декабр", "желтоқсан"),
)
MONTHS: Mapping[str, int] = _table(
    (month, _set(english) | _russian(russian, "- а я ь й е") | _kazakh(kazakh))
    for month, (english, russian, kazakh) in enumerate(_MONTHS, start=1)
)
YEAR_WORDS = _set("год года году г year жыл жылы жылғы ж")

# --- what points at the text itself, and at acts that nobody here knows ---

THIS = _set("this осы") | _russian("настоящ", "ий его ему им ем ая ей ую ее ие их ими")
UNIT_ALONE: Mapping[str, str] = _table(
    [
        *(
            (level.prefix, [form])
            for form, level in UNIT_BEFORE_NUMBER.items()
            if len(form) > 4 and form not in WEAK_UNITS  # not "on this point"
        ),
        (Level.PARAGRAPH.prefix, _russian("част", "ь и ью ей")),
        *((level.prefix, [form]) for form, level in UNIT_AFTER_NUMBER.items()),
        (INDENT, INDENT_BEFORE_NUMBER | INDENT_AFTER_NUMBER),
    ]
)
# acts that have no series of numbers here
_OTHER_ACTS = (
    _set("rules regulations regulation constitution charter statute agreement treaty protocol")
    | _set("covenant declaration directive ordinance guidelines recommendation")
    | _set("правила правил правилам правилами правилах пакта пакте пакт устав устава уставом")
    | _set("уставе уставу конституция конституции конституцией конституцию договора договору")
    | _set("рекомендация рекомендации рекомендацией")
    | _russian("положени", "е я ю ем и")
    | _russian("инструкци", _FEMININE)
    | _russian("соглашени", _NEUTER)
    | _russian("деклараци", _FEMININE)
    | _russian("регламент", _MASCULINE)
    | _russian("протокол", _MASCULINE)
    | _russian("стандарт", _MASCULINE)
    | _russian("методик", "а и е у ой")
)
_KAZAKH_OTHER_ACTS = (
    ("ереже", "ереже"),
    ("қағида", "қағида"),
    ("жарғы", "жарғы"),
    ("келісім", "келісім"),
    ("конституция", "конституция"),
    ("нұсқаулық", "нұсқаулығ"),
    ("шарт", "шарт"),
)
ACTS = (
    frozenset(SERIES)
    | _OTHER_ACTS
    | frozenset(
        form for noun, soft in _KAZAKH_OTHER_ACTS for form in _kazakh(noun) | _possessed(noun, soft)
    )
)
CODES = (
    _set("code codes") | _russian("кодекс", _MASCULINE) | _kazakh("кодекс") | _possessed("кодекс")
)
LAWS = (
    _set("law laws act acts") | _russian("закон", _MASCULINE) | _kazakh("заң") | _possessed("заң")
)
# between the numbers of a list, and between the ends of a range
AND = _set("and or и или либо және немесе мен бен пен") | {"&"}
# what belongs to what an annex is added to: «приложение 1 к настоящему Закону»
ADDED_TO = _set("к ко to")
# of which the titles of laws speak as well: «законодательство о государственных гарантиях …»
LEGISLATION = ("законодательств", "заннама", "legislation")
TO = _set("to through") | frozenset("-–—")

# what a mention may begin with, apart from numbers and the names of documents
MENTIONED = frozenset().union(
    UNIT_BEFORE_NUMBER,
    INDENT_BEFORE_NUMBER,
    ORDINALS,
    ACTS,
    NUMERO,
    MONTHS,
    THIS,
    {CODE_LETTER},
    _set("the present"),
)
PHRASED = ILO.initials | KAZAKHSTAN.initials | ISSUER.initials  # the first letters of phrases
# words that names of all kinds have
GENERIC = frozenset().union(SERIES, UNIT_BEFORE_NUMBER, UNIT_AFTER_NUMBER, NUMERO, LINKS)
