"""Vectors without what they owe to their language.

An embedding model puts all texts of one language into one corner of its space: a question in Kazakh
is nearer to whatever is in Kazakh than to its answer in Russian, and every likeness is high. So
half of the mean of what is said in a language is taken away from every vector in it, and what is
left is made as long as it was. The mean is that of the questions about anything (`kb.noise`), for
queries and passages alike. It is the same for every corpus, so a vector does not change
when another document is added, and a corpus of one document does not lose its subject with its
mean. docs/retrieval.md has the measurement, also of other means.

    centring = Centring.of(probes)                 # {language: (n, d)}
    centring.of_text(vector, Language.KAZAKH)      # (d,)
    centring.of_texts(vectors, languages)          # (n, d), of length 1

After: Libovický, Rosa and Fraser, "On the Language Neutrality of Pre-trained Multilingual
Representations", Findings of EMNLP 2020, who take away the whole mean of a corpus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kb.documents import Language

    Vectors = NDArray[np.float32]

SHARE = 0.5  # of the mean that is taken away
_SHORTEST = 1e-9  # length that a vector is not divided by
_BLOCK = 8192  # vectors that are centred at once


class Centring:
    """What is taken away from the vectors of each language."""

    def __init__(self, means: Mapping[Language, Vectors]) -> None:
        self._means = {language: SHARE * mean for language, mean in means.items()}

    @classmethod
    def of(cls, examples: Mapping[Language, Vectors]) -> Self:
        """Take the means of examples in each language, (n, d)."""
        return cls({language: vectors.mean(axis=0) for language, vectors in examples.items()})

    def of_text(self, vector: Vectors, language: Language) -> Vectors:
        """Return the vector (d,) of a text, centred, of length 1."""
        centred: Vectors = self.of_texts(vector[np.newaxis], [language])[0]
        return centred

    def of_texts(self, vectors: Vectors, languages: Sequence[Language]) -> Vectors:
        """Return vectors (n, d) of texts, each in its language, centred, of length 1.

        A language without examples has no mean: its vectors stay as they are.
        """
        centred = vectors.astype(np.float32)
        self.centre(centred, languages)
        return centred

    def centre(self, vectors: Vectors, languages: Sequence[Language]) -> None:
        """Centre float32 vectors (n, d) where they are; of a large corpus there are gigabytes."""
        spoken = np.array(languages, dtype=object)
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            for language, mean in self._means.items():
                block[spoken[start : start + _BLOCK] == language] -= mean
            block /= np.maximum(np.linalg.norm(block, axis=1, keepdims=True), _SHORTEST)
