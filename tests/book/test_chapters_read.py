"""Names that chapters take from the library and the results must exist before anything is run."""

import ast
import re

import nbformat
import pytest

from ssad_lib import book, paths, profiles

CHAPTERS = [chapter for chapter in book.chapters() if chapter.is_notebook]


def code(chapter):
    cells = nbformat.read(chapter.source, as_version=4).cells
    kept = [c.source for c in cells if c.cell_type == "code"]
    return "\n".join(re.sub(r"^\s*[%!].*$", "    pass", text, flags=re.MULTILINE) for text in kept)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_results_and_library_names_exist(chapter):
    text = code(chapter)
    for folder in re.findall(r'results\.committed\("([^"]+)"\)', text):
        assert (paths.RESULTS / folder / "runs.csv").is_file()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ssad_lib"):
            module = __import__(node.module, fromlist=[alias.name for alias in node.names])
            for alias in node.names:
                assert hasattr(module, alias.name), f"{node.module}.{alias.name}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_notebook_has_a_budget_in_every_profile(chapter):
    for profile in profiles.NAMES:
        assert profiles.settings(chapter.name, profile)
        assert f'profiles.settings("{chapter.name}", profile, overrides)' in code(chapter)
