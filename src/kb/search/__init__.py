"""From a query to hits.

query ─▶ mended ─▶ references ─▶ legs ─▶ one order ─▶ how sure ─▶ hits with citation and receipt
queries  spelling   naming        legs    fusion,      confidence   hits, snippets, results
                                          ranking
"""

from kb.search.engine import SearchEngine
from kb.search.results import Hit, SearchResult, to_json

__all__ = ["Hit", "SearchEngine", "SearchResult", "to_json"]
