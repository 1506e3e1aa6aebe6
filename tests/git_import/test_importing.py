"""Versions of acts out of small repositories: dates, ends, names, languages, what is left out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb.catalogue import Catalogue, Entry, Wording
from kb.documents import Document, Language, Level, Provenance
from kb.errors import NotFound, UnreadableSource
from kb.gitimport import as_sources, import_git
from kb.readers import read_source
from kb.settings import Settings
from kb.structure import parse_structure

if TYPE_CHECKING:
    from kb.documents import Node
    from kb.gitimport import ImportedVersion, ImportReport

RU, KK = Language.RUSSIAN, Language.KAZAKH
LAW = Document("kz-law-223-iv-2009", {RU: "О равных правах"}, "law", "223-IV", date(2009, 12, 8))
CATALOGUE = Catalogue((Entry(LAW, Wording(None, None, None, "All of it.", (), ())),))


def run(history: Any, data: Path, **options: Any) -> ImportReport:
    return import_git(history.path, data, catalogue=CATALOGUE, **options)


def spans(report: ImportReport, language: Language = RU) -> list[tuple[str, str | None, str]]:
    return [
        (str(v.valid_from), str(v.valid_to) if v.valid_to else None, v.status)
        for v in report.versions
        if v.language is language
    ]


def nodes(version: ImportedVersion) -> tuple[Node, ...]:
    return parse_structure(read_source(version.path, Settings()))


def articles(version: ImportedVersion) -> list[str]:
    return [node.eid for node in nodes(version) if node.level is Level.ARTICLE]


def test_each_commit_becomes_a_version_in_both_languages(
    history: Any, acts: Any, data: Path
) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1", "2"]))
    cause = "Закон Республики Казахстан от 3 июля 2013 года № 124-V."
    second = acts.act(acts.ACT, "2013-07-03", ["1", "1-1", "2 repealed"], cause=cause)
    commit = history.commit("2013-07-03", second).decode()
    report = run(history, data)

    assert report.skipped == ()
    assert report.head == commit
    assert [act.document for act in report.acts] == [LAW]  # by number and date
    expected = [("2009-12-08", "2013-07-03", "amended"), ("2013-07-03", None, "in-force")]
    assert spans(report, RU) == spans(report, KK) == expected
    first, last = (v for v in report.versions if v.language is RU)
    assert first.amended_by is None
    assert last.amended_by == cause.rstrip(".")
    assert last.url == "https://portal.example/doc/49323/rus/03.07.2013"
    assert last.path == data / "git" / LAW.id / "ru" / f"2013-07-03-{commit[:12]}.md"
    assert json.loads(last.path.with_suffix(".json").read_text("utf-8")) == {
        "document_id": LAW.id,
        "titles": {"ru": "О равных правах", "kk": "Тең құқықтар туралы"},
        "kind": "law",
        "number": "223-IV",
        "date": "2009-12-08",
        "language": "ru",
        "valid_from": "2013-07-03",
        "valid_to": None,
        "status": "in-force",
        "amended_by": cause.rstrip("."),
        "url": last.url,
        "repository": str(history.path),
        "folder": acts.ACT,
        "commit": commit,
    }


def test_the_languages_of_a_version_align(history: Any, acts: Any, data: Path) -> None:
    numbers = ["1", "1-1", "2 repealed", "3"]
    history.commit("2013-07-03", acts.act(acts.ACT, "2013-07-03", numbers))
    russian, kazakh = run(history, data).versions
    assert articles(russian) == ["art_1", "art_1-1", "art_2", "art_3"]
    assert [node.eid for node in nodes(russian)] == [node.eid for node in nodes(kazakh)]
    assert "art_1__cl_1__sub_2" in {node.eid for node in nodes(kazakh)}


def test_parts_are_joined_in_the_order_of_the_contents(history: Any, acts: Any, data: Path) -> None:
    folder = acts.ACT
    contents = (
        "# О равных правах\n\nПреамбула.\n\n## Части документа\n\nДокумент разбит на части.\n\n"
        "| Часть | Название |\n|---|---|\n"
        "| [`sec010`](rus/sec010.md) | ОБЩАЯ ЧАСТЬ |\n| [`sec002`](rus/sec002.md) | ОСОБЕННАЯ |\n"
    )
    back = "↑ [Вся редакция](../rus.md)\n\n"
    history.commit(
        "2015-11-23",
        {
            f"{folder}/meta.yaml": acts.meta("2015-11-23"),
            f"{folder}/rus.md": contents,
            f"{folder}/rus/sec002.md": back + acts.russian("2"),
            f"{folder}/rus/sec010.md": back + acts.russian("1"),
            f"{folder}/rus/an001.md": back + "Приложение 1\n",
            f"{folder}/rus/notes.txt": "not a part",
        },
    )
    # the next version has the same part under another name, and a changed list
    history.commit(
        "2016-04-06",
        {
            f"{folder}/meta.yaml": acts.meta("2016-04-06"),
            f"{folder}/rus.md": contents.replace("sec010", "sec001"),
            f"{folder}/rus/sec010.md": None,
            f"{folder}/rus/sec001.md": back + acts.russian("1"),
        },
    )
    first, second = run(history, data).versions
    text = first.path.read_text("utf-8")
    assert text == second.path.read_text("utf-8")
    pieces = ["Преамбула.", "Статья 1.", "Статья 2.", "Приложение 1"]
    assert sorted(map(text.index, pieces)) == list(map(text.index, pieces))
    assert not any(
        left in text for left in ("Части документа", "разбит", "sec0", "↑", "not a part")
    )
    assert articles(second) == ["art_1", "art_2"]


def test_a_renamed_folder_stays_the_same_act(history: Any, acts: Any, data: Path) -> None:
    old, new = "03-laws/20091208-o-pravakh-49323", acts.ACT
    before = acts.act(old, "2009-12-08", ["1"])
    history.commit("2009-12-08", before)
    moved = {name.replace(old, new): text for name, text in before.items()}
    history.commit("2010-01-01", dict.fromkeys(before) | moved)
    history.commit("2011-10-13", acts.act(new, "2011-10-13", ["1", "2"]))
    report = run(history, data)
    assert spans(report) == [
        ("2009-12-08", "2011-10-13", "amended"),
        ("2011-10-13", None, "in-force"),
    ]
    assert report.acts[0].folder == new


def test_a_removed_act_was_repealed(history: Any, acts: Any, data: Path) -> None:
    other = "03-laws/2010/0101-o-drugom-50000"
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    history.commit("2010-01-01", acts.act(other, "2010-01-01", ["1"], code="50000"))
    history.commit("2015-06-01", dict.fromkeys(acts.act(other, "2010-01-01", [])))
    report = run(history, data)
    # of the same number and date as the catalogue's, but the second of them: an id of its own
    assert [act.document.id for act in report.acts] == ["kz-act-50000", LAW.id]
    repealed = report.acts[0]
    assert repealed.document.status == "repealed"
    assert repealed.document.titles == {RU: "О равных правах", KK: "Тең құқықтар туралы"}
    assert {(v.valid_to, v.status) for v in repealed.versions} == {(date(2015, 6, 1), "repealed")}
    assert {(v.valid_to, v.status) for v in report.acts[1].versions} == {(None, "in-force")}


def test_a_repeal_that_is_announced(history: Any, acts: Any, data: Path) -> None:
    said = acts.act(acts.ACT, "2020-01-01", ["1"], more="repealed_on: 2030-01-01\n")
    history.commit("2020-01-01", said)
    assert spans(run(history, data)) == [("2020-01-01", "2030-01-01", "in-force")]


def test_a_language_may_come_later_and_go(history: Any, acts: Any, data: Path) -> None:
    full = acts.act(acts.ACT, "2009-12-08", ["1"])
    kazakh = f"{acts.ACT}/kaz.md"
    history.commit("2009-12-08", {**full, kazakh: None})
    history.commit(
        "2010-05-05", {f"{acts.ACT}/meta.yaml": acts.meta("2010-05-05"), kazakh: full[kazakh]}
    )
    history.commit("2012-01-01", {kazakh: None})
    report = run(history, data)
    assert spans(report, KK) == [("2010-05-05", "2012-01-01", "not-in-force")]
    # the Russian file is unchanged, yet its version is stated anew
    assert [span[0] for span in spans(report, RU)] == ["2009-12-08", "2010-05-05"]


def test_an_empty_version_is_said_and_ends_the_one_before(
    history: Any, acts: Any, data: Path
) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    blank = {**acts.act(acts.ACT, "2011-01-01", ["1"]), f"{acts.ACT}/kaz.md": " \n\n"}
    commit = history.commit("2011-01-01", blank).decode()
    report = run(history, data)
    assert spans(report, KK) == [("2009-12-08", "2011-01-01", "amended")]
    [skipped] = report.skipped
    assert (skipped.commit, skipped.language) == (commit, KK)
    assert "no text" in skipped.reason


def test_a_text_in_another_encoding_is_said(history: Any, acts: Any, data: Path) -> None:
    files = acts.act(acts.ACT, "2009-12-08", ["1"])
    files[f"{acts.ACT}/rus.md"] = "Статья 1".encode("cp1251")
    history.commit("2009-12-08", files)
    report = run(history, data)
    assert [version.language for version in report.versions] == [KK]
    assert [item.reason for item in report.skipped] == ["its text is not UTF-8"]


def test_two_texts_of_one_day_leave_the_later(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    commit = history.commit("2009-12-09", acts.act(acts.ACT, "2009-12-08", ["1", "2"])).decode()
    report = run(history, data)
    assert spans(report) == [("2009-12-08", None, "in-force")]
    assert {version.commit for version in report.versions} == {commit}
    assert len(report.skipped) == 2
    assert "another text of the same day" in report.skipped[0].reason


@pytest.mark.parametrize(
    "broken",
    [
        "act_code: [",
        "- a\n- list\n",
        "approved_on: 2009-13-40\n",
        "[" * 20_000,
        "a: !!python/object/apply:os.system ['true']\n",
        b"\xff\xfe\x00",
        "x" * 70_000,
        "",
    ],
)
def test_a_broken_meta_leaves_the_day_to_the_commit(
    history: Any, acts: Any, data: Path, broken: str | bytes
) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    files = {**acts.act(acts.ACT, "2011-01-01", ["1", "2"]), f"{acts.ACT}/meta.yaml": broken}
    history.commit("2011-02-03", files)
    report = run(history, data)
    assert [act.document for act in report.acts] == [LAW]
    assert spans(report) == [
        ("2009-12-08", "2011-02-03", "amended"),
        ("2011-02-03", None, "in-force"),
    ]
    [said] = report.skipped
    assert said.language is None
    assert "meta.yaml was left out" in said.reason


def test_an_act_without_meta_is_told_by_its_front_matter(
    history: Any, acts: Any, data: Path
) -> None:
    head = "---\nsource: https://portal.example/doc/139450/rus/29.01.2020\n---\n\n"
    folder = "07-ministerial/20200129-ob-utverzhdenii-139450"
    text = head + "## Оглавление\n\n# О методике\n\n" + acts.russian("1")
    history.commit("2020-02-20", {f"{folder}/rus.md": text})
    report = run(history, data)
    [version] = report.versions
    assert report.acts[0].document.titles == {RU: "О методике"}
    assert (version.document_id, version.valid_from) == ("kz-act-139450", date(2020, 1, 29))
    assert "source:" not in version.path.read_text("utf-8")


def test_a_folder_without_a_text_is_no_act(history: Any, acts: Any, data: Path) -> None:
    empty = "03-laws/2010/0101-pustoi-50000"
    files = {f"{empty}/meta.yaml": acts.meta("2010-01-01", code="50000"), "README.md": "# Свод"}
    history.commit("2010-01-01", {**files, **acts.act(acts.ACT, "2010-01-01", ["1"])})
    assert [act.folder for act in run(history, data).acts] == [acts.ACT]


def test_a_merge_adds_no_version_of_its_own(history: Any, acts: Any, data: Path) -> None:
    base = history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    start = dict(history.files)
    other = "03-laws/2010/0101-o-drugom-50000"
    side = history.commit("2010-01-01", acts.act(other, "2010-01-01", ["1"], code="50000"))
    main = history.commit(
        "2011-10-13", acts.act(acts.ACT, "2011-10-13", ["1", "2"]), parents=[base], onto=start
    )
    both = acts.act(other, "2010-01-01", ["1"], code="50000")
    history.commit("2012-01-01", both, parents=[main, side])
    report = run(history, data)
    assert len(report.versions) == 6
    assert str(report.versions[-1].valid_from) == "2011-10-13"


def test_only_names_acts_in_any_of_their_ways(history: Any, acts: Any, data: Path) -> None:
    other = "04-decrees/2016/1206-o-kontseptsii-60000"
    both = acts.act(acts.ACT, "2009-12-08", ["1"]) | acts.act(
        other, "2016-12-06", ["1"], code="60000"
    )
    history.commit("2016-12-06", both)
    for name in (acts.ACT, acts.ACT.rpartition("/")[2], "49323", "*-49323", "03-laws/*"):
        report = run(history, data, only=[name])
        assert [act.folder for act in report.acts] == [acts.ACT], name
    assert len(run(history, data, only=["49323", "60000"]).acts) == 2
    with pytest.raises(NotFound, match="no act called 777"):
        run(history, data, only=["777"])


def test_hostile_names_never_leave_the_data_folder(
    history: Any, acts: Any, data: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret", "utf-8")
    text = acts.russian("1")
    history.commit(
        "2009-12-08",
        {
            "../../evil/rus.md": text,
            "laws/..-..-etc/rus.md": text,
            "x" * 3000 + "/rus.md": text,
            f"{acts.ACT}/meta.yaml": acts.meta("2009-12-08", code="../../../etc/passwd"),
            f"{acts.ACT}/rus.md": text,
            "linked-7/kaz.md": acts.kazakh("1"),
        },
        links={"linked-7/rus.md": str(secret), "folder-8": str(tmp_path), "only-9/rus.md": "/etc"},
    )
    report = run(history, data)
    written = [path for path in tmp_path.rglob("*.md") if path != secret]
    assert len(written) == len(report.versions) == 5
    assert all((data / "git").resolve() in path.resolve().parents for path in written)
    assert not any("secret" in path.read_text("utf-8") for path in written)
    assert {v.language for v in report.versions if v.folder == "linked-7"} == {KK}
    assert any(act.document.id == LAW.id for act in report.acts)


def test_nothing_is_written_twice_or_over(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    first = run(history, data)
    stamps = {path: path.stat().st_mtime_ns for path in data.rglob("*.*")}
    assert run(history, data) == first
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*.*")} == stamps

    text = first.versions[0].path
    text.write_text("changed by hand", "utf-8")
    again = run(history, data)
    assert text.read_text("utf-8") == "changed by hand"
    assert again.versions[0].path == text.with_stem(f"{text.stem}-2")

    history.commit("2011-10-13", acts.act(acts.ACT, "2011-10-13", ["1", "2"]))
    run(history, data)
    facts = json.loads(again.versions[0].path.with_suffix(".json").read_text("utf-8"))
    assert (facts["valid_to"], facts["status"]) == ("2011-10-13", "amended")


def test_a_rewritten_history_gives_the_same_files(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    before = run(history, data).versions
    history.commit("2009-12-08", {}, parents=[], message="built again")
    after = run(history, data).versions
    assert [version.path for version in after] == [version.path for version in before]
    assert after[0].commit != before[0].commit


def test_what_ingest_is_given(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    report = run(history, data)
    for source, version in zip(as_sources(report), report.versions, strict=True):
        assert source.document == LAW
        assert source.provenance is Provenance.OFFICIAL
        assert (source.path, source.language) == (version.path, version.language)
        assert (source.valid_from, source.status) == (date(2009, 12, 8), "in-force")


def test_what_is_no_repository_is_said(tmp_path: Path, data: Path, history: Any) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file", "\0"):
        with pytest.raises(UnreadableSource):
            import_git(path, data, catalogue=CATALOGUE)
    with pytest.raises(UnreadableSource, match="no commits"):
        run(history, data)


def test_a_damaged_repository_is_said(history: Any, acts: Any, data: Path) -> None:
    history.commit("2009-12-08", acts.act(acts.ACT, "2009-12-08", ["1"]))
    history.commit("2011-10-13", acts.act(acts.ACT, "2011-10-13", ["1", "2"]))
    for name in sorted((history.path / "objects").glob("??/*")):
        kept = name.read_bytes()
        name.unlink()
        with pytest.raises(UnreadableSource, match="damaged or incomplete"):
            run(history, data)
        name.parent.mkdir(exist_ok=True)
        name.write_bytes(kept)


def test_the_real_law_aligns(history: Any, acts: Any, data: Path) -> None:
    texts = Path(__file__).resolve().parents[2].parent / "shared" / "texts" / "law-223-iv"
    if not texts.is_dir():
        pytest.skip("the official texts of law 223-IV are not at hand")
    files = {f"{acts.ACT}/{name}": (texts / name).read_bytes() for name in ("rus.md", "kaz.md")}
    history.commit("2011-10-13", {f"{acts.ACT}/meta.yaml": acts.meta("2011-10-13"), **files})
    russian, kazakh = run(history, data).versions
    assert articles(russian) == articles(kazakh) == [f"art_{number}" for number in range(1, 16)]
    assert russian.path.read_bytes() == files[f"{acts.ACT}/rus.md"]
