"""The measure: how well the search finds what answers a question.

sets, gold questions ─▶ index ─▶ search ─▶ judged rankings ─▶ measures with intervals ─▶ report

from pathlib import Path
from kb.evaluation import evaluate
evaluation = evaluate(settings, sets=[Path("law223_kk2ru")], legs=True)
evaluation.sets[0].groups[0].measures["nDCG@10"].mean
"""

from kb.evaluation.evaluating import evaluate, shipped_questions
from kb.evaluation.refusing import refused
from kb.evaluation.report import Evaluation
from kb.evaluation.runs import compare_with_saved, save_run

__all__ = [
    "Evaluation",
    "compare_with_saved",
    "evaluate",
    "refused",
    "save_run",
    "shipped_questions",
]
