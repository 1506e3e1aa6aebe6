"""What each idea of the ranking is worth: the search with one part off or otherwise, on every set.

    python benchmarks/ablation.py --sets ../shared/eval/*/ --folder ~/.cache/policy-kb/evaluation

nDCG@10 of the answers, over sets in BEIR's layout and over the gold questions of the split dev,
which are asked of the index in use. Prints Markdown tables and writes JSON to benchmarks/results/.
An asterisk marks what differs from the whole by more than chance (randomisation test over the
questions, p < 0.05; a gold question in three languages is one question).

Parts of the real engine are exchanged; hits are not built, references and corrections of spelling
are left out. A leg that a variant does not change is asked once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

import kb.search.engine as engine_module
import kb.search.legs as legs_module
import kb.search.ranking as ranking_module
import kb.stores.passage_vectors as vectors_module
import kb.stores.terms as terms_module
from kb import KnowledgeBase
from kb.documents import Language
from kb.editions import today
from kb.evaluation.asking import ANY, asked_of_gold, asked_of_set, spread
from kb.evaluation.evaluating import QUERY_VECTORS, QUESTIONS, shipped_questions
from kb.evaluation.indexing import indexed
from kb.evaluation.questions import ANSWER, read_questions
from kb.evaluation.remembering import RememberingEmbedder
from kb.evaluation.scoring import DEPTH, compare_paired, score
from kb.evaluation.sets import read_beir
from kb.generations import Noise
from kb.models import load_embedder
from kb.noise import PROBES, measure_subject_noise
from kb.search.fusion import SUBJECT, WORDS
from kb.search.legs import SUBJECTS, Leg, QueryTerms
from kb.search.naming import Named
from kb.search.queries import Filters, parse_query
from kb.search.ranking import Ranking
from kb.settings import Settings
from kb.stores.embeddings import EmbeddingCache
from kb.stores.passage_vectors import PassageArrays, PassageVectors
from kb.stores.subject_index import SubjectEntries, SubjectIndex
from kb.stores.vectors import FaissFlat
from kb.thesaurus import Thesaurus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from kb.documents import Passage
    from kb.evaluation.asking import Asked
    from kb.search.engine import SearchEngine
    from kb.search.queries import Query
    from kb.search.ranking import Found
    from kb.stores.records import Records
    from kb.stores.vectors import VectorIndex

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]

TOGETHER = "together"
UNLED = f"{QUESTIONS}, no subject index"  # the gold questions, asked as of texts that have none
MEASURE = "nDCG@10"
RANK_CONSTANT = 60  # of reciprocal rank fusion; Cormack, Clarke, Büttcher, SIGIR 2009
PROBES_EACH = 20  # of a language; they are the first of the reference queries
NEIGHBOURS = 10  # of a passage, among the reference queries
LONG = 100_000  # characters of a query: those of sets are never refused
MANY_EDITIONS = 10_000
LOOKED_AT = 200  # rows, among which ten documents are found


# --- what a variant may exchange ---


Constant = tuple[object, str, object]  # module, name, value


@dataclass(frozen=True)
class Variant:
    """The search with one change."""

    name: str
    changes: frozenset[str] = frozenset()  # legs that have to be asked anew
    constants: tuple[Constant, ...] = ()
    parts: Callable[[Bench], Mapping[str, object]] = lambda _bench: {}  # of the engine
    rank: Callable[[SearchEngine, Query, Found], Iterable[int]] = lambda engine, query, found: (
        engine._ranking.fused(query.language, found).rows.tolist()
    )
    gold_only: bool = False  # of the sets it changes nothing


def by_rank(_engine: SearchEngine, _query: Query, found: Found) -> list[int]:
    """Fuse the legs by ranks: each gives 1 / (60 + rank)."""
    scores: defaultdict[int, float] = defaultdict(float)
    for leg in (found.dense, found.lexical, found.subjects):
        for rank, row in enumerate(leg.rows[: legs_module.CANDIDATES].tolist(), start=1):
            scores[row] += 1 / (RANK_CONSTANT + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))


def without_subjects(engine: SearchEngine, query: Query, found: Found) -> list[int]:
    """Fuse meaning and words alone."""
    fused = engine._ranking.fused(query.language, replace(found, subjects=Leg(SUBJECTS)))
    return fused.rows.tolist()


class WholeOnly(PassageVectors):
    """Passages by the vector of the whole."""

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """As the base class."""
        return self._whole.scores(query, rows)


class WithoutHubs(PassageVectors):
    """Passages that lie near to every query count less: CSLS (Conneau et al., ICLR 2018), halved.

    The half keeps the scale of cosines. How near a passage lies to the reference queries around it
    is taken from the vector of the whole.
    """

    nearness: Vectors  # by row

    def scores(self, query: Vectors, rows: Rows) -> tuple[Rows, Vectors]:
        """As the base class."""
        held, likeness = super().scores(query, rows)
        return held, likeness - self.nearness[held] / 2


def other_vectors(kind: type[PassageVectors]) -> Callable[[Bench], Mapping[str, object]]:
    """Return what scores passages otherwise by the same vectors."""

    def parts(bench: Bench) -> Mapping[str, object]:
        held = bench.vectors
        vectors = kind(held._whole, held._parts, held._openings)
        return {"_vectors": vectors, "_ranking": bench.ranking(vectors, bench.as_asked)}

    return parts


def noise_anew(bench: Bench) -> Mapping[str, object]:
    """Return a ranking that knows what noise reaches under the constants of the variant."""
    return {"_ranking": bench.ranking(bench.vectors, bench.as_asked)}


def without_hubs(bench: Bench) -> Mapping[str, object]:
    """Return vectors that know how near each passage lies to queries in general."""
    held = bench.vectors
    vectors = WithoutHubs(held._whole, held._parts, held._openings)
    asked = np.concatenate(
        [
            bench.engine._centring.of_texts(of, [one] * len(of))
            for one, of in bench.reference.items()
        ]
    )
    nearest = np.sort(_array(held._whole) @ asked.T, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    vectors.nearness = np.zeros(int(held._whole.rows.max()) + 1, dtype=np.float32)
    vectors.nearness[held._whole.rows] = nearest
    return {"_vectors": vectors, "_ranking": bench.ranking(vectors, bench.as_asked)}


class Recentred:
    """Takes another share of the mean away, and keeps the spread of likenesses.

    The worth of words is on the scale of likeness, so queries are made as long as it takes.
    """

    def __init__(self, means: Mapping[Language, Vectors], scale: float = 1.0) -> None:
        self._means, self._scale = means, scale

    def of_text(self, vector: Vectors, language: Language) -> Vectors:
        """As `Centring.of_text`."""
        return self._scale * _unit(vector - self._means[language])

    def of_texts(self, vectors: Vectors, languages: Sequence[Language]) -> Vectors:
        """As `Centring.of_texts`, without the scale."""
        return _unit(vectors - self._rows(languages)) if len(vectors) else vectors

    def undone(self, vectors: Vectors, languages: Sequence[Language]) -> Vectors:
        """Return the unit vectors that were centred: of length k before they were made so."""
        if not len(vectors):
            return vectors
        means = self._rows(languages)
        along = (vectors * means).sum(axis=1)
        length = -along + np.sqrt(along**2 + 1 - (means**2).sum(axis=1))
        return np.asarray(length[:, np.newaxis] * vectors + means, dtype=np.float32)

    def _rows(self, languages: Sequence[Language]) -> Vectors:
        return np.stack([self._means[language] for language in languages])


def recentred(
    share: float, *, of_corpus: bool = False, kind: type[PassageVectors] = PassageVectors
) -> Callable[[Bench], Mapping[str, object]]:
    """Return vectors without `share` of the mean of their language.

    The mean is that of the probes, or for passages and queries that of the corpus's passages and of
    the reference queries.
    """

    def parts(bench: Bench) -> Mapping[str, object]:
        held, engine = bench.vectors, bench.engine
        now = Recentred(engine._centring._means)
        spoken = [
            [bench.passages[row].language for row in rows.tolist()]
            for rows in (held._whole.rows, held._part_rows, held._firsts)
        ]
        plain = [
            now.undone(_array(index), languages)
            for index, languages in zip(
                (held._whole, held._parts, held._openings), spoken, strict=True
            )
        ]
        asked = {
            language: share * queries[: None if of_corpus else PROBES_EACH].mean(axis=0)
            for language, queries in bench.reference.items()
        }
        said = dict(asked)
        if of_corpus:
            languages = np.array(spoken[0])
            for language in set(spoken[0]):
                said[language] = share * plain[0][languages == language].mean(axis=0)
        passages = Recentred(said)
        whole, of_parts, openings = (
            passages.of_texts(vectors, languages)
            for vectors, languages in zip(plain, spoken, strict=True)
        )
        spans = np.stack([held._firsts, held._lasts], axis=1)
        vectors = kind.build(
            PassageArrays(whole, held._whole.rows, of_parts, held._part_rows, openings, spans)
        )
        queries = Recentred(asked)
        before, after = (
            np.concatenate(
                [
                    of @ how.of_texts(examples, [language] * len(examples)).T
                    for language, examples in bench.reference.items()
                ],
                axis=1,
            )
            for of, how in ((_array(held._whole), now), (whole, queries))
        )
        scaled = Recentred(asked, float(before.std(axis=0).mean() / after.std(axis=0).mean()))
        subjects = engine._subjects
        of_entries = subjects.entries.languages
        entries = queries.of_texts(
            now.undone(_array(subjects._vectors), of_entries) if of_entries else whole[:0],
            of_entries,
        )
        probes = {
            language: np.stack([scaled.of_text(one, language) for one in examples[:PROBES_EACH]])
            for language, examples in bench.reference.items()
        }
        return {
            "_centring": scaled,
            "_vectors": vectors,
            "_ranking": bench.ranking(
                vectors, lambda text, language: scaled.of_text(bench.embed(text), language)
            ),
            "_subjects": SubjectIndex(
                subjects.entries,
                FaissFlat.build(entries, np.arange(len(entries))),
                subjects._terms,
            ),
            "_subject_noise": measure_subject_noise(entries, probes),
        }

    return parts


def _array(index: VectorIndex) -> Vectors:
    if not isinstance(index, FaissFlat):
        raise SystemExit("The ablation needs an exact index: raise KB_EXACT_VECTORS.")
    return np.asarray(index._flat.reconstruct_n(0, index.count), dtype=np.float32)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


DENSE, LEXICAL = frozenset({"dense"}), frozenset({"lexical", "subjects"})
VECTORS = frozenset({"dense", "subjects"})
_NO_PIECES: Constant = (terms_module, "pieces", lambda _text, _language: [])
_NO_PAIRS: Constant = (terms_module, "_pairs", lambda _text, _language: ())


def _heading(boost: float) -> Variant:
    fields = tuple(
        (name, boost if name == "heading" else usual) for name, usual in terms_module._FIELDS
    )
    return Variant(f"heading × {boost:g}", LEXICAL, ((terms_module, "_FIELDS", fields),))


VARIANTS = (
    Variant(TOGETHER),
    # where it began
    Variant(
        "plain vectors: dense alone, whole passages",
        VECTORS,
        parts=recentred(0.0, kind=WholeOnly),
        rank=lambda _engine, _query, found: found.dense.rows,
    ),
    Variant(
        "plain BM25: lexical alone, stems of passages",
        LEXICAL,
        (_NO_PIECES, _NO_PAIRS, (legs_module, "_OF_UNIT", 0.0)),
        parts=lambda _bench: {"_thesaurus": Thesaurus()},
        rank=lambda _engine, _query, found: found.lexical.rows,
    ),
    # the legs
    Variant("dense alone", rank=lambda _engine, _query, found: found.dense.rows),
    Variant("lexical alone", rank=lambda _engine, _query, found: found.lexical.rows),
    Variant("ranks fused, not scores", rank=by_rank),
    Variant(f"WORDS {WORDS / 2:g}", constants=((ranking_module, "WORDS", WORDS / 2),)),
    Variant(f"WORDS {WORDS * 1.5:g}", constants=((ranking_module, "WORDS", WORDS * 1.5),)),
    # by meaning
    Variant("whole passages only", DENSE, parts=other_vectors(WholeOnly)),
    Variant("no parts", DENSE, ((vectors_module, "PART", 0.0),), parts=noise_anew),
    Variant("no openings", DENSE, ((vectors_module, "OPENING", 0.0),), parts=noise_anew),
    Variant("openings 0.4", DENSE, ((vectors_module, "OPENING", 0.4),), parts=noise_anew),
    Variant("not centred", VECTORS, parts=recentred(0.0)),
    Variant("centred, λ = 1", VECTORS, parts=recentred(1.0)),
    Variant("centred, means of the corpus", VECTORS, parts=recentred(0.5, of_corpus=True)),
    Variant("CSLS", DENSE, parts=without_hubs),
    # by words
    Variant("no index of units", LEXICAL, ((legs_module, "_OF_UNIT", 0.0),)),
    Variant("units only", LEXICAL, ((legs_module, "_OF_UNIT", 1.0),)),
    Variant(
        "the best match counts in full", LEXICAL, ((legs_module, "_conviction", lambda *_: 1.0),)
    ),
    Variant("no pieces of words", LEXICAL, (_NO_PIECES,)),
    Variant("stems only", LEXICAL, (_NO_PIECES, _NO_PAIRS)),
    Variant("no thesaurus", LEXICAL, parts=lambda _bench: {"_thesaurus": Thesaurus()}),
    Variant("translated words × 1", LEXICAL, ((legs_module, "_TRANSLATED", 1.0),)),
    Variant("no synonyms", LEXICAL, ((legs_module, "_SYNONYM", 0.0),)),
    Variant("synonyms × 0.6", LEXICAL, ((legs_module, "_SYNONYM", 0.6),)),
    _heading(0.0),
    _heading(1.0),
    _heading(2.0),
    # by the subject index
    Variant("no subject index", rank=without_subjects, gold_only=True),
    Variant(
        "subject index alone",
        rank=lambda _engine, _query, found: found.subjects.rows.tolist(),
        gold_only=True,
    ),
    Variant(
        "one entry, not five",
        frozenset({"subjects"}),
        ((legs_module, "_VOICES", 1),),
        gold_only=True,
    ),
    Variant(
        "two entries, not five",
        frozenset({"subjects"}),
        ((legs_module, "_VOICES", 2),),
        gold_only=True,
    ),
    Variant(
        "entries by meaning only",
        frozenset({"subjects"}),
        ((legs_module, "_ENTRY_WORDS", 0.0),),
        gold_only=True,
    ),
    Variant(
        f"SUBJECT {SUBJECT / 2:g}",
        constants=((ranking_module, "SUBJECT", SUBJECT / 2),),
        gold_only=True,
    ),
    Variant(
        "instruments not spread",
        constants=(
            (
                ranking_module,
                "spread",
                lambda rows, scores, _groups: (rows, scores),
            ),
        ),
        gold_only=True,
    ),
    Variant(
        "standing counts for nothing",
        constants=((Ranking, "_standings", property(lambda _ranking: np.zeros(MANY_EDITIONS))),),
        gold_only=True,
    ),
)


# --- asking ---


# What is asked once for each question, unless a variant changes it, by the name of the leg.
ASKED = {"dense": "dense_candidates", "lexical": "lexical_leg", "subjects": "subject_leg"}


@dataclass
class Held:
    """The records of a generation, its passages in memory."""

    records: Records
    by_row: Sequence[Passage]

    def __getattr__(self, name: str) -> object:
        return getattr(self.records, name)

    def __len__(self) -> int:
        return len(self.by_row)

    def passages(self, rows: Iterable[int]) -> tuple[Passage, ...]:
        """Return the passages of these rows."""
        return tuple(self.by_row[row] for row in rows)


@dataclass
class Bench:
    """A set of questions and the engine that they are put to."""

    name: str
    engine: SearchEngine
    asked: Sequence[Asked]
    relevant: int  # the grade from which something is an answer
    reference: Mapping[Language, Vectors]  # of queries in general
    embed: Callable[[str], Vectors]
    passages: Sequence[Passage] = field(init=False)
    vectors: PassageVectors = field(init=False)
    _legs: dict[tuple[str, str], object] = field(init=False, default_factory=dict)
    _key: str = field(init=False, default="")
    _changes: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        records = self.engine._records
        self.passages = records.passages(range(len(records)))
        self.vectors = self.engine._vectors
        self.engine._records = Held(records, self.passages)  # type: ignore[assignment]
        self.engine._ranking._records = self.engine._records

    def measure(self, variant: Variant) -> dict[str, float]:
        """Return the measure of each question."""
        rankings = {}
        with self._changed(variant):
            for item in self.asked:
                self._key = item.key
                query, found = self._found(item)
                rows = list(variant.rank(self.engine, query, found))[:LOOKED_AT]
                items = (
                    name
                    for passage in self.engine._records.passages(rows)
                    for name in item.judge(passage)
                )
                rankings[item.key] = list(dict.fromkeys(items))[:DEPTH]
        grades = {item.key: item.grades for item in self.asked}
        scored = score(grades, rankings, relevant=self.relevant)
        return {key: measures[MEASURE] for key, measures in scored.items()}

    def as_asked(self, text: str, language: Language) -> Vectors:
        """Return the vector of a query as the engine makes it."""
        return self.engine._centring.of_text(self.embed(text), language)

    def ranking(
        self, vectors: PassageVectors, embed: Callable[[str, Language], Vectors]
    ) -> Ranking:
        """Return one that has measured noise anew, as `kb.noise` does when an index is built."""
        rows = defaultdict(list)
        for row in self.vectors._whole.rows.tolist():
            rows[self.passages[row].language].append(row)
        found: defaultdict[Language, dict[Language, Noise]] = defaultdict(dict)
        for asked_in, questions in PROBES.items():
            for language, chosen in rows.items():
                best = [
                    float(vectors.search(embed(text, asked_in), 1, np.array(chosen))[1][0])
                    for text in questions
                ]
                found[asked_in][language] = Noise(usual=sum(best) / len(best), highest=max(best))
        return Ranking(self.engine._records, found)

    def _found(self, item: Asked) -> tuple[Query, Found]:
        if not self._changes and (held := self._legs.get(("found", item.key))):
            return held  # type: ignore[return-value]
        query = parse_query(item.text, LONG)
        filters = Filters(languages=frozenset(item.languages) if item.languages else None)
        query, allowed, _ = self.engine._allowed(query, filters, query.language, today())
        weights = QueryTerms(
            query.words, query.language, self.engine._terms, self.engine._thesaurus
        )
        named = Named({})
        found = self.engine._found(query, weights, filters, allowed, named)
        if not self._changes:
            self._legs["found", item.key] = query, found
        return query, found

    @contextmanager
    def _changed(self, variant: Variant) -> Iterator[None]:
        self._changes = variant.changes
        with ExitStack() as stack:
            for leg, name in ASKED.items():
                make = self._remembering(leg, getattr(engine_module, name))
                stack.enter_context(mock.patch.object(engine_module, name, make))
            for module, name, value in variant.constants:
                stack.enter_context(mock.patch.object(module, name, value))
            for name, value in variant.parts(self).items():
                stack.enter_context(mock.patch.object(self.engine, name, value))
            yield

    def _remembering(self, leg: str, make: Callable[..., object]) -> Callable[..., object]:
        """Return what asks a leg once for each question, unless the variant changes it."""

        def asked(*given: object) -> object:
            if leg in self._changes:
                return make(*given)
            key = leg, self._key
            if key not in self._legs:
                self._legs[key] = make(*given)
            return self._legs[key]

        return asked


# --- all of it ---


def benches(
    sets: Sequence[Path], folder: Path, settings: Settings, limit: int, *, gold: bool
) -> Iterator[Bench]:
    """Yield each set, opened."""
    questions = [item for item in read_questions(shipped_questions()) if item.split == "dev"]
    with EmbeddingCache(folder / QUERY_VECTORS) as cache:
        embedder = RememberingEmbedder(load_embedder(settings), cache)
        reference = {
            language: np.stack(
                [
                    embedder.embed_query(text)
                    for text in (
                        *PROBES[language],
                        *(item.texts[language] for item in questions if language in item.texts),
                    )
                ]
            )
            for language in Language
        }
        for path in sets:
            given = read_beir(path)
            held = indexed(given, embedder, settings, folder)
            asked = spread(list(asked_of_set(given, held.kb, held.names)), limit)
            engine = held.kb._searching()
            yield Bench(given.name, engine, asked, 1, reference, embedder.embed_query)
        if gold:
            for name in (QUESTIONS, UNLED):
                kb = KnowledgeBase(settings, embedder)
                asked = list(asked_of_gold(questions, kb))
                engine = kb._searching()
                if name == UNLED:
                    subjects = engine._subjects
                    engine._subjects = SubjectIndex(
                        SubjectEntries.of(()), subjects._vectors, subjects._terms
                    )
                yield Bench(name, engine, asked, ANSWER, reference, embedder.embed_query)


def columns(bench: Bench) -> dict[str, list[Asked]]:
    """Return the questions by the column that they are in; the first one is the set's own."""
    if bench.name not in (QUESTIONS, UNLED):
        return {bench.name: list(bench.asked)}
    suffix = bench.name.removeprefix(QUESTIONS)
    found: defaultdict[str, list[Asked]] = defaultdict(list)
    for item in bench.asked:
        source, target = item.group.split("→")
        if target == ANY:
            names = ["gold", item.group]
        else:
            names = ["same language" if source == target else "other language"]
        for name in names:
            found[f"{name}{suffix}"].append(item)
    return {f"gold{suffix}": found.pop(f"gold{suffix}"), **found}


def by_question(asked: Sequence[Asked], values: Mapping[str, float]) -> list[float]:
    """Return the mean of each question over the ways in which it is asked."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for item in asked:
        found[item.query].append(values[item.key])
    return [sum(each) / len(each) for each in found.values()]


Table = dict[str, dict[str, tuple[float, bool]]]  # variant → column → mean, whether beyond chance


def measured(bench: Bench, progress: Callable[[str], None]) -> Table:
    """Return what each variant reaches."""
    table: Table = {}
    whole: dict[str, float] = {}
    for variant in VARIANTS:
        if variant.gold_only and bench.name != QUESTIONS:
            continue
        values = bench.measure(variant)
        whole = whole or values
        table[variant.name] = {}
        for column, asked in columns(bench).items():
            mean = sum(values[item.key] for item in asked) / len(asked)
            pair = compare_paired(by_question(asked, whole), by_question(asked, values))
            table[variant.name][column] = mean, pair.significant
        first = next(iter(table[variant.name].values()))[0]
        progress(f"{bench.name} {variant.name}: {first:.3f}")
    return table


def markdown(table: Table, chosen: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table; the mean is that of rows that have every column."""
    yield f"| | {' | '.join(chosen)} | mean |"
    yield f"| --- |{' ---: |' * (len(chosen) + 1)}"
    for variant, row in table.items():
        if not any(column in row for column in chosen):
            continue
        cells = [
            f"{row[column][0]:.3f}{'*' if row[column][1] else ''}" if column in row else "–"
            for column in chosen
        ]
        full = all(column in row for column in chosen)
        mean = f"{sum(row[column][0] for column in chosen) / len(chosen):.3f}" if full else "–"
        yield f"| {variant} | {' | '.join(cells)} | {mean} |"


def main() -> None:
    """Measure, print, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", type=Path, nargs="*", default=[], help="folders")
    parser.add_argument("--folder", type=Path, help="that holds the indexes of sets")
    parser.add_argument("--limit", type=int, default=700, help="questions of a set, spread over it")
    parser.add_argument("--no-gold", action="store_true", help="leave the gold questions out")
    given = parser.parse_args()
    settings = Settings.from_environment()
    folder = given.folder or settings.cache / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)

    table: Table = {variant.name: {} for variant in VARIANTS}
    sets: list[str] = []
    asked: dict[str, int] = {}
    for bench in benches(given.sets, folder, settings, given.limit, gold=not given.no_gold):
        for variant, row in measured(bench, lambda line: print(line, file=sys.stderr)).items():
            table[variant].update(row)
        by_column = columns(bench)
        asked.update({name: len(items) for name, items in by_column.items()})
        sets.append(next(iter(by_column)))
        report = {"asked": asked, MEASURE: table}
        (results / "ablation.json").write_text(json.dumps(report, indent=2), "utf-8")
    for chosen in (sets, [name for name in asked if name not in sets]):
        if chosen:
            print("\n".join(markdown(table, chosen)), end="\n\n")
    print(", ".join(f"{name} {count}" for name, count in asked.items()))


if __name__ == "__main__":
    main()
