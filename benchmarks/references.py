"""Finding references takes time in proportion to the text, hostile texts among them.

    python benchmarks/references.py [FILE…]

Each text is read at 50,000, 100,000 and 200,000 characters. What counts is the growth from one
size to the next: 2 is linear, 4 is quadratic. Seconds are of the processor, to tell the machine.
A file given is read whole, as the text of a document whose provisions it names.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

from kb.catalogue import Catalogue, shipped_corpus
from kb.references import Context, ReferenceFinder

SIZES = (50_000, 100_000, 200_000)
ROUNDS = 3
LINEAR = 3.0  # growth that a doubled text may have, with what a busy machine adds

PIECES = {
    "words": "работник имеет право на отпуск, а работодатель обязан его предоставить. ",
    "references": "подпунктами 1) и 3) пункта 2 статьи 49 настоящего Кодекса и Закона № 223-IV; ",
    "Kazakh": "Еңбек кодексінің 52, 53-баптары және 10-баптың 3-тармағының 2) тармақшасы, ",
    "brackets": "(",
    "brackets of a law": "Закон № 1-I (",
    "brackets with numbers": "Article 1(1)(1)(",
    "hyphens": "1-",
    "dashes": "1–",
    "heads without numbers": "ст. ",
    "a list": "1, ",
    "a list of points": "1), ",
    "a list that ends in a unit": "1 және ",
    "a list of articles": "статей 1, ",
    "numero signs": "№",
    "numero signs apart": "№ ",
    "quotation marks": "«",
    "quoted names": "Закона «О ",
    "acts": "Закона ",
    "this": "настоящего ",
    "the title of a law": "О государственных гарантиях равных прав ",
    "adjectives": "статьи 5 трудового ",
    "dates": "8 декабря ",
    "ordinals": "часть первая ",
    "owners": "кодексінің ",
    "chained points": "пункта 1, пункта 2 и ",
    "mixed units": "пп. 1 п. 2 ст. 3, ",
}


def seconds(finder: ReferenceFinder, text: str, context: Context | None) -> float:
    """Return the least processor time of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        finder.find(text, context=context)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print a table; fail where a text costs more than its length."""
    corpus = shipped_corpus()
    assert corpus is not None
    finder = ReferenceFinder(Catalogue.load(corpus).documents)
    context = Context("kz-labour-code-2015", "art_10__cl_3")
    finder.find("warm")
    steep = []
    print(f"{'':28}{'50k':>9}{'100k':>9}{'200k':>9}   growth")
    for name, piece in PIECES.items():
        text = "статей " * (piece == "1, ") + piece * (SIZES[-1] // len(piece) + 1)
        taken = [seconds(finder, text[:size], context) for size in SIZES]
        growth = [after / before for before, after in pairwise(taken)]
        columns = "".join(f"{item:9.3f}" for item in taken)
        print(f"{name:28}{columns}   {growth[0]:.1f} {growth[1]:.1f}", flush=True)
        if min(growth) > LINEAR:
            steep.append(name)
    for path in map(Path, sys.argv[1:]):
        text = path.read_text("utf-8")
        print(f"{path.name}: {len(text)} characters, {seconds(finder, text, context):.2f} s")
    if steep:
        sys.exit(f"more than linear: {', '.join(steep)}")


if __name__ == "__main__":
    main()
