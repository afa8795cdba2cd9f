"""Refuses to start processes from a script that every one of them would run again."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType

from ssad_lib.errors import SsadError


def check_script() -> None:
    """Raise `SsadError` if the script being run has to say that it is no module.

    A process that is started afresh imports the script it was started from. What the script does
    outside ``if __name__ == "__main__":`` is done again there, start processes included.
    """
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    frame = _running(vars(main)) if main is not None and path else None
    if frame is None or path is None or not _is_exposed(Path(path), frame.f_lineno):
        return
    raise SsadError(
        f"line {frame.f_lineno} of {path} starts processes, and each of them would run the script "
        'from its beginning: put what it does under `if __name__ == "__main__":`'
    )


def _running(variables: dict[str, object]) -> FrameType | None:
    """Return the frame of the script's own lines if they are being run right now."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals is variables:
            return frame
        frame = frame.f_back
    return None


def _is_exposed(path: Path, line: int) -> bool:
    """Whether a line of a script is run when the script is imported."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False  # no Python file: an entry point of another kind
    return not any(
        isinstance(part, ast.If)
        and part.lineno <= line <= (part.end_lineno or line)
        and any(
            isinstance(name, ast.Name) and name.id == "__name__" for name in ast.walk(part.test)
        )
        for part in tree.body
    )
