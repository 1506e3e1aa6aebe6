"""Generations: complete, immutable builds of the index, one of which is in use.

    with building(index) as draft:                       # nobody else builds meanwhile
        write_records(draft.records, documents, passages)
        FaissFlat.build(vectors, rows).write(draft.vectors)
        ...                                              # and the words, into draft.terms
        generation = draft.commit(contents)              # verified, then in use, at once
    collect_garbage(index)

    generation = open_current(index)                     # a folder and its manifest
    check_compatible(generation.manifest, model_fingerprint=…, dimension=…, chunker=…)

Whatever is killed at whatever moment, CURRENT names a complete generation: the new one, or the one
before it.
"""

from kb.generations.building import Draft, building, collect_garbage
from kb.generations.folder import CURRENT, RECORDS, TERMS, VECTORS
from kb.generations.manifest import (
    SCHEMA,
    Contents,
    Counts,
    FileStamp,
    Manifest,
    ModelStamp,
    Noise,
    SelfTest,
    VectorStamp,
    check_compatible,
    count_contents,
)
from kb.generations.reading import (
    Generation,
    GenerationEntry,
    Problem,
    current_name,
    list_generations,
    open_current,
    open_generation,
    verify_files,
)

__all__ = [
    "CURRENT",
    "RECORDS",
    "SCHEMA",
    "TERMS",
    "VECTORS",
    "Contents",
    "Counts",
    "Draft",
    "FileStamp",
    "Generation",
    "GenerationEntry",
    "Manifest",
    "ModelStamp",
    "Noise",
    "Problem",
    "SelfTest",
    "VectorStamp",
    "building",
    "check_compatible",
    "collect_garbage",
    "count_contents",
    "current_name",
    "list_generations",
    "open_current",
    "open_generation",
    "verify_files",
]
