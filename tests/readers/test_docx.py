"""DOCX: numbers that Word prints but does not store, tables, notes, tracked changes, damage."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from string import ascii_lowercase
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import UnreadableSource
from kb.readers import BlockKind, docx_package, read_source
from kb.readers.docx import read_docx
from kb.settings import Settings
from kb.structure import parse_structure

TEXTS = Path(__file__).resolve().parents[2].parent / "shared" / "texts"
KZ_DOCX, HOSTILE = TEXTS / "kz_docx", TEXTS / "hostile" / "docx"

needs_texts = pytest.mark.skipif(not TEXTS.exists(), reason="the texts of ../shared are not here")

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
W = f"{{{TRANSITIONAL}}}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    'xmlns:w="{main}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def make_docx(
    body: str, *, main: str = TRANSITIONAL, members: dict[str, bytes] | None = None, **parts: str
) -> bytes:
    """Return a Word file with this content of `w:body` and of other parts, by their relations."""
    names = NAMESPACES.format(main=main)
    roots = {"numbering": "numbering", "styles": "styles", "header": "hdr"}
    contents = {"word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>"}
    listed = ""
    for relation, content in parts.items():
        root = roots.get(relation, relation)
        contents[f"word/{relation}.xml"] = f"<w:{root} {names}>{content}</w:{root}>"
        listed += relationship(relation, f"{relation}.xml")
    contents["word/_rels/document.xml.rels"] = f"<Relationships>{listed}</Relationships>"
    contents["_rels/.rels"] = (
        f"<Relationships>{relationship('officeDocument', 'word/document.xml')}</Relationships>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if name not in (members or {}):
                archive.writestr(name, content)
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return written.getvalue()


def relationship(relation: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Type="{OFFICE}/{relation}" Target="{target}" TargetMode="{mode}"/>'


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>"


def par(text: str = "", properties: str = "", *, content: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text) if text else ''}{content}</w:p>"


def item(text: str, list_id: int = 1, level: int = 0) -> str:
    numbered = f'<w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/>'
    return par(text, f"<w:numPr>{numbered}</w:numPr>")


def level(at: int, pattern: str, form: str = "decimal", *, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def lists(*levels: str, uses: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'):
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{uses}'


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def lines_of(body: str, **parts: str) -> list[str]:
    return [line for line in read_docx(make_docx(body, **parts), "a.docx").text.split("\n") if line]


LEGAL = lists(level(0, "%1."), level(1, "%1.%2)"), level(2, "%3)", "russianLower"))


@pytest.mark.parametrize(
    ("numbering", "places", "printed"),
    [
        (LEGAL, [0, 1, 1, 0, 1], ["1.", "1.1)", "1.2)", "2.", "2.1)"]),
        (LEGAL, [0, 1, 2, 2, 1, 2], ["1.", "1.1)", "а)", "б)", "1.2)", "а)"]),
        (LEGAL, [1, 0, 1], ["1.1)", "1.", "1.1)"]),  # a level above that was never counted
        (lists(level(0, "%1)", start=5)), [0, 0], ["5)", "6)"]),
        (
            lists(level(0, "%1)", "lowerLetter")),
            [0] * 27,
            [*(f"{c})" for c in ascii_lowercase), "aa)"],
        ),
        (lists(level(0, "(%1)", "lowerRoman")), [0] * 4, ["(i)", "(ii)", "(iii)", "(iv)"]),
        (lists(level(0, "Статья %1.")), [0, 0], ["Статья 1.", "Статья 2."]),
        (lists(level(0, "%1", "decimalZero")), [0], ["01"]),
        (lists(level(0, "\uf0b7", "bullet")), [0, 0], ["–", "–"]),
        (lists(level(0, "%1.", "someScript")), [0], ["1."]),
        (lists(level(0, "%1.", "none")), [0], ["."]),
        (lists(level(0, "")), [0], [""]),
        (
            lists(level(0, "%1.", "upperRoman"), level(1, "%1.%2", more="<w:isLgl/>")),
            [0, 0, 1],
            ["I.", "II.", "2.1"],
        ),
        (  # never counted anew
            lists(level(0, "%1."), level(1, "%2)", more='<w:lvlRestart w:val="0"/>')),
            [0, 1, 0, 1],
            ["1.", "1)", "2.", "2)"],
        ),
        (  # counted anew below the first level only
            lists(
                level(0, "%1."), level(1, "%2)"), level(2, "%3", more='<w:lvlRestart w:val="1"/>')
            ),
            [0, 1, 2, 1, 2, 0, 2],
            ["1.", "1)", "1", "2)", "2", "2.", "1"],
        ),
    ],
)
def test_numbers_are_printed(numbering: str, places: list[int], printed: list[str]) -> None:
    found = lines_of("".join(item("x", level=at) for at in places), numbering=numbering)
    assert found == [f"{mark} x".strip() for mark in printed]


def use(list_id: int, override: str = "") -> str:
    return f'<w:num w:numId="{list_id}"><w:abstractNumId w:val="0"/>{override}</w:num>'


def test_lists_of_one_definition_count_on_unless_they_say_otherwise() -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    changed = f'<w:lvlOverride w:ilvl="0">{level(0, "§ %1")}</w:lvlOverride>'
    numbering = lists(level(0, "%1."), uses=use(1) + use(2) + use(3, start) + use(4, changed))
    body = "".join(item("x", list_id) for list_id in (1, 1, 2, 3, 3, 1, 4))
    assert lines_of(body, numbering=numbering) == "1. x,2. x,3. x,1. x,2. x,3. x,§ 4 x".split(",")


STYLES = """
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/>
  <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="H2"><w:basedOn w:val="H1"/><w:name w:val="own"/>
  <w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="Round"><w:basedOn w:val="Round"/><w:name w:val="Round"/></w:style>
"""


def test_headings_and_numbers_come_from_styles() -> None:
    def styled(style: str, text: str, more: str = "") -> str:
        return par(text, f'<w:pStyle w:val="{style}"/>{more}')

    numbering = lists(
        level(0, "%1.", more='<w:pStyle w:val="H1"/>'),
        level(1, "%1.%2.", more='<w:pStyle w:val="H2"/>'),
    )
    body = (
        styled("T", "Положение")
        + styled("H1", "Общее")
        + styled("H2", "Цель")
        + styled("H1", "Без номера", '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + styled("H1", "Права")
        + styled("Round", "Текст")
        + styled("H2", "слово " * 100)
        + styled("", "Свой", '<w:outlineLvl w:val="2"/>')
        + styled("H2", "Не заголовок", '<w:outlineLvl w:val="9"/>')
    )
    source = read_docx(make_docx(body, styles=STYLES, numbering=numbering), "a.docx")
    assert [(b.depth, b.span.of(source.text).strip()[:12]) for b in source.blocks] == [
        (1, "Положение"),
        (1, "1. Общее"),
        (2, "1.1. Цель"),
        (1, "Без номера"),
        (1, "2. Права"),
        (0, "Текст"),
        (0, "2.1. слово с"),  # a clause in the style of a heading
        (3, "Свой"),
        (0, "2.2. Не заго"),
    ]
    assert source.title == "Положение"


def test_numbered_points_become_units() -> None:
    body = item("Общие положения") + item("цель;", level=1) + item("задачи.", level=1)
    numbering = lists(level(0, "%1."), level(1, "%2)"))
    nodes = parse_structure(read_docx(make_docx(body, numbering=numbering), "a.docx"))
    assert [node.number for node in nodes if node.number] == ["1", "1", "2"]


def test_runs_print_what_a_reader_sees() -> None:
    content = (
        "<w:r><w:t>Ст\u00adатья</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>5</w:t><w:tab/></w:r>"
        + run("1", '<w:vertAlign w:val="superscript"/>')
        + "<w:r><w:br/></w:r><w:hyperlink>"
        + run("ссы\nлка")
        + "</w:hyperlink><w:smartTag><w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>"
        + run("!")
        + "</w:sdtContent></w:sdt></w:smartTag>"
        + run("тайна", "<w:vanish/>")
        + run("явно", '<w:vanish w:val="0"/>')
        + '<w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:sym w:char="00A7"/></w:r>'
        + "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"
    )
    source = read_docx(make_docx(par(content=content)), "a.docx")
    assert source.text == "Статья\u20115\t¹\nссы лка!явно§a+b\n"
    assert source.warnings == (
        "Left out: passages of hidden text (1).",
        "Left out: signs of symbol fonts (1).",
    )


def test_fields_show_their_result_only() -> None:
    def step(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = f"<w:r><w:instrText>REF a</w:instrText></w:r>{run('inner')}"
    field = f"{step('begin')}{instruction}{step('separate')}{run('статьи 5')}{step('end')}"
    broken = par(content=step("begin") + instruction) + par("дальше")
    assert lines_of(par("см. ", content=field) + broken) == ["см. статьи 5", "дальше"]


def test_tables() -> None:
    span, begun, covered = (
        f"<w:tcPr>{p}</w:tcPr>"
        for p in ('<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>")
    )
    inner = table(row(par("x"), par("y")), row(par("z"), par("w")))
    body = table(
        row(span + par("Вид"), par("Срок")),
        row(begun + par("а"), par("один") + par("два"), item("с номером")),
        row(covered + par("не видно"), inner + par(), par("3")),
        row(par(), par(), par()),
    )
    source = read_docx(make_docx(body, numbering=LEGAL), "a.docx")
    assert source.text == (
        "Вид |  | Срок\nа | один два | 1. с номером\n | x, y; z, w | 3\n".replace("\n |", "\n|")
    )
    assert [block.kind for block in source.blocks] == [BlockKind.TABLE]


def test_a_table_that_only_places_text_is_paragraphs() -> None:
    stamp = table(row(par("\u00a0"), par(content="<w:r><w:t>Приложение 1</w:t></w:r>")))
    column = table(row(par(), par("Один")), row(par(), par("Два")))
    source = read_docx(make_docx(stamp + column), "a.docx")
    assert source.text == "Приложение 1\n\nОдин\n\nДва\n"
    assert {block.kind for block in source.blocks} == {BlockKind.PARAGRAPH}
    assert parse_structure(source)[0].eid == "anx_1"


def test_notes_stand_at_the_end() -> None:
    def refer(kind: str, note: int) -> str:
        raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        return f'<w:r>{raised}<w:{kind}Reference w:id="{note}"/></w:r>'

    body = (
        par("Статья 5", content=refer("endnote", 7) + refer("footnote", 3))
        + table(row(par("а"), par("б", content=refer("footnote", 2))))
        + par("Ещё", content=refer("footnote", 3) + refer("footnote", 99))
    )
    source = read_docx(
        make_docx(
            body,
            footnotes=f'<w:footnote w:id="0">{par("---")}</w:footnote>'
            f'<w:footnote w:id="2">{par("Вторая")}</w:footnote>'
            f'<w:footnote w:id="3">{par("Первая")}{par("с абзацем")}</w:footnote>',
            endnotes=f'<w:endnote w:id="7">{par("Конец")}</w:endnote>',
        ),
        "a.docx",
    )
    assert source.text == (
        "Статья 5[i][1]\n\nа | б[2]\n\nЕщё[1][3]\n\n[1] Первая\nс абзацем\n\n[2] Вторая\n\n"
        "[i] Конец\n"
    )
    assert [block.kind for block in source.blocks][-3:] == [BlockKind.QUOTE] * 3


def test_tracked_changes_are_read_as_accepted() -> None:
    deleted = "<w:del><w:r><w:delText>нет</w:delText><w:t>нет</w:t></w:r></w:del>"
    gone = "<w:rPr><w:del/></w:rPr>"
    body = (
        par("Право ", content=f"<w:ins>{run('на труд')}</w:ins>{deleted}")
        + par("Начало ", gone)
        + item("и конец")
        + par(properties=gone, content=deleted)  # a paragraph that is gone altogether
        + item("Второй")
        + f"<w:ins>{item('Третий')}</w:ins>"
        + par(content=f"<w:moveFrom>{run('старое место')}</w:moveFrom>")
        + table(
            row(par("а"), par("б")),
            f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{par('нет')}</w:tc></w:tr>",
            row(par("в"), par("г")),
        )
        + par("Последнее", gone)
    )
    source = read_docx(make_docx(body, numbering=LEGAL), "a.docx")
    assert [line for line in source.text.split("\n") if line] == [
        "Право на труд",
        "1. Начало и конец",
        "2. Второй",
        "3. Третий",
        "а | б",
        "в | г",
        "Последнее",
    ]
    assert source.warnings == (
        "Tracked changes are read as accepted: insertions kept: 2, deletions left out: 7.",
    )


def test_comments_headers_and_pictures_are_left_out_and_said_to_be() -> None:
    body = par("Текст", content="<w:r><w:commentReference w:id='1'/><w:drawing/></w:r>")
    comment = f'<w:comment w:author="Иванов">{par("Надо ли?")}</w:comment>'
    source = read_docx(make_docx(body, comments=comment, header=par("Стр. 1")), "a.docx")
    assert source.text == "Текст\n"
    assert source.warnings == (
        "Comments are left out: 1.",
        "Page headers and footers are left out.",
        "Left out: pictures (1).",
    )
    assert read_docx(make_docx(par("Текст"), header=par()), "a.docx").warnings == ()


def test_a_text_box_follows_its_paragraph_once() -> None:
    box = f"<w:txbxContent>{par('В рамке')}</w:txbxContent>"
    content = (
        "<w:r><mc:AlternateContent>"
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert lines_of(par("Рядом", content=content)) == ["Рядом", "В рамке"]
    old = f"<w:r><mc:AlternateContent><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    assert lines_of(par("Рядом", content=f"{old}</mc:AlternateContent></w:r>")) == [
        "Рядом",
        "В рамке",
    ]


def test_the_strict_form_and_utf_16_are_read() -> None:
    assert read_docx(make_docx(par("Текст"), main=STRICT), "a.docx").text == "Текст\n"
    document = (
        f'<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="{TRANSITIONAL}">'
        f"<w:body>{par('Текст')}</w:body></w:document>"
    )
    data = make_docx("", members={"word/document.xml": document.encode("utf-16")})
    assert read_docx(data, "a.docx").text == "Текст\n"


def with_document(content: str) -> bytes:
    return make_docx("", members={"word/document.xml": content.encode()})


GROWING = "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
BOMB = f"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>{GROWING}]><w:document>&j;</w:document>"
XXE = f"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hosts">]>
<w:document xmlns:w="{TRANSITIONAL}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body>
</w:document>"""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text", "is damaged or not a DOCX file"),
        (b"PK\3\4" + b"\0" * 99, "is damaged or not a DOCX file"),
        (make_docx(par("Текст"))[:-40], "is damaged or not a DOCX file"),
        (with_document("<w:document>"), "is damaged or not a DOCX file"),
        (with_document("<?xml version='1.0' encoding='x'?><a/>"), "is damaged"),
        (with_document("<workbook/>"), "is not a Word document"),
        (with_document(BOMB), "declares a document type"),
        (with_document(XXE), "declares a document type"),
        (with_document("<a>" * 500 + "</a>" * 500), "nests its elements more than 200 deep"),
        (
            make_docx(
                "",
                members={
                    "_rels/.rels": f"<R>{relationship('officeDocument', 'none.xml')}</R>".encode()
                },
            ),
            "is damaged or not a DOCX file",
        ),
        (make_docx(par("Текст"), members={"word/vbaProject.bin": b"x"}), "has macros"),
        (make_docx(par(content="<w:r><w:drawing/></w:r>")), "probably a scan: run OCR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "an older Word: save it as .docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is encrypted: remove the password",
        ),
    ],
)
def test_what_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        read_docx(data, "a.docx")
    assert str(refusal.value).startswith("a.docx ")
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_archive_with_a_password_is_encrypted() -> None:
    data = bytearray(make_docx(par("Текст")))
    for header, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        for found in re.finditer(re.escape(header), bytes(data)):
            data[found.start() + flags] |= 1
    with pytest.raises(UnreadableSource, match=r"^a\.docx is encrypted"):
        read_docx(bytes(data), "a.docx")


def test_a_part_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_package, "MAX_PART_MEGABYTES", 1)
    data = make_docx(par("0" * (2 << 20)))
    assert len(data) < 10_000
    with pytest.raises(UnreadableSource, match="unpacks to more than 1 MB"):
        read_docx(data, "a.docx")


def test_a_damaged_part_beside_the_text_is_a_warning() -> None:
    data = make_docx(item("Текст"), numbering="", members={"word/numbering.xml": b"<a>"})
    source = read_docx(data, "a.docx")
    assert source.text == "Текст\n"
    assert source.warnings[0].startswith(
        "The numbering of the file are left out: a.docx is damaged"
    )


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "numbering.xml"
    outside.write_text(f"<w:numbering xmlns:w='{TRANSITIONAL}'>{LEGAL}</w:numbering>")
    for target, mode in ((outside.as_uri(), "External"), (f"../../..{outside}", "Internal")):
        listed = f"<R>{relationship('numbering', target, mode)}</R>".encode()
        data = make_docx(item("Текст"), members={"word/_rels/document.xml.rels": listed})
        assert read_docx(data, "a.docx").text == "Текст\n"


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"])), st.integers(0, 9))
    )
)
def test_blocks_tile_the_text(items: list[tuple[str, int]]) -> None:
    body = "".join(item(text.replace("\ufffe", ""), level=at) for text, at in items)
    source = read_docx(make_docx(body, numbering=LEGAL), "a.docx")
    assert "".join(block.span.of(source.text) for block in source.blocks) == source.text


# --- files that nobody here wrote ---------------------------------------------------------------

SETTINGS = Settings(parse_seconds=60)

UNITS = {  # of each act: its points, sub-points, annexes and tables
    "g25nt000021": (21, 36, 5, 9),
    "p1100000920": (124, 146, 2, 3),
    "v1500010479": (42, 46, 0, 2),
    "v1700015813": (110, 106, 2, 1),
    "v2500036628": (154, 176, 4, 9),
}


def shown(element: ET.Element) -> str:
    """Return what Word shows of an element, found with no help from the reader."""
    marks = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(
        marks.get(each.tag, each.text or "" if each.tag == f"{W}t" else "")
        for each in element.iter()
    )


def letters(text: str) -> str:
    """Return letters and digits alone: blanks, rules of forms and cell borders apart."""
    return re.sub(r"[\W_]", "", text)


@needs_texts
@pytest.mark.parametrize("act", UNITS)
def test_official_files_give_their_points_annexes_and_tables(act: str) -> None:
    [path] = KZ_DOCX.glob(f"{act}.*")
    source = read_source(path, SETTINGS)
    nodes = parse_structure(source)
    by_level = {
        level: [node for node in nodes if str(node.level) == level]
        for level in ("clause", "sub-clause", "annex", "table")
    }
    assert tuple(map(len, by_level.values())) == UNITS[act]

    with zipfile.ZipFile(path) as archive:
        document = ET.fromstring(archive.read("word/document.xml"))  # noqa: S314  one of our own
    body = document.find(f"{W}body")
    assert body is not None
    # no point stands in a table, though some cells begin with a number
    lines = [line.strip() for each in body.findall(f"{W}p") for line in shown(each).split("\n")]
    for level, sign in (("clause", r"\.(?!\d)"), ("sub-clause", r"\)")):
        number = re.compile(rf"(\d+(?:-\d+)?){sign}")
        numbers = [found[1] for line in lines if (found := number.match(line))]
        assert [node.number for node in by_level[level]] == numbers, level
    # "Приложение 1 …" and "Утверждены …" stand at the right, in tables without borders
    tables = [shown(each).lstrip() for each in body.findall(f"{W}tbl")]
    titles = [found for each in tables if (found := re.match(r"Приложение(?: (\d+))?|Утвер", each))]
    annexes = [found[1] for found in titles if found[0] != "Утвер"]
    assert [node.number for node in by_level["annex"]] == annexes
    assert len(by_level["table"]) == len(tables) - len(titles)
    assert letters(source.text) == letters(shown(body))


@needs_texts
def test_every_official_file_is_counted() -> None:
    assert {path.name.partition(".")[0] for path in KZ_DOCX.iterdir()} == UNITS.keys()


ENDS = {  # what of the hostile files is no text, and why
    "has no text in it": "Bug60341 Bug62859 Tika-792 comment headerFooter".split(),
    "probably a scan": "61745 tika-3388".split(),
    "is damaged or not a DOCX file": [
        "clusterfuzz-testcase-minimized-POIFuzzer-6709287337197568",
        "clusterfuzz-testcase-minimized-POIXWPFFuzzer-4959857092198400",
        "clusterfuzz-testcase-minimized-POIXWPFFuzzer-6061520554164224",
    ],
    "is of a kind that is not read": ["45690"],  # .docm
}


@needs_texts
def test_hostile_files_end_as_text_or_with_a_reason(capfd: pytest.CaptureFixture[str]) -> None:
    refused: dict[str, str] = {}
    for path in sorted(HOSTILE.glob("*.doc[xm]")):
        try:
            source = read_source(path, SETTINGS)
        except UnreadableSource as refusal:
            refused[path.stem] = str(refusal)
            continue
        assert source.text.strip(), path.name
    expected = {name: reason for reason, names in ENDS.items() for name in names}
    assert refused.keys() == expected.keys()
    assert [name for name, reason in expected.items() if reason not in refused[name]] == []
    assert capfd.readouterr() == ("", "")


@needs_texts
def test_numbers_are_those_that_the_words_beside_them_state() -> None:
    source = read_source(HOSTILE / "NumberingWOverrides.docx", SETTINGS)
    numbered = [line.split() for line in source.text.split("\n")[1:] if line]
    assert len(numbered) == 6
    assert all(printed == stated for printed, stated in numbered)
