"""Where a review may be written: a file of a known ending that is new, or a review itself."""

from __future__ import annotations

from pathlib import Path

from ssad_lib import outputs
from ssad_lib.errors import SsadError, from_os_error

FORMAT = "ssad review 1"  # is in the first lines of every one
START = 1000  # bytes that are looked at
FORMS = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


def check_output(output: Path) -> str:
    """Return the form that a file's ending asks for; raise `SsadError` if it cannot be written.

    What is there already must be a review: another file is never replaced.
    """
    if output.suffix.lower() not in FORMS or output.is_dir():
        raise SsadError(f"the review {output} must be a file that ends in .html, .md or .json")
    try:
        if output.exists():
            with output.open("rb") as stream:
                if FORMAT.encode() not in stream.read(START):
                    raise SsadError(f"{output} is no review; give another --output")
            with output.open("ab"):
                pass
        outputs.check_folder(output)
    except OSError as error:
        raise from_os_error(error, f"write the review {output}") from error
    return FORMS[output.suffix.lower()]
