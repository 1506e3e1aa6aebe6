"""Answers to questions, and context for other programs' prompts.

    search result ─▶ quoting     ─▶ extracting  ─▶ ordering       ─▶ results
                     sentences      those that     rules, then
                     with their     answer the     exceptions,
                     lead-ins       question       then sources

    where a language model is configured
                     writing     ─▶ checking    ─▶ results
                     what it        what of it
                     says           is proved

`grounding` decides whether the corpus answers at all, `context` packs passages into a budget of
tokens, `wording` has what is said to the reader.
"""

from __future__ import annotations

from kb.answers.answering import Answerer
from kb.answers.context import pack
from kb.answers.results import Answer, AnswerKind, AnswerSentence, AnswerSource, Context, Role

__all__ = [
    "Answer",
    "AnswerKind",
    "AnswerSentence",
    "AnswerSource",
    "Answerer",
    "Context",
    "Role",
    "pack",
]
