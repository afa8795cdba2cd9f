"""The page of a recommendation: one HTML file that needs nothing else."""

from __future__ import annotations

import hashlib
import html
import shlex
import subprocess
import sys
from pathlib import Path

import torch
from torch import Tensor

from ssad_lib import display, figures, outputs, rng, tables
from ssad_lib.errors import SsadError, from_os_error
from ssad_lib.figures import Drawing
from ssad_lib.recommend.advice import Advice
from ssad_lib.selection import LEVEL

SHOWN, BEST = 5, 4  # images in a row, candidates
TITLE = "<title>Which augmentation fits?</title>"
WARNING = ' class="warning" role="note"'
SIGNATURE = "# written by ssad recommend, which replaces it while it is unchanged: "
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1f2328; background: #fff; }
table { border-collapse: collapse; } caption { text-align: left; padding-bottom: .4rem; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #d0d7de; }
div:has(> table), pre { overflow-x: auto; } figure { margin: 1rem 0; }
pre { background: #f6f8fa; padding: 1rem; } .warning { border-left: 4px solid #E57300;
  padding-left: 1rem; }
"""


def pictures(advice: Advice) -> tuple[dict[str, Tensor], str]:
    """Return rows of images, and in words what they are.

    Normal and unlabelled ones, and what the best candidates make of the normal ones.
    """
    normal, unlabelled = advice.normal.images[:SHOWN], advice.unlabelled.images
    spread = torch.linspace(0, len(unlabelled) - 1, SHOWN).long()
    rows = {"normal": normal, "unlabelled": unlabelled[spread]}
    for name in advice.ranking.table.index[:BEST]:
        made = advice.candidates[name](normal, rng.generator("recommend", "pictures", name))
        rows[advice.candidates[name].label] = made
    return rows, (
        f"{len(normal)} normal images, unlabelled ones, and the normal ones augmented by "
        f"{', '.join(list(rows)[2:])}."
    )


def chart(advice: Advice) -> Drawing:
    """Return the ranking with its intervals."""
    return figures.directions(advice.ranking.table, LEVEL)


def as_html(advice: Advice, command: str) -> str:
    """Return the whole page; `command` trains the winner."""
    program = advice.program()
    kind = WARNING if program is None else ""
    parts = [
        "<h1>Which augmentation fits these images?</h1>",
        *(f"<p{WARNING}>{html.escape(caveat)}</p>" for caveat in advice.caveats),
        f"<p{kind}>{html.escape(advice.summary)}</p>",
        f"<p>Normal: {html.escape(str(advice.normal.path))}<br>Unlabelled: "
        f"{html.escape(str(advice.unlabelled.path))}</p>",
        "<h2>Pictures</h2>",
        display.image_rows_html(*pictures(advice)),
        "<h2>Ranking</h2>",
        display.figure_html(*chart(advice)),
        tables.table_html(advice.rows(), "Candidates, best first; no label was used"),
    ]
    if program is not None:
        parts += [
            "<h2>Train it</h2>",
            f"<pre>{html.escape(command)}</pre><p>The program:</p>",
            f"<pre>{html.escape(program)}</pre>",
        ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{TITLE}<style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def write(advice: Advice, output: Path) -> list[Path]:
    """Write the page and, where there is a winner, the program beside it; return what was written.

    A program that an earlier recommendation has left there goes where there is no winner now.

    Raises
    ------
    SsadError
        If `output` is no ``.html``, would replace another's file, or cannot be written.
    """
    check_output(output)
    program, path = advice.program(), program_path(output)
    try:
        # A file name that is not UTF-8 has signs that the page can only spell.
        text = as_html(advice, command(output))
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
        if program is None:
            path.unlink(missing_ok=True)
            return [output]
        path.write_text(_signed(program), encoding="utf-8")
    except OSError as error:
        raise from_os_error(error, "write the recommendation") from error
    return [output, path]


def program_path(output: Path) -> Path:
    """Return where the program lies beside the page `output`."""
    return output.with_suffix(".py")


def command(output: Path) -> str:
    """Return what to type, from any folder, to run the program beside the page `output`."""
    words = [sys.executable or "python", str(program_path(output).absolute())]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def check_output(output: Path) -> None:
    """Raise `SsadError` unless the page and the program can be written without loss.

    What is there already must have been written by this module, and be unchanged since.
    """
    program = program_path(output) if output.name else output
    try:
        outputs.check_page(output, TITLE, "page of a recommendation")
        if program.exists() and (program.is_dir() or not _is_signed(program)):
            raise SsadError(
                f"the program would replace {program}, which is yours or was changed; move it or "
                "give another --output"
            )
        outputs.check_folder(output)
    except OSError as error:
        raise from_os_error(error, f"write the page {output}") from error


def _signed(program: str) -> str:
    """Return the program with a last line by which it is known again while it is unchanged."""
    digest = hashlib.sha256(program.encode()).hexdigest()[:16]
    return f"{program}{SIGNATURE}{digest}\n"


def _is_signed(path: Path) -> bool:
    text = path.read_text("utf-8", errors="replace")
    program, found, _ = text.rpartition(SIGNATURE)
    return bool(found) and _signed(program) == text
