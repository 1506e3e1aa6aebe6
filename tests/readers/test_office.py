"""DOC, ODT and RTF: written here, converted by LibreOffice; and what is said without it."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socketserver
import subprocess
import threading
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.errors import UnreadableSource
from kb.knowledge_base import KnowledgeBase
from kb.readers import BlockKind, office, read_source
from kb.readers.docx import read_docx
from kb.readers.office import WARNING, LibreOffice, find_libreoffice, leftovers, read_office
from kb.settings import Settings
from kb.structure import parse_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fake = Callable[[str], LibreOffice]
    Convert = Callable[[bytes, str, str], bytes]

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "texts"
FOUND = find_libreoffice()

needs_libreoffice = pytest.mark.skipif(FOUND is None, reason="LibreOffice is not installed")
needs_texts = pytest.mark.skipif(not SHARED.exists(), reason="the texts of ../shared are not here")


# --- documents, written by hand ---


def escaped(text: str) -> str:
    """Write letters as RTF does for every reader: a backslash and `u1241?` for `ә`."""
    return "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)


def bytewise(text: str) -> str:
    """Write letters as RTF of Windows-1251 does: a backslash and `'d6` for `Ц`."""
    return "".join(c if c.isascii() else f"\\'{c.encode('cp1251')[0]:02x}" for c in text)


RTF_START = (
    r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Times New Roman;}}"
    r"{\*\listtable{\list\listtemplateid1\listhybrid"
    r"{\listlevel\levelnfc0\levelstartat1\levelfollow0"
    r"{\leveltext\leveltemplateid1\'02\'00.;}{\levelnumbers\'01;}\fi-360\li720}"
    r"{\listlevel\levelnfc0\levelstartat1\levelfollow0"
    r"{\leveltext\leveltemplateid2\'02\'01);}{\levelnumbers\'01;}\fi-360\li1440}"
    r"{\listname ;}\listid1}}"
    r"{\*\listoverridetable{\listoverride\listid1\listoverridecount0\ls1}}"
)


def rtf(*paragraphs: str) -> bytes:
    """Return an RTF of these paragraphs, each in RTF's own words."""
    return (RTF_START + "\n".join(f"\\pard {words}\\par" for words in paragraphs) + "}").encode()


POINT, SUB = r"\ls1\ilvl0 ", r"\ls1\ilvl1 "

ACT_RTF = rtf(
    bytewise("Статья 1. Цель Закона"),
    POINT + bytewise("Закон защищает смотрителя маяка."),
    POINT + bytewise("Смотритель вправе:"),
    SUB + bytewise("отдыхать после вахты;"),
    SUB + bytewise("получать керосин."),
    escaped("2-бап. Әріптер"),
    POINT.replace("ls1", "ls0") + escaped("1. Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі."),
    r"\trowd\cellx3000\cellx6000\intbl "
    + escaped(r"Срок\cell Күн\cell\row ")
    + r"\trowd\cellx3000\cellx6000\intbl "
    + escaped(r"отпуск\cell 126\cell\row\pard конец"),
)

ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODT_TYPE = "application/vnd.oasis.opendocument.text"
ODF_NAMES = " ".join(
    [f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table", "style")]
    + [f'xmlns:fo="{ODF}:xsl-fo-compatible:1.0" xmlns:svg="{ODF}:svg-compatible:1.0"']
    + [f'xmlns:draw="{ODF}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"']
)


def odt(body: str, *, styles: str = "", manifest: str = "") -> bytes:
    """Return an ODT with this content of `office:text`."""
    members = {
        "mimetype": ODT_TYPE,
        "content.xml": (
            f'<office:document-content {ODF_NAMES} office:version="1.2"><office:automatic-styles>'
            f"{styles}</office:automatic-styles><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>"
        ),
        "META-INF/manifest.xml": (
            f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0" manifest:version="1.2">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODT_TYPE}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
            f"{manifest}</manifest:file-entry></manifest:manifest>"
        ),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def _level(level: int, suffix: str) -> str:
    return (
        f'<text:list-level-style-number text:level="{level}" style:num-format="1"'
        f' style:num-suffix="{suffix}"><style:list-level-properties'
        ' text:list-level-position-and-space-mode="label-alignment">'
        '<style:list-level-label-alignment text:label-followed-by="listtab"/>'
        "</style:list-level-properties>"
        "</text:list-level-style-number>"
    )


def _item(words: str, inside: str = "") -> str:
    return f"<text:list-item><text:p>{words}</text:p>{inside}</text:list-item>"


def _row(*cells: str) -> str:
    inside = "".join(
        f"<table:table-cell><text:p>{words}</text:p></table:table-cell>" for words in cells
    )
    return f"<table:table-row>{inside}</table:table-row>"


ACT_ODT = odt(
    "<text:p>Статья 1. Цель Закона</text:p><text:list text:style-name='L'>"
    + _item("Закон защищает смотрителя маяка.")
    + _item(
        "Смотритель вправе:",
        f"<text:list>{_item('отдыхать после вахты;')}{_item('получать керосин.')}</text:list>",
    )
    + "</text:list><text:p>2-бап. Әріптер</text:p><text:p>1. Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі.</text:p>"
    + "<table:table><table:table-column table:number-columns-repeated='2'/>"
    + f"{_row('Срок', 'Күн')}{_row('отпуск', '126')}</table:table>"
    + "<text:p>конец</text:p>",
    styles=f"<text:list-style style:name='L'>{_level(1, '.')}{_level(2, ')')}</text:list-style>",
)


def docx(words: str) -> bytes:
    """Return a DOCX of one paragraph."""
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{main}"><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p>'
            "</w:body></w:document>",
        )
    return written.getvalue()


ACT_TEXT = """Статья 1. Цель Закона
1. Закон защищает смотрителя маяка.
2. Смотритель вправе:
1) отдыхать после вахты;
2) получать керосин.
2-бап. Әріптер
1. Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі.
Срок | Күн
отпуск | 126
конец"""

ACT_EIDS = {"art_1__cl_1", "art_1__cl_2__sub_1", "art_1__cl_2__sub_2", "art_2__cl_1"}


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """A function from bytes, their suffix and LibreOffice's name of a form to that form."""

    def make(data: bytes, suffix: str, form: str) -> bytes:
        assert FOUND is not None
        folder = tmp_path_factory.mktemp("office")
        (folder / f"made{suffix}").write_bytes(data)
        order = ["--convert-to", form, "--outdir", str(folder / "out")]
        FOUND._run(folder, [*order, str(folder / f"made{suffix}")])
        (made,) = (folder / "out").iterdir()
        return made.read_bytes()

    return make


@pytest.fixture(scope="session")
def act_doc(convert: Convert) -> bytes:
    return convert(ACT_RTF, ".rtf", "doc:MS Word 97")


@pytest.fixture
def act(request: pytest.FixtureRequest) -> Callable[[str], bytes]:
    """A function from a suffix to the act in that form."""
    forms = {".rtf": ACT_RTF, ".odt": ACT_ODT}
    return lambda suffix: forms.get(suffix) or request.getfixturevalue("act_doc")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A function from the lines of a shell script to a LibreOffice that runs them."""

    def make(script: str) -> LibreOffice:
        command = tmp_path / "bin" / "soffice"
        command.parent.mkdir(exist_ok=True)
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
        found = find_libreoffice()
        assert found == LibreOffice(str(command))
        return found

    return make


@pytest.fixture
def no_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary files are made during the test."""
    folder = tmp_path / "временная"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


# --- with LibreOffice ---


@needs_libreoffice
@pytest.mark.parametrize("suffix", [".rtf", ".odt", ".doc"])
def test_each_form_gives_the_same_act(
    act: Callable[[str], bytes], tmp_path: Path, temporary: Path, suffix: str
) -> None:
    path = tmp_path / f"act{suffix}"
    path.write_bytes(act(suffix))
    source = read_source(path, Settings())
    lines = [line for line in source.text.splitlines() if line.strip()]
    assert lines == ACT_TEXT.splitlines()
    assert {node.eid for node in parse_structure(source)} >= ACT_EIDS
    tables = [b for b in source.blocks if b.kind is BlockKind.TABLE]
    assert tables[0].span.of(source.text).startswith("Срок | Күн")
    assert source.title == "Статья 1. Цель Закона"
    assert source.warnings == (WARNING,)
    assert list(temporary.iterdir()) == []


@needs_libreoffice
def test_tracked_changes_are_reported() -> None:
    source = read_office(
        rtf(r"Leave lasts {\revised\revauth0 seventy}{\deleted\revauthdel0 sixty} days."), "a.rtf"
    )
    assert source.text == "Leave lasts seventy days.\n"
    assert source.warnings[0] == WARNING
    assert source.warnings[1].startswith("Tracked changes are read as accepted: insertions kept: 1")


@needs_libreoffice
@pytest.mark.parametrize("start", ["", "\n ", "\ufeff"])
def test_an_rtf_named_doc(tmp_path: Path, start: str) -> None:
    path = tmp_path / "act.doc"
    path.write_bytes(start.encode() + rtf(r"{\b Article 1.} Scope"))
    assert read_source(path, Settings()).text == "Article 1. Scope\n"


@needs_libreoffice
@needs_texts
@pytest.mark.parametrize("form", ["doc:MS Word 97", "rtf:Rich Text Format", "odt:writer8"])
def test_an_official_docx_survives_the_way_through_each_form(convert: Convert, form: str) -> None:
    data = (SHARED / "kz_docx" / "v1500010479.03-06-2025.rus.docx").read_bytes()
    original = read_docx(data, "a.docx")
    source = read_office(convert(data, ".docx", form), "a")
    assert source.text.split() == original.text.split()
    assert [n.eid for n in parse_structure(source)] == [n.eid for n in parse_structure(original)]


@needs_libreoffice
def test_the_same_words_in_another_form_are_reported(
    tmp_path: Path, own_settings: Settings, act_doc: bytes, convert: Convert
) -> None:
    data = {
        "act.docx": convert(ACT_RTF, ".rtf", "docx:MS Word 2007 XML"),
        "copy.rtf": ACT_RTF,
        "old.doc": act_doc,
    }
    for name, content in data.items():
        (tmp_path / name).write_bytes(content)
    report = KnowledgeBase.add([tmp_path / name for name in data], settings=own_settings)
    assert report.complete
    first, *others = [file.duplicate for file in report.files]
    assert first is None
    assert [(item.kind, item.of) for item in others if item] == [
        ("same-words", "act/kk-official")
    ] * 2


# --- nothing is fetched, nothing is read besides the file ---


@pytest.fixture
def calls() -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server that hangs up, and what it was asked."""
    asked: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(1)
            try:
                asked.append(self.request.recv(200))
            except TimeoutError:  # it waits for a greeting, as a client of FTP does
                asked.append(b"")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


def linked(*addresses: str) -> bytes:
    """Return an ODT that links what lies at each address in every way that it can."""
    frames = sections = ""
    for count, address in enumerate(addresses):
        link = f'xlink:href="{address}" xlink:type="simple" xlink:show="embed"'
        frames += "".join(
            f'<draw:frame svg:width="3cm" svg:height="3cm"><draw:{tag} {link}'
            ' xlink:actuate="onLoad"/></draw:frame>'
            for tag in ("image", "object", "floating-frame")
        )
        sections += (
            f"<text:section text:name='S{count}'><text:section-source {link}/>"
            "<text:p>inside</text:p></text:section>"
        )
    return odt(f"<text:p>before{frames}</text:p>{sections}")


def rtf_linked(*addresses: str, pictures: bool = True) -> bytes:
    """Return an RTF that links what lies at each address in every way that it can."""
    fields = []
    for address in addresses:
        fields += [f'INCLUDETEXT "{address}"', rf'LINK Word.Document.8 "{address}" "" \\a \\t']
        if pictures:
            fields.append(rf'INCLUDEPICTURE "{address}" \\d')
    written = "".join(rf"{{\field{{\*\fldinst {f}}}{{\fldrslt inside}}}}\par " for f in fields)
    return rf"{{\rtf1\ansi{{\*\template {addresses[0]}}}before\par {written}}}".encode()


@needs_libreoffice
@pytest.mark.parametrize("make", [linked, rtf_linked])
def test_nothing_is_fetched(calls: tuple[int, list[bytes]], make: Callable[..., bytes]) -> None:
    port, asked = calls
    schemes = ("http", "https", "ftp", "vnd.sun.star.webdav")
    source = read_office(make(*(f"{scheme}://127.0.0.1:{port}/x.png" for scheme in schemes)), "a")
    assert source.text.startswith("before")
    assert asked == []


@needs_libreoffice
def test_a_doc_fetches_nothing_either(calls: tuple[int, list[bytes]], convert: Convert) -> None:
    port, asked = calls
    data = convert(linked(f"http://127.0.0.1:{port}/x.png"), ".odt", "doc:MS Word 97")
    read_office(data, "a.doc")
    assert asked == []


@needs_libreoffice
def test_without_its_settings_libreoffice_fetches(
    calls: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the tests above can fail."""
    port, asked = calls
    monkeypatch.setattr(
        office, "_SETTINGS", '<oor:items xmlns:oor="http://openoffice.org/2001/registry"/>'
    )
    read_office(linked(f"http://127.0.0.1:{port}/x.png"), "a.odt")
    assert b"/x.png" in b"".join(asked)


@needs_libreoffice
@pytest.mark.parametrize("address", ["C:\\\\Users\\\\logo.png", "logo.png", "/nowhere/logo.png"])
def test_a_picture_that_is_nowhere_does_no_harm(address: str) -> None:
    assert read_office(rtf_linked(address), "a.rtf").text.startswith("before")


@needs_libreoffice
@pytest.mark.parametrize("make", [linked, partial(rtf_linked, pictures=False)])
def test_no_other_file_is_read_in(tmp_path: Path, make: Callable[[str], bytes]) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the wages of the keeper")
    source = read_office(make(secret.as_uri()), "a")
    assert "inside" in source.text
    assert "wages" not in source.text


# --- what is refused ---


@pytest.mark.usefixtures("no_libreoffice")
@pytest.mark.parametrize("data", [ACT_RTF, ACT_ODT])
def test_without_libreoffice_the_package_is_named(data: bytes) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        read_office(data, "act.rtf")
    assert str(refusal.value) == (
        "act.rtf cannot be read without LibreOffice: install libreoffice-writer (Debian) or save it"
        " as DOCX, and add it again."
    )


@pytest.mark.usefixtures("no_libreoffice")
@pytest.mark.parametrize(
    "data",
    [
        docx("Статья 1. Цель"),
        "<html><body><p>Статья 1. Цель</p></body></html>".encode(),
        "\ufeff<!DOCTYPE html><meta charset=utf-8><p>Статья 1. Цель</p>".encode(),
        "<HTML xmlns:w='urn:schemas-microsoft-com:office:word'><P>Статья 1. Цель".encode("utf-16"),
    ],
)
def test_a_docx_or_a_page_named_doc_needs_no_libreoffice(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "act.doc"
    path.write_bytes(data)
    source = read_source(path, Settings())
    assert source.text == "Статья 1. Цель\n"
    assert WARNING not in source.warnings


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Article 1. Scope", "is damaged or no DOC, ODT or RTF, whatever its suffix says: save"),
        (OLE + "Workbook".encode("utf-16-le"), "no DOC, ODT or RTF"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted: remove the password"),
        (odt("", manifest="<manifest:encryption-data/>"), "is encrypted: remove the password"),
        (b"MIME-Version: 1.0\r\n\r\n<html>", "is a web page in one file (MHTML): open it in Word"),
        (ACT_ODT[:900], "is damaged: save it again"),
    ],
)
def test_what_is_not_given_to_libreoffice(fake: Fake, data: bytes, reason: str) -> None:
    fake("echo 'Error: it was started' >&2")
    with pytest.raises(UnreadableSource) as refusal:
        read_office(data, "act.doc")
    assert str(refusal.value).startswith("act.doc ")
    assert reason in str(refusal.value)


@needs_libreoffice
@pytest.mark.parametrize("part", [0.4, 0.7, 0.95])
@pytest.mark.parametrize("suffix", [".rtf", ".odt", ".doc"])
def test_a_file_that_was_cut_off_is_refused(
    act: Callable[[str], bytes], suffix: str, part: float
) -> None:
    data = act(suffix)
    with pytest.raises(UnreadableSource, match=r"^act cannot be converted by|^act is damaged"):
        read_office(data[: int(len(data) * part)], "act")


@needs_libreoffice
def test_an_encrypted_doc(act_doc: bytes) -> None:
    place = next(n for n in range(512, len(act_doc), 512) if act_doc.startswith(b"\xec\xa5", n))
    locked = bytearray(act_doc)
    locked[place + 11] |= 1
    with pytest.raises(UnreadableSource, match=r"^act\.doc is encrypted: remove the password"):
        read_office(bytes(locked), "act.doc")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'Error: no  export filter' >&2", "(Error: no  export filter)"),
        ("exit 0", "(it wrote nothing)"),
        ("exit 77", "(it ended with exit code 77)"),
        ("kill -ABRT $$", "(it was killed, perhaps for want of memory: see the setting parse_mega"),
        ('touch "$HOME/source.docx"; exit 1', "(it ended with exit code 1)"),
    ],
)
def test_a_conversion_that_fails(fake: Fake, script: str, reason: str) -> None:
    fake(script)
    with pytest.raises(UnreadableSource) as refusal:
        read_office(ACT_RTF, "act.rtf")
    assert str(refusal.value).startswith(f"act.rtf cannot be converted by LibreOffice {reason}")
    assert "save it as DOCX and add that." in str(refusal.value)


def test_a_command_that_does_not_start() -> None:
    with pytest.raises(UnreadableSource, match=r"it does not start: No such file"):
        LibreOffice("/no/soffice").to_docx(ACT_RTF, ".rtf", "act.rtf")
    assert LibreOffice("/no/soffice").version() is None


def test_a_result_that_is_no_docx(fake: Fake) -> None:
    fake('echo nothing > "$HOME/source.docx"')
    with pytest.raises(UnreadableSource, match=r"^act\.rtf is damaged or not a DOCX file"):
        read_office(ACT_RTF, "act.rtf")


def test_a_result_that_is_too_large(fake: Fake, tmp_path: Path, temporary: Path) -> None:
    fake('exec head -c 70000000 /dev/zero > "$HOME/source.docx"')
    path = tmp_path / "act.rtf"
    path.write_bytes(ACT_RTF)
    with pytest.raises(UnreadableSource, match=r"cannot be converted by LibreOffice"):
        read_source(path, Settings(parse_seconds=60))
    assert list(temporary.iterdir()) == []


def test_a_conversion_that_hangs_ends_with_the_sandbox(
    fake: Fake, tmp_path: Path, temporary: Path
) -> None:
    pid = tmp_path / "pid"
    fake(f'echo words > "$TMPDIR/left"\n{shutil.which("sleep")} 99 &\necho $! > {pid}\nwait')
    path = tmp_path / "act.rtf"
    path.write_bytes(ACT_RTF)
    with pytest.raises(UnreadableSource, match=r"takes more than 3 seconds"):
        read_source(path, Settings(parse_seconds=3))
    assert ended(int(pid.read_text()))
    assert list(temporary.iterdir()) == []


def ended(process: int) -> bool:
    """Whether a process is gone, or dead and not collected yet; it gets a moment to go."""
    for _ in range(100):
        try:
            os.kill(process, 0)
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    return False


@needs_libreoffice
def test_where_libreoffice_leaves_its_socket(tmp_path: Path) -> None:
    assert FOUND is not None
    folder = tmp_path / "run"
    (folder / office._PROFILE).mkdir(parents=True)
    (socket,) = leftovers(tmp_path)
    (folder / "a.rtf").write_bytes(ACT_RTF)
    order = ["--headless", "--convert-to", "docx", "--outdir", str(folder), str(folder / "a.rtf")]
    profile = (folder / office._PROFILE).as_uri()
    seen = False
    with subprocess.Popen(
        [FOUND.command, f"-env:UserInstallation={profile}", *order],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
    ) as running:
        while running.poll() is None:
            seen = seen or socket.exists()
    assert seen
    assert not socket.exists()  # it tidies up when it is not killed


ENDS = {  # hostile files: what they give, or why they give nothing
    "51921-Word-Crash067": "has no text in it",
    "Bug49908": None,
    "Fuzzed": None,
    "Word6": None,
    "au.edu.utas.*": "has macros: save it as .docx without them",
    "clusterfuzz-*-5074346559012864": "cannot be converted",
    "parentinvguid": None,
    "vector_image": "has pictures but no text",
}


@needs_libreoffice
@needs_texts
@pytest.mark.parametrize(("name", "reason"), ENDS.items())
def test_hostile_files_end_as_text_or_with_a_reason(name: str, reason: str | None) -> None:
    (path,) = (SHARED / "hostile" / "docx").glob(f"{name}.doc")
    if reason is None:
        assert read_source(path, Settings()).text.strip()
    else:
        with pytest.raises(UnreadableSource, match=reason):
            read_source(path, Settings())
