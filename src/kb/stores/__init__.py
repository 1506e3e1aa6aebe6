"""Where a generation keeps things: records, vectors, terms; and what is kept between builds.

    module       file of the index      what it holds
    records          gen-…/kb.sqlite        documents, editions with their text, nodes, passages
    rows, filing     in it                  its tables; numbers of each passage for ranking
    passage_vectors  gen-…/vectors.faiss,   vectors of passages, of their parts,
                     parts.faiss,           of the openings of units
                     openings.faiss
    vectors          each of these          searched exactly
    clustered        each of these          or by clusters, from a number of vectors on
    terms            gen-…/terms/, units/   the words of every passage, and of every unit
    forms            gen-…/words.tsv        all words, to mend misspelled ones
    subject_index    gen-…/subjects/        under which words people look for a provision
    embeddings       embeddings.sqlite      vectors computed before: no text is embedded twice
    cache            analyses.sqlite        what `kb.analyses` worked out of an edition before

A passage has one row number, from 0, in the order in which it was written. That number is its id
in all stores of a generation.
"""
