"""An instrument that stands behind the act that approves it, cut out of the page of that act.

The legal database has a concept, or rules, under the decree, resolution or order that approves it.
The page prints the act with points of its own, the signature, the mark of approval, and then the
instrument:

    1. To approve the appended Concept …            the act: no part of the instrument
    <table>… President … A. Elephant</table>
    <table>…<td>APPROVED<br>by Decree No. 7 …</td></table>      ◀── the mark
    <h3>CONCEPT of …</h3>                                       ◀── the instrument's title
    <p>…</p>

The mark begins with УТВЕРЖДЕНА or APPROVED, or ends with БЕКІТІЛГЕН, and names the act; the words
below it are the title that the catalogue knows. A point of the act must never be cited as one of
the instrument, so a page on which this is not found, or found twice, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.documents import Language
from kb.errors import UnreadableSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

_BLOCKS = frozenset(
    "p div td th tr table tbody thead h1 h2 h3 h4 h5 h6 center section article li ul ol".split()
)
_LONGEST_MARK = 300  # characters
_TITLE_BLOCKS = 3  # a title may be cut into so many: CONCEPT / of elephant policy / until 2040
_TITLE_SHARE = 0.7  # of the words that the catalogue has; a translator words the rest otherwise
_WORD = re.compile(r"\w+")

_MARKS = {
    # УТВЕРЖДЕНА Указом Президента … · Утверждены приказом Министра …
    Language.RUSSIAN: re.compile(r"утвержд[её]н[аоы]?\s+(?:указ|постановл|приказ|решен|распоряж)"),
    # APPROVED by Decree No. … · Approved by the order of …
    Language.ENGLISH: re.compile(r"(?:is\s+)?approved\s+by\b"),
    # … Жарлығымен БЕКІТІЛГЕН · … қаулысымен бекiтiлген
    Language.KAZAKH: re.compile(
        r".*(?:жарлығымен|қаулысымен|бұйрығымен|шешімімен|шешiмiмен|өкімімен)\s+"
        r"бек[іi]т[іi]лген\W*\Z"
    ),
}
_OTHER_ANNEXES = {  # what else the act has below it: Приложение 2 к Указу …
    Language.RUSSIAN: re.compile(
        r"приложение\b.{0,20}\s+к\s+(?:указу|постановлению|приказу|решению|распоряжению)\b"
    ),
    Language.ENGLISH: re.compile(
        r"(?:annex|appendix|attachment)\b.{0,20}\s+to\s+(?:the\s+)?(?:decree|resolution|order)\b"
    ),
    Language.KAZAKH: re.compile(
        r".*(?:жарлығына|қаулысына|бұйрығына|шешіміне|шешiмiне|өкіміне)\b.{0,20}\bқосымша\W*\Z"
    ),
}


@dataclass(frozen=True, slots=True)
class Annexed:
    """What the catalogue knows of an instrument that an act approves."""

    document_id: str
    title: str  # in the language of the page
    number: str | None  # of the act: the mark names it


def cut_out(main: LexborNode, annexed: Annexed, language: Language, url: str) -> tuple[str, str]:
    """Leave the instrument alone in the element; return its mark of approval and its title.

    Both are taken out of the element, since they are printed above its text.

    Raises:
        UnreadableSource: it cannot be told for certain where the instrument begins and ends.
    """
    marks = _marks(main, annexed, language)
    if len(marks) != 1:
        found = "no mark of approval" if not marks else f"{len(marks)} marks of approval"
        raise _refusal(url, annexed, language, f"it has {found} (УТВЕРЖДЕН, APPROVED, БЕКІТІЛГЕН)")
    [mark] = marks
    printed = _line(mark)
    _remove_before(mark, main)
    _remove(mark, main)
    title = _title(_innermost(main), annexed)
    if not title:
        why = f"the words below the mark of approval are not {annexed.title!r}"
        raise _refusal(url, annexed, language, why)
    named = " ".join(_line(block) for block in title)
    for node in title:
        _remove(node, main)
    other = _OTHER_ANNEXES[language]
    if any(other.match(_line(node).casefold()) for node in _innermost(main) if _short(node)):
        raise _refusal(url, annexed, language, "the act has another annex below it")
    return printed, named


def _marks(main: LexborNode, annexed: Annexed, language: Language) -> list[LexborNode]:
    """Return the smallest blocks that are a mark; its lines may be blocks of their own."""
    found: dict[int, LexborNode] = {}
    seen = {main.mem_id}
    for block in _innermost(main):
        node: LexborNode | None = block
        while node is not None and node.mem_id not in seen:
            seen.add(node.mem_id)
            if _is_mark(_line(node), annexed, language):
                found[node.mem_id] = node
            node = node.parent
    outer = {around.mem_id for node in found.values() for around in _around(node)}
    return [node for number, node in found.items() if number not in outer]


def _is_mark(line: str, annexed: Annexed, language: Language) -> bool:
    number = rf"(?<![\w-]){re.escape(annexed.number or '')}(?![\w-])"
    return (
        len(line) <= _LONGEST_MARK
        and _MARKS[language].match(line.casefold()) is not None
        and (annexed.number is None or re.search(number, line, re.IGNORECASE) is not None)
    )


def _title(blocks: Sequence[LexborNode], annexed: Annexed) -> list[LexborNode]:
    """Return the first blocks, where they print the title and nothing else; none otherwise."""
    wanted = set(_words(annexed.title))
    said: set[str] = set()
    for count, block in enumerate(blocks[: _TITLE_BLOCKS + 1]):
        words = _words(_line(block))
        known = len(wanted & said) >= _TITLE_SHARE * len(wanted)
        if known and not wanted.issuperset(words):
            return list(blocks[:count])
        if len(words) > 2 * len(wanted):
            break
        said.update(words)
    return []


def _words(line: str) -> list[str]:
    return _WORD.findall(line.casefold())


def _line(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ").split())


def _short(node: LexborNode) -> bool:
    return len(node.text()) <= 2 * _LONGEST_MARK


def _innermost(main: LexborNode) -> list[LexborNode]:
    """Return the blocks with text that have no other such block in them, in their order."""
    blocks: dict[int, LexborNode] = {}
    for node in main.traverse(include_text=True):
        if node.is_text_node and (node.text_content or "").strip():
            block = _block_around(node, main)
            blocks.setdefault(block.mem_id, block)
    outer: set[int] = set()
    for block in blocks.values():
        for around in _around(block):
            if around.mem_id in outer:
                break
            outer.add(around.mem_id)
    return [block for number, block in blocks.items() if number not in outer]


def _block_around(text: LexborNode, main: LexborNode) -> LexborNode:
    known = (node for node in _around(text) if node.tag in _BLOCKS or node.mem_id == main.mem_id)
    return next(known, main)


def _around(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around a node, the nearest first."""
    around = node.parent
    while around is not None:
        yield around
        around = around.parent


def _remove_before(mark: LexborNode, main: LexborNode) -> None:
    """Remove all that stands before the mark."""
    node = mark
    while node.mem_id != main.mem_id:
        while node.prev is not None:
            node.prev.decompose()
        assert node.parent is not None  # noqa: S101  it stands in `main`
        node = node.parent


def _remove(node: LexborNode, main: LexborNode) -> None:
    """Remove a block, and the table or division that nothing else is in."""
    line = _line(node)
    while (
        node.parent is not None and node.parent.mem_id != main.mem_id and _line(node.parent) == line
    ):
        node = node.parent
    node.decompose()


def _refusal(url: str, annexed: Annexed, language: Language, why: str) -> UnreadableSource:
    return UnreadableSource(
        f"{url} is the page of the act that approves {annexed.document_id}, which cannot be told"
        f" from it, since {why}: save its text in {language} alone from a browser, add it with"
        f" `kb ingest FILE --as {annexed.document_id}`, and report the page."
    )
