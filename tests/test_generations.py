"""Building, opening, verifying and removing generations."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kb.documents import Document, Edition, Language, Passage, Provenance, Span
from kb.errors import IndexDamaged, IndexMismatch, IndexMissing, IngestBusy, KBError, StorageFull
from kb.generations import (
    SCHEMA,
    Contents,
    Counts,
    Generation,
    Manifest,
    ModelStamp,
    SelfTest,
    building,
    check_compatible,
    collect_garbage,
    count_contents,
    current_name,
    list_generations,
    open_current,
    open_generation,
    verify_files,
)
from kb.generations import building as building_module
from kb.stores.records import write_records
from kb.stores.vectors import FaissFlat

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE = Counts(documents=1, editions=1, nodes=1, passages=1, vectors=1)


def contents(corpus: str = "c0", **changes: object) -> Contents:
    given = {
        "model": ModelStamp(name="some-model", fingerprint="f0", dimension=3),
        "chunker": "1/400",
        "corpus_digest": corpus,
        "totals": ONE,
        "languages": {Language.KAZAKH: ONE},
        "self_test": SelfTest(queries=5, k=10, recall=0.98),
    }
    return Contents(**{**given, **changes})


def write_files(folder: Path, content: str = "a") -> None:
    """Write four files as a generation has them."""
    (folder / "kb.sqlite").write_text(content * 100)
    (folder / "vectors.faiss").write_text(content * 50)
    (folder / "terms").mkdir()
    (folder / "terms" / "meta.json").write_text(content)
    (folder / "terms" / "empty").touch()


def build(index: Path, corpus: str = "c0") -> Generation:
    with building(index) as draft:
        write_files(draft.folder, corpus)
        return draft.commit(contents(corpus))


def build_and_raise(index: Path, error: Exception) -> None:
    """Get into the middle of a build and fail."""
    with building(index) as draft:
        write_files(draft.folder)
        raise error


def tree(index: Path) -> dict[str, bytes]:
    """Everything in an index apart from the lock file."""
    return {
        path.relative_to(index).as_posix(): path.read_bytes()
        for path in index.rglob("*")
        if path.is_file() and path.name != ".ingest.lock"
    }


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "some" / "index"


# Building


def test_a_commit_is_what_readers_open(index: Path) -> None:
    built = build(index)
    opened = open_current(index)
    assert opened == built
    assert current_name(index) == built.name == built.folder.name
    assert sorted(opened.manifest.files) == [
        "kb.sqlite",
        "terms/empty",
        "terms/meta.json",
        "vectors.faiss",
    ]
    assert opened.manifest.model_dump(include=set(Contents.model_fields)) == contents().model_dump()
    assert (opened.records.name, opened.vectors.name) == ("kb.sqlite", "vectors.faiss")
    assert verify_files(opened) == []
    assert sorted(path.name for path in index.iterdir()) == [
        ".ingest.lock",
        "CURRENT",
        built.name,
    ]


def test_a_second_commit_takes_the_place_of_the_first(index: Path) -> None:
    first, second = build(index), build(index, "c1")
    assert open_current(index) == second
    entries = list_generations(index)
    assert [(entry.name, entry.current) for entry in entries] == [
        (first.name, False),
        (second.name, True),
    ]
    assert entries[0].bytes == sum(path.stat().st_size for path in first.folder.rglob("*.*"))


def test_the_stores_write_into_a_draft(index: Path) -> None:
    with building(index) as draft:
        write_records(draft.records, [], [])
        FaissFlat.build(np.eye(3, dtype=np.float32), np.arange(3)).write(draft.vectors)
        generation = draft.commit(contents())
    assert FaissFlat.read(generation.vectors).count == 3
    assert set(generation.manifest.files) == {"kb.sqlite", "vectors.faiss"}


def test_leaving_without_a_commit_changes_nothing(index: Path) -> None:
    build(index)
    before = tree(index)
    with building(index) as draft:
        write_files(draft.folder)
    assert tree(index) == before
    assert not draft.folder.exists()


def test_an_exception_changes_nothing(index: Path) -> None:
    build(index)
    before = tree(index)
    with pytest.raises(ZeroDivisionError):
        build_and_raise(index, ZeroDivisionError())
    assert tree(index) == before


def test_what_a_killed_build_left_is_removed(index: Path) -> None:
    generation = build(index)
    (index / ".draft").mkdir()
    (index / ".draft" / "kb.sqlite").write_text("half")
    (index / f".removed-{generation.name}" / "terms").mkdir(parents=True)
    with building(index) as draft:
        assert list(draft.folder.iterdir()) == []
    assert open_current(index) == generation
    assert not list(index.glob(".draft*"))
    assert not list(index.glob(".removed*"))


def test_lock_files_are_not_content(index: Path) -> None:
    with building(index) as draft:
        write_files(draft.folder)
        (draft.terms / ".some-writer.lock").touch()
        generation = draft.commit(contents())
    assert "terms/.some-writer.lock" not in generation.manifest.files
    (generation.terms / ".some-writer.lock").unlink()
    assert verify_files(open_current(index)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads umask through /proc")
def test_a_generation_is_as_readable_as_any_new_folder(index: Path) -> None:
    generation = build(index)
    usual = index / "usual"
    usual.mkdir()
    assert generation.folder.stat().st_mode == usual.stat().st_mode


# One at a time


def test_a_second_build_is_told_to_wait(index: Path) -> None:
    with building(index) as draft:
        with pytest.raises(IngestBusy, match="Another ingest is writing"), building(index):
            pass
        with pytest.raises(IngestBusy, match="Another ingest is writing"):
            build_elsewhere(index)
        write_files(draft.folder)  # the refused ones did not touch the draft
        generation = draft.commit(contents())
        with pytest.raises(IngestBusy):
            collect_garbage(index)
    assert open_current(index) == generation
    assert build_elsewhere(index) == 0


def build_elsewhere(index: Path) -> int:
    """Build in another process and pass its IngestBusy on."""
    code = (
        "import sys; from pathlib import Path\n"
        "from kb.errors import IngestBusy\n"
        "from kb.generations import building\n"
        "try:\n    with building(Path(sys.argv[1])): pass\n"
        "except IngestBusy as error: print(error); sys.exit(6)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, os.fspath(index)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if child.returncode == 6:
        raise IngestBusy(child.stdout)
    return child.returncode


# The disk


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full; free some space there"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "is full; free some space there"),
        (OSError(errno.EROFS, "Read-only file system"), r"cannot be written \(Read-only"),
    ],
)
def test_a_disk_that_refuses_is_one_clear_line(index: Path, error: OSError, message: str) -> None:
    build(index)
    before = tree(index)
    with pytest.raises(StorageFull, match=message) as raised:
        build_and_raise(index, error)
    assert "--index" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert tree(index) == before


STEPS = ["stamps", "sync_tree", "sync", "_point_to", "verify_files"]


@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_at_any_step_of_the_commit_changes_nothing(
    index: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index)
    before = tree(index)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys.modules[building_module.__module__], step, full)
    with pytest.raises(StorageFull):
        build(index, "c1")
    assert tree(index) == before
    monkeypatch.undo()
    built = build(index, "c2")
    assert open_current(index) == built


def test_a_disk_that_refuses_any_sync_leaves_the_one_or_the_other(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index)
    before = tree(index)
    failed = 0
    while True:
        calls = iter(range(failed + 1))

        def fsync(_: int, calls: Iterator[int] = calls, last: int = failed) -> None:
            if next(calls, None) == last:
                raise OSError(errno.EIO, "Input/output error", str(index))

        monkeypatch.setattr(os, "fsync", fsync)
        try:
            generation = build(index, "c1")
        except StorageFull:
            assert tree(index) == before
            failed += 1
        else:
            break
    # four files and the manifest, two folders, the index before and CURRENT; not what follows
    assert failed == 9
    assert open_current(index) == generation


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_really_full(index: Path) -> None:
    build(index)
    before = tree(index)
    vectors = FaissFlat.build(np.ones((5000, 16), np.float32), np.arange(5000))
    with building(index) as draft:
        draft.vectors.symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left") as raised:
            vectors.write(draft.vectors)
    with pytest.raises(StorageFull, match="is full"):
        build_and_raise(index, raised.value)
    assert tree(index) == before


def test_a_full_disk_under_sqlite(index: Path) -> None:
    """A file-size limit of the system stands in for the disk's end, in a child of its own."""
    build(index)
    before = tree(index)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from kb.documents import Document\n"
        "from kb.errors import StorageFull\n"
        "from kb.generations import building\n"
        "from kb.stores.records import write_records\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "documents = [Document(f'd{n}', {}, coverage='x' * 900) for n in range(500)]\n"
        "try:\n    with building(Path(sys.argv[1])) as draft:\n"
        "        write_records(draft.records, documents, [])\n"
        "except StorageFull as error: print(error)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, os.fspath(index)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "The index is as it was." in child.stdout, child.stderr
    assert tree(index) == before


def test_a_source_that_may_not_be_read_is_not_the_disks_fault(index: Path) -> None:
    denied = errno.EACCES, "Permission denied"
    with pytest.raises(PermissionError):
        build_and_raise(index, PermissionError(*denied, "/elsewhere/law.pdf"))
    with pytest.raises(StorageFull, match="Permission denied"):
        build_and_raise(index, PermissionError(*denied, str(index / ".draft" / "kb.sqlite")))
    with pytest.raises(sqlite3.OperationalError):
        build_and_raise(index, sqlite3.OperationalError("no such table: laws"))


def test_an_index_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a folder")
    with pytest.raises(StorageFull, match="File exists"), building(tmp_path / "index"):
        pass
    with pytest.raises(IndexMissing):
        open_current(tmp_path / "index")


def test_what_does_not_come_back_from_the_disk_is_not_committed(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index)
    before = tree(index)
    module = sys.modules[building_module.__module__]
    sync_tree = module.sync_tree

    def rot(folder: Path) -> None:
        sync_tree(folder)
        (folder / "kb.sqlite").write_text("b" * 200)

    monkeypatch.setattr(module, "sync_tree", rot)
    with pytest.raises(IndexDamaged, match=r"kb\.sqlite did not come back"):
        build(index, "c1")
    assert tree(index) == before


# Opening


def test_no_index(index: Path) -> None:
    with pytest.raises(IndexMissing, match="run `kb ingest`") as raised:
        open_current(index)
    assert str(index) in str(raised.value)
    assert not index.exists()
    index.mkdir(parents=True)
    with pytest.raises(IndexMissing):
        current_name(index)
    assert list_generations(index) == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"gen-", b"../../etc", b"gen-20260131T090000.000000Z-0123456789ab", b"\xff\xfe", b"\0"],
)
def test_a_damaged_current_is_refused_though_a_generation_is_there(
    index: Path, content: bytes
) -> None:
    first = build(index)
    (index / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="kb ingest"):
        open_current(index)
    assert [(entry.name, entry.current) for entry in list_generations(index)] == [
        (first.name, False)
    ]
    second = build(index)  # the way out that the message names
    assert open_current(index) == second


FILES = ["kb.sqlite", "vectors.faiss", "terms/meta.json", "manifest.json"]


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_noticed_on_opening(index: Path, file: str) -> None:
    generation = build(index)
    (generation.folder / file).unlink()
    with pytest.raises(IndexDamaged, match=f"{file} is missing; run `kb ingest`"):
        open_current(index)


@pytest.mark.parametrize("file", [*FILES, "terms/empty"])
def test_another_size_is_noticed_on_opening(index: Path, file: str) -> None:
    path = build(index).folder / file
    path.write_bytes(path.read_bytes()[:-1] if path.stat().st_size else b"x")
    if file == "manifest.json":  # only a line end was lost
        assert verify_files(open_current(index)) == []
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=file):
        open_current(index)


@pytest.mark.parametrize("file", ["kb.sqlite", "vectors.faiss", "terms/meta.json"])
def test_a_flipped_bit_is_found_by_verify(index: Path, file: str) -> None:
    path = build(index).folder / file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (problem,) = verify_files(open_current(index))  # opening is quick, it only looks at sizes
    assert problem.file == file
    assert "instead of" in problem.message


def test_a_file_that_goes_away_is_found_by_verify(index: Path) -> None:
    generation = build(index)
    generation.records.unlink()
    (problem,) = verify_files(generation)
    assert problem.file == "kb.sqlite"
    assert "No such file" in problem.message


def test_every_flipped_bit_of_a_manifest_is_noticed_or_means_nothing(index: Path) -> None:
    generation = build(index)
    whole = generation.manifest_file.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        generation.manifest_file.write_bytes(damaged)
        try:
            opened = open_current(index)
        except KBError:
            continue
        assert opened.manifest == generation.manifest  # a blank became another blank


def test_a_manifest_of_another_generation_is_refused(index: Path) -> None:
    first, second = build(index), build(index, "c1")
    second.manifest_file.write_bytes(first.manifest_file.read_bytes())
    with pytest.raises(IndexDamaged, match="of another generation"):
        open_current(index)
    assert open_generation(first.folder) == first


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 1}', "[" * 50, "nul"])
def test_a_manifest_that_is_none_is_refused(index: Path, text: str) -> None:
    generation = build(index)
    generation.manifest_file.write_text(text)
    with pytest.raises(IndexDamaged, match=r"manifest\.json is damaged: .*; run `kb ingest`"):
        open_current(index)


def test_a_manifest_of_another_version_is_a_mismatch(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index)
    monkeypatch.setattr(sys.modules[Manifest.__module__], "SCHEMA", SCHEMA + 1)
    with pytest.raises(IndexMismatch, match=f"schema {SCHEMA}, this process uses {SCHEMA + 1}"):
        open_current(index)


def test_a_reader_that_is_overtaken_opens_the_newer(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading CURRENT and opening what it names, a build and a clean-up happen."""
    first, second = build(index), build(index, "c1")
    module = sys.modules[open_current.__module__]
    answers = iter([first.name, second.name])
    collect_garbage(index, keep=1)
    monkeypatch.setattr(module, "current_name", lambda _: next(answers))
    assert open_current(index) == second


# Names and digests


def test_the_digest_is_of_what_determines_the_answers() -> None:
    same = [
        contents(),
        contents(model=ModelStamp(name="/another/folder", fingerprint="f0", dimension=3)),
        contents(self_test=None),
    ]
    others = [
        contents("c1"),
        contents(chunker="2/400"),
        contents(model=ModelStamp(name="some-model", fingerprint="f1", dimension=3)),
        contents(model=ModelStamp(name="some-model", fingerprint="f0", dimension=4)),
    ]
    assert len({each.digest for each in same}) == 1
    assert len({each.digest for each in [contents(), *others]}) == 5


def test_the_name_carries_the_time_and_the_digest(index: Path) -> None:
    first, again = build(index), build(index)
    assert first.name < again.name
    assert first.name[-12:] == again.name[-12:] == contents().digest[:12]
    assert first.name[4:8] == str(first.manifest.created.year)


def test_a_manifest_is_read_as_it_was_written(index: Path) -> None:
    manifest = build(index).manifest
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert json.loads(manifest.to_json())["created"].endswith("Z")


def test_counts_are_altogether_and_by_language() -> None:
    def edition(document: str, language: Language) -> Edition:
        return Edition(document, language, Provenance.OFFICIAL, "text", (), "s", "0")

    both = (edition("a", Language.ENGLISH), edition("a", Language.RUSSIAN))
    documents = [
        Document("a", {}, editions=both),
        Document("b", {}, editions=(edition("b", Language.RUSSIAN),)),
        Document("c", {}),
    ]
    passages = [
        Passage(
            str(n), e.document_id, e.id, e.language, e.provenance, "", (), Span(0, 4), "text", ()
        )
        for n, e in enumerate([*both, *both])
    ]
    totals, languages = count_contents(documents, passages, [0, 1, 2])
    assert totals == Counts(documents=3, editions=3, nodes=0, passages=4, vectors=3)
    assert languages == {
        Language.ENGLISH: Counts(documents=1, editions=1, nodes=0, passages=2, vectors=2),
        Language.RUSSIAN: Counts(documents=2, editions=2, nodes=0, passages=2, vectors=1),
    }


@pytest.mark.parametrize(
    ("used", "both"),
    [
        ({"model_fingerprint": "f1"}, ("'f0'", "'f1'")),
        ({"dimension": 384}, ("3", "384")),
        ({"chunker": "2/400"}, ("'1/400'", "'2/400'")),
        ({"schema": 7}, (str(SCHEMA), "7")),
    ],
)
def test_a_mismatch_names_both_values_and_the_command(
    index: Path, used: dict[str, object], both: tuple[str, str]
) -> None:
    manifest = build(index).manifest
    fitting: dict[str, object] = {"model_fingerprint": "f0", "dimension": 3, "chunker": "1/400"}
    check_compatible(manifest, **fitting)
    with pytest.raises(IndexMismatch, match="run `kb ingest`") as raised:
        check_compatible(manifest, **{**fitting, **used})
    assert all(value in str(raised.value) for value in both)


# Cleaning up


@pytest.mark.parametrize(
    ("keep", "left"), [(1, [3]), (2, [2, 3]), (4, [0, 1, 2, 3]), (9, [0, 1, 2, 3])]
)
def test_old_generations_are_removed(index: Path, keep: int, left: list[int]) -> None:
    built = [build(index, f"c{n}").name for n in range(4)]
    removed = collect_garbage(index, keep=keep)
    assert removed == [name for n, name in enumerate(built) if n not in left]
    assert [entry.name for entry in list_generations(index)] == [built[n] for n in left]
    assert verify_files(open_current(index)) == []
    assert collect_garbage(index, keep=keep) == []


def test_the_generation_in_use_is_never_removed(index: Path) -> None:
    built = [build(index, f"c{n}") for n in range(3)]
    (index / "CURRENT").write_text(built[0].name)  # an administrator went back
    assert collect_garbage(index, keep=1) == [built[1].name, built[2].name]
    assert open_current(index) == built[0]


def test_nothing_is_removed_when_current_cannot_be_trusted(index: Path) -> None:
    build(index)
    build(index)
    before = tree(index)
    (index / "CURRENT").write_text("nonsense")
    with pytest.raises(IndexDamaged):
        collect_garbage(index, keep=1)
    assert tree(index) == before | {"CURRENT": b"nonsense"}
    with pytest.raises(ValueError, match="is kept"):
        collect_garbage(index, keep=0)


def test_an_open_file_of_a_removed_generation_is_still_read(index: Path) -> None:
    old = build(index)
    with old.records.open() as file:
        build(index, "c1")
        assert collect_garbage(index, keep=1) == [old.name]
        assert file.read() == "c0" * 100
