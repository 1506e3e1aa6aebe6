from hypothesis import given
from hypothesis import strategies as st

from kb.documents import Highlight, Language, Passage, Provenance, Span
from kb.search.snippets import SNIPPET_LENGTH, find_highlights, make_snippet, phrase_spans
from kb.words import terms, terms_among


def passage(text: str, language: Language = Language.ENGLISH, start: int = 0) -> Passage:
    span = Span(start, start + len(text))
    return Passage("p", "d", "e", language, Provenance.DIGEST, "par_1", ("par_1",), span, text, ())


def highlights_of(given: Passage, query: str, phrases: tuple[str, ...] = ()) -> list[Highlight]:
    wanted = {term.term for term in terms(query, given.language)}
    matching = terms_among(given.text, given.language, wanted)
    return list(find_highlights(given, matching, phrases))


def test_inflected_words_are_highlighted_where_they_stand() -> None:
    text = "Отпуска предоставляются; отпуском считается время отпуска."
    found = highlights_of(passage(text, Language.RUSSIAN, 100), "отпуск")
    assert [item.text for item in found] == ["Отпуска", "отпуском", "отпуска"]
    assert all(item.span.of(" " * 100 + text) == item.text for item in found)


def test_stop_words_are_not_highlighted() -> None:
    found = highlights_of(passage("Leave of the mother"), "leave of the father")
    assert [item.text for item in found] == ["Leave"]


def test_a_quoted_phrase_is_one_highlight() -> None:
    found = highlights_of(passage("She takes Maternity, leave."), "", ("maternity leave",))
    assert [item.text for item in found] == ["Maternity, leave"]


def test_a_phrase_needs_its_words_side_by_side_and_in_order() -> None:
    assert phrase_spans("leave for maternity", "maternity leave") == []
    assert phrase_spans("maternity paid leave", "maternity leave") == []
    assert phrase_spans("article 127-1", "article 127") == []
    assert len(phrase_spans("leave, leave", "leave")) == 2


def test_a_short_passage_is_its_own_snippet() -> None:
    short = passage("Leave is fourteen weeks.", start=7)
    assert make_snippet(short, ()).text == short.text
    assert make_snippet(short, ()).span == short.span


def test_the_snippet_is_the_window_with_most_matches() -> None:
    text = "Leave. " + "filler words go on and on " * 40 + "maternity leave benefits. " + "x " * 200
    long = passage(text)
    highlights = highlights_of(long, "maternity leave benefits")
    snippet = make_snippet(long, highlights)
    assert [item.text for item in snippet.highlights] == ["maternity", "leave", "benefits"]


@given(
    st.lists(st.sampled_from(["leave", "work", "a", "мать", "\n\n", "x" * 400]), max_size=200),
    st.integers(0, 50),
)
def test_snippets_are_verbatim_short_and_cut_between_words(pieces: list[str], start: int) -> None:
    text = " ".join(pieces).strip() or "leave"
    source = "#" * start + text
    long = passage(text, start=start)
    highlights = highlights_of(long, "leave work")
    snippet = make_snippet(long, highlights)
    assert snippet.span.of(source) == snippet.text
    assert 0 < len(snippet.text) <= max(SNIPPET_LENGTH, 1) or snippet.text == text
    assert all(snippet.span.covers(item.span) for item in snippet.highlights)
    assert all(item.span.of(source) == item.text for item in snippet.highlights)
