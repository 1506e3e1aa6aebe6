"""Where a generation keeps things: records, vectors, terms, and the cache of embeddings.

    module       file of the index      what it holds
    records      gen-…/kb.sqlite        documents, editions with their text, nodes, passages
    vectors      gen-…/vectors.faiss    one vector for each embedded passage
    terms        gen-…/terms/           the words of every passage
    embeddings   embeddings.sqlite      vectors computed before: no text is embedded twice

A passage has one row number, from 0, in the order in which it was written. That number is its id
in all three stores of a generation.
"""
