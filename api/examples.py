"""Examples for the API's description; the tests read each of them into its model.

All of them are about one text of three lines, so that the spans and hashes are true.
"""

from typing import Any

TEXT = """Article 4. Maternity leave
1. The convention grants at least fourteen weeks of maternity leave.
2. Six of them follow the birth."""

_TEXT_SHA256 = "78105b9b996bcfa40cd1ef9d90a9538481bdfcd1ce8e7d1285e6e6b04b806ca6"
_QUOTE = TEXT[27:95]
_GENERATION = "gen-20260112T101500Z-5b1a9cde0f42"
_PERMALINK = "/documents/ilo-c183/en-digest#art_4__cl_1"
_CITATION = "ILO Convention No. 183, Art. 4(1) (digest)"

SEARCH_REQUESTS: list[dict[str, Any]] = [
    {"query": "maternity protection ILO 183"},
    {
        "query": "отпуск по беременности и родам",
        "limit": 5,
        "languages": ["ru", "kk"],
        "documents": ["ilo-c183"],
        "provenances": ["official"],
        "reader_language": "en",
    },
]

RECEIPT: dict[str, Any] = {
    "document_id": "ilo-c183",
    "edition_id": "en-digest",
    "eid": "art_4__cl_1",
    "language": "en",
    "provenance": "digest",
    "valid_from": None,
    "quote": _QUOTE,
    "span": {"start": 27, "end": 95},
    "quote_sha256": "ba020cb28ed366d5e1e7c43039b135b50b061703d2c7e107e554e28cb7dbdab2",
    "text_sha256": _TEXT_SHA256,
}

_HIGHLIGHT = {"span": {"start": 79, "end": 94}, "text": TEXT[79:94]}

SEARCH_RESULT: dict[str, Any] = {
    "query": "maternity protection ILO 183",
    "language": "en",
    "hits": [
        {
            "rank": 1,
            "score": 1.0328,
            "document_id": "ilo-c183",
            "edition_id": "en-digest",
            "eid": "art_4__cl_1",
            "pinpoint": "art_4__cl_1",
            "title": "Maternity Protection Convention, 2000",
            "heading": "Maternity leave",
            "citation": _CITATION,
            "permalink": _PERMALINK,
            "provenance": "digest",
            "provenance_note": "Our own summary, not the text of the law.",
            "official_url": "https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::P12100_ILO_CODE:C183",
            "language": "en",
            "status": "in-force",
            "valid_from": None,
            "valid_to": None,
            "page": None,
            "text": _QUOTE,
            "span": {"start": 27, "end": 95},
            "highlights": [_HIGHLIGHT],
            "snippet": {
                "text": _QUOTE,
                "span": {"start": 27, "end": 95},
                "highlights": [_HIGHLIGHT],
            },
            "receipt": RECEIPT,
            "explain": {
                "legs": [
                    {"leg": "dense", "rank": 1, "score": 0.871},
                    {"leg": "lexical", "rank": 1, "score": 1.0},
                ],
                "fusion": 0.118,
                "reference": "ILO 183",
                "phrases": [],
                "matched_terms": ["maternity"],
                "through": [],
                "subject": None,
                "standing": -0.002,
            },
            "parallel": [
                {"language": "ru", "permalink": "/documents/ilo-c183/ru-digest#art_4__cl_1"}
            ],
            "repeated": [],
        }
    ],
    "notices": [],
    "generation": _GENERATION,
    "offset": 0,
    "more": True,
    "as_of": None,
    "confidence": 0.97,
}

ANSWER_REQUESTS: list[dict[str, Any]] = [
    {"question": "How long is maternity leave?"},
    {
        "question": "Сколько длится отпуск по беременности и родам?",
        "documents": ["ilo-c183"],
        "reader_language": "en",
        "written": False,
    },
]

_NOTE = "Our own summary, not the text of the law."

ANSWER: dict[str, Any] = {
    "question": "How long is maternity leave?",
    "language": "en",
    "grounded": True,
    "kind": "extractive",
    "sentences": [
        {
            "role": "rule",
            "text": _QUOTE,
            "citation": _CITATION,
            "permalink": _PERMALINK,
            "provenance_note": _NOTE,
            "receipt": RECEIPT,
            "lead_in": [],
        }
    ],
    "sources": [
        {
            "document_id": "ilo-c183",
            "edition_id": "en-digest",
            "title": "ILO Convention No. 183",
            "provenance": "digest",
            "provenance_note": _NOTE,
            "status": "in-force",
            "valid_from": None,
            "permalink": "/documents/ilo-c183/en-digest",
            "official_url": None,
        }
    ],
    "nearest": [],
    "notices": [],
    "dropped": 0,
    "corrected": 0,
    "generation": _GENERATION,
    "as_of": None,
}

CONTEXT: dict[str, Any] = {
    "query": "maternity leave",
    "language": "en",
    "text": f"[1] {_CITATION}\n{_QUOTE}",
    "tokens": 34,
    "max_tokens": 2000,
    "passages": [
        {
            "number": 1,
            "text": _QUOTE,
            "citation": _CITATION,
            "permalink": _PERMALINK,
            "language": "en",
            "provenance": "digest",
            "provenance_note": _NOTE,
            "receipt": RECEIPT,
            "tokens": 34,
        }
    ],
    "left_out": 0,
    "notices": [],
    "generation": _GENERATION,
    "as_of": None,
}

_HEAD: dict[str, Any] = {
    "id": "ilo-c183",
    "titles": {"en": "Maternity Protection Convention, 2000"},
    "kind": "convention",
    "number": "183",
    "date": "2000-06-15",
    "issuer": "International Labour Organization",
    "status": "in-force",
    "short": {"en": "C183"},
    "aliases": ["MPC 2000"],
    "urls": {},
    "licence": None,
    "coverage": "A digest of the articles on leave.",
    "ended": None,
}

_EDITION: dict[str, Any] = {
    "id": "en-digest",
    "language": "en",
    "provenance": "digest",
    "source": "en.md",
    "source_sha256": _TEXT_SHA256,
    "valid_from": None,
    "valid_to": None,
    "status": "in-force",
    "amended_by": None,
    "url": None,
    "warnings": [],
    "text_sha256": _TEXT_SHA256,
    "characters": 128,
    "nodes": 4,
}


def _node(eid: str, level: str, start: int, end: int, **given: object) -> dict[str, Any]:
    empty = {"number": None, "heading": None, "parent": None, "page": None}
    return {"eid": eid, "level": level, "span": {"start": start, "end": end}, **empty, **given}


_CLAUSE = _node("art_4__cl_1", "clause", 27, 96, number="1", parent="art_4")

DOCUMENT_PAGE: dict[str, Any] = {
    "documents": [{**_HEAD, "editions": [_EDITION]}],
    "total": 1,
    "limit": 20,
    "offset": 0,
}

DOCUMENT_OUTLINE: dict[str, Any] = {
    **_HEAD,
    "editions": [
        {
            **_EDITION,
            "outline": [
                _node("art_4", "article", 0, 128, number="4", heading="Maternity leave"),
                _node("art_4__hdg", "heading", 0, 27, parent="art_4"),
                _CLAUSE,
                _node("art_4__cl_2", "clause", 96, 128, number="2", parent="art_4"),
            ],
            "text": None,
        }
    ],
}

NODE_TEXT: dict[str, Any] = {
    "document": _HEAD,
    "edition": _EDITION,
    "node": _CLAUSE,
    "text": TEXT[27:96],
    "citation": {"text": _CITATION, "permalink": _PERMALINK},
    "receipt": RECEIPT,
    "notices": [],
    "current": None,
}

EDITION_LIST: dict[str, Any] = {
    "editions": [{**_EDITION, "holds": True, "permalink": "/documents/ilo-c183/en-digest"}]
}

HISTORY: dict[str, Any] = {
    "versions": [
        {
            "change": "first-held",
            "edition_id": "en-digest",
            "language": "en",
            "provenance": "digest",
            "eid": "art_4__cl_1",
            "valid_from": None,
            "valid_to": None,
            "amended_by": None,
            "text": TEXT[27:96],
        }
    ]
}

CITATION_GRAPH: dict[str, Any] = {
    "document_id": "ilo-c183",
    "edition_id": "en-digest",
    "eid": "art_4__cl_1",
    "cites": [],
    "cited_by": [
        {
            "document_id": "ilo-c183",
            "edition_id": "en-digest",
            "eid": "art_4__cl_1",
            "language": "en",
            "citation": _CITATION,
            "permalink": _PERMALINK,
            "cites": "art_4__cl_1",
            "words": _QUOTE,
            "receipt": RECEIPT,
        }
    ],
}

COMPARISON: dict[str, Any] = {
    "document_id": "ilo-c183",
    "a": "en-2000-06-15-digest",
    "b": "en-2002-02-07-digest",
    "units": [
        {
            "kind": "changed",
            "eid_a": "art_4",
            "eid_b": "art_4",
            "level": "article",
            "heading_a": "Article 4. Maternity leave",
            "heading_b": "Article 4. Maternity leave",
            "reworded": True,
            "changes": [
                {
                    "kind": "changed",
                    "eid_a": "art_4__cl_2",
                    "eid_b": "art_4__cl_2",
                    "level": "clause",
                    "reworded": True,
                    "pieces": [
                        {
                            "op": "equal",
                            "text": "2. ",
                            "span_a": {"start": 96, "end": 99},
                            "span_b": {"start": 96, "end": 99},
                        },
                        {
                            "op": "deleted",
                            "text": "Five",
                            "span_a": {"start": 99, "end": 103},
                            "span_b": None,
                        },
                        {
                            "op": "inserted",
                            "text": "Six",
                            "span_a": None,
                            "span_b": {"start": 99, "end": 102},
                        },
                        {
                            "op": "equal",
                            "text": " of them follow the birth.",
                            "span_a": {"start": 103, "end": 129},
                            "span_b": {"start": 102, "end": 128},
                        },
                    ],
                }
            ],
            "moved_away": [],
        }
    ],
    "counts": {
        "unchanged": 2,
        "changed": 1,
        "renumbered": 0,
        "inserted": 0,
        "removed": 0,
        "notes": 0,
    },
}

PARALLEL_NODES: dict[str, Any] = {"texts": [NODE_TEXT]}

_DRAFT = "Maternity leave lasts at least 98 days."

COMPARE_PROVISIONS_REQUESTS: list[dict[str, Any]] = [
    {
        "a": {"text": _DRAFT, "language": "en"},
        "b": {"document_id": "ilo-c183", "eid": "art_4__cl_1"},
    },
    {
        "a": {"document_id": "ilo-c183", "eid": "art_4", "language": "en"},
        "b": {"document_id": "kz-labour-code-2015", "eid": "art_99", "edition": "ru-digest"},
        "reader_language": "ru",
    },
]

_SENTENCE_SPAN = {"start": 30, "end": 95}  # without the number in front
_SENTENCE = TEXT[30:95]
_SENTENCE_SHA256 = "6423d0741a462a14c8968f49a2fcec56bdb6f77f6b6f84ece1cf57620a4cc0d1"

PROVISION_COMPARISON: dict[str, Any] = {
    "language": "en",
    "a": {
        "text": _DRAFT,
        "language": "en",
        "document_id": None,
        "edition_id": None,
        "eid": None,
        "citation": None,
        "permalink": None,
        "receipt": None,
    },
    "b": {
        "text": TEXT[27:96],
        "language": "en",
        "document_id": "ilo-c183",
        "edition_id": "en-digest",
        "eid": "art_4__cl_1",
        "citation": _CITATION,
        "permalink": _PERMALINK,
        "receipt": RECEIPT,
    },
    "pairs": [
        {
            "a": {
                "text": _DRAFT,
                "span": {"start": 0, "end": 39},
                "eid": None,
                "receipt": None,
            },
            "b": {
                "text": _SENTENCE,
                "span": _SENTENCE_SPAN,
                "eid": "art_4__cl_1",
                "receipt": {
                    **RECEIPT,
                    "quote": _SENTENCE,
                    "span": _SENTENCE_SPAN,
                    "quote_sha256": _SENTENCE_SHA256,
                },
            },
            "similarity": 0.8123,
            "loose": False,
            "quantities": [
                {
                    "kind": "same-other-unit",
                    "a": {
                        "text": "98 days",
                        "span": {"start": 31, "end": 38},
                        "value": "98",
                        "unit": "day",
                    },
                    "b": {
                        "text": "fourteen weeks",
                        "span": {"start": 61, "end": 75},
                        "value": "14",
                        "unit": "week",
                    },
                    "message": "The same in another unit: “98 days” and “fourteen weeks”"
                    " (in days: 98).",
                }
            ],
        }
    ],
    "only_a": [],
    "only_b": [],
    "notices": [
        "Sentences are paired by the likeness of their wording; no legal judgement.",
    ],
}

VERIFICATION: dict[str, Any] = {
    "verdict": "valid",
    "message": "The words stand where the receipt says, in the same text.",
    "receipt": RECEIPT,
    "eid": "art_4__cl_1",
    "span": {"start": 27, "end": 95},
    "quote": _QUOTE,
}

REFERENCES_REQUEST = {"text": "as Article 4(1) of ILO C183 requires"}

REFERENCES: dict[str, Any] = {
    "references": [
        {
            "start": 3,
            "end": 27,
            "text": "Article 4(1) of ILO C183",
            "kind": "provision",
            "status": "resolved",
            "document_id": "ilo-c183",
            "instrument": "ILO Convention No. 183",
            "eid": "art_4__cl_1",
            "last_eid": None,
            "normal": "ilo-c183#art_4__cl_1",
            "citation": "ILO Convention No. 183, art. 4(1)",
            "candidates": [],
            "nearest": None,
            "permalink": _PERMALINK,
        }
    ],
    "generation": _GENERATION,
}

READY = {"status": "ready", "generation": _GENERATION}
