"""Where a generation keeps things: records, vectors, terms; and what is kept between builds.

    module       file of the index      what it holds
    records      gen-…/kb.sqlite        documents, editions with their text, nodes, passages
    vectors      gen-…/vectors.faiss    one vector for each embedded passage
    terms        gen-…/terms/           the words of every passage
    embeddings   embeddings.sqlite      vectors computed before: no text is embedded twice
    cache        analyses.sqlite        what `kb.analyses` worked out of an edition before

A passage has one row number, from 0, in the order in which it was written. That number is its id
in all three stores of a generation.
"""
