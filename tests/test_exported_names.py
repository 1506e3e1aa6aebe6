"""What `import kb` gives is a promise: a name is added or removed here on purpose."""

from __future__ import annotations

import pytest

import kb


def test_the_exported_names() -> None:
    assert kb.__all__ == ["KBError", "KnowledgeBase", "Settings", "__version__"]


def test_each_is_there() -> None:
    for name in kb.__all__:
        assert getattr(kb, name) is not None


def test_nothing_else_is_made_up() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Oracle'"):
        _ = kb.Oracle
