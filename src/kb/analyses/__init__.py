"""What is worked out of an edition: its passages, and the words of these as they are indexed.

    module     what it holds
    cutting    an edition as passages, their parts, and the openings of its units
    entries    passages and units as the lexical indexes take them in
    plain      both as JSON, and back
    keeping    what was worked out once is kept by a hash of all that decides it

It depends on the edition, the title, the sizes and the program alone, and takes most of the time
of an ingest besides reading and embedding. So it is kept: what did not change is not worked out
again, and the cache never has to be told what did.

    with AnalysisCache(index / "analyses.sqlite") as cache:
        analyses = Analyses(cache, settings, embedder)
        cut = analyses.cut(document, edition)            # passages, and the parts of longer ones
        terms = analyses.terms(document, edition)        # what the lexical index takes in
        analyses.forget_others()                         # what no edition asked for
"""

from __future__ import annotations

from kb.analyses.cutting import Cut
from kb.analyses.keeping import Analyses, AnalysisCache, program_digest

__all__ = ["Analyses", "AnalysisCache", "Cut", "program_digest"]
