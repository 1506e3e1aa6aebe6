"""The sentences that a result says to its reader, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Language, Provenance
from kb.editions import today

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from kb.documents import Edition
    from kb.search.spelling import Replacement
    from kb.stores.rows import EditionSummary

_PROVENANCE = {
    Provenance.DIGEST: {
        Language.ENGLISH: "A digest in our own words, not the text of the instrument.",
        Language.RUSSIAN: "Краткое изложение нашими словами, а не текст документа.",
        Language.KAZAKH: "Өз сөзімізбен жазылған қысқаша мазмұн, құжаттың мәтіні емес.",
    },
    Provenance.TRANSLATION: {
        Language.ENGLISH: "An unofficial translation, without legal force.",
        Language.RUSSIAN: "Неофициальный перевод, не имеющий юридической силы.",
        Language.KAZAKH: "Бейресми аударма, заңдық күші жоқ.",
    },
    Provenance.OFFICIAL: {
        Language.ENGLISH: "The text as published.",
        Language.RUSSIAN: "Опубликованный текст.",
        Language.KAZAKH: "Жарияланған мәтін.",
    },
}
_SUPPLIED = {
    Language.ENGLISH: "The text as supplied in the file {file}; not compared with a publication.",
    Language.RUSSIAN: "Текст из добавленного файла {file}; с публикацией не сверен.",
    Language.KAZAKH: "Қосылған {file} файлындағы мәтін; жарияланған мәтінмен салыстырылмаған.",
}
_NOTHING = {
    Language.ENGLISH: "Nothing in this index answers the query.",
    Language.RUSSIAN: "В этом собрании нет ответа на запрос.",
    Language.KAZAKH: "Бұл жинақта сұрауға жауап жоқ.",
}
_NEAREST_ONLY = {
    Language.ENGLISH: "This index does not seem to answer the query; what follows comes nearest.",
    Language.RUSSIAN: "Похоже, в этом собрании нет ответа на запрос; ниже приведены"
    " наиболее близкие отрывки.",
    Language.KAZAKH: "Бұл жинақта сұрауға жауап жоқ сияқты; төменде ең жақын үзінділер берілген.",
}
_NO_PHRASE = {
    Language.ENGLISH: "No passage contains the exact phrase {phrase}.",
    Language.RUSSIAN: "Ни один отрывок не содержит точной фразы {phrase}.",
    Language.KAZAKH: "Ешбір үзіндіде дәл {phrase} тіркесі жоқ.",
}
_NOT_HELD = {
    Language.ENGLISH: "{name} is not held in this index.",
    Language.RUSSIAN: "{name}: этого документа в собрании нет.",
    Language.KAZAKH: "{name}: бұл құжат жинақта жоқ.",
}
_NO_PROVISION = {
    Language.ENGLISH: "{name} has no provision “{text}” in this index.",
    Language.RUSSIAN: "{name}: положения «{text}» в собрании нет.",
    Language.KAZAKH: "{name}: жинақта «{text}» ережесі жоқ.",
}
_MALFORMED = {
    Language.ENGLISH: "{text}: there can be no such instrument or provision.",
    Language.RUSSIAN: "{text}: такого документа или положения быть не может.",
    Language.KAZAKH: "{text}: мұндай құжат немесе ереже болуы мүмкін емес.",
}
_IN_SEVERAL = {
    Language.ENGLISH: "{text} stands in {count} of the documents held; name the one that you mean.",
    Language.RUSSIAN: "{text}: такое положение есть в нескольких документах собрания ({count});"
    " назовите нужный.",
    Language.KAZAKH: "{text}: мұндай ереже жинақтағы бірнеше құжатта бар ({count}); қажеттісін"
    " атаңыз.",
}
_STATUS = {
    "expired": {
        Language.ENGLISH: "{name} has expired.",
        Language.RUSSIAN: "{name}: срок действия истёк.",
        Language.KAZAKH: "{name}: қолданылу мерзімі өткен.",
    },
    "repealed": {
        Language.ENGLISH: "{name} has been repealed.",
        Language.RUSSIAN: "{name}: документ утратил силу.",
        Language.KAZAKH: "{name}: құжат күшін жойған.",
    },
    "not-in-force": {
        Language.ENGLISH: "{name} is not in force.",
        Language.RUSSIAN: "{name}: документ не действует.",
        Language.KAZAKH: "{name}: құжат қолданыста емес.",
    },
}
_SUPERSEDED = {
    Language.ENGLISH: "{name}: this wording held until {day}; another one has replaced it.",
    Language.RUSSIAN: "{name}: эта редакция действовала до {day} и заменена другой.",
    Language.KAZAKH: "{name}: бұл редакция {day} күніне дейін қолданылған, оны басқасы алмастырды.",
}
_DATE_UNKNOWN = {
    Language.ENGLISH: "{name}: it is not known whether this text held on {day}.",
    Language.RUSSIAN: "{name}: неизвестно, действовал ли этот текст {day}.",
    Language.KAZAKH: "{name}: бұл мәтіннің {day} күні қолданылған-қолданылмағаны белгісіз.",
}
_INSTEAD = {  # one pair of words, and the sentence around all pairs
    Language.ENGLISH: ("{meant} instead of {typed}", "Searched for {pairs}."),
    Language.RUSSIAN: ("{meant} вместо {typed}", "Выполнен поиск: {pairs}."),
    Language.KAZAKH: ("{typed} дегеннің орнына {meant}", "{pairs} ізделді."),
}
_QUOTES = {
    Language.ENGLISH: "“{}”",
    Language.RUSSIAN: "«{}»",
    Language.KAZAKH: "«{}»",
}


def provenance_note(edition: Edition | EditionSummary, language: Language) -> str:
    """Say what the words of an edition are: our digest, a publication, a file of the user's."""
    if edition.provenance is Provenance.OFFICIAL and not edition.url:
        return _SUPPLIED[language].format(file=edition.source.rsplit("/", 1)[-1])
    return _PROVENANCE[edition.provenance][language]


def nothing_found(language: Language) -> str:
    """Say plainly that there is no answer."""
    return _NOTHING[language]


def nearest_only(language: Language) -> str:
    """Say that what was found is near to the query and is no answer."""
    return _NEAREST_ONLY[language]


def no_phrase(phrase: str, language: Language) -> str:
    """Say that a phrase in quotation marks stands nowhere."""
    return _NO_PHRASE[language].format(phrase=_QUOTES[language].format(phrase))


def not_held(name: str, language: Language) -> str:
    """Say that an instrument which the query names is not in the index."""
    return _NOT_HELD[language].format(name=name)


def no_provision(name: str, text: str, language: Language) -> str:
    """Say that an instrument is held but the provision which the query names is not."""
    return _NO_PROVISION[language].format(name=name, text=text)


def malformed(text: str, language: Language) -> str:
    """Say that what the query names cannot be: article 0, ILO Convention No. 999."""
    return _MALFORMED[language].format(text=_QUOTES[language].format(text))


def in_several(text: str, count: int, language: Language) -> str:
    """Say that a provision is named without its instrument, and several have it."""
    return _IN_SEVERAL[language].format(text=_QUOTES[language].format(text), count=count)


def searched_instead(replacements: Iterable[Replacement], language: Language) -> str:
    """Say which words were read as others: a spelling mistake, another keyboard layout."""
    pair, sentence = _INSTEAD[language]
    quotes = _QUOTES[language]
    pairs = ", ".join(
        pair.format(typed=quotes.format(one.typed), meant=quotes.format(one.meant))
        for one in replacements
    )
    return sentence.format(pairs=pairs)


def validity_notices(
    name: str,
    edition: Edition | EditionSummary,
    day: date,
    language: Language,
    ended: date | None = None,
) -> Iterator[str]:
    """Say what a reader of an edition must know about its dates.

    Args:
        name: of the instrument, as it is cited.
        edition: the edition that is shown.
        day: for which it is asked.
        language: the reader's.
        ended: first day on which the instrument as a whole no longer held, where that is known.
    """
    now = today()
    if edition.valid_to is not None and edition.valid_to <= now:
        yield _SUPERSEDED[language].format(name=name, day=edition.valid_to.isoformat())
    elif (ended is None or ended <= day) and (
        notice := status_notice(name, edition.status, language)
    ):
        yield notice
    if day != now and edition.valid_from is None:
        yield _DATE_UNKNOWN[language].format(name=name, day=day.isoformat())


def status_notice(name: str, status: str, language: Language) -> str | None:
    """Say that an instrument no longer holds; None while it does or where it is not known."""
    wording = _STATUS.get(status)
    return wording[language].format(name=name) if wording else None
