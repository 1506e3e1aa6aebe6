"""The docs cannot drift: what there is, is described."""

import re
from pathlib import Path

import typer

from kb import errors
from kb.cli import app
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_command_and_option_is_described() -> None:
    text = read("docs/cli.md")
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"## kb {name}" in text, name
        section = text.split(f"## kb {name}\n")[1].split("\n## ")[0]
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in section, (name, option)


def test_every_setting_is_described() -> None:
    text = read("docs/operations.md")
    for name, field in Settings.model_fields.items():
        row = next(line for line in text.splitlines() if f"`KB_{name.upper()}`" in line)
        if isinstance(field.default, int):
            assert row.rstrip(" |").endswith(str(field.default)), name


def test_every_exit_code_is_described() -> None:
    described = set(map(int, re.findall(r"^\| (\d+) \|", read("docs/operations.md"), re.MULTILINE)))
    raised = {
        item.exit_code
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, errors.KBError)
    }
    assert raised <= described


def test_every_link_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "index/README.md"]
    for page in [*pages, ROOT / "corpus/README.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_module_is_in_the_architecture() -> None:
    text = read("docs/architecture.md")
    for path in (ROOT / "src/kb").iterdir():
        name = path.stem
        if not name.startswith("_") and path.suffix in ("", ".py"):
            assert f"`kb.{name}`" in text, name
