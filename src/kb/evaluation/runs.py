"""A measurement that is kept, so that a later one can be compared with it question by question."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kb.errors import BadRequest, NotFound, StorageFull
from kb.evaluation.report import ALL, SEARCH, Difference, Evaluation, SetScores
from kb.evaluation.scoring import MEASURES, compare_paired
from kb.search.results import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FORM = "policy-kb evaluation 1"


def save_run(evaluation: Evaluation, file: Path) -> None:
    """Write a measurement, the measures of every question included.

    Raises:
        StorageFull: the file cannot be written.
    """
    text = json.dumps({"form": _FORM, **to_json(evaluation)}, ensure_ascii=False)
    try:
        file.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise StorageFull(f"{file} cannot be written ({error.strerror}).") from error


def compare_with_saved(evaluation: Evaluation, file: Path) -> Evaluation:
    """Return the measurement with its differences from a saved one.

    Raises:
        NotFound: there is no such file.
        BadRequest: it is no saved measurement, or one of other questions.
    """
    saved = _read(file)
    before = {item["name"]: item for item in saved["sets"]}
    shared = [item for item in evaluation.sets if item.name in before]
    if not shared:
        raise BadRequest(
            f"{file} measured {', '.join(before) or 'nothing'}, and none of the sets of this run:"
            " compare runs over the same sets."
        )
    differences: list[Difference] = []
    for item in shared:
        if before[item.name]["digest"] != item.digest:
            raise BadRequest(
                f"{item.name} is not what it was when {file} was saved: other questions or answers."
            )
        differences += _differences(item, before[item.name])
    return replace(evaluation, before=saved["configuration"], differences=tuple(differences))


def _differences(now: SetScores, before: Mapping[str, Any]) -> Iterator[Difference]:
    old = {
        (item["group"], item["query"]): item["measures"]
        for item in before["queries"]
        if item["ranking"] == SEARCH
    }
    new = {
        (item.group, item.query): item.measures for item in now.queries if item.ranking == SEARCH
    }
    both = [key for key in new if key in old]
    for group in (item.group for item in now.groups if item.ranking == SEARCH):
        keys = [key for key in both if group in (ALL, key[0])]
        if keys:
            for measure in MEASURES:
                pairs = ([scores[key][measure] for key in keys] for scores in (old, new))
                yield Difference(now.name, group, measure, compare_paired(*pairs))


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"There is no {file}: save a run with --save first.") from error
    except (OSError, ValueError) as error:
        raise BadRequest(f"{file} cannot be read as JSON ({error}).") from error
    if not isinstance(data, dict) or data.get("form") != _FORM:
        raise BadRequest(f"{file} is not a run that `kb eval --save` wrote.")
    return data
