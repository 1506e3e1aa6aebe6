"""What a vector owes to its language is taken away, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from kb.centring import Centring
from kb.documents import Language

ENGLISH, RUSSIAN, KAZAKH = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH


def unit(vectors: object) -> np.ndarray:
    made = np.array(vectors, dtype=np.float32)
    return made / np.linalg.norm(made, axis=-1, keepdims=True)


@pytest.fixture
def examples() -> dict[Language, np.ndarray]:
    """In each of two languages, a third of a vector says which one it is."""
    rng = np.random.default_rng(7)
    said = rng.normal(size=(40, 16))
    return {
        language: unit(said + 6 * np.eye(16)[at]) for at, language in enumerate((ENGLISH, RUSSIAN))
    }


def test_half_of_the_mean_is_taken_away(examples: dict[Language, np.ndarray]) -> None:
    centred = Centring.of(examples).of_text(examples[ENGLISH][3], ENGLISH)
    expected = unit(examples[ENGLISH][3] - 0.5 * examples[ENGLISH].mean(axis=0))
    np.testing.assert_allclose(centred, expected, atol=1e-6)
    assert centred.dtype == np.float32


def test_each_vector_loses_the_mean_of_its_own_language(
    examples: dict[Language, np.ndarray],
) -> None:
    centring = Centring.of(examples)
    mixed = np.stack([examples[RUSSIAN][0], examples[ENGLISH][0], examples[RUSSIAN][1]])
    before = mixed.copy()
    centred = centring.of_texts(mixed, [RUSSIAN, ENGLISH, RUSSIAN])
    for vector, given, language in zip(centred, mixed, (RUSSIAN, ENGLISH, RUSSIAN), strict=True):
        np.testing.assert_array_equal(vector, centring.of_text(given, language))
    np.testing.assert_array_equal(mixed, before)
    np.testing.assert_allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-6)


def test_the_same_said_in_two_languages_comes_nearer_than_two_things_in_one(
    examples: dict[Language, np.ndarray],
) -> None:
    centring = Centring.of(examples)
    english, russian = (
        centring.of_texts(vectors, [language] * len(vectors))
        for language, vectors in examples.items()
    )

    def ahead(first: np.ndarray, second: np.ndarray) -> float:
        """By how much translations are nearer than other things in the same language."""
        same = float((first * second).sum(axis=1).mean())
        return same - float(np.triu(first @ first.T, 1).sum() / (40 * 39 / 2))

    assert ahead(english, russian) > ahead(examples[ENGLISH], examples[RUSSIAN]) + 0.1


def test_a_language_without_examples_stays_as_it_is(examples: dict[Language, np.ndarray]) -> None:
    centring = Centring.of(examples)
    given = examples[ENGLISH][5]
    np.testing.assert_allclose(centring.of_text(given, KAZAKH), given, atol=1e-6)


def test_a_vector_that_is_all_language_becomes_no_number(
    examples: dict[Language, np.ndarray],
) -> None:
    """A model that gives zeros must not make every likeness NaN."""
    centring = Centring({ENGLISH: np.zeros(16, dtype=np.float32)})
    assert np.isfinite(centring.of_text(np.zeros(16, dtype=np.float32), ENGLISH)).all()
    assert Centring.of(examples).of_texts(np.empty((0, 16), dtype=np.float32), []).shape == (0, 16)
