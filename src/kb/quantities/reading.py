"""Find the quantities of a text: a number, what it counts, and how the text bounds it.

    at least 14 weeks                      14 weeks, at least
    126 (сто двадцать шесть) календарных дней      126 calendar days, one quantity
    күнтізбелік жиырма төрт күннен кем емес        24 calendar days, at least

A number without a unit is none: an article's, a law's, a date's, a convention's number counts
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from kb.documents import Language, Span
from kb.quantities.lexing import lex
from kb.quantities.numerals import (
    HALVES,
    and_a_half,
    denominator,
    multiplier,
    read_numeral,
    read_prefix,
)
from kb.quantities.units import Days, Unit, compound, days_of, stands_between, unit_at


class Bound(StrEnum):
    """How the text bounds a quantity, where it does."""

    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    OVER = "over"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts."""

    value: Fraction
    unit: Unit
    span: Span  # in the text that was read
    text: str  # verbatim
    days: Days | None = None  # of days: calendar or working; None: the text does not say
    bound: Bound | None = None


def read_quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """Return the quantities of a text in order; they do not overlap."""
    return tuple(_Reader(text, language).quantities())


# What the number of a provision or an act stands after.
_NAMES = {
    Language.ENGLISH: (
        "articles?|arts?|sections?|clauses?|paragraphs?|points?|sub|subparagraphs?|chapters?|parts?"
        "|annex(?:es)?|conventions?|laws?|decrees?|nos?|numbers?|items?"
    ),
    Language.RUSSIAN: (
        r"стат(?:ь|е)\w+|ст|пункт\w*|пп?|подпункт\w*|част(?:ь|и|ью|ей|ях)|ч|глав\w+|гл|раздел\w*"
        r"|приложени\w+|конвенци\w+|закон\w*|указ\w*|номер\w*|абзац\w*|мот|n"
    ),
    Language.KAZAKH: r"конвенция\w*|заң\w*|жарлық\w*|n",
}
# What goes on with a list or a range of numbers.
_AND = {
    Language.ENGLISH: {",", "-", "–", "—", "and", "or", "to"},
    Language.RUSSIAN: {",", "-", "–", "—", "и", "или", "до"},
    Language.KAZAKH: {",", "-", "–", "—", "және", "немесе", "мен"},
}
_RANGE = {
    Language.ENGLISH: {"-", "–", "—", "to", "or", "and"},
    Language.RUSSIAN: {"-", "–", "—", "до", "или"},
    Language.KAZAKH: {"-", "–", "—", "немесе"},
}
# `2-х`, `14-ти`: endings that leave a number a cardinal; `30-й` has become an ordinal.
_CARDINAL_ENDING = re.compile("х|ти|и|ми|мя|ю|кратн\\w+")

# Before the number, the last words first to last; after it, the words that follow.
_BOUND_BEFORE = {
    Language.ENGLISH: (
        (r"(?:not|no) (?:be |to be )?(?:less|fewer|lower|shorter|earlier) than", Bound.AT_LEAST),
        (r"at least|minimum(?: period)?(?: of)?", Bound.AT_LEAST),
        (r"(?:not|no) (?:be )?(?:more|later|longer|higher|greater) than", Bound.AT_MOST),
        (r"not (?:to )?exceed(?:ing|s)?|up to|at most|maximum(?: of)?", Bound.AT_MOST),
        (r"(?:more|longer|older|greater) than|over|exceed(?:ing|s)?", Bound.OVER),
        (r"(?:less|fewer|shorter|younger) than|under|below", Bound.UNDER),
    ),
    Language.RUSSIAN: (
        (r"не (?:менее|меньше|ниже|короче|ранее|раньше)(?: чем)?(?: на| за| в)?", Bound.AT_LEAST),
        (
            (
                r"не (?:более|больше|выше|свыше|дольше|позднее|позже)(?: чем)?"
                r"(?: на| за| в| через)?|не (?:\w+ )?превыша\w+|до"
            ),
            Bound.AT_MOST,
        ),
        (r"(?:более|больше|свыше|старше|превыша\w+)(?: чем)?(?: на| в)?", Bound.OVER),
        (r"(?:менее|меньше|моложе|ниже)(?: чем)?(?: на| в)?", Bound.UNDER),
    ),
    Language.KAZAKH: (
        (r"кемінде|ең кемі", Bound.AT_LEAST),
        (r"ең көбі|әрі кеткенде", Bound.AT_MOST),
    ),
}
_BOUND_AFTER = {
    Language.ENGLISH: ((r"(?:or|and) (?:more|over|above|older)\b", Bound.AT_LEAST),),
    Language.RUSSIAN: ((r"(?:и|или) (?:более|больше|выше|старше)\b", Bound.AT_LEAST),),
    Language.KAZAKH: (
        (r"(?:кем|төмен|бұрын|ерте) (?:емес|болма\w*)", Bound.AT_LEAST),
        (
            (
                r"(?:артық|көп|жоғары|кеш) (?:емес|болма\w*)"
                r"|(?:аспа|асырма|кешіктірме|кешікпе)\w*|дейін"
            ),
            Bound.AT_MOST,
        ),
        (r"(?:астам|артық|көп|жоғары|аса|асатын)\b", Bound.OVER),
        (r"(?:кем|төмен|аз|толмаған|жетпеген)\b", Bound.UNDER),
    ),
}
# What makes years the age of a person.
_AGE_BEFORE = {
    Language.ENGLISH: re.compile("aged?|ages"),
    Language.RUSSIAN: re.compile(r"возраст\w*|(?:не)?достиг\w*|достиж\w+|старше|моложе|исполн\w+"),
    Language.KAZAKH: re.compile(r"жас\w*"),
}
_AGE_AFTER = {
    Language.ENGLISH: re.compile(r"of age|old|- ?old"),
    Language.RUSSIAN: re.compile(r"(?:от роду|возраст\w*)"),
    Language.KAZAKH: re.compile(r"толған"),
}


@dataclass(frozen=True, slots=True)
class _Number:
    value: Fraction
    end: int  # the place of the token after it
    fraction: bool = False  # written as one, and so a share by itself


class _Reader:
    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.tokens = lex(text, language)

    def quantities(self) -> list[Quantity]:
        found: list[Quantity] = []
        at = 0
        while at < len(self.tokens):
            read, at = self._at(at)
            found += read
        return found

    def _at(self, at: int) -> tuple[list[Quantity], int]:
        """Return what is read at a token, and where to go on."""
        if (whole := self._compound(at)) is not None:
            return [whole], at + 1
        number = self._number(at)
        if number is None:
            return [], at + 1
        if self._names_something(at):
            return [], self._end_of_names(number.end)
        named = self._unit(number.end)
        if number.fraction and (named is None or named[0] is Unit.PEOPLE):
            return [self._quantity(at, number, Unit.FRACTION, number.end, None)], number.end
        return self._measured(at, number)

    def _measured(self, at: int, number: _Number) -> tuple[list[Quantity], int]:
        """Read `14 weeks`, `5 (пять) дней`, `3–5 years`: one quantity or the two of a range."""
        numbers = [(at, number)]
        end = number.end
        opened = self._form(end) == "("
        if (opened or self._form(end) in _RANGE[self.language]) and (
            second := self._number(end + 1)
        ):
            after = second.end + (1 if opened else 0)
            if not opened or self._form(second.end) == ")":
                if not opened or second.value != number.value:
                    numbers.append((end + 1, second))
                end = after
        named = self._unit(end)
        if named is None:
            return [], number.end
        unit, stop, days = named
        if unit is Unit.YEAR and any(_is_date(each.value) for _, each in numbers):
            return [], stop
        if unit is Unit.YEAR and self._is_age(at, stop):
            unit = Unit.AGE
        found = []
        for place, (start, each) in enumerate(numbers):
            upto = stop if place == len(numbers) - 1 else each.end
            quantity = self._quantity(start, each, unit, upto, days)
            if place and not opened:
                quantity = replace(quantity, bound=None)  # `до` in `от 3 до 5` bounds nothing more
            found.append(quantity)
        return found, stop

    def _quantity(
        self, at: int, number: _Number, unit: Unit, stop: int, days: Days | None
    ) -> Quantity:
        days_word = self._days_before(at) if days is None and unit is Unit.DAY else None
        start = self.tokens[at - 1].start if days_word else self.tokens[at].start
        span = Span(start, self.tokens[stop - 1].end)
        bound = self._bound(at - 1 if days_word else at, stop)
        return Quantity(number.value, unit, span, span.of(self.text), days or days_word, bound)

    def _compound(self, at: int) -> Quantity | None:
        """Read `тридцатидневный`, `30-дневный` and `в месячный срок`."""
        token = self.tokens[at]
        if self.language is not Language.RUSSIAN or token.kind != "word":
            return None
        parts = compound(token.form)
        if parts is None:
            return None
        prefix, unit = parts
        value = read_prefix(prefix) if prefix else None
        start = at
        if not prefix and self._form(at - 1) == "-" and self._kind(at - 2) == "number":
            value, start = _digits(self._form(at - 2), self.language), at - 2
        elif not prefix and self._form(at + 1).startswith("срок"):
            value = Fraction(1)
        if value is None:
            return None
        if unit is Unit.YEAR and self._is_age(start, at + 1):
            unit = Unit.AGE
        return self._quantity(start, _Number(value, at + 1), unit, at + 1, None)

    # --- numbers ---

    def _number(self, at: int) -> _Number | None:
        if at >= len(self.tokens):
            return None
        token = self.tokens[at]
        if (fraction := self._fraction(at)) is not None:
            return fraction
        if token.kind == "number":
            value = _digits(token.form, self.language)
            if value is None or self._sticks(at):
                return None
            if "/" in token.form:
                return _Number(value, at + 1, fraction=True)
            end = at + 1
            if self._form(end) == "-" and _CARDINAL_ENDING.fullmatch(self._form(end + 1)):
                end += 2
            while (times := multiplier(self._form(end), self.language)) is not None:
                value *= times
                end += 2 if self._form(end + 1) == "." else 1
        else:
            read = read_numeral(self.tokens, at, self.language)
            if read is None:
                return None
            value, end = read
        if (after := and_a_half(self.tokens, end, self.language)) is not None:
            value, end = value + Fraction(1, 2), after
        return _Number(value, end)

    def _fraction(self, at: int) -> _Number | None:
        """Read `two thirds`, `двух третей`, `үштен екі`, `half of`."""
        form = self.tokens[at].form
        if form in HALVES[self.language]:
            end = at + 1
            if self._form(end) in ("a", "an"):
                end += 1
            return _Number(Fraction(1, 2), end, fraction=True)
        if self.language is Language.KAZAKH:
            return self._of_so_many(at)
        article = self.language is Language.ENGLISH and form == "a"
        read = (Fraction(1), at + 1) if article else read_numeral(self.tokens, at, self.language)
        if read is None:
            return None
        value, end = read
        if self._form(end) in ("-", "‑"):
            end += 1
        below = denominator(self._form(end), self.language)
        if below is None or not value < below:
            return None
        single = self.language is Language.ENGLISH and not self._form(end).endswith("s")
        if single and self._form(end + 1) not in ("of", "", ".", ",", ";"):
            return None  # `one third country`, `a half day`
        return _Number(value / below, end + 1, fraction=True)

    def _of_so_many(self, at: int) -> _Number | None:
        """Read the Kazakh `үштен екі`: of three, two."""
        below = denominator(self.tokens[at].form, self.language)
        above = read_numeral(self.tokens, at + 1, self.language) if below else None
        if below is None or above is None or not above[0] < below:
            return None
        return _Number(above[0] / below, above[1], fraction=True)

    def _sticks(self, at: int) -> bool:
        """Whether digits are part of a name: `C183`, `223-IV`, `54-бап`, `30-й`, `08.12.2009`."""
        token = self.tokens[at]
        before = self.text[token.start - 1 : token.start]
        if before.isalnum() or before == "_" or token.form.count(".") > 1:
            return True
        dash = self.tokens[at - 1] if at else None
        if (
            dash is not None
            and dash.form in "-‑"
            and dash.end == token.start
            and self.text[dash.start - 1 : dash.start].isalpha()
        ):
            return True
        after = self.text[token.end : token.end + 2]
        if after[:1].isalpha():
            return True
        if after[:1] in ("-", "‑") and after[1:].isalpha():
            word = self._form(at + 2)
            unit = self.language is Language.ENGLISH and unit_at([word], self.language)
            return not (unit or _CARDINAL_ENDING.fullmatch(word))
        return False

    # --- what stands around a number ---

    def _names_something(self, at: int) -> bool:
        """Whether the number at `at` is that of a provision or an act."""
        at -= 1
        if self._form(at) == "." and self._kind(at - 1) == "word":
            at -= 1
        if self._form(at) in ("№", "§"):
            return True
        return re.fullmatch(_NAMES[self.language], self._form(at)) is not None

    def _end_of_names(self, at: int) -> int:
        """Return the place after `5, 6 and 7` of `Articles 5, 6 and 7`."""
        while self._form(at) in _AND[self.language] and self._kind(at + 1) == "number":
            if self._unit(at + 2) is not None and self._form(at) == ",":
                break
            at += 2
        return at

    def _unit(self, at: int) -> tuple[Unit, int, Days | None] | None:
        """Return the unit that begins at `at`, the place after it, and which days it counts."""
        days = None
        if self.language is Language.ENGLISH and self._form(at) in ("-", "‑"):
            at += 1
        for _ in range(3):
            forms = [token.form for token in self.tokens[at : at + 3]]
            named = unit_at(forms, self.language)
            if named is not None:
                unit, length = named
                return unit, at + length, days if unit is Unit.DAY else None
            if forms and (which := days_of(forms[0], self.language)) is not None:
                days = which
            elif not forms or not stands_between(forms[0], self.language):
                return None
            at += 1
        return None

    def _days_before(self, at: int) -> Days | None:
        """Return which days the word before a number names: `күнтізбелік отыз күн`."""
        if self.language is not Language.KAZAKH:
            return None
        return days_of(self._form(at - 1), self.language)

    def _bound(self, at: int, stop: int) -> Bound | None:
        before = " ".join(token.form for token in self.tokens[max(at - 6, 0) : at])
        for pattern, bound in _BOUND_BEFORE[self.language]:
            if re.search(rf"(?:^| )(?:{pattern})$", before):
                return bound
        after = " ".join(token.form for token in self.tokens[stop : stop + 3])
        for pattern, bound in _BOUND_AFTER[self.language]:
            if re.match(pattern, after):
                return bound
        return None

    def _is_age(self, at: int, stop: int) -> bool:
        around = [token.form for token in self.tokens[max(at - 6, 0) : at]]
        cut = max((place for place, form in enumerate(around) if form in ".;,\n"), default=-1)
        after = " ".join(token.form for token in self.tokens[stop : stop + 2])
        return any(map(_AGE_BEFORE[self.language].fullmatch, around[cut + 1 :])) or bool(
            _AGE_AFTER[self.language].match(after)
        )

    def _form(self, at: int) -> str:
        return self.tokens[at].form if 0 <= at < len(self.tokens) else ""

    def _kind(self, at: int) -> str:
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""


def _is_date(value: Fraction) -> bool:
    """Whether a number before the word for year is that of a year: `2009 года`."""
    return value.denominator == 1 and 1900 <= value < 2100


def _digits(printed: str, language: Language) -> Fraction | None:
    """Return the value of digits; None where they are no number, as in a date.

    1 000,5 → 1000.5      1,000 → 1000 in English, 1 elsewhere      2.5 → 2.5      8.12.2009 → None
    """
    printed = "".join(printed.split())
    if "/" in printed:
        above, _, below = printed.partition("/")
        share = int(below) and Fraction(int(above), int(below))
        return share if share and share < 1 and int(below) <= 100 else None
    if language is Language.ENGLISH and re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", printed):
        printed = printed.replace(",", "")
    elif printed.count(",") == 1 and "." not in printed:
        printed = printed.replace(",", ".")
    return Fraction(printed) if re.fullmatch(r"\d{1,18}(?:\.\d{1,18})?", printed) else None
