"""Which language a text is written in: English, Russian or Kazakh.

The script tells English from the other two. Russian and Kazakh share Cyrillic, so there each word
votes, and the language with more votes has the text:

    Еңбек шарты          ң is a letter that only Kazakh has
    Кәсiподақ            so is a Latin i or ə inside a Cyrillic word: printed Kazakh is full of them
    жалакы, кукыктары    typed without the Kazakh letters, but Russian never spells `кы`
    демалыс, балалар     frequent words and endings of Kazakh
    отпуск по уходу      frequent words, endings and letters of Russian

`detect` always has an answer, as a query needs one. `detect_clearly` answers only where nobody
would doubt it: then a passage counts as written in another language than its document.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from kb.documents import Language

DEFAULT = Language.ENGLISH  # of a text without a Latin or Cyrillic letter: `183`, `§ 4`, ``

_LATIN = re.compile(r"[a-z\u00df-\u024f]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# Words that begin with a small letter. Names of firms and treaties keep their own script in any
# text (`Кто основал McKinsey & Company?`), and they begin with a capital.
_SMALL_LATIN_WORD = re.compile(r"\b[a-z\u00df-\u024f]+\b")
_SMALL_CYRILLIC_WORD = re.compile(r"\b[iə]?[а-яёіәғқңөұүһ][^\W\d_]*")
_QUOTED = re.compile(r"«[^«»\n]{,120}»|[“„][^“”„\n]{,120}[“”]|\"[^\"\n]{,120}\"")
# A word with a Cyrillic letter, together with the Latin i and ə that printed Kazakh mixes into it:
# `еңбек`, `кəсiподақ`. Expects case-folded text.
_WORD = re.compile(r"\b[iə]?[\u0400-\u052f][\u0400-\u052fiə]*")

_KAZAKH_WORDS = frozenset(
    "ал ана анасы адам азамат аталады бала балалы бап бар басты баска бен беру бир биз бойынша бола"
    " болса болган болып болуы бул дан деген дегенимиз декреттик деп демалыс демалысы ет етеди ету"
    " еки емес енбек енбекти ер жана жане жер жок жол жумыс жумыскер жумыскерди занды кай кайда"
    " калай кандай канша карай келеди керек кезде кезинде ким коп кутими мемлекет мен мерзими"
    " негизги неке некени неше оку ол онын орта отырып пен салу сен сиз сол сондай тарихы тен тиис"
    " туралы тулга тыйым уакыт уйым улкен ушин халык хат шарт шеше шешим экелик".split()
)
_RUSSIAN_WORDS = frozenset(
    "без был была быть в где год года для до его ее если есть же за и из или их к как какая какие"
    " каким какой когда кто ли мать между мы на над нет но о об она они от отец под по при про с"
    " силу сколько со так то труд у что это я".split()
)

# An English sentence has about two of five of its words from here; no other language has many.
_ENGLISH_WORDS = frozenset(
    "an and any are as at be been by for from has have if in into is it its may must no not of on"
    " or other shall should such than that the their there these this those to under upon was were"
    " where which who whose will with".split()
)

# How clear is clear; docs/decisions.md has the measurement.
CLEAR_WORDS = 4  # that speak for a language
_CLEAR_SHARE = 0.8  # of all the words that speak for one
_CLEAR_ENGLISH = 0.2  # of the Latin words are English ones, and two at least: not French

# What speaks for Kazakh (above zero) or Russian (below zero) in the spelling of one word.
_EVIDENCE: tuple[tuple[re.Pattern[str], int], ...] = (
    # `еңбек`, `кәсiподақ`: letters that Russian does not have; a numeral (`ІІ`) says nothing.
    (re.compile(r"^(?![iі]+$).*[әғқңөұүһіiə]"), 3),
    # `жыл`, `жалакы`, `ынта`, `жасауы`, `жасау`: spellings that Russian does not have.
    (re.compile(r"[жшгкх]ы|^ы|[аеиы]у[ыи]|[аеыи]у$|уу"), 2),
    # `уйымдастыру`, `шеттету`: nouns of action.
    (re.compile(r"(?:ы[лрстн]|и[лр]|[лт]ет)у$"), 2),
    # `балалар`, `жумыскерлери`, `улттардын`: the plural and what follows it.
    (re.compile(r"(?:..л|...[дт])(?:ар|ер)[ыи]?(?:н[ыиае]?н?|м[еы]н|д[аеыи]н?|г[ае])?$"), 2),
    # `кодексинин`, `бостандык`, `комиссиясы`, `анасы`, `барысында`, `мемлекеттик`.
    (
        re.compile(
            r"(?:[ндт]ын|инин|[лдт]ы[кг]ы?|лиги|[лнм]асы|ясы|[ыи]нд[ае]|[ыи]нан|ымыз|имиз"
            r"|ттик|рлик|елик|ндей|нша|сыз|ушы)$"
        ),
        2,
    ),
    # `жасайды`, `туратын`, `аталады`, `берилген`, `жаткан`, `алып`: forms of verbs.
    (
        re.compile(
            r"(?:йд[ыи]|[аеы]т[ыи]н|[ыаиу][лн]ады|[ие][лн]еди|[ыи]л[гк][ае]н|н[гк][ае]н|ерген"
            r"|[шт]к[ае]н|ып)$"
        ),
        2,
    ),
    # `съезд`, `ещё`, `общий`, `эра`: letters that only borrowed words of Kazakh have.
    (re.compile(r"[вёцчщъьэф]"), -1),
    # `трудовой`, `равного`, `увольнение`, `является`.
    (
        re.compile(
            r"(?:[ыио]й|[ая]я|[оыи]е|[ое]го|[ое]му|[ыиая]х|[ыи]м|[ыиая]ми|с[яь]|ние[йм]|и[яюи]"
            r"|ов|ок)$"
        ),
        -2,
    ),
)


def detect(text: str) -> Language:
    """Return the language of a document, a passage or a query.

        maternity leave    en      отпуск по уходу    ru      еңбек демалысы    kk
        Конвенция ILO      ru      жалакы             kk      183               en (`DEFAULT`)

    A Cyrillic text in which nothing speaks for Kazakh is Russian. Linear in the text's length.
    """
    composed = unicodedata.normalize("NFC", text)
    folded = composed.casefold()
    if not _is_cyrillic(composed, folded):
        return Language.ENGLISH if _LATIN.search(folded) else DEFAULT
    words = Counter(_WORD.findall(folded))
    votes = sum(_vote(word) * count for word, count in words.items())
    return Language.KAZAKH if votes > 0 else Language.RUSSIAN


def detect_clearly(text: str, enough: int = CLEAR_WORDS) -> Language | None:
    """Return the language that a text is clearly in; None where it is short, mixed or of no words.

    Words with a capital and words in quotation marks do not count: names keep their spelling in
    any language. `enough` words have to speak for the language.

        отпуск оплачивается в силу трудового договора      ru
        Отпуск предоставляется.                            None, too short
        Нұрлан Әбдіұлы, АО «Ұлттық әл-ауқат қоры»          None, names
        labour / еңбек / труд, 12 500, № 3                 None, mixed

    Linear in the text's length.
    """
    composed = _QUOTED.sub(" ", unicodedata.normalize("NFC", text))
    latin = Counter(_SMALL_LATIN_WORD.findall(composed))
    cyrillic = Counter(_SMALL_CYRILLIC_WORD.findall(composed))
    votes = [(_vote(word.casefold()), count) for word, count in cyrillic.items()]
    kazakh = sum(count for vote, count in votes if vote > 0)
    russian = sum(count for vote, count in votes if vote < 0)
    english = sum(count for word, count in latin.items() if word in _ENGLISH_WORDS)
    is_english = english >= max(2, _CLEAR_ENGLISH * latin.total())
    for language, speaking, against in (
        (Language.ENGLISH, latin.total() if is_english else 0, cyrillic.total()),
        (Language.KAZAKH, kazakh, russian + latin.total()),
        (Language.RUSSIAN, russian, kazakh + latin.total()),
    ):
        if speaking >= max(enough, _CLEAR_SHARE * (speaking + against)):
            return language
    return None


def _is_cyrillic(text: str, folded: str) -> bool:
    """Whether the words of a text, its names aside, are written in Cyrillic rather than Latin."""
    cyrillic = _count(_SMALL_CYRILLIC_WORD, text)
    latin = _count(_SMALL_LATIN_WORD, text)
    if cyrillic == latin:
        cyrillic, latin = _count(_CYRILLIC, folded), _count(_LATIN, folded)
    return cyrillic > 0 and cyrillic >= latin


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


@lru_cache(maxsize=1 << 16)
def _vote(word: str) -> int:
    """Return how strongly a folded word speaks for Kazakh (positive) or Russian (negative)."""
    if word in _KAZAKH_WORDS:
        return 2
    if word in _RUSSIAN_WORDS:
        return -2
    return sum(weight for pattern, weight in _EVIDENCE if pattern.search(word))
