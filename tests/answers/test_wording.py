"""What is said to the reader, in every language."""

from __future__ import annotations

import pytest

from kb.answers import wording
from kb.answers.wording import Trouble
from kb.documents import Language


@pytest.mark.parametrize("language", Language)
def test_everything_is_said_in_every_language(language: Language) -> None:
    said = [
        wording.no_answer(language),
        wording.nearest(language),
        wording.no_room(100, language),
        *wording.written(2, 3, language),
        *(wording.instead(trouble, language) for trouble in Trouble),
    ]
    assert len(set(said)) == len(said) == 6 + len(Trouble)
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in said)
