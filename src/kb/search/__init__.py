"""From a query to hits.

query ─▶ references ─▶ dense and lexical legs ─▶ fusion ─▶ hits with citation and receipt
queries  kb.references   legs                     fusion    engine, snippets, results
"""

from kb.search.engine import SearchEngine
from kb.search.results import Hit, SearchResult, to_json

__all__ = ["Hit", "SearchEngine", "SearchResult", "to_json"]
