"""What an instrument is called in a citation: `Law No. 223-IV of 8 December 2009`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Document, Edition, Language, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_MONTHS = {
    Language.ENGLISH: (
        "January February March April May June July August September October November December"
    ).split(),
    # of the 8th of December: 8 декабря
    Language.RUSSIAN: (
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    ).split(),
    # which is of the 8th of December: 8 желтоқсандағы
    Language.KAZAKH: (
        "қаңтардағы ақпандағы наурыздағы сәуірдегі мамырдағы маусымдағы шілдедегі тамыздағы"
        " қыркүйектегі қазандағы қарашадағы желтоқсандағы"
    ).split(),
}
_DAYS = {
    Language.ENGLISH: "{day} {month} {year}",
    Language.RUSSIAN: "{day} {month} {year} года",
    Language.KAZAKH: "{year} жылғы {day} {month}",
}

# Acts that are named by their number and date. The Kazakh form is that of the acts' own titles
# («Қазақстан Республикасының 2009 жылғы 8 желтоқсандағы № 223-IV Заңы»), with the state shortened
# to «ҚР» as the official notes of amendment do, just as Russian writes «Закон РК».
_OF_KAZAKHSTAN = {
    "law": ("Закон РК от {day} № {number}", "ҚР {day} № {number} Заңы"),
    "decree": (
        "Указ Президента РК от {day} № {number}",
        "ҚР Президентінің {day} № {number} Жарлығы",
    ),
}
_OF_THE_GOVERNMENT = {
    "resolution": (
        "Постановление Правительства РК от {day} № {number}",
        "ҚР Үкіметінің {day} № {number} қаулысы",
    ),
}
# whose act it is is not known: no state and no body is named, and Kazakh has no possessive ending
_BY_KIND = {
    "law": ("Закон от {day} № {number}", "{day} № {number} Заң"),
    "decree": ("Указ от {day} № {number}", "{day} № {number} Жарлық"),
    "resolution": ("Постановление от {day} № {number}", "{day} № {number} қаулы"),
    "order": ("Приказ от {day} № {number}", "{day} № {number} бұйрық"),
}
_ENGLISH = "{kind} No. {number} of {day}"

# Standards of the International Labour Organization are named by their number alone.
_ILO = {
    "convention": {
        Language.ENGLISH: "ILO Convention No. {number}",
        Language.RUSSIAN: "Конвенция МОТ № {number}",
        Language.KAZAKH: "ХЕҰ-ның № {number} конвенциясы",
    },
    "recommendation": {
        Language.ENGLISH: "ILO Recommendation No. {number}",
        Language.RUSSIAN: "Рекомендация МОТ № {number}",
        Language.KAZAKH: "ХЕҰ-ның № {number} ұсынымы",
    },
}

_STATE_NAMES = ("Kazakhstan", "Казахстан", "Қазақстан")
_GOVERNMENT_NAMES = ("Government", "Правительств", "Үкімет")
_ILO_NAMES = ("International Labour Org", "Международная организация труда", "Халықаралық еңбек")

_LABELS = {
    Provenance.DIGEST: {
        Language.ENGLISH: "digest",
        Language.RUSSIAN: "краткое изложение",
        Language.KAZAKH: "қысқаша мазмұны",
    },
    Provenance.TRANSLATION: {
        Language.ENGLISH: "unofficial translation",
        Language.RUSSIAN: "неофициальный перевод",
        Language.KAZAKH: "бейресми аударма",
    },
}


_REPLACED = {
    Language.ENGLISH: "wording of {day}",
    Language.RUSSIAN: "редакция от {day}",
    Language.KAZAKH: "{day} редакция",
}


def edition_label(edition: Edition, language: Language) -> str | None:
    """Return what a citation says of an edition that is no official text that holds; else None.

    A wording that another has replaced is told by its date: its provisions may bear the numbers
    of others now.
    """
    labels = [_LABELS[edition.provenance][language]] if edition.provenance in _LABELS else []
    if edition.valid_to is not None and edition.valid_from is not None:
        labels.append(_REPLACED[language].format(day=_day(edition.valid_from, language)))
    return "; ".join(labels) or None


def cite_instrument(document: Document, language: Language) -> str:
    """Return what an instrument is called in a citation.

    An act with a number and a date is named by them, a standard of the ILO by its number; every
    other instrument by its short title, or else by its title.
    """
    form = _ilo_forms(document).get(language)
    if form is None and document.date is not None:
        form = _act_forms(document).get(language)
    if form is None or document.number is None:
        return " ".join((document.short.get(language) or document.title(language)).split())
    day = _day(document.date, language) if document.date else ""
    return form.format(number=document.number, day=day, kind=document.kind.capitalize())


def _ilo_forms(document: Document) -> Mapping[Language, str]:
    if document.id.startswith("ilo-") or _names(document, _ILO_NAMES):
        return _ILO.get(document.kind, {})
    return {}


def _act_forms(document: Document) -> Mapping[Language, str]:
    known = dict(_BY_KIND)
    if document.id.startswith("kz-") or _names(document, _STATE_NAMES):
        known |= _OF_KAZAKHSTAN
        if _names(document, _GOVERNMENT_NAMES):
            known |= _OF_THE_GOVERNMENT
    if document.kind not in known:
        return {}
    russian, kazakh = known[document.kind]
    return {Language.ENGLISH: _ENGLISH, Language.RUSSIAN: russian, Language.KAZAKH: kazakh}


def _names(document: Document, names: tuple[str, ...]) -> bool:
    """Whether the document's issuer is called by one of these names."""
    return any(name in (document.issuer or "") for name in names)


def _day(day: date, language: Language) -> str:
    """Write a date, inflected as it stands between an act's name and its number."""
    month = _MONTHS[language][day.month - 1]
    return _DAYS[language].format(day=day.day, month=month, year=day.year)
