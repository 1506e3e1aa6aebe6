"""The sentences that an answer says to its reader, in the reader's language."""

from __future__ import annotations

from enum import Enum

from kb.documents import Language


class Trouble(Enum):
    """Why there is no written answer."""

    NOT_CONFIGURED = "not-configured"
    BUSY = "busy"  # it is writing as many answers as it is asked for at once
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too-slow"
    REFUSED = "refused"  # it answered with an error
    UNREADABLE = "unreadable"  # it answered with something else than an answer
    UNPROVEN = "unproven"  # nothing of what it wrote could be proved


_NO_ANSWER = {
    Language.ENGLISH: "The corpus does not answer this.",
    Language.RUSSIAN: "В собрании нет ответа на этот вопрос.",
    Language.KAZAKH: "Жинақта бұл сұраққа жауап жоқ.",
}
_NEAREST = {
    Language.ENGLISH: "The nearest passages are shown; they may be about something else.",
    Language.RUSSIAN: "Показаны отрывки, наиболее близкие к вопросу; они могут быть о другом.",
    Language.KAZAKH: "Сұраққа ең жақын үзінділер көрсетілген; олар басқа мәселе туралы болуы"
    " мүмкін.",
}
_WRITTEN = {
    Language.ENGLISH: "Written by a language model; each sentence was checked against the text that"
    " it cites.",
    Language.RUSSIAN: "Ответ написан языковой моделью; каждое предложение сверено с текстом, на"
    " который оно ссылается.",
    Language.KAZAKH: "Жауапты тілдік модель жазған; әр сөйлем өзі сілтеме жасайтын мәтінмен"
    " салыстырып тексерілген.",
}
_DROPPED = {
    Language.ENGLISH: "Sentences of the model that the texts do not prove and that were left out:"
    " {count}.",
    Language.RUSSIAN: "Опущено предложений модели, не подтверждённых текстами: {count}.",
    Language.KAZAKH: "Модельдің мәтіндермен расталмаған, сондықтан жауапқа енгізілмеген"
    " сөйлемдері: {count}.",
}
_CORRECTED = {
    Language.ENGLISH: "Quotations and citations of the model that were put right: {count}.",
    Language.RUSSIAN: "Исправлено цитат и ссылок модели: {count}.",
    Language.KAZAKH: "Модельдің түзетілген дәйексөздері мен сілтемелері: {count}.",
}
_INSTEAD = {
    Language.ENGLISH: "The answer is made of the texts' own sentences: {reason}",
    Language.RUSSIAN: "Ответ составлен из предложений самих текстов: {reason}",
    Language.KAZAKH: "Жауап мәтіндердің өз сөйлемдерінен құралған: {reason}",
}
_REASONS = {
    Trouble.NOT_CONFIGURED: {
        Language.ENGLISH: "no language model is configured.",
        Language.RUSSIAN: "языковая модель не настроена.",
        Language.KAZAKH: "тілдік модель бапталмаған.",
    },
    Trouble.BUSY: {
        Language.ENGLISH: "the language model is busy.",
        Language.RUSSIAN: "языковая модель занята.",
        Language.KAZAKH: "тілдік модель бос емес.",
    },
    Trouble.UNREACHABLE: {
        Language.ENGLISH: "the language model could not be reached.",
        Language.RUSSIAN: "нет связи с языковой моделью.",
        Language.KAZAKH: "тілдік модельмен байланыс жоқ.",
    },
    Trouble.TOO_SLOW: {
        Language.ENGLISH: "the language model did not answer in time.",
        Language.RUSSIAN: "языковая модель не ответила вовремя.",
        Language.KAZAKH: "тілдік модель уақытында жауап бермеді.",
    },
    Trouble.REFUSED: {
        Language.ENGLISH: "the language model answered with an error.",
        Language.RUSSIAN: "языковая модель вернула ошибку.",
        Language.KAZAKH: "тілдік модель қате туралы хабар қайтарды.",
    },
    Trouble.UNREADABLE: {
        Language.ENGLISH: "the language model's answer could not be read.",
        Language.RUSSIAN: "ответ языковой модели не удалось прочитать.",
        Language.KAZAKH: "тілдік модельдің жауабын оқу мүмкін болмады.",
    },
    Trouble.UNPROVEN: {
        Language.ENGLISH: "the texts prove nothing of what the language model wrote.",
        Language.RUSSIAN: "тексты не подтверждают ничего из написанного языковой моделью.",
        Language.KAZAKH: "тілдік модель жазған сөйлемдердің ешқайсысы мәтіндермен расталмайды.",
    },
}
_NO_ROOM = {
    Language.ENGLISH: "No passage fits into {tokens} tokens; ask for more of them.",
    Language.RUSSIAN: "Ни один отрывок не помещается в заданный объём (токенов: {tokens});"
    " увеличьте его.",
    Language.KAZAKH: "{tokens} токенге ешбір үзінді сыймайды; токендер санын көбейтіңіз.",
}


def no_answer(language: Language) -> str:
    """Say that the corpus does not answer a question."""
    return _NO_ANSWER[language]


def nearest(language: Language) -> str:
    """Say of the passages that follow that they are no answer."""
    return _NEAREST[language]


def written(dropped: int, corrected: int, language: Language) -> tuple[str, ...]:
    """Say who wrote an answer and what was done to it."""
    said = [_WRITTEN[language]]
    if dropped:
        said.append(_DROPPED[language].format(count=dropped))
    if corrected:
        said.append(_CORRECTED[language].format(count=corrected))
    return tuple(said)


def instead(trouble: Trouble, language: Language) -> str:
    """Say why an answer is not a written one."""
    return _INSTEAD[language].format(reason=_REASONS[trouble][language])


def no_room(tokens: int, language: Language) -> str:
    """Say that a budget is too small for the shortest passage."""
    return _NO_ROOM[language].format(tokens=tokens)
