"""What tells an editor's note, a table of contents and a signature from the norm."""

from __future__ import annotations

import pytest

from kb.structure.notes import NoteForm, has_body, is_contents_title, note_form, opens_signature


@pytest.mark.parametrize(
    ("paragraph", "form"),
    [
        ("Сноска. Статья 5 с изменением.", NoteForm.AFTER),
        ("Сноска Статья 5 с изменением.", NoteForm.AFTER),
        ("Ескерту. 5-бапқа өзгеріс енгізілді.", NoteForm.AFTER),
        ("Footnote 1. As amended.", NoteForm.AFTER),
        ("Статья 68 с изменением, внесенным Законом", NoteForm.AFTER),
        ("Пункт 2 исключен Законом РК", NoteForm.AFTER),
        ("Примечание. См. нормативное постановление", NoteForm.AFTER),
        ("Нормативным постановлением Конституционного Суда РК признан", NoteForm.AFTER),
        ("Примечание ИЗПИ!", NoteForm.BEFORE),
        ("Примечание РЦПИ! Вводится в действие", NoteForm.BEFORE),
        ("РҚАО-ның ескертпесі!", NoteForm.BEFORE),
        ("ЗҚАИ-ның ескертпесі!", NoteForm.BEFORE),
        ("Примечание. Действие пункта не распространяется на змеев.", None),
        ("Сноски в договоре не допускаются.", None),
        ("Статья 68. С изменением погоды", None),
        ("Статья 5" + " " * 500 + "с изменением", None),
    ],
)
def test_note_form(paragraph: str, form: NoteForm | None) -> None:
    assert note_form(paragraph) is form


def test_a_bare_note_announces_that_the_next_paragraph_is_its_body() -> None:
    assert not has_body("Примечание ИЗПИ!")
    assert has_body("Примечание ИЗПИ!\nПункт 2 действует до 2030 года.")


@pytest.mark.parametrize(
    "title", ["Содержание", "ОГЛАВЛЕНИЕ:", "Мазмұны", "Content", " List of contents\n"]
)
def test_contents_titles(title: str) -> None:
    assert is_contents_title(title)


@pytest.mark.parametrize("words", ["Содержание под стражей", "The contents of a kite", ""])
def test_no_contents_titles(words: str) -> None:
    assert not is_contents_title(words)


@pytest.mark.parametrize(
    ("paragraph", "opens"),
    [
        ("Президент\nРеспублики Казахстан", True),
        ("Премьер-Министр", True),
        ("Қазақстан Республикасының\nПрезиденті", True),
        ("Қазақстан Республикасының", True),
        ("Президент назначает хранителя нити.", False),
        ("Президентский змей", False),
    ],
)
def test_signatures(paragraph: str, *, opens: bool) -> None:
    assert opens_signature(paragraph) is opens
