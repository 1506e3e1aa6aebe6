"""One tiny statute in three languages, with the same structure in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kb.documents import Edition, Language, Provenance
from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable

_ENGLISH = """\
This Law regulates leave and the rights that go with it.

Chapter 1. General provisions

Article 1. Terms

The following terms are used in this Law:

1) leave: time free of work;

2) employer: whoever hires;

3) worker: whoever is hired.

Article 2. Scope

This Law applies to all workers.

Chapter 2. Leave

Article 3. Maternity leave

1. Women are entitled to leave.

2. The employer shall:

1) grant the leave;

2) keep the post;

3) pay a benefit:

a) in money;

b) in kind.

3. The leave is counted in calendar days.

It does not depend on the days worked before the birth.

Article 4. Length

1. The leave has two parts.

The parts together last:

seventy days after a normal birth;

eighty-four days after a difficult one.

The parts are added up.

2. The benefit is paid:

1) on the first day;

2) in full.

A delay is not admitted.

Footnote. Article 4 as amended by Law No. 1.

Article 4-1. Supervision

Leave is supervised by the inspectors.

Their decisions may be appealed.

Annex 1

1. The form of the application.

2. The form of the certificate.
"""

_RUSSIAN = """\
Настоящий Закон регулирует отпуска и связанные с ними права.

Глава 1. Общие положения

Статья 1. Понятия

В настоящем Законе используются следующие понятия:

1) отпуск – время, свободное от работы;

2) работодатель – тот, кто нанимает;

3) работник – тот, кого нанимают.

Статья 2. Сфера действия

Настоящий Закон распространяется на всех работников.

Глава 2. Отпуск

Статья 3. Отпуск по беременности

1. Женщины имеют право на отпуск.

2. Работодатель обязан:

1) предоставить отпуск;

2) сохранить место;

3) выплатить пособие:

а) деньгами;

б) вещами.

3. Отпуск исчисляется в календарных днях.

Он не зависит от дней, отработанных до родов.

Статья 4. Продолжительность

1. Отпуск состоит из двух частей.

Части вместе продолжаются:

семьдесят дней при нормальных родах;

восемьдесят четыре дня при осложненных.

Части суммируются.

2. Пособие выплачивается:

1) в первый день;

2) полностью.

Задержка не допускается.

Сноска. Статья 4 с изменениями, внесенными Законом РК № 1.

Статья 4-1. Надзор

За отпусками надзирают инспекторы.

Их решения могут быть обжалованы.

Приложение 1

1. Форма заявления.

2. Форма справки.
"""

_KAZAKH = """\
Осы Заң демалыстарды және соларға байланысты құқықтарды реттейді.

1-тарау. Жалпы ережелер

1-бап. Ұғымдар

Осы Заңда мынадай ұғымдар пайдаланылады:

1) демалыс – жұмыстан бос уақыт;

2) жұмыс беруші – жалдайтын адам;

3) жұмыскер – жалданатын адам.

2-бап. Қолданылу аясы

Осы Заң барлық жұмыскерлерге қолданылады.

2-тарау. Демалыс

3-бап. Жүктілікке байланысты демалыс

1. Әйелдердің демалысқа құқығы бар.

2. Жұмыс беруші:

1) демалыс беруге;

2) орнын сақтауға;

3) мынадай жәрдемақы төлеуге міндетті:

а) ақшалай;

б) заттай.

3. Демалыс күнтізбелік күндермен есептеледі.

Ол босанғанға дейін істеген күндерге байланысты емес.

4-бап. Ұзақтығы

1. Демалыс екі бөліктен тұрады.

Бөліктер бірге мынадай мерзімге созылады:

қалыпты босанғанда жетпіс күн;

қиын босанғанда сексен төрт күн.

Бөліктер қосылады.

2. Жәрдемақы мынадай тәртіппен төленеді:

1) бірінші күні;

2) толық.

Кешіктіруге жол берілмейді.

Ескерту. 4-бапқа өзгеріс енгізілді - ҚР № 1 Заңымен.

4-1-бап. Қадағалау

Демалыстарды инспекторлар қадағалайды.

Олардың шешімдеріне шағым жасалуы мүмкін.

1-қосымша

1. Өтініштің нысаны.

2. Анықтаманың нысаны.
"""

_STATUTES = {
    Language.ENGLISH: _ENGLISH,
    Language.RUSSIAN: _RUSSIAN,
    Language.KAZAKH: _KAZAKH,
}


@pytest.fixture(scope="session")
def make_edition() -> Callable[..., Edition]:
    """A function from a text to the edition that the parser makes of it."""

    def make(
        text: str,
        language: Language = Language.ENGLISH,
        provenance: Provenance = Provenance.OFFICIAL,
    ) -> Edition:
        source = read_plain(text)
        return Edition(
            document_id="kz-law-leave",
            language=language,
            provenance=provenance,
            text=source.text,
            nodes=parse_structure(source),
            source="leave.txt",
            source_sha256="0" * 64,
        )

    return make


@pytest.fixture(scope="session")
def statute(make_edition: Callable[..., Edition]) -> Callable[[Language], Edition]:
    """A function from a language to the statute in it.

    It is a function, not a mapping, because hypothesis prints the arguments of a failing test.
    """
    editions = {language: make_edition(text, language) for language, text in _STATUTES.items()}

    def find(language: Language) -> Edition:
        return editions[language]

    return find
