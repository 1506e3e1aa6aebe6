"""The words of the web page, in English, Russian and Kazakh, side by side.

    words = interface_words(Language.KAZAKH)
    words["search"]                                            # Іздеу
    unit_name(Level.ARTICLE, "10", Language.KAZAKH)            # 10-бап
    written_day(date(2009, 12, 8), Language.RUSSIAN)           # 08.12.2009

Each entry is a triple, so that no language can be forgotten; the languages of a triple are in the
order of `Language`. What a search itself says (notices, citations) comes from `kb`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kb.documents import Language, Level
from kb.editions import Change
from kb.errors import BadFilter, BadQuery, IndexUnavailable, KBError, ModelUnavailable, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Triple = tuple[str, str, str]  # English, Russian, Kazakh

# a language is called by its own name, whatever the interface speaks
LANGUAGE_NAMES: Mapping[Language, str] = {
    Language.ENGLISH: "English",
    Language.RUSSIAN: "Русский",
    Language.KAZAKH: "Қазақша",
}

TEXTS: Mapping[str, Triple] = {
    # --- every page ---
    "site_name": ("Policy KB", "Policy KB", "Policy KB"),
    "skip_to_content": (
        "Skip to main content",
        "Перейти к основному содержанию",
        "Негізгі мазмұнға өту",
    ),
    "main_menu": ("Main menu", "Главное меню", "Басты мәзір"),
    "interface_language": ("Interface language", "Язык интерфейса", "Интерфейс тілі"),
    "search": ("Search", "Найти", "Іздеу"),
    "search_page": ("Search", "Поиск", "Іздеу"),
    "documents_page": ("Documents", "Документы", "Құжаттар"),
    "disclaimer": (
        (
            "A digest sums up what an instrument says; it is not the text itself. Check the"
            " official text before you rely on a provision."
        ),
        (
            "Краткое изложение передаёт содержание документа, но не заменяет его текст. Прежде чем"
            " ссылаться на норму, сверьтесь с официальным текстом."
        ),
        (
            "Қысқаша мазмұн құжатта не айтылғанын баяндайды, бірақ оның мәтінін алмастырмайды."
            " Нормаға сілтеме жасамас бұрын ресми мәтінмен салыстырыңыз."
        ),
    ),
    "index_generation": ("Index", "Индекс", "Индекс"),
    "api_description": ("API description", "Описание API", "API сипаттамасы"),
    # --- the search form ---
    "headline": (
        "Find the provision, and cite it",
        "Найдите норму и сошлитесь на неё",
        "Норманы тауып, оған сілтеме жасаңыз",
    ),
    "tagline": (
        (
            "Search labour-law and gender-policy texts by meaning, in English, Russian or Kazakh."
            " Every answer names the provision and quotes the text."
        ),
        (
            "Поиск по смыслу в текстах по трудовому праву и гендерной политике на русском,"
            " казахском и английском языках. В каждом ответе указана норма и приведена цитата."
        ),
        (
            "Еңбек құқығы мен гендерлік саясат жөніндегі мәтіндерді қазақ, орыс және ағылшын"
            " тілдерінде мағынасы бойынша іздеу. Әр жауапта норма көрсетіліп, дәйексөз келтіріледі."
        ),
    ),
    "query": ("Query", "Запрос", "Сұрау"),
    "query_hint": (
        (
            "A question, a provision (Article 10 of Law 223-IV), or an “exact phrase” in quotation"
            " marks."
        ),
        "Вопрос, норма (статья 10 Закона № 223-IV) или «точная фраза» в кавычках.",
        "Сұрақ, норма (№ 223-IV Заңның 10-бабы) немесе тырнақшадағы «дәл тіркес».",
    ),
    "filters": ("Filters", "Фильтры", "Сүзгілер"),
    "filter_language": ("Language of the text", "Язык текста", "Мәтін тілі"),
    "filter_provenance": ("Kind of text", "Вид текста", "Мәтін түрі"),
    "filter_document": ("Document", "Документ", "Құжат"),
    "filter_hint": (
        "Nothing ticked in a group: everything is searched.",
        "Если в группе ничего не отмечено, поиск идёт по всему собранию.",
        "Топта ештеңе белгіленбесе, бүкіл жинақтан ізделеді.",
    ),
    "filter_day": ("Day", "Дата", "Күні"),
    "as_of": ("As it held on", "В редакции на дату", "Көрсетілген күнгі редакцияда"),
    "clear_filters": ("Clear filters", "Сбросить фильтры", "Сүзгілерді тазалау"),
    "examples": ("For example", "Например", "Мысалы"),
    # --- results ---
    "results_for": (
        "Results for “{}”",
        "Результаты по запросу «{}»",
        "«{}» сұрауы бойынша нәтижелер",
    ),
    "results_shown": ("Results {}–{}", "Результаты {}–{}", "{}–{}-нәтижелер"),
    "notices": ("Please note", "Обратите внимание", "Назар аударыңыз"),
    "pages_of_results": ("Pages of results", "Страницы результатов", "Нәтижелер беттері"),
    "previous": ("Previous", "Назад", "Алдыңғы"),
    "next": ("Next", "Далее", "Келесі"),
    "also_in": ("Also in", "На других языках", "Басқа тілдерде"),
    "page_number": ("p. {}", "с. {}", "{}-бет"),
    "official_text_link": ("Official text", "Официальный текст", "Ресми мәтін"),
    "open_in_document": ("Open in the document", "Открыть в документе", "Құжатта ашу"),
    "full_passage": ("Full passage", "Отрывок полностью", "Толық үзінді"),
    "why_this_hit": ("Why this result", "Почему найдено", "Неге табылды"),
    "receipt": ("Receipt", "Подтверждение цитаты", "Дәйексөздің дәлелі"),
    "receipt_explained": (
        (
            "Evidence that these words are in this text. To check it again at any time, send it to"
            " POST /v1/verify."
        ),
        (
            "Подтверждает, что эти слова есть в этом тексте. Чтобы в любое время проверить это"
            " снова, отправьте подтверждение запросом POST /v1/verify."
        ),
        (
            "Бұл сөздердің осы мәтінде бар екенін дәлелдейді. Мұны кез келген уақытта қайта тексеру"
            " үшін дәлелді POST /v1/verify сұрауымен жіберіңіз."
        ),
    ),
    "quote_sha256": (
        "SHA-256 of the quote",
        "SHA-256 цитаты",
        "Дәйексөздің SHA-256 мәні",
    ),
    "text_sha256": (
        "SHA-256 of the whole text",
        "SHA-256 всего текста",
        "Бүкіл мәтіннің SHA-256 мәні",
    ),
    "receipt_json": ("Receipt as JSON", "Подтверждение в формате JSON", "JSON форматындағы дәлел"),
    "copy_citation": ("Copy citation", "Скопировать текст ссылки", "Сілтеме мәтінін көшіру"),
    "copy_receipt": ("Copy receipt", "Скопировать подтверждение", "Дәлелді көшіру"),
    "copied": ("Copied", "Скопировано", "Көшірілді"),
    # --- why a passage was found ---
    "leg": ("Found by", "Как найдено", "Қалай табылды"),
    "leg_dense": ("meaning", "по смыслу", "мағынасы бойынша"),
    "leg_lexical": ("words", "по словам", "сөздері бойынша"),
    "leg_subjects": ("subject index", "по предметному указателю", "пәндік көрсеткіш бойынша"),
    "leg_rank": ("Rank", "Место", "Орны"),
    "leg_score": ("Score", "Оценка", "Ұпайы"),
    "fused_score": ("Combined score", "Общая оценка", "Жалпы ұпайы"),
    "named_in_query": (
        "Named in the query",
        "Названо в запросе",
        "Сұрауда аталған",
    ),
    "exact_phrases": ("Exact phrases", "Точные фразы", "Дәл тіркестер"),
    "matched_through": (
        "Matched through",
        "Найдено по соответствию терминов",
        "Терминдердің сәйкестігі бойынша табылды",
    ),
    "subject_entry": (
        "Entry of the subject index",
        "Рубрика предметного указателя",
        "Пәндік көрсеткіштің айдары",
    ),
    "matched_words": ("Matched words", "Совпавшие слова", "Сәйкес келген сөздер"),
    # --- provenance; `supplied` is a file of the user's that names no publication ---
    "official": ("Official text", "Официальный текст", "Ресми мәтін"),
    "unofficial-translation": (
        "Unofficial translation",
        "Неофициальный перевод",
        "Бейресми аударма",
    ),
    "digest": ("Digest", "Краткое изложение", "Қысқаша мазмұн"),
    "supplied": ("Supplied file", "Добавленный файл", "Қосылған файл"),
    "replaced": (
        "Another wording has replaced this one.",
        "Эта редакция заменена другой.",
        "Бұл редакцияны басқасы алмастырды.",
    ),
    "what_changed": ("What has changed", "Что изменилось", "Не өзгерді"),
    "wording_of_today": (
        "The wording in force today",
        "Редакция, действующая сегодня",
        "Бүгін қолданыстағы редакция",
    ),
    # --- one provision ---
    "about_provision": (
        "Languages, history, citations",
        "Языки, история, ссылки",
        "Тілдері, тарихы, сілтемелері",
    ),
    "side_by_side": ("Side by side", "Тексты рядом", "Мәтіндер қатар"),
    "history": ("History", "История изменений", "Өзгерістер тарихы"),
    "cites": ("Cites", "На что ссылается", "Нелерге сілтеме жасайды"),
    "cited_by": ("Cited by", "Где упоминается", "Қайда аталады"),
    "no_citations": (
        "None among the documents held.",
        "Среди документов собрания таких нет.",
        "Жинақтағы құжаттар арасында ондайлар жоқ.",
    ),
    "reads_otherwise": (
        "This provision reads otherwise today.",
        "Сегодня эта норма изложена иначе.",
        "Бүгін бұл норма басқаша жазылған.",
    ),
    "reads_the_same": (
        "This provision reads the same today.",
        "Сегодня эта норма изложена так же.",
        "Бүгін бұл норма дәл осылай жазылған.",
    ),
    "no_longer_there": (
        "This provision is no longer there.",
        "Этой нормы больше нет.",
        "Бұл норма енді жоқ.",
    ),
    # --- documents ---
    "documents_headline": (
        "Documents held",
        "Документы собрания",
        "Жинақтағы құжаттар",
    ),
    "documents_intro": (
        "What can be searched and cited here, and which part of each instrument is held.",
        "Что здесь можно искать и цитировать и какая часть каждого документа есть в собрании.",
        "Мұнда нені іздеуге және дәйексөз ретінде келтіруге болады, әр құжаттан жинақта не бар.",
    ),
    "no_documents": (
        "The index holds no documents.",
        "В собрании нет документов.",
        "Жинақта құжат жоқ.",
    ),
    "number_sign": ("No. {}", "№ {}", "№ {}"),
    "issuer": ("Issued by", "Кем принят документ", "Құжатты кім қабылдаған"),
    "editions": ("Texts", "Тексты", "Мәтіндер"),
    "edition_of": ("version of {}", "редакция от {}", "{} күнгі редакция"),
    "valid_until": ("in force until {}", "срок действия – до {}", "қолданылу мерзімі – {} дейін"),
    "coverage": ("What is held", "Что есть в собрании", "Жинақта не бар"),
    "licence": ("Licence", "Лицензия", "Лицензия"),
    "search_in_document": (
        "Search in this document",
        "Искать в этом документе",
        "Осы құжаттан іздеу",
    ),
    # --- one document ---
    "outline": ("Contents", "Содержание", "Мазмұны"),
    "text_of_document": ("Text", "Текст", "Мәтін"),
    "this_provision_in": (
        "The same provision: {}",
        "То же положение: {}",
        "Дәл осы ереже: {}",
    ),
    "editors_note": ("Editor’s note", "Примечание редактора", "Редактордың ескертуі"),
    "link_to": ("Link to: {}", "Ссылка: {}", "Сілтеме: {}"),
    "warnings": (
        "What could not be read from the source",
        "Что не удалось прочитать в источнике",
        "Дереккөзден оқылмаған жерлер",
    ),
    "source_details": ("About this text", "Об этом тексте", "Осы мәтін туралы"),
    "source_file": ("Source file", "Исходный файл", "Бастапқы файл"),
    "source_sha256": ("SHA-256 of the file", "SHA-256 файла", "Файлдың SHA-256 мәні"),
    "back_to_top": ("Back to top", "Наверх", "Жоғарыға"),
    # --- two editions compared ---
    "compare_title": ("Compare versions", "Сравнение редакций", "Редакцияларды салыстыру"),
    "compare_intro": (
        "Choose two versions in one language.",
        "Выберите две редакции на одном языке.",
        "Бір тілдегі екі редакцияны таңдаңыз.",
    ),
    "compare_none": (
        "This document is not held in two versions in one language.",
        "В собрании нет двух редакций этого документа на одном языке.",
        "Жинақта осы құжаттың бір тілдегі екі редакциясы жоқ.",
    ),
    "compare_from": ("Older version", "Прежняя редакция", "Бұрынғы редакция"),
    "compare_to": ("Newer version", "Новая редакция", "Жаңа редакция"),
    "compare_all": (
        "Show what has not changed too",
        "Показать и то, что не изменилось",
        "Өзгермеген жерлерді де көрсету",
    ),
    "compare_button": ("Compare", "Сравнить", "Салыстыру"),
    "compare_counts": (
        "Provisions: {} changed, {} renumbered, {} inserted, {} removed, {} unchanged.",
        "Положения: изменено {}, с новым номером {}, добавлено {}, исключено {}, без изменений {}.",
        (
            "Ережелер: өзгергені {}, нөмірі өзгергені {}, қосылғаны {}, алып тасталғаны {},"
            " өзгермегені {}."
        ),
    ),
    "compare_notes": (
        "Editors’ notes that differ: {}.",
        "Изменённых сносок: {}.",
        "Өзгерген ескертулер: {}.",
    ),
    "compare_same": (
        "The two versions have the same words.",
        "Обе редакции совпадают слово в слово.",
        "Екі редакция сөзбе-сөз бірдей.",
    ),
    "compare_top": ("Outside the articles", "Вне статей", "Баптардан тыс"),
    "compare_moved": (
        "{} stands elsewhere now: {}",
        "{} теперь в другом месте: {}",
        "{} енді басқа жерде: {}",
    ),
    "mark_deleted": ("deleted:", "удалено:", "алып тасталды:"),
    "mark_inserted": ("inserted:", "добавлено:", "қосылды:"),
    "mark_end": ("end of the change", "конец изменения", "өзгерістің соңы"),
    "change_unchanged": ("Unchanged", "Без изменений", "Өзгермеген"),
    "change_changed": ("Changed", "Изменено", "Өзгерген"),
    "change_renumbered": ("Renumbered", "Изменён номер", "Нөмірі өзгерген"),
    "change_renumbered_reworded": (
        "Renumbered and changed",
        "Изменены номер и текст",
        "Нөмірі мен мәтіні өзгерген",
    ),
    "change_inserted": ("Inserted", "Добавлено", "Қосылған"),
    "change_removed": ("Removed", "Исключено", "Алып тасталған"),
    "change_note": (
        "Only a note changed",
        "Изменилась только сноска",
        "Тек ескерту өзгерген",
    ),
    # --- errors ---
    "error_query": (
        "The query cannot be used",
        "Такой запрос выполнить нельзя",
        "Мұндай сұрауды орындау мүмкін емес",
    ),
    "error_filter": (
        "The filter cannot be used",
        "Такой фильтр применить нельзя",
        "Мұндай сүзгіні қолдану мүмкін емес",
    ),
    "error_not_held": ("Not found", "Не найдено", "Табылмады"),
    "error_index": ("The index is unavailable", "Индекс недоступен", "Индекс қолжетімсіз"),
    "error_model": (
        "The search model is unavailable",
        "Модель поиска недоступна",
        "Іздеу моделі қолжетімсіз",
    ),
    "error_request": (
        "The request cannot be used",
        "Такой запрос принять нельзя",
        "Мұндай сұрауды қабылдау мүмкін емес",
    ),
    "error_other": ("Something went wrong", "Произошла ошибка", "Қате шықты"),
}

_KINDS: Mapping[str, Triple] = {
    "agreement": ("Agreement", "Соглашение", "Келісім"),
    "code": ("Code", "Кодекс", "Кодекс"),
    "concept": ("Concept", "Концепция", "Тұжырымдама"),
    "constitution": ("Constitution", "Конституция", "Конституция"),
    "convention": ("Convention", "Конвенция", "Конвенция"),
    "decree": ("Decree", "Указ", "Жарлық"),
    "document": ("Document", "Документ", "Құжат"),
    "law": ("Law", "Закон", "Заң"),
    "order": ("Order", "Приказ", "Бұйрық"),
    "page": ("Page", "Страница", "Бет"),
    "recommendation": ("Recommendation", "Рекомендация", "Ұсыным"),
    "regulation": ("Regulation", "Правила", "Қағидалар"),
    "resolution": ("Resolution", "Постановление", "Қаулы"),
    "statute": ("Statute", "Устав", "Жарғы"),
}

_STATUSES: Mapping[str, Triple] = {
    "in-force": ("In force", "Действует", "Қолданыста"),
    "amended": ("Amended", "С изменениями", "Өзгерістер енгізілген"),
    "expired": ("Expired", "Срок действия истёк", "Қолданылу мерзімі өткен"),
    "repealed": ("Repealed", "Утратил силу", "Күшін жойған"),
    "not-in-force": ("Not in force", "Не действует", "Қолданыста емес"),
}

# {} is the number as printed. The Law on Legal Acts (No. 480-V) gives the names: its article 23
# calls every text set off by an indent an «абзац», and has «ескертпе» (примечание) for what belongs
# to the norm, so that a publisher's note keeps the word that it opens with: «Сноска», «Ескерту».
_UNITS: Mapping[Level, Triple] = {
    Level.PREAMBLE: ("preamble", "преамбула", "кіріспе"),
    Level.CONTENTS: ("table of contents", "оглавление", "мазмұн"),
    Level.PART: ("Part {}", "часть {}", "{}-бөлік"),
    Level.SECTION: ("Section {}", "раздел {}", "{}-бөлім"),
    Level.CHAPTER: ("Chapter {}", "глава {}", "{}-тарау"),
    Level.ARTICLE: ("Article {}", "статья {}", "{}-бап"),
    Level.CLAUSE: ("point {}", "пункт {}", "{}-тармақ"),
    Level.SUBCLAUSE: ("sub-point {}", "подпункт {})", "{}) тармақша"),
    Level.PARAGRAPH: ("paragraph", "абзац", "абзац"),
    Level.ANNEX: ("Annex {}", "приложение {}", "{}-қосымша"),
    Level.TABLE: ("table", "таблица", "кесте"),
    Level.HEADING: ("heading", "заголовок", "тақырып"),
    Level.NOTE: ("editor’s note", "сноска", "ескерту"),
}

_MONTHS = (
    "January February March April May June July August September October November December".split()
)

_CHANGES: Mapping[Change, Triple] = {
    Change.FIRST_HELD: (
        "In the oldest wording held",
        "В самой ранней редакции собрания",
        "Жинақтағы ең ерте редакцияда",
    ),
    Change.APPEARED: ("Appeared", "Появилась", "Пайда болды"),
    Change.CHANGED: ("Changed", "Изменена", "Өзгертілді"),
    Change.RENUMBERED: ("Renumbered", "Изменён номер", "Нөмірі өзгерді"),
    Change.REMOVED: ("Removed", "Исключена", "Алып тасталды"),
}

# queries that show what the search can do, in the reader's language first
EXAMPLE_QUERIES: Mapping[Language, tuple[str, ...]] = {
    Language.ENGLISH: (
        "maternity protection ILO 183",
        "Article 10 of Law 223-IV",
        "workers with family responsibilities",
        "дискриминация по признаку пола",
    ),
    Language.RUSSIAN: (
        "охрана материнства МОТ 183",
        "статья 10 Закона № 223-IV",
        "трудящиеся с семейными обязанностями",
        "maternity leave of 14 weeks",
    ),
    Language.KAZAKH: (
        "ананы қорғау ХЕҰ 183",
        "№ 223-IV Заңның 10-бабы",
        "отбасылық міндеттері бар еңбекшілер",
        "перерывы для кормления ребёнка",
    ),
}

# the first class that an error is of has its title
_ERRORS: tuple[tuple[type[KBError], str], ...] = (
    (BadQuery, "error_query"),
    (BadFilter, "error_filter"),
    (NotFound, "error_not_held"),
    (IndexUnavailable, "error_index"),
    (ModelUnavailable, "error_model"),
)


def interface_words(language: Language) -> dict[str, str]:
    """Return every text of the interface in one language, by its key."""
    return {key: _in(language, triple) for key, triple in TEXTS.items()}


def change_name(change: Change, language: Language) -> str:
    """Return what an edition made of a provision, in words."""
    return _in(language, _CHANGES[change])


def kind_name(kind: str, language: Language) -> str:
    """Return what a kind of instrument is called; one that nobody foresaw, as it is given."""
    triple = _KINDS.get(kind)
    return _in(language, triple) if triple else kind.capitalize()


def status_name(status: str, language: Language) -> str | None:
    """Return what a status is called; None where it says nothing, as `unknown` does."""
    triple = _STATUSES.get(status)
    return _in(language, triple) if triple else None


def unit_name(level: Level, number: str | None, language: Language) -> str:
    """Return what a unit of a text is called: `Article 10`, `статья 10`, `10-бап`.

    A unit without a number is called by its level alone: `chapter`, `глава`, `тарау`. A number that
    is a letter or Roman is a capital, and Kazakh puts no hyphen after it: `II бөлім`.
    """
    form = _in(language, _UNITS[level])
    if not number:
        return re.sub(r"[ -]?\{\}[) -]*", "", form).lower()
    if number[0].isalpha() and level is not Level.SUBCLAUSE:
        return form.replace("}-", "} ").format(number.upper())
    return form.format(number)


def written_day(day: date, language: Language) -> str:
    """Return a date as it is written in a text: `8 December 2009`, `08.12.2009`."""
    if language is Language.ENGLISH:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day:%d.%m.%Y}"


def error_key(error: BaseException | None) -> str:
    """Return the key of the title that a page about this error has."""
    return next((key for kind, key in _ERRORS if isinstance(error, kind)), "error_other")


def _in(language: Language, triple: Triple) -> str:
    return triple[tuple(Language).index(language)]
