"""Fit the weights of `kb.search.confidence`, and say what they reach.

    python benchmarks/confidence.py [--unanswerable FILE.jsonl]

What is answered: the gold questions. What is not: the unanswerable ones among them, and the
questions of the file. Fitted on the split dev and on every second question of the file; measured on
the others. Over the index in use, which holds the shipped corpus.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kb import KnowledgeBase
from kb.documents import Language
from kb.evaluation.evaluating import shipped_questions
from kb.evaluation.questions import ANSWER, read_questions
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.search.confidence import Evidence

SIGNS = ("score", "coverage", "around", "off_topic_nearest", "off_topic", "length")


def row(evidence: Evidence) -> list[float]:
    """Return the signs as numbers."""
    numbers = [float(getattr(evidence, name)) for name in SIGNS]
    return [
        *numbers,
        *(float(evidence.language is one) for one in (Language.ENGLISH, Language.KAZAKH)),
    ]


def asked(file: Path | None) -> list[tuple[str, bool, bool]]:
    """Return (text, answered, fitted on)."""
    found = [
        (text, ANSWER in item.grades.values(), item.split == "dev")
        for item in read_questions(shipped_questions())
        for text in item.texts.values()
    ]
    if file is not None:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        found += [(line["text"], False, at % 2 == 0) for at, line in enumerate(lines)]
    return found


def precision_recall(refused: np.ndarray, answered: np.ndarray) -> tuple[float, float]:
    """Return both, of refusing."""
    right = float((refused & ~answered).sum())
    return right / max(1, refused.sum()), right / max(1, (~answered).sum())


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--unanswerable", type=Path)
    questions = asked(parser.parse_args().unanswerable)
    kb = KnowledgeBase(Settings.from_environment())
    signs = [(kb.evidence(text), answered, dev) for text, answered, dev in questions]
    for name in ("LED", "UNLED"):
        held = [item for item in signs if item[0] is not None]
        if name == "UNLED":  # as if there were no subject index: its part of the score goes
            held = [
                (dataclasses.replace(item[0], score=item[0].unled_score), *item[1:])
                for item in held
            ]
        table = np.array([row(item[0]) for item in held])
        answered = np.array([item[1] for item in held])
        dev = np.array([item[2] for item in held])
        model = make_pipeline(StandardScaler(), LogisticRegression(C=3, max_iter=5000))
        folds = StratifiedKFold(8, shuffle=True, random_state=0)
        guesses = cross_val_predict(
            model, table[dev], answered[dev], cv=folds, method="predict_proba"
        )[:, 1]
        threshold = max(
            np.unique(guesses), key=lambda at: min(precision_recall(guesses <= at, answered[dev]))
        )
        model.fit(table[dev], answered[dev])
        scaler, fitted = model[0], model[1]
        weights = fitted.coef_[0] / scaler.scale_
        constant = fitted.intercept_[0] - (weights * scaler.mean_).sum()
        print(
            name,
            f"constant {constant:.2f}",
            dict(zip((*SIGNS, "english", "kazakh"), weights.round(2).tolist(), strict=True)),
        )
        for what, chosen in (("dev", dev), ("the others", ~dev)):
            refused = model.predict_proba(table[chosen])[:, 1] <= threshold
            precision, recall = precision_recall(refused, answered[chosen])
            print(
                f"  {what}: threshold {threshold:.2f} precision {precision:.3f} recall {recall:.3f}"
            )


if __name__ == "__main__":
    main()
