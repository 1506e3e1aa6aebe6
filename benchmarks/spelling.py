"""What is mended, what is changed for the worse, and how long a word takes.

    python benchmarks/spelling.py --held FILE… --unseen FILE…

The vocabulary has the words of the files held, of the shipped digests and of the thesauri. Mistakes
are made in it at random, and its words are typed on another layout; the files unseen give correct
words that the vocabulary does not have, each of which ought to stay as it is.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from pathlib import Path
from statistics import median

from kb.catalogue import shipped_corpus
from kb.documents import Language
from kb.search.spelling import Correction, Kind, Vocabulary, correct
from kb.words import stem, words

TRIED = 3000  # words for each language and number of mistakes
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
LETTERS = {
    "English": ("abcdefghijklmnopqrstuvwxyz", r"[a-z]{4,}"),
    "Russian": (_RUSSIAN, rf"[{_RUSSIAN}]{{4,}}"),
    "Kazakh": (
        _RUSSIAN + "әғқңөұүһі",
        rf"(?=.*[әғқңөұүһі])[{_RUSSIAN}әғқңөұүһі]{{4,}}",
    ),
}
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбюәіңғүұқөһ"
_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.2345890-="
OTHER_LAYOUT = str.maketrans(_CYRILLIC + _KEYS, _KEYS + _CYRILLIC)


def counted(files: list[Path]) -> Counter[str]:
    """Count the lines of files that have a word."""
    found: Counter[str] = Counter()
    for file in files:
        for line in re.sub(r"<[^>]*>", " ", file.read_text("utf-8")).splitlines():
            found.update({word.form for word in words(line)})
    return found


def stems(form: str) -> set[tuple[Language, str]]:
    """Return a word's stems, by language."""
    return {(language, stem(form, language)) for language in Language}


def mistyped(word: str, letters: str, chance: random.Random) -> str:
    """Return a word with one mistake."""
    at = chance.randrange(len(word) - 1)
    other = chance.choice(letters)
    return chance.choice(
        [
            word[:at] + other + word[at + 1 :],
            word[:at] + word[at + 1 :],
            word[:at] + other + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


class Speller:
    """Mends words with the vocabulary of some files."""

    def __init__(self, files: list[Path]) -> None:
        self.counts = counted(files)
        self._stems = {one for form in self.counts for one in stems(form)}
        self._vocabulary = Vocabulary(self.counts)
        self.seconds: list[float] = []

    def known(self, form: str) -> bool:
        """Whether a form of the word is held."""
        return not self._stems.isdisjoint(stems(form))

    def mended(self, typed: str) -> Correction | None:
        """Mend a word, and note how long it took."""
        start = time.perf_counter()
        correction = correct(typed, self.known, self._vocabulary)
        self.seconds.append(time.perf_counter() - start)
        return correction


def mend_mistakes(speller: Speller, forms: list[str], letters: str, mistakes: int) -> str:
    """Return how many mistyped words come back; words are drawn as often as they stand in texts."""
    chance = random.Random(1)  # noqa: S311
    outcome: Counter[str] = Counter()
    for form in chance.choices(forms, [speller.counts[form] for form in forms], k=TRIED):
        typed = form
        for _ in range(mistakes):
            typed = mistyped(typed, letters, chance)
        if speller.known(typed):
            continue
        correction = speller.mended(typed)
        if correction is None:
            outcome["left alone"] += 1
        else:
            outcome["right" if stems(correction.text) & stems(form) else "wrong"] += 1
    shares = (f"{kind} {count / outcome.total():.3f}" for kind, count in sorted(outcome.items()))
    return ", ".join(shares)


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--held", nargs="*", type=Path, default=[])
    arguments.add_argument("--unseen", nargs="*", type=Path, default=[])
    given = arguments.parse_args()
    corpus = shipped_corpus()
    assert corpus is not None
    shipped = [*corpus.glob("digests/*/*.md"), *corpus.glob("thesaurus*.toml")]
    speller = Speller(sorted([*given.held, *shipped]))
    print(f"{len(speller.counts)} words")

    for name, (letters, pattern) in LETTERS.items():
        forms = [form for form in speller.counts if re.fullmatch(pattern, form)]
        long = [form for form in forms if len(form) >= 8]
        print(f"{name}, one mistake: {mend_mistakes(speller, forms, letters, 1)}")
        print(f"  two, in eight letters or more: {mend_mistakes(speller, long, letters, 2)}")
        mended = ((form, speller.mended(form.translate(OTHER_LAYOUT))) for form in forms)
        lost = sum(one is None or one.text != form for form, one in mended)
        print(f"  another layout: {lost} of {len(forms)} words are not read back")

    for file in given.unseen:
        forms = [form for form in counted([file]) if form.isalpha() and len(form) >= 4]
        unseen = [form for form in forms if not speller.known(form)]
        corrections = [one for form in unseen if (one := speller.mended(form))]
        layouts = sum(one.replacements[0].kind is Kind.LAYOUT for one in corrections)
        print(
            f"{file.name}: {len(corrections)} of {len(unseen)} correct words are changed,"
            f" {layouts} as another layout"
        )
    print(f"one word: {median(speller.seconds) * 1000:.2f} ms")


if __name__ == "__main__":
    main()
