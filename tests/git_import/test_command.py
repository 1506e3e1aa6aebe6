"""The command, from a repository to a search."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_every_version_becomes_an_edition(
    history: Any,
    acts: Any,
    data: Path,
    run_kb: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KB_DATA", str(data))
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1", "2"]))
    history.commit(
        "2013-07-03",
        acts.act(acts.ACT, "2013-07-03", ["1", "2", "2-1"], cause="Закон № 124-V"),
    )
    code, out, err = run_kb("import-git", history.path, "--json")
    assert (code, err) == (0, "")
    assert len(json.loads(out)["ingested"]["files"]) == 4

    document = json.loads(run_kb("show", "kz-law-223-iv-2009", "--json")[1])
    assert [(item["valid_from"], item["valid_to"]) for item in document["editions"]] == [
        ("2009-12-08", "2013-07-03"),
        ("2013-07-03", None),
    ] * 2
    found = json.loads(run_kb("search", "равенство при найме", "--json")[1])["hits"]
    assert {hit["valid_from"] for hit in found} == {"2013-07-03"}
    code, out, _ = run_kb("show", "kz-law-223-iv-2009#art_2-1", "--language", "ru")
    assert code == 0
    assert "Статья 2-1" in out
    assert run_kb("verify")[0] == 0


def test_a_repository_that_is_none(
    data: Path,
    tmp_path: Path,
    run_kb: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KB_DATA", str(data))
    code, out, err = run_kb("import-git", tmp_path / "nowhere")
    assert code != 0
    assert out == ""
    assert err.startswith("kb: ")
    assert len(err.splitlines()) == 1
