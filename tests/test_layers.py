"""Modules import only from those that stand before them in the flow of a document.

Names that only annotations use do not count (`if TYPE_CHECKING`): they make no dependency when
the program runs. What a function imports when it is called counts.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kb

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(kb.__file__).parent

# From the nouns to the command. A line holds modules and packages; later ones may use earlier ones.
FLOW = """
    errors settings processors documents editions
    languages kazakh words thesaurus subjects tokens
    quantities
    catalogue
    readers structure passages
    citations references
    models stores
    generations centring noise fetching sources gitimport likeness reports analyses library ingest
    receipts comparison search
    verification provisions graph answers
    knowledge_base
    evaluation
    doctor terminal cli
""".split()

# A web framework answers requests; the library answers questions. Only `kb serve` brings them
# together, and only when it is called.
WEB = {"api", "fastapi", "starlette", "uvicorn", "jinja2"}


def modules() -> list[str]:
    return sorted(
        ".".join(("kb", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
        for path in SOURCE.rglob("*.py")
    )


def tree_of(module: str) -> tuple[Path, ast.Module]:
    path = SOURCE.joinpath(*module.split(".")[1:])
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path, ast.parse(path.read_text("utf-8"))


def running_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one, apart from `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        yield child
        yield from running_nodes(child)


def imported(module: str) -> set[str]:
    """Return the modules that a module imports when it runs, by their full names."""
    path, tree = tree_of(module)
    assert not any(isinstance(n, ast.ImportFrom) and n.level for n in ast.walk(tree)), path
    found: set[str] = set()
    known = set(modules())
    for node in running_nodes(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            submodules = names & known
            found.update(submodules)
            if submodules != names:
                found.add(node.module)
    return found


def stage(module: str) -> str:
    return module.split(".")[1]


def test_the_flow_names_every_module_once() -> None:
    assert sorted(FLOW) == sorted({stage(module) for module in modules() if module != "kb"})


@pytest.mark.parametrize("module", [module for module in modules() if module != "kb"])
def test_a_module_uses_what_stands_before_it(module: str) -> None:
    place = FLOW.index(stage(module))
    for used in imported(module):
        if used == "kb":
            # for __version__ alone
            assert module in {"kb.cli.program", "kb.evaluation.evaluating"}
        elif used.startswith("kb.") and stage(used) != stage(module):
            assert FLOW.index(stage(used)) < place, f"{module} imports {used}"


@pytest.mark.parametrize("module", modules())
def test_no_web_framework_in_the_library(module: str) -> None:
    web = {used for used in imported(module) if used.split(".")[0] in WEB}
    if module == "kb.cli.serving":
        _, tree = tree_of(module)
        serve = next(
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "serve_command"
        )
        inside = {
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(serve)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert web == inside
    else:
        assert not web


def test_no_module_is_in_a_cycle() -> None:
    uses = {
        module: {used for used in imported(module) if used in modules() and used != "kb"}
        for module in modules()
        if module != "kb"
    }
    done: set[str] = set()

    def visit(module: str, around: tuple[str, ...]) -> None:
        assert module not in around, " → ".join((*around, module))
        if module not in done:
            for used in uses[module] - {module}:
                visit(used, (*around, module))
            done.add(module)

    for module in uses:
        visit(module, ())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["search", "--help"]])
def test_a_command_that_asks_nothing_starts_light(arguments: list[str]) -> None:
    assert not loaded_by(arguments, {}) & {"torch", "sentence_transformers", "faiss", "numpy"}


def test_listing_documents_needs_no_model(leave_kb: kb.KnowledgeBase) -> None:
    settings = leave_kb.settings
    environment = {"KB_INDEX": str(settings.index), "KB_CACHE": str(settings.cache)}
    loaded = loaded_by(["documents"], environment)
    assert "faiss" in loaded  # it did open the index
    assert not loaded & {"torch", "sentence_transformers", "transformers"}


def test_a_search_loads_nothing_that_only_other_commands_need(leave_kb: kb.KnowledgeBase) -> None:
    settings = leave_kb.settings
    environment = {
        "KB_INDEX": str(settings.index),
        "KB_CACHE": str(settings.cache),
        "KB_MODEL": settings.model,
    }
    loaded = loaded_by(["search", "maternity leave"], environment)
    assert "faiss" in loaded
    assert not loaded & {"torch", "transformers", "onnx", "httpx2", "dulwich", "scipy", "tiktoken"}


def loaded_by(arguments: list[str], environment: dict[str, str]) -> set[str]:
    """Run `kb` in a process of its own and return the top-level modules that it loaded."""
    program = (
        "import sys, kb.cli\n"
        f"sys.argv = ['kb', *{arguments!r}]\n"
        "try:\n"
        "    kb.cli.main()\n"
        "except SystemExit as ended:\n"
        "    assert not ended.code, ended.code\n"
        "print('loaded:', *{name.split('.')[0] for name in sys.modules})\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    _, _, names = child.stdout.rpartition("loaded:")
    return set(names.split())
