"""The command `kb`: what it prints where, and with which exit code it ends."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from uvicorn.importer import import_from_string

from kb import __version__
from kb.cli import common
from kb.cli.common import UNCOLLECTED
from kb.generations import building, open_current
from kb.knowledge_base import KnowledgeBase
from kb.search.results import to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.settings import Settings

    Run = Callable[..., tuple[int, str, str]]

COMMANDS = ["ingest", "search", "show", "diff", "documents", "verify", "serve", "doctor"]


def complaint(outcome: tuple[int, str, str], code: int) -> str:
    """Return the one line that a failed command says; nothing goes to standard output."""
    ended, said, errors = outcome
    assert (ended, said) == (code, ""), errors
    assert errors.startswith("kb: ")
    assert errors.endswith("\n")
    assert errors.count("\n") == 1
    return errors


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return {
        "KB_INDEX": str(settings.index),
        "KB_MODEL": settings.model,
        "KB_CACHE": str(settings.cache),
        "PATH": os.environ["PATH"],
        **more,
    }


PROGRAM = [sys.executable, "-c", "from kb.cli import main; main()"]


# --- help, version, wrong options ---


def test_without_arguments_it_says_what_there_is(run_kb: Run) -> None:
    code, said, errors = run_kb()
    assert (code, errors) == (2, "")
    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help(run_kb: Run, command: tuple[str, ...]) -> None:
    code, said, errors = run_kb(*command, "--help")
    assert (code, errors) == (0, "")
    assert "Usage" in said


def test_version(run_kb: Run) -> None:
    assert run_kb("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("--nosuch",),
        ("search",),
        ("search", "x", "y"),
        ("search", "x", "--nosuch"),
        ("search", "x", "--limit", "many"),
        ("search", "x", "--limit"),
        ("show",),
        ("serve", "--port", "99999"),
        ("serve", "--workers", "0"),
        ("ingest", "--provenance", "gossip"),
        ("ingest", "--language", "fr"),
    ],
)
def test_wrong_arguments(run_kb: Run, arguments: tuple[str, ...]) -> None:
    complaint(run_kb(*arguments), 2)


def test_several_processes_serve_the_index_that_was_named(
    run_kb: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KB_INDEX", "elsewhere")
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr(
        "uvicorn.run",
        lambda app, **named: started.append((app, named["workers"], os.environ["KB_INDEX"])),
    )
    assert run_kb("serve", "--workers", "3", "--index", str(tmp_path))[0] == 0
    assert started == [("kb.cli.serving:one_of_several", 3, str(tmp_path))]


def test_each_of_several_processes_collects_garbage_as_seldom_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They are started by uvicorn and never come through `main`, which sees to that."""
    monkeypatch.setenv("KB_INDEX", str(tmp_path))
    before = gc.get_threshold()
    try:
        gc.set_threshold(700)
        application = import_from_string("kb.cli.serving:one_of_several")()
        assert gc.get_threshold()[0] == UNCOLLECTED
    finally:
        gc.set_threshold(*before)
    assert "/v1/search" in application.openapi()["paths"]


def test_a_wrong_setting(run_kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_PASSAGE_TOKENS", "few")
    assert "passage_tokens" in complaint(run_kb("documents"), 2)


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("search", ""), 2, "query is empty"),
        (("search", "x" * 2000), 2, "shorten it"),
        (("search", "a\x1bb"), 2, "U+001B"),
        (("search", "leave", "--limit", "0"), 2, "limit is 0"),
        (("search", "leave", "-d", "absent"), 2, "kb documents"),
        (("search", "leave", "-l", "fr"), 2, "choose from en, kk, ru"),
        (("search", "leave", "-p", "gossip"), 2, "choose from"),
        (("search", "leave", "--reader", "fr"), 2, "choose from"),
        (("show", "absent"), 3, "kb documents"),
        (("show", "leave-law#art_99"), 3, "outline"),
        (("show", "leave-law", "--edition", "x"), 3, "it has: en-official"),
        (("show", "leave-law", "-l", "ru"), 3, "it has: en-official"),
        (("show", "leave-law", "-l", "fr"), 2, "choose from"),
        (("verify", "absent.json"), 2, "not a readable JSON file"),
        (("ingest", "absent.md"), 5, "check the path"),
    ],
)
@pytest.mark.usefixtures("own_kb")
def test_what_cannot_be_done(
    run_kb: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in complaint(run_kb(*arguments), code)
    assert words in complaint(run_kb(*arguments, *json_of(arguments)), code)


def json_of(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return () if "--" in arguments else ("--json",)


@pytest.mark.parametrize("command", [("search", "x"), ("show", "x"), ("documents",), ("verify",)])
def test_no_index(run_kb: Run, command: tuple[str, ...]) -> None:
    assert "kb ingest" in complaint(run_kb(*command), 4)


@pytest.mark.parametrize("command", [("search", "x"), ("show", "x"), ("documents",), ("verify",)])
def test_a_damaged_index(run_kb: Run, own_kb: KnowledgeBase, command: tuple[str, ...]) -> None:
    open_current(own_kb.settings.index).vectors.unlink()
    assert "vectors.faiss is missing" in complaint(run_kb(*command), 4)


def test_an_index_of_another_model(
    run_kb: Run, own_kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_kb.generation
    monkeypatch.setenv("KB_PASSAGE_TOKENS", "99")
    assert "chunker" in complaint(run_kb("search", "leave"), 4)


def test_an_index_that_is_a_file(run_kb: Run, laws: Path) -> None:
    file = laws / "zan.md"
    assert "no index" in complaint(run_kb("documents", "--index", file), 4)
    assert "cannot be written" in complaint(run_kb("ingest", laws, "--index", file), 7)
    assert file.stat().st_size


def test_another_ingest_is_running(run_kb: Run, own_kb: KnowledgeBase, laws: Path) -> None:
    with building(own_kb.settings.index):
        assert "Another ingest" in complaint(run_kb("ingest", laws), 6)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no file size limits")
@pytest.mark.parametrize("size", [0, 1000, 5000, 20_000, 50_000])
def test_a_disk_that_takes_no_more(own_kb: KnowledgeBase, laws: Path, size: int) -> None:
    """A limit on the size of files stands for a full disk; wherever it bites, nothing changes."""
    settings = own_kb.settings
    (laws / "new.txt").write_text("Article 1. Scope\n\n" + "It is so. " * 9000, "utf-8")
    before = own_kb.generation
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "from kb.cli import main; main()"
    )
    child = subprocess.run(
        [sys.executable, "-c", limited, "ingest", laws / "new.txt"],
        check=False,
        capture_output=True,
        text=True,
        # CPython would leave halves of compiled modules behind
        env=environment(settings, PYTHONDONTWRITEBYTECODE="1"),
        timeout=120,
    )
    complaint((child.returncode, child.stdout, child.stderr), 7)
    assert open_current(settings.index).name == before
    assert KnowledgeBase.open(settings=settings).verify() == ()
    assert KnowledgeBase.add([laws / "new.txt"], settings=settings).documents == 4


def test_an_unforeseen_error(run_kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr(KnowledgeBase, "open", fail)
    said = complaint(run_kb("documents"), 1)
    assert "ZeroDivisionError: first line second line" in said
    assert "kb --traceback" in said


def test_its_traceback(run_kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(KnowledgeBase, "open", fail)
    monkeypatch.setattr("sys.argv", ["kb", "--traceback", "documents"])
    from kb.cli import main

    with pytest.raises(ZeroDivisionError):
        main()
    assert run_kb("documents")[0] == 1  # and not the next time


# --- what goes right ---


def test_ingest(run_kb: Run, laws: Path) -> None:
    code, said, errors = run_kb("ingest", laws)
    assert (code, errors) == (0, "")
    for words in ("leave-law", "zakon", "kk-official", "The index holds 3 documents"):
        assert words in said


def test_ingest_with_a_bad_file_among_good_ones(run_kb: Run, laws: Path) -> None:
    (laws / "empty.txt").touch()
    code, said, errors = run_kb("ingest", laws)
    assert code == 9
    assert "The index holds 3 documents" in said
    assert errors.startswith("kb: skipped: ")
    assert "empty.txt is empty" in errors
    assert errors.count("\n") == 1
    code, said, again = run_kb("ingest", laws, "--json")
    report = json.loads(said)
    assert (code, again) == (9, errors)
    assert [bool(file["skipped"]) for file in report["files"]].count(True) == 1


def test_a_skipped_file_is_said_once_on_a_terminal(
    run_kb: Run, laws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (laws / "table.xlsx").touch()
    for console in (common.out, common.err):
        monkeypatch.setattr(console, "_force_terminal", True)
        monkeypatch.setattr(console, "_width", 400)
    code, said, errors = run_kb("ingest", laws)
    assert code == 9
    assert (said + errors).count("table.xlsx") == 1
    assert "Files: 3 read, 1 skipped." in said


def test_ingest_says_what_a_file_is(run_kb: Run, laws: Path, own_settings: Settings) -> None:
    options = ("--as", "Act 5", "-l", "kk", "-p", "unofficial-translation")
    assert run_kb("ingest", laws / "zan.md", *options)[0] == 0
    (held,) = KnowledgeBase.open(settings=own_settings).documents()
    assert (held.id, held.editions[0].id) == ("act-5", "kk-unofficial-translation")
    assert run_kb("ingest", laws / "zakon.txt", "--fresh")[0] == 0
    (held,) = KnowledgeBase.open(settings=own_settings).documents()
    assert held.id == "zakon"


def data(run_kb: Run, *arguments: str | Path, code: int = 0) -> Any:
    ended, said, errors = run_kb(*arguments, "--json")
    assert (ended, errors) == (code, "")
    return json.loads(said)


def test_search_prints_what_the_library_returns(run_kb: Run, own_kb: KnowledgeBase) -> None:
    for query in ("maternity leave", "отпуск", "демалыс", "nothing of the kind"):
        assert data(run_kb, "search", query) == to_json(own_kb.search(query))
    chosen = data(
        run_kb, "search", "leave", "-n", "1", "--offset", "1", "-l", "en", "-d", "leave-law"
    )
    expected = own_kb.search("leave", limit=1, offset=1, languages=["en"], documents=["leave-law"])
    assert chosen == to_json(expected)


def test_every_command_has_json(run_kb: Run, own_kb: KnowledgeBase, laws: Path) -> None:
    assert data(run_kb, "documents") == to_json(own_kb.documents())
    assert data(run_kb, "show", "zan") == to_json(own_kb.document("zan"))
    node = data(run_kb, "show", "zan#art_1__cl_1")
    assert node["text"] == own_kb.node("zan", "art_1__cl_1").text
    assert data(run_kb, "verify") == []
    assert {item["name"] for item in data(run_kb, "doctor")} > {"model", "index"}
    assert data(run_kb, "ingest", laws)["documents"] == 3


def test_refs(run_kb: Run, own_kb: KnowledgeBase, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("Article 2(2) and Article 9 of this Law; ILO Convention No. 190.", "utf-8")
    found = own_kb.references(note.read_text("utf-8"), document_id="leave-law")
    assert [item.status for item in found] == ["resolved", "not-held", "not-held"]
    answer = data(run_kb, "refs", note, "--document", "leave-law")
    assert answer == {"references": to_json(found), "generation": own_kb.generation}
    code, said, _ = run_kb("refs", note, "-d", "leave-law")
    assert code == 0
    assert "leave-law#art_2__cl_2" in said
    assert "ILO Convention No. 190" in said


@pytest.mark.usefixtures("own_kb")
def test_refs_of_standard_input(run_kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no law is named here"))
    assert run_kb("refs", "-")[:2] == (0, "No references.\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("Article 3"))
    (found,) = data(run_kb, "refs", "-")["references"]
    assert (found["status"], found["candidates"]) == ("ambiguous", ["leave-law"])


@pytest.mark.usefixtures("own_kb")
def test_refs_of_a_document_that_is_not_held(run_kb: Run, laws: Path) -> None:
    code, _, errors = run_kb("refs", laws / "zan.md", "-d", "nothing")
    assert code == 3
    assert "no document 'nothing'" in errors


def test_search_shows_what_was_found(run_kb: Run, own_kb: KnowledgeBase) -> None:
    hit = own_kb.search("maternity leave").hits[0]
    code, said, errors = run_kb("search", "maternity leave", "--explain")
    assert (code, errors) == (0, "")
    for words in (hit.citation, hit.permalink, hit.provenance_note, "lexical #1", "fused"):
        assert words in said


def test_show(run_kb: Run, own_kb: KnowledgeBase) -> None:
    _, outline, _ = run_kb("show", "leave-law")
    assert "art_2  Article 2. Maternity leave" in outline
    _, provision, _ = run_kb("show", "leave-law#art_2")
    assert own_kb.node("leave-law", "art_2").text.strip() in provision


def test_verify_names_the_place(run_kb: Run, own_kb: KnowledgeBase, laws: Path) -> None:
    assert own_kb.generation
    assert run_kb("verify")[0] == 0
    path = laws / "leave-law.md"
    path.write_text(path.read_text("utf-8").replace("seventy", "seventh"), "utf-8")
    code, said, errors = run_kb("verify")
    assert (code, errors) == (10, "")
    assert "leave-law/en-official#art_2__cl_2__sub_1" in said
    assert "seventh" in said
    (problem,) = data(run_kb, "verify", code=10)
    assert problem["kind"] == "source-changed"


def test_receipts_given_earlier(
    run_kb: Run, own_kb: KnowledgeBase, tmp_path: Path, laws: Path
) -> None:
    assert own_kb.generation
    result = tmp_path / "result.json"
    result.write_text(run_kb("search", "maternity leave", "--json")[1], "utf-8")
    hits = json.loads(result.read_text("utf-8"))["hits"]
    assert {item["verdict"] for item in data(run_kb, "verify", result)} == {"valid"}

    forms: list[Any] = [
        hits[0]["receipt"],
        [hits[0]["receipt"]],
        data(run_kb, "show", "leave-law#art_2__cl_1"),
    ]
    for form in forms:
        result.write_text(json.dumps(form), "utf-8")
        assert [item["verdict"] for item in data(run_kb, "verify", result)] == ["valid"]

    result.write_text(json.dumps({**hits[0]["receipt"], "eid": "art_1"}), "utf-8")
    code, said, _ = run_kb("verify", result)
    assert code == 10
    assert said.startswith("inconsistent  ")

    path = laws / "leave-law.md"
    path.write_text(path.read_text("utf-8").replace("one hundred", "two hundred"), "utf-8")
    run_kb("ingest", path)
    result.write_text(json.dumps(forms[2]), "utf-8")
    code, said, _ = run_kb("verify", result)
    assert code == 10
    assert said.startswith("changed  ")
    assert "two hundred" in said


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", "null", "[null]", '{"hits": []}', '{"hits": {}}', "[" * 100_000, "\xff"],
)
@pytest.mark.usefixtures("own_kb")
def test_what_is_no_receipt(run_kb: Run, tmp_path: Path, content: str) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content.encode("latin-1"))
    complaint(run_kb("verify", path), 2)


# --- pipes and terminals ---


@pytest.mark.parametrize("command", [["documents"], ["search", "leave"], ["show", "leave-law"]])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_goes_away(
    own_kb: KnowledgeBase, command: list[str], form: list[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    child = subprocess.run(
        [*PROGRAM, *command, *form],
        check=False,
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment(own_kb.settings),
        timeout=120,
    )
    os.close(write)
    assert (child.returncode, child.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_output_that_is_full(own_kb: KnowledgeBase, form: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        child = subprocess.run(
            [*PROGRAM, "documents", *form],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(own_kb.settings),
            timeout=120,
        )
    complaint((child.returncode, "", child.stderr), 7)


def test_receipts_through_a_pipe(own_kb: KnowledgeBase) -> None:
    receipt = to_json(own_kb.search("leave").hits[0].receipt)
    child = subprocess.run(
        [*PROGRAM, "verify", "-", "--json"],
        check=True,
        input=json.dumps(receipt),
        capture_output=True,
        text=True,
        env=environment(own_kb.settings),
        timeout=120,
    )
    assert json.loads(child.stdout)[0]["verdict"] == "valid"


def test_a_terminal_that_knows_ascii_alone(own_kb: KnowledgeBase) -> None:
    for form in ([], ["--json"]):
        child = subprocess.run(
            [*PROGRAM, "search", "отпуск", *form],
            check=True,
            capture_output=True,
            env=environment(own_kb.settings, PYTHONIOENCODING="ascii"),
            timeout=120,
        )
        assert child.stderr == b""
        said = child.stdout.decode("ascii")
    assert json.loads(said)["query"] == "отпуск"


def test_what_a_document_holds_does_not_reach_the_terminal_as_a_command(
    run_kb: Run, tmp_path: Path
) -> None:
    path = tmp_path / "law.txt"
    bell = "Article 1. \x1b[2JScope\n\nCosts \x1b]0;x\x07rise \u202efast.\n"
    path.write_text(bell + "\nArticle 2. Rest\n" + "\nIt rests.\n" * 50, "utf-8")
    assert run_kb("ingest", path)[0] == 0
    for command in (["search", "costs"], ["show", "law"], ["show", "law#art_1"], ["documents"]):
        _, said, _ = run_kb(*command)
        assert said
        assert not set(said) & set("\x1b\x07\u202e")


def test_a_file_name_that_is_not_utf8(run_kb: Run, tmp_path: Path, own_settings: Settings) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        (folder / "law.txt").write_text("Article 1. Scope\n", "utf-8")
        (folder / os.fsdecode(b"a\xffb.txt")).write_text("Article 1. Scope\n", "utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    code, said, errors = run_kb("ingest", folder)
    assert code == 9
    assert "not UTF-8" in errors
    assert "law" in said
    assert len(KnowledgeBase.open(settings=own_settings).documents()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("width", ["80", "120"])
def test_ids_are_whole_on_a_terminal(own_kb: KnowledgeBase, width: str) -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, "documents"],
        stdout=theirs,
        stderr=theirs,
        env=environment(own_kb.settings, COLUMNS=width, TERM="dumb"),
    ) as child:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 4096):
                said += part
        except OSError:
            pass  # the other end is closed
    os.close(ours)
    assert child.returncode == 0
    for summary in own_kb.documents():
        assert summary.id in said.decode()
        assert summary.editions[0].id in said.decode()
