"""The HTTP server: the JSON API under `/v1` and the web page, over one `kb.KnowledgeBase`."""
