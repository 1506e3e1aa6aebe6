from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from kb.errors import ModelUnavailable
from kb.models import packaged
from kb.models.resolver import ModelSource, resolve_model
from kb.settings import Settings

NAME = "tests/packaged-toy"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache=tmp_path / "cache")


@pytest.fixture
def toy_package(toy_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a model whose weights an importable package holds."""
    package = tmp_path / "site" / "kb_toy_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "weights.bin").write_bytes(toy_bytes)
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setitem(packaged.PACKAGED, NAME, (package.name, "weights.bin"))
    return NAME


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_a_packaged_model_is_converted(toy_package: str, settings: Settings) -> None:
    model = resolve_model(toy_package, settings)
    assert model.source is ModelSource.PACKAGED
    assert model.path.parent == settings.cache / "models"
    assert model.fingerprint.startswith("packaged:1:")
    assert (model.path / "modules.json").is_file()


@pytest.mark.usefixtures("no_network")
def test_a_folder_comes_before_a_package(
    toy_package: str,
    toy_folder: Path,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(toy_folder, tmp_path / toy_package)
    monkeypatch.chdir(tmp_path)
    model = resolve_model(toy_package, settings)
    assert (model.source, model.path) == (ModelSource.FOLDER, Path(toy_package))
    assert model.fingerprint.startswith("folder:")


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("model.safetensors", True),
        ("tokenizer.json", True),
        ("1_Pooling/config.json", True),
        ("README.md", False),
        (".cache/state.json", False),
        ("onnx/model_config.json", False),
    ],
)
def test_a_folder_is_known_by_the_files_that_decide(
    toy_folder: Path, tmp_path: Path, settings: Settings, file: str, matters: bool
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(toy_folder, folder)
    before = resolve_model(str(folder), settings).fingerprint
    moved = shutil.move(folder, tmp_path / "moved")
    assert resolve_model(str(moved), settings).fingerprint == before
    changed = tmp_path / "moved" / file
    changed.parent.mkdir(exist_ok=True)
    with changed.open("ab") as stream:
        stream.write(b" ")
    assert (resolve_model(str(moved), settings).fingerprint != before) is matters


def test_a_folder_without_a_model_is_one_clear_line(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(ModelUnavailable, match="holds no sentence-transformers model"):
        resolve_model(str(tmp_path), settings)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["kb-tests/absent", "absent", "not a name/at/all", "C:\\models"])
def test_an_unknown_name_without_a_network_is_one_clear_line(name: str, settings: Settings) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        resolve_model(name, settings)
    message = str(caught.value)
    assert repr(name) in message
    assert "set KB_MODEL to" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("BAAI/bge-m3", "BAAI/bge-m3"),
        ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"),
    ],
)
@pytest.mark.parametrize("cached", [True, False])
def test_the_hub_is_asked_only_for_what_its_cache_lacks(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, name: str, repository: str, cached: bool
) -> None:
    asked = []

    def snapshot(repo_id: str, *, local_files_only: bool = False, **_options: object) -> str:
        asked.append((repo_id, local_files_only))
        if local_files_only and not cached:
            raise LocalEntryNotFoundError("not in the cache")
        return "/hub/snapshots/5617a9f61b"

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    model = resolve_model(name, settings)
    assert asked == [(repository, True)] if cached else [(repository, True), (repository, False)]
    assert model.source is ModelSource.HUB
    assert model.fingerprint == f"hub:{repository}@5617a9f61b"


def test_resolving_never_imports_torch(toy_folder: Path) -> None:
    script = """
import sys
from kb.models import load_embedder
from kb.settings import Settings

embedder = load_embedder(Settings(model=sys.argv[1]))
assert embedder.fits("maternity leave") and embedder.max_tokens == 24
print([name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(toy_folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
