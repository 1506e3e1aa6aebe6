"""Questions that no policy corpus answers, to learn what a chance similarity looks like.

An embedding model finds a nearest passage for everything. How near "chance" is differs from model
to model, from language to language and from corpus to corpus, so it is measured whenever an index
is built: these questions are asked, and the most that they reach is the floor below which the
dense leg, when no word of the query is found either, does not count as evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.documents import Language
from kb.stores.embeddings import cache_key

if TYPE_CHECKING:
    from kb.models import Embedder
    from kb.stores.embeddings import EmbeddingCache
    from kb.stores.vectors import VectorIndex

# Of twenty topics that no policy text treats. Were one treated after all, the floor would rise, and
# questions of whose words the corpus has none would be turned away sooner than need be.
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


def measure_noise_floor(
    index: VectorIndex, embedder: Embedder, cache: EmbeddingCache
) -> dict[Language, float]:
    """Return, for each language of a query, how near to this corpus unrelated questions come.

    A cosine similarity; 0.0 over an index without vectors. The questions are the same for every
    corpus, so their vectors are kept in the cache.
    """
    floor = {}
    for language, questions in PROBES.items():
        keys = [cache_key(f"{embedder.fingerprint} query", question) for question in questions]
        held = cache.get_many(keys)
        missing = [
            (key, text) for key, text in zip(keys, questions, strict=True) if key not in held
        ]
        made = {key: embedder.embed_query(text) for key, text in missing}
        cache.put_many(made.items())
        nearest = [index.search({**held, **made}[key], 1)[1] for key in keys]
        best = [float(scores[0]) for scores in nearest if len(scores)]
        floor[language] = max(best, default=0.0)
    return floor
