"""Widgets as JupyterLab shows them, whose style sheet has rules of its own for what they hold."""

import pytest

from ssad_lib.widgets.parts import style

pytestmark = pytest.mark.browser

# What JupyterLab 4 says of lists inside an output.
LAB = """
.jp-OutputArea-output dl, .jp-OutputArea-output dt, .jp-OutputArea-output dd { display: block; }
.jp-OutputArea-output dl { width: 100%; overflow: hidden; padding: 0; margin: 0; }
.jp-OutputArea-output dt { font-weight: bold; float: left; width: 20%; padding: 0; margin: 0; }
.jp-OutputArea-output dd { float: left; width: 80%; padding: 0; margin: 0; }
"""
FACTS = {"TPR": "0.533", "FPR": "0.080", "Precision": "0.870", "AUC": "0.812"}
# The right end of the text of each term, and the left end of its value.
ENDS = """rows => rows.map(row => [...row.children].map(cell => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  const { left, right, top } = text.getBoundingClientRect();
  return { left, right, top };
}))"""


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("sheet", ["facts", "cherry_picker", "threshold_explorer"])
def test_names_of_numbers_do_not_overlap_the_numbers(chromium, width, sheet):
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in FACTS.items())
    sheets = style(*dict.fromkeys(["plots", "facts", sheet]))
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.set_content(
        f"<style>{sheets}</style><style>{LAB}</style><div class='jp-OutputArea-output'>"
        f"<div class='ssad-widget'><dl class='ssad-facts'>{rows}</dl></div></div>"
    )
    ends = page.locator(".ssad-facts > div").evaluate_all(ENDS)
    page.close()
    assert len(ends) == len(FACTS)
    for term, value in ends:
        assert term["right"] < value["left"]
        assert abs(term["top"] - value["top"]) < 2
