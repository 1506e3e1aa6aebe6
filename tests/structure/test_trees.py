"""Tiny statutes in three languages beside the trees that must come of them.

Rows are eids, indented by their depth; a leaf shows the words that it begins with.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kb.readers.plain import read_plain
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.documents import Node


class Case(NamedTuple):
    name: str
    text: str
    tree: str


PLAIN = [
    Case(
        "English: part, chapters, section, inserted article, letters, Roman numbers, annex",
        """
        AN ACT ABOUT KITES

        The Assembly of Kites, wishing to fly, adopts this Act.

        PART I. GENERAL

        Chapter 1. Words

        Article 1. Definitions

        1. In this Act:

        (a) "kite" means a thing that flies on a string;

        (b) "string" means:

        (i) a thread; or

        (ii) a rope.

        2. Other words have their usual meaning.

        Article 2

        Every person may fly a kite.

        Article 2-1. Night flights

        No kite is flown at night.

        Chapter 2. Duties

        Section 1. Owners

        Article 3. Care

        An owner shall:

        1) mend the kite;

        2) wind up the string.

        Annex A. Forms

        1. Form of a permit.
        """,
        """
        pre
          pre__par_1 | AN ACT ABOUT KITES
          pre__par_2 | The Assembly of Kites,
        prt_i
          prt_i__hdg | PART I. GENERAL
          chp_1
            chp_1__hdg | Chapter 1. Words
            art_1
              art_1__hdg | Article 1. Definitions
              art_1__cl_1
                art_1__cl_1__par_1 | 1. In this Act:
                art_1__cl_1__sub_a | (a) "kite" means a
                art_1__cl_1__sub_b
                  art_1__cl_1__sub_b__par_1 | (b) "string" means:
                  art_1__cl_1__sub_b__sub_i | (i) a thread; or
                  art_1__cl_1__sub_b__sub_ii | (ii) a rope.
              art_1__cl_2 | 2. Other words have
            art_2
              art_2__hdg | Article 2
              art_2__par_1 | Every person may fly
            art_2-1
              art_2-1__hdg | Article 2-1. Night flights
              art_2-1__par_1 | No kite is flown
          chp_2
            chp_2__hdg | Chapter 2. Duties
          sec_1
            sec_1__hdg | Section 1. Owners
            art_3
              art_3__hdg | Article 3. Care
              art_3__par_1 | An owner shall:
              art_3__sub_1 | 1) mend the kite;
              art_3__sub_2 | 2) wind up the
        anx_a
          anx_a__hdg | Annex A. Forms
          anx_a__cl_1 | 1. Form of a
        """,
    ),
    Case(
        "Russian: named part, sections, §§, inserted articles, repealed article, signature, annex",
        """
        Закон о воздушных змеях

        ОБЩАЯ ЧАСТЬ

        РАЗДЕЛ 1. НАЧАЛА

        Глава 1. СЛОВА

        § 1. Змеи

        Статья 1. Понятия

        1. В настоящем Законе:

        1) змей – то, что летает на нити;

        2) нить – то, на чём летает змей:

        а) льняная;

        б) шёлковая.

        1-1. Иные слова понимаются как обычно.

        § 2. Нити

        Статья 2. Нить

        Нить бывает разной.

        Глава 2. ПОЛЁТЫ

        § 1. Дневные

        Статья 3. Исключена Законом РК от 01.02.2003 № 4-II.

        Статья 3-1. Ночные полёты

        Статья 127¹. Утренние полёты

        Утром летают все.

        Президент
        Республики Змеев И. Летучий

        Приложение 1
        к Закону о змеях

        1. Форма разрешения.
        """,
        """
        pre | Закон о воздушных змеях
        prt_nn-1
          prt_nn-1__hdg | ОБЩАЯ ЧАСТЬ
          sec_1
            sec_1__hdg | РАЗДЕЛ 1. НАЧАЛА
            chp_1
              chp_1__hdg | Глава 1. СЛОВА
              chp_1__sec_1
                chp_1__sec_1__hdg | § 1. Змеи
                art_1
                  art_1__hdg | Статья 1. Понятия
                  art_1__cl_1
                    art_1__cl_1__par_1 | 1. В настоящем Законе:
                    art_1__cl_1__sub_1 | 1) змей – то,
                    art_1__cl_1__sub_2
                      art_1__cl_1__sub_2__par_1 | 2) нить – то,
                      art_1__cl_1__sub_2__sub_а | а) льняная;
                      art_1__cl_1__sub_2__sub_б | б) шёлковая.
                  art_1__cl_1-1 | 1-1. Иные слова понимаются
              chp_1__sec_2
                chp_1__sec_2__hdg | § 2. Нити
                art_2
                  art_2__hdg | Статья 2. Нить
                  art_2__par_1 | Нить бывает разной.
            chp_2
              chp_2__hdg | Глава 2. ПОЛЁТЫ
              chp_2__sec_1
                chp_2__sec_1__hdg | § 1. Дневные
                art_3
                  art_3__hdg | Статья 3. Исключена Законом
                art_3-1
                  art_3-1__hdg | Статья 3-1. Ночные полёты
                art_127-1
                  art_127-1__hdg | Статья 127¹. Утренние полёты
                  art_127-1__par_1 | Утром летают все.
        par_1 | Президент Республики Змеев И.
        anx_1
          anx_1__hdg | Приложение 1 к Закону
          anx_1__cl_1 | 1. Форма разрешения.
        """,
    ),
    Case(
        "Kazakh: number before the name, notes after and before, signature on two lines, annex",
        """
        1-БӨЛІМ. ЖАЛПЫ ЕРЕЖЕЛЕР

        1-тарау. НЕГІЗГІ ҰҒЫМДАР

        1-параграф. Батпырауық

        1-бап. Ұғымдар

        1. Осы Заңда:

        1) батпырауық – жіппен ұшатын зат;

        2) жіп – батпырауықты ұстайтын зат.

        2. Өзге сөздер әдеттегідей түсініледі.

        Ескерту. 1-бапқа өзгеріс енгізілді.

        2-бап. Ұшыру

        Әркім батпырауық ұшыра алады.

        РҚАО-ның ескертпесі!

        3-бап 2030 жылдан бастап қолданылады.

        3-бап. Тыйым

        Түнде ұшыруға болмайды.

        127-1-бап. Таңғы ұшыру

        Таңда бәрі ұшырады.

        Қазақстан Республикасының
        Президенті А. Батпырауықов

        1-қосымша

        Рұқсат нысаны.
        """,
        """
        sec_1
          sec_1__hdg | 1-БӨЛІМ. ЖАЛПЫ ЕРЕЖЕЛЕР
          chp_1
            chp_1__hdg | 1-тарау. НЕГІЗГІ ҰҒЫМДАР
            chp_1__sec_1
              chp_1__sec_1__hdg | 1-параграф. Батпырауық
              art_1
                art_1__hdg | 1-бап. Ұғымдар
                art_1__cl_1
                  art_1__cl_1__par_1 | 1. Осы Заңда:
                  art_1__cl_1__sub_1 | 1) батпырауық – жіппен
                  art_1__cl_1__sub_2 | 2) жіп – батпырауықты
                art_1__cl_2 | 2. Өзге сөздер әдеттегідей
                art_1__note_1 | Ескерту. 1-бапқа өзгеріс енгізілді.
              art_2
                art_2__hdg | 2-бап. Ұшыру
                art_2__par_1 | Әркім батпырауық ұшыра алады.
              chp_1__sec_1__note_1 | РҚАО-ның ескертпесі! 3-бап 2030
              art_3
                art_3__hdg | 3-бап. Тыйым
                art_3__par_1 | Түнде ұшыруға болмайды.
              art_127-1
                art_127-1__hdg | 127-1-бап. Таңғы ұшыру
                art_127-1__par_1 | Таңда бәрі ұшырады.
        par_1 | Қазақстан Республикасының Президенті А.
        anx_1
          anx_1__hdg | 1-қосымша
          anx_1__par_1 | Рұқсат нысаны.
        """,
    ),
    Case(
        "decimal numbers down to the bracket, guidance, a list in a paragraph, 2.2.10 is no date",
        """
        1. INTRODUCTION

        1.1 Application

        1.1.1 These Rules apply to every kite.

        1.1.2 A kite must:

        (a) be safe, that is:

        (i) whole;

        (ii) dry; and

        (b) be marked.

        1.2 Overview

        1.2.Guidance.1. Rule 2 is about strings.

        1.2.Guidance.2. Rule 3 is about wind.

        2. STRINGS

        2.1 Length

        2.1.1.(1) A string is ten metres long.

        2.1.1.(2) A longer string needs a permit.

        2.1.2(a)(ii) A permit is blue.

        2.1.10 A permit is kept dry. The holder:

        1. signs it;

        2. dates it.

        2.1.11

        2.1.11.(1) A knot is tied twice.

        2.1.11.(2) A loop is not a knot.

        2.2 Knots

        2.2.10 Every knot is tied twice.
        """,
        """
        sec_1
          sec_1__hdg | 1. INTRODUCTION
          sec_1.1
            sec_1.1__hdg | 1.1 Application
            cl_1.1.1 | 1.1.1 These Rules apply
            cl_1.1.2
              cl_1.1.2__par_1 | 1.1.2 A kite must:
              cl_1.1.2__sub_a
                cl_1.1.2__sub_a__par_1 | (a) be safe, that
                cl_1.1.2__sub_a__sub_i | (i) whole;
                cl_1.1.2__sub_a__sub_ii | (ii) dry; and
              cl_1.1.2__sub_b | (b) be marked.
          sec_1.2
            sec_1.2__hdg | 1.2 Overview
            cl_1.2.guidance
              cl_1.2.guidance__sub_1 | 1.2.Guidance.1. Rule 2 is
              cl_1.2.guidance__sub_2 | 1.2.Guidance.2. Rule 3 is
        sec_2
          sec_2__hdg | 2. STRINGS
          sec_2.1
            sec_2.1__hdg | 2.1 Length
            cl_2.1.1
              cl_2.1.1__sub_1 | 2.1.1.(1) A string is
              cl_2.1.1__sub_2 | 2.1.1.(2) A longer string
            cl_2.1.2
              cl_2.1.2__sub_a
                cl_2.1.2__sub_a__sub_ii | 2.1.2(a)(ii) A permit is
            cl_2.1.10
              cl_2.1.10__par_1 | 2.1.10 A permit is
              cl_2.1.10__sub_1 | 1. signs it;
              cl_2.1.10__sub_2 | 2. dates it.
            cl_2.1.11
              cl_2.1.11__par_1 | 2.1.11
              cl_2.1.11__sub_1 | 2.1.11.(1) A knot is
              cl_2.1.11__sub_2 | 2.1.11.(2) A loop is
          sec_2.2
            sec_2.2__hdg | 2.2 Knots
            cl_2.2.10 | 2.2.10 Every knot is
        """,
    ),
    Case(
        "an order: a point inserted as 1.1 does not make point 1 a section",
        """
        1. Утвердить правила запуска змеев согласно приложению к настоящему приказу.

        1.1. Правила публикуются на интернет-ресурсе в течение десяти рабочих дней.

        2. Контроль за исполнением настоящего приказа возложить на хранителя нити.

        2-1. Хранитель нити отчитывается ежегодно перед собранием владельцев змеев.

        3. Настоящий приказ вступает в силу со дня подписания и подлежит опубликованию.
        """,
        """
        cl_1 | 1. Утвердить правила запуска
        cl_1.1 | 1.1. Правила публикуются на
        cl_2 | 2. Контроль за исполнением
        cl_2-1 | 2-1. Хранитель нити отчитывается
        cl_3 | 3. Настоящий приказ вступает
        """,
    ),
    Case(
        "a point 2 of a list does not take the place of the headed Section 2",
        """
        Section 1. Kites

        The owner keeps a list:

        1. kites;

        2. strings.

        Section 2. Strings

        2.1 Length

        2.1.1 A string is ten metres long.

        2.2 Knots

        2.2.1 Every knot is tied twice.
        """,
        """
        sec_1
          sec_1__hdg | Section 1. Kites
          sec_1__par_1 | The owner keeps a
          cl_1 | 1. kites;
          cl_2 | 2. strings.
        sec_2
          sec_2__hdg | Section 2. Strings
          sec_2.1
            sec_2.1__hdg | 2.1 Length
            cl_2.1.1 | 2.1.1 A string is
          sec_2.2
            sec_2.2__hdg | 2.2 Knots
            cl_2.2.1 | 2.2.1 Every knot is
        """,
    ),
    Case(
        "paragraphs after a list belong to the clause, or to the sub-point that goes on",
        """
        Статья 1. Полёты

        1. Владелец обязан:

        1) чинить змея;

        2) мотать нить.

        Эти обязанности не передаются.

        2. Владелец вправе:

        1) летать днём:

        в поле;

        на берегу;

        2) летать утром.

        Утро начинается с восхода;

        3) не летать.
        """,
        """
        art_1
          art_1__hdg | Статья 1. Полёты
          art_1__cl_1
            art_1__cl_1__par_1 | 1. Владелец обязан:
            art_1__cl_1__sub_1 | 1) чинить змея;
            art_1__cl_1__sub_2 | 2) мотать нить.
            art_1__cl_1__par_2 | Эти обязанности не передаются.
          art_1__cl_2
            art_1__cl_2__par_1 | 2. Владелец вправе:
            art_1__cl_2__sub_1
              art_1__cl_2__sub_1__par_1 | 1) летать днём:
              art_1__cl_2__sub_1__par_2 | в поле;
              art_1__cl_2__sub_1__par_3 | на берегу;
            art_1__cl_2__sub_2
              art_1__cl_2__sub_2__par_1 | 2) летать утром.
              art_1__cl_2__sub_2__par_2 | Утро начинается с восхода;
            art_1__cl_2__sub_3 | 3) не летать.
        """,
    ),
    Case(
        "notes: before a unit or a paragraph, within a list, after an article or a heading",
        """
        Статья 1. Полёты

        Примечание ИЗПИ!

        В подпункт 2) предусматривается изменение.

        1. Владелец обязан:

        1) чинить змея;

        Примечание ИЗПИ! Подпункт 2) действует до 2030 года.

        2) мотать нить.

        2. Нить меряют.

        Примечание ИЗПИ!

        В часть вторую пункта 2 предусматривается изменение.

        Мерят её ежегодно.

        Примечание ИЗПИ! Статью 1 предусматривается дополнить пунктом 3.

        Сноска. Статья 1 с изменениями, внесёнными Законом РК.

        Статья 2. Нить

        Сноска. Заголовок статьи 2 в редакции Закона РК.

        Нить бывает разной.

        Статья 68 с изменением, внесенным Законом РК от 23.11.2015.
        """,
        """
        art_1
          art_1__hdg | Статья 1. Полёты
          art_1__note_1 | Примечание ИЗПИ! В подпункт
          art_1__cl_1
            art_1__cl_1__par_1 | 1. Владелец обязан:
            art_1__cl_1__sub_1 | 1) чинить змея;
            art_1__cl_1__note_1 | Примечание ИЗПИ! Подпункт 2)
            art_1__cl_1__sub_2 | 2) мотать нить.
          art_1__cl_2
            art_1__cl_2__par_1 | 2. Нить меряют.
            art_1__cl_2__note_1 | Примечание ИЗПИ! В часть
            art_1__cl_2__par_2 | Мерят её ежегодно.
          art_1__note_2 | Примечание ИЗПИ! Статью 1
          art_1__note_3 | Сноска. Статья 1 с
        art_2
          art_2__hdg | Статья 2. Нить
          art_2__note_1 | Сноска. Заголовок статьи 2
          art_2__par_1 | Нить бывает разной.
          art_2__note_2 | Статья 68 с изменением,
        """,
    ),
    Case(
        "running text: a wrapped reference, dates, years, amounts, initials",
        """
        Article 5. Permits

        A permit is issued pursuant to
        Article 6 of this Act and kept
        for 2015 days,
        1. or longer.

        23.11.2015 is the day on which the Act took effect.

        2015 was a windy year.

        1.5 million kites were flown, which is more than
        2. The permit names its holder.

        I. Ivanov keeps the list.

        С. Иванов ведёт список.
        """,
        """
        art_5
          art_5__hdg | Article 5. Permits
          art_5__par_1 | A permit is issued
          art_5__par_2 | 23.11.2015 is the day
          art_5__par_3 | 2015 was a windy
          art_5__par_4 | 1.5 million kites were
          art_5__par_5 | I. Ivanov keeps the
          art_5__par_6 | С. Иванов ведёт список.
        """,
    ),
    Case(
        "quoted new wording is no unit of the amending act",
        """
        Статья 1. Внести в Закон о змеях следующие изменения:

        1) статью 5 изложить в следующей редакции:

        «Статья 5. Нить

        1. Нить бывает льняной.

        2. Нить бывает шёлковой.

        Статья 6. Узел

        1. Узел завязывают дважды.»;

        2) в статье 7:

        пункт 1 изложить в следующей редакции:

        "1. Змея красят:

        1) в синий цвет;

        2) в красный цвет.".

        Статья 2. Закон вводится в действие со дня опубликования.
        """,
        """
        art_1
          art_1__par_1 | Статья 1. Внести в
          art_1__sub_1
            art_1__sub_1__par_1 | 1) статью 5 изложить
            art_1__sub_1__par_2 | «Статья 5. Нить
            art_1__sub_1__par_3 | 1. Нить бывает льняной.
            art_1__sub_1__par_4 | 2. Нить бывает шёлковой.
            art_1__sub_1__par_5 | Статья 6. Узел
            art_1__sub_1__par_6 | 1. Узел завязывают дважды.»;
          art_1__sub_2
            art_1__sub_2__par_1 | 2) в статье 7:
            art_1__sub_2__par_2 | пункт 1 изложить в
            art_1__sub_2__par_3 | "1. Змея красят:
            art_1__sub_2__par_4 | 1) в синий цвет;
            art_1__sub_2__par_5 | 2) в красный цвет.".
        art_2
          art_2__hdg | Статья 2. Закон вводится
        """,
    ),
    Case(
        "a quotation that is never closed ends with its paragraph or the next heading",
        """
        Статья 1. Слова

        1. «Змей летает.

        2. Нить держит.

        Статья 2. Полёты

        1. Летают днём.
        """,
        """
        art_1
          art_1__hdg | Статья 1. Слова
          art_1__cl_1 | 1. «Змей летает.
          art_1__cl_2 | 2. Нить держит.
        art_2
          art_2__hdg | Статья 2. Полёты
          art_2__cl_1 | 1. Летают днём.
        """,
    ),
    Case(
        "a table of contents with a title and page numbers",
        """
        Закон о змеях

        Содержание

        Глава 1. Начала .......... 1
        Статья 1. Слова .......... 1
        Статья 2. Полёты ......... 2

        Глава 1. Начала

        Статья 1. Слова

        Слова понимаются как обычно.

        Статья 2. Полёты

        Летают днём.
        """,
        """
        pre | Закон о змеях
        toc
          toc__hdg | Содержание
          toc__par_1 | Глава 1. Начала ..........
          toc__par_2 | Статья 1. Слова ..........
          toc__par_3 | Статья 2. Полёты .........
        chp_1
          chp_1__hdg | Глава 1. Начала
          art_1
            art_1__hdg | Статья 1. Слова
            art_1__par_1 | Слова понимаются как обычно.
          art_2
            art_2__hdg | Статья 2. Полёты
            art_2__par_1 | Летают днём.
        """,
    ),
    Case(
        "a table of contents in which decimals and bare words stand among the sections",
        """
        Концепция о змеях

        Содержание

        Введение

        Раздел 1. Паспорт

        1.1 Хвосты и нити

        Раздел 2. Обзор

        Введение

        Змеи летают.

        Раздел 1. Паспорт

        О паспорте.

        1.1 Хвосты и нити

        1. Хвост длинный.

        Раздел 2. Обзор

        Обзор змей.
        """,
        """
        pre | Концепция о змеях
        toc
          toc__hdg | Содержание
          toc__par_1 | Введение
          toc__par_2 | Раздел 1. Паспорт
          toc__par_3 | 1.1 Хвосты и нити
          toc__par_4 | Раздел 2. Обзор
        pre~2
          pre~2__par_1 | Введение
          pre~2__par_2 | Змеи летают.
        sec_1
          sec_1__hdg | Раздел 1. Паспорт
          sec_1__par_1 | О паспорте.
          cl_1.1 | 1.1 Хвосты и нити
          cl_1 | 1. Хвост длинный.
        sec_2
          sec_2__hdg | Раздел 2. Обзор
          sec_2__par_1 | Обзор змей.
        """,
    ),
    Case(
        "a table of contents without a title",
        """
        1-бап. Сөздер

        2-бап. Ұшыру

        3-бап. Тыйым

        1-бап. Сөздер

        Сөздер әдеттегідей түсініледі.

        2-бап. Ұшыру

        Күндіз ұшырады.

        3-бап. Тыйым

        Түнде ұшырмайды.
        """,
        """
        toc
          toc__par_1 | 1-бап. Сөздер
          toc__par_2 | 2-бап. Ұшыру
          toc__par_3 | 3-бап. Тыйым
        art_1
          art_1__hdg | 1-бап. Сөздер
          art_1__par_1 | Сөздер әдеттегідей түсініледі.
        art_2
          art_2__hdg | 2-бап. Ұшыру
          art_2__par_1 | Күндіз ұшырады.
        art_3
          art_3__hdg | 3-бап. Тыйым
          art_3__par_1 | Түнде ұшырмайды.
        """,
    ),
    Case(
        "headings without text are no table of contents",
        """
        Статья 1. Слова

        Статья 2. Полёты

        Статья 3. Узлы
        """,
        """
        art_1
          art_1__hdg | Статья 1. Слова
        art_2
          art_2__hdg | Статья 2. Полёты
        art_3
          art_3__hdg | Статья 3. Узлы
        """,
    ),
    Case(
        "headings over two lines, one under the other",
        """
        РАЗДЕЛ 1. ЗМЕИ
        И НИТИ
        Глава 1. ОБЩИЕ
        ПОЛОЖЕНИЯ О ЗМЕЯХ
        Статья 1. Слова, которые
        употребляются в Законе

              1. Слова понимаются
        как обычно.
        """,
        """
        sec_1
          sec_1__hdg | РАЗДЕЛ 1. ЗМЕИ И
          chp_1
            chp_1__hdg | Глава 1. ОБЩИЕ ПОЛОЖЕНИЯ
            art_1
              art_1__hdg | Статья 1. Слова, которые
              art_1__cl_1 | 1. Слова понимаются как
        """,
    ),
    Case(
        "a heading with its text on the next line",
        """
        Article 1. Freedom
        Every person may fly a kite without asking anybody for leave.
        Article 2
        Nobody may be kept from flying a kite by day.
        """,
        """
        art_1
          art_1__hdg | Article 1. Freedom
          art_1__par_1 | Every person may fly
        art_2
          art_2__hdg | Article 2
          art_2__par_1 | Nobody may be kept
        """,
    ),
    Case(
        "Roman headings in capitals, Cyrillic letters as Roman numbers",
        """
        I. ОБЩИЕ ПОЛОЖЕНИЯ

        1. Совет собирается ежегодно.

        II. СОВЕТ

        2. Совет состоит из трёх владельцев.

        РАЗДЕЛ ХІ. СБОРЫ

        3. Сбор равен 1 500 тенге.
        """,
        """
        sec_i
          sec_i__hdg | I. ОБЩИЕ ПОЛОЖЕНИЯ
          cl_1 | 1. Совет собирается ежегодно.
        sec_ii
          sec_ii__hdg | II. СОВЕТ
          cl_2 | 2. Совет состоит из
        sec_xi
          sec_xi__hdg | РАЗДЕЛ ХІ. СБОРЫ
          cl_3 | 3. Сбор равен 1
        """,
    ),
    Case(
        "sections counted anew in each part are named with their part",
        """
        Часть 1. Змеи

        Раздел 1. Полёты

        Статья 1. День

        Часть 2. Нити

        Раздел 1. Длина

        Статья 2. Мера
        """,
        """
        prt_1
          prt_1__hdg | Часть 1. Змеи
          prt_1__sec_1
            prt_1__sec_1__hdg | Раздел 1. Полёты
            art_1
              art_1__hdg | Статья 1. День
        prt_2
          prt_2__hdg | Часть 2. Нити
          prt_2__sec_1
            prt_2__sec_1__hdg | Раздел 1. Длина
            art_2
              art_2__hdg | Статья 2. Мера
        """,
    ),
    Case(
        "(i) after (h) is a letter, below (j) it is Roman",
        """
        1. The owner keeps:

        (g) a kite;

        (h) a string;

        (i) a reel;

        (j) a list:

        (i) of kites;

        (ii) of strings.
        """,
        """
        cl_1
          cl_1__par_1 | 1. The owner keeps:
          cl_1__sub_g | (g) a kite;
          cl_1__sub_h | (h) a string;
          cl_1__sub_i | (i) a reel;
          cl_1__sub_j
            cl_1__sub_j__par_1 | (j) a list:
            cl_1__sub_j__sub_i | (i) of kites;
            cl_1__sub_j__sub_ii | (ii) of strings.
        """,
    ),
    Case(
        "a sentence about the President is no signature",
        """
        Статья 1. Слова

        Президент Республики назначает хранителя нити.

        Президент
        Н. Летучий
        """,
        """
        art_1
          art_1__hdg | Статья 1. Слова
          art_1__par_1 | Президент Республики назначает хранителя
        par_1 | Президент Н. Летучий
        """,
    ),
    Case(
        "annexes named by a letter or by nothing, a sentence is not a heading",
        """
        1. Договор о змеях

        Приложение

        1. Форма:

        1.1. Имя владельца.

        Приложение Б. Карта

        Статья 2. Настоящий Закон вводится в действие со дня его первого официального опубликования.

        § 5 закона не применяется.
        """,
        """
        cl_1 | 1. Договор о змеях
        anx_nn-1
          anx_nn-1__hdg | Приложение
          anx_nn-1__cl_1 | 1. Форма:
          anx_nn-1__cl_1.1 | 1.1. Имя владельца.
        anx_б
          anx_б__hdg | Приложение Б. Карта
          anx_б__art_2
            anx_б__art_2__par_1 | Статья 2. Настоящий Закон
            anx_б__art_2__par_2 | § 5 закона не
        """,
    ),
]

MARKDOWN = [
    Case(
        "a law: title, contents as plain paragraphs, footnotes as quotations, signature",
        """
        # Закон о змеях

        Принят в ветреный день.

        **Оглавление**

        Статья 1. Слова

        Статья 2. Полёты

        ## Статья 1. Слова

        1. Змеем считают:

           1) то, что летает;

           2) то, что на нити.

        > *Сноска. Статья 1 с изменением.*

        ## Статья 2. Полёты

        Летают днём.

        *Президент*

        *Республики Змеев И. Летучий*
        """,
        """
        hdg | Закон о змеях
        pre | Принят в ветреный день.
        toc
          toc__hdg | Оглавление
          toc__par_1 | Статья 1. Слова
          toc__par_2 | Статья 2. Полёты
        art_1
          art_1__hdg | Статья 1. Слова
          art_1__cl_1
            art_1__cl_1__par_1 | 1. Змеем считают:
            art_1__cl_1__sub_1 | 1) то, что летает;
            art_1__cl_1__sub_2 | 2) то, что на
          art_1__note_1 | Сноска. Статья 1 с
        art_2
          art_2__hdg | Статья 2. Полёты
          art_2__par_1 | Летают днём.
        par_1 | Президент
        par_2 | Республики Змеев И. Летучий
        """,
    ),
    Case(
        "contents without a title as plain paragraphs",
        """
        1-бап. Сөздер

        2-бап. Ұшыру

        3-бап. Тыйым

        ## 1-бап. Сөздер

        Сөздер.

        ## 2-бап. Ұшыру

        Ұшырады.

        ## 3-бап. Тыйым

        Ұшырмайды.
        """,
        """
        toc
          toc__par_1 | 1-бап. Сөздер
          toc__par_2 | 2-бап. Ұшыру
          toc__par_3 | 3-бап. Тыйым
        art_1
          art_1__hdg | 1-бап. Сөздер
          art_1__par_1 | Сөздер.
        art_2
          art_2__hdg | 2-бап. Ұшыру
          art_2__par_1 | Ұшырады.
        art_3
          art_3__hdg | 3-бап. Тыйым
          art_3__par_1 | Ұшырмайды.
        """,
    ),
    Case(
        "headings without numbers, a table",
        """
        # Digest

        What it is.

        ## General

        1. First.

        ## Table of fees

        | kite | fee |
        |------|-----|
        | red  | 5   |

        ## General

        Again.
        """,
        """
        hdg | Digest
        pre | What it is.
        sec_nn-1
          sec_nn-1__hdg | General
          cl_1 | 1. First.
        sec_nn-2
          sec_nn-2__hdg | Table of fees
          sec_nn-2__tbl_1 | kite | fee red
        sec_nn-3
          sec_nn-3__hdg | General
          sec_nn-3__par_1 | Again.
        """,
    ),
    Case(
        "numbered headings",
        """
        # Rules

        ## 1. General

        ### 1.1 Kites

        1.1.1 A kite flies.

        ### 1.2 Strings

        A string holds.

        ## 2. Fees

        2.1 The fee is five.
        """,
        """
        hdg | Rules
        sec_1
          sec_1__hdg | 1. General
          sec_1.1
            sec_1.1__hdg | 1.1 Kites
            cl_1.1.1 | 1.1.1 A kite flies.
          sec_1.2
            sec_1.2__hdg | 1.2 Strings
            sec_1.2__par_1 | A string holds.
        sec_2
          sec_2__hdg | 2. Fees
          cl_2.1 | 2.1 The fee is
        """,
    ),
]


def _rows(table: str) -> list[str]:
    return textwrap.dedent(table).strip("\n").split("\n")


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case.name)
def test_tree_of_plain_text(tree: Callable[[str], str], case: Case) -> None:
    assert tree(case.text).split("\n") == _rows(case.tree)


@pytest.mark.parametrize("case", MARKDOWN, ids=lambda case: case.name)
def test_tree_of_markdown(markdown_tree: Callable[[str], str], case: Case) -> None:
    assert markdown_tree(case.text).split("\n") == _rows(case.tree)


def test_headings_stand_on_one_line_without_their_numbers(
    nodes: Callable[[str], dict[str, Node]],
) -> None:
    found = nodes("""
        Глава 1. ОБЩИЕ
        ПОЛОЖЕНИЯ О ЗМЕЯХ

        10-бап. Ұшыру

        1. Күндіз.
    """)
    assert found["chp_1"].heading == "ОБЩИЕ ПОЛОЖЕНИЯ О ЗМЕЯХ"
    assert found["art_10"].heading == "Ұшыру"
    assert found["art_10__cl_1"].number == "1"
    assert found["art_10__cl_1"].heading is None


def test_nothing_gives_no_nodes(nodes: Callable[[str], dict[str, Node]]) -> None:
    assert nodes("") == {}


def test_nodes_know_the_page_on_which_their_words_begin() -> None:
    text = "Статья 1. День\n\n\n1. Летают.\n\nСтатья 2. Ночь\n"
    source = replace(read_plain(text), page_starts=(0, 15, text.index("Статья 2")))
    pages = {node.eid: node.page for node in parse_structure(source)}
    assert pages == {
        "art_1": 1,
        "art_1__hdg": 1,
        "art_1__cl_1": 2,
        "art_2": 3,
        "art_2__hdg": 3,
    }
