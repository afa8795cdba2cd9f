"""The page of `ssad localise`: one HTML file that needs nothing else, and a table beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ssad_lib import outputs
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.localise.findings import Findings
from ssad_lib.widgets import MaskExplorer
from ssad_lib.widgets.parts import ASSETS

SHOWN = 300  # images with a picture: some tens of kilobytes each
TITLE = "<title>Where do these images differ?</title>"
COLUMNS = "image,score,flagged,marked,left,top,right,bottom"  # begin the table that is ours
STATE = ("images", "shape", "total", "thresholds", "flagged", "held", "pixels", "level", "view")


def write(findings: Findings, output: Path) -> list[Path]:
    """Write the page and the table beside it; return both.

    Raises
    ------
    SsadError
        As `check_output`, or if a file cannot be written.
    """
    check_output(output)
    table = table_path(output)
    try:
        # A file name that is not UTF-8 has signs that a page can only spell.
        table.write_text(
            findings.table().to_csv(index=False), encoding="utf-8", errors="backslashreplace"
        )
        output.write_text(as_html(findings, table), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise from_os_error(error, "write what was found") from error
    return [output, table]


def as_html(findings: Findings, table: Path) -> str:
    """Return the whole page; `table` lies beside it."""
    widget = explorer(findings, SHOWN)
    state = {name: getattr(widget, name) for name in STATE}
    count = len(findings.maps)
    left = f"Of {count} images the {SHOWN} with the highest scores are shown."
    environment = Environment(
        loader=FileSystemLoader(ASSETS), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("localise.html.jinja").render(
        title=TITLE,
        style=widget._css,
        script=str(widget._esm).replace("export default { render };", ""),
        # "<" would end the script where a file is called "</script>".
        state=json.dumps(state, ensure_ascii=False).replace("<", "\\u003c"),
        notes=findings.notes,
        summary=findings.summary(),
        images=str(findings.images.path),
        csv=table.name,
        masks=findings.masks is not None,
        left=left if count > SHOWN else "",
    )


def explorer(findings: Findings, shown: int) -> MaskExplorer:
    """Return the widget of the `shown` images with the highest scores."""
    origins = findings.images.origins
    ratio = float(np.median([one.width / one.height for one in origins])) if origins else None
    images = (findings.images.images * 255).round().byte().numpy()
    return MaskExplorer.from_maps(
        images,
        findings.maps,
        names=findings.images.names,
        held_out=findings.model.held_out,
        threshold=findings.threshold.value,
        masks=findings.masks,
        shown=findings.order[:shown],
        ratio=ratio,
    )


def table_path(output: Path) -> Path:
    """Return where the table lies beside the page `output`."""
    return output.with_suffix(".csv")


def check_output(output: Path) -> None:
    """Raise `SsadError` unless the page and the table can be written without loss.

    What is there already must be a page and a table of this command.
    """
    table = table_path(output) if output.name else output
    try:
        outputs.check_page(output, TITLE, "page of ssad localise")
        if table.exists() and not _is_ours(table):
            raise SsadError(
                f"the table would replace {table}, which is yours; move it or give another --output"
            )
        outputs.check_folder(output)
    except OSError as error:
        raise from_os_error(error, f"write the page {output}") from error


def _is_ours(table: Path) -> bool:
    if table.is_dir():
        return False
    with table.open(encoding="utf-8", errors="replace") as file:
        return file.readline().strip() in (COLUMNS, f"{COLUMNS},defective")
