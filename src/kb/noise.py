"""Questions that no policy corpus answers, to learn what a chance similarity looks like.

An embedding model finds a nearest passage for everything. How near "chance" is differs from model
to model, from language to language and from corpus to corpus, so it is measured whenever an index
is built: these questions are asked, and what they reach is what a likeness is measured against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kb.documents import Language
from kb.errors import IndexDamaged
from kb.generations.manifest import Noise
from kb.stores.embeddings import query_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kb.models import Embedder
    from kb.stores.embeddings import EmbeddingCache
    from kb.stores.passage_vectors import PassageVectors

    Vectors = NDArray[np.float32]

# Of twenty topics that no policy text treats, as many in each language. Were one treated after all,
# the level of noise would rise, and what exceeds it would look less than it is.
PROBES: dict[Language, tuple[str, ...]] = {
    Language.ENGLISH: (
        "How long should sourdough rise before baking?",
        "Which planet has the most moons?",
        "Who painted the ceiling of the Sistine Chapel?",
        "What is the offside rule in football?",
        "How do I reverse a list in Python?",
        "Why do cats purr?",
        "When did the Roman Empire fall?",
        "What is the melting point of tungsten?",
        "How do I tune a guitar by ear?",
        "Which river is the longest in Africa?",
        "How does photosynthesis work?",
        "What is the best chess opening for a beginner?",
        "How do I remove a coffee stain from a carpet?",
        "Who wrote the novel about the white whale?",
        "What causes the northern lights?",
        "How many bones does a shark have?",
        "How do I change the oil in a motorcycle?",
        "What is the derivative of the sine function?",
        "Which grapes is champagne made of?",
        "How do I plant tulip bulbs in autumn?",
    ),
    Language.RUSSIAN: (
        "Сколько должно подниматься тесто на закваске?",
        "У какой планеты больше всего спутников?",
        "Кто расписал потолок Сикстинской капеллы?",
        "Что такое положение вне игры в футболе?",
        "Как перевернуть список в языке Python?",
        "Почему мурлычут кошки?",
        "Когда пала Римская империя?",
        "При какой температуре плавится вольфрам?",
        "Как настроить гитару на слух?",
        "Какая река в Африке самая длинная?",
        "Как происходит фотосинтез?",
        "Какой шахматный дебют выбрать новичку?",
        "Чем вывести пятно от кофе с ковра?",
        "Кто написал роман о белом ките?",
        "Отчего бывает северное сияние?",
        "Есть ли у акулы кости?",
        "Как поменять масло в мотоцикле?",
        "Чему равна производная синуса?",
        "Из какого винограда делают шампанское?",
        "Как сажать луковицы тюльпанов осенью?",
    ),
    Language.KAZAKH: (
        "Ашытқы қамыр қанша уақытта көтеріледі?",
        "Қай планетаның серігі ең көп?",
        "Сикст капелласының төбесін кім бояған?",
        "Футболдағы офсайд ережесі қандай?",
        "Python тілінде тізімді қалай кері айналдырады?",
        "Мысықтар неге пырылдайды?",
        "Рим империясы қашан құлады?",
        "Вольфрам қандай температурада балқиды?",
        "Гитараны құлақпен қалай күйге келтіреді?",
        "Африкадағы ең ұзын өзен қайсы?",
        "Фотосинтез қалай жүреді?",
        "Жаңадан бастаған шахматшыға қай дебют қолайлы?",
        "Кілемдегі кофе дағын қалай кетіруге болады?",
        "Ақ кит туралы романды кім жазған?",
        "Солтүстік шұғыласы неден пайда болады?",
        "Акуланың сүйегі бар ма?",
        "Мотоциклдің майын қалай ауыстырады?",
        "Синустың туындысы неге тең?",
        "Шампан шарабы қандай жүзімнен жасалады?",
        "Күзде қызғалдақ пиязшығын қалай отырғызады?",
    ),
}


def probe_vectors(embedder: Embedder, cache: EmbeddingCache) -> dict[Language, Vectors]:
    """Return the vectors of the questions, (n, d) by language, those from the cache that it has."""
    return {
        language: np.stack(query_vectors(questions, embedder, cache))
        for language, questions in PROBES.items()
    }


def measure_noise(
    index: PassageVectors,
    rows: Mapping[Language, NDArray[np.int64]],
    probes: Mapping[Language, Vectors],
) -> dict[Language, dict[Language, Noise]]:
    """Return how near unrelated questions come, by language of the question and of the passage.

    A question and a passage in one language are nearer to each other than in two, whatever they are
    about, so each pair of languages has a level of its own. Levels are on the scale of likeness.

    Args:
        index: the vectors of the passages.
        rows: which passages are in each language.
        probes: the vectors of the questions, made as those of the passages were.
    """
    noise: dict[Language, dict[Language, Noise]] = {}
    for language, asked in probes.items():
        for other, chosen in rows.items():
            nearest = [index.search(vector, 1, chosen)[1] for vector in asked]
            best = [float(scores[0]) for scores in nearest if len(scores)]
            if best:
                level = Noise(usual=sum(best) / len(best), highest=max(best))
                noise.setdefault(language, {})[other] = level
    return noise


def measure_subject_noise(
    vectors: Vectors, probes: Mapping[Language, Vectors]
) -> dict[Language, Noise]:
    """Return how near unrelated questions come to the entries of the subject index, (n, d)."""
    noise: dict[Language, Noise] = {}
    if len(vectors):
        for language, asked in probes.items():
            best = (asked @ vectors.T).max(axis=1).tolist()
            noise[language] = Noise(usual=sum(best) / len(best), highest=max(best))
    return noise


def write_probes(path: Path, probes: Mapping[Language, Vectors]) -> None:
    """Write the vectors of the questions, by language, for a search to compare queries with."""
    with path.open("wb") as file:
        np.save(file, np.stack([probes[language] for language in PROBES]))


def read_probes(path: Path) -> dict[Language, Vectors]:
    """Read what `write_probes` wrote: (n, d) by language.

    Raises:
        IndexDamaged: the file is absent or is not such a file.
    """
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path, str(error)) from error
    if vectors.ndim != 3 or len(vectors) != len(PROBES):
        raise _damaged(path, f"it holds an array of shape {vectors.shape}")
    return dict(zip(PROBES, vectors, strict=True))


def _damaged(path: Path, reason: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path} cannot be read ({reason}); run `kb ingest` to build the index again."
    )
