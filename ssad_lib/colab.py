"""What the first cell of a chapter does on Colab: fetch the image sets of its profile, no others.

Nothing but that cell calls it, and nowhere but on Colab.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ssad_lib import data, paths, profiles
from ssad_lib.data.catalogue import FROM_DATA_ROOT
from ssad_lib.errors import one_line

ROOT = "data"  # in the folder of the session, unless SSAD_DATA names another one
STOPPED = "stopped: finished runs are kept; run this cell again to go on"


def prepare(chapter: str) -> None:
    """Fetch what `chapter` reads from disk with the profile it takes here, and say what that is.

    ``SSAD_DATA`` is set to the folder of the image sets. From now on an interrupted cell says in
    one line how to go on.

    Raises
    ------
    SsadError
        If an image set cannot be downloaded.
    """
    _explain_interrupts()
    profile = profiles.default()
    root = paths.make_folder(Path(os.environ.setdefault("SSAD_DATA", ROOT)).expanduser().resolve())
    os.environ["SSAD_DATA"] = str(root)  # whatever folder a later cell works in
    needed = image_sets(profiles.settings(chapter, profile))
    for name in needed:
        data.download(name, root)
    fetched = f"{', '.join(needed)} in {root}" if needed else "nothing to fetch"
    print(f"{chapter}, {profile} profile: {fetched}")


def image_sets(settings: Mapping[str, Any]) -> list[str]:
    """Return the image sets below the data root that the parameters of a chapter name, each once.

    Those that are embedded, or that nobody may hand on (``mvtec:...``), are not among them.
    """
    return list(dict.fromkeys(name for name in _texts(settings) if name in FROM_DATA_ROOT))


def _texts(settings: Mapping[str, Any]) -> Iterator[str]:
    for value in settings.values():
        yield from (item for item in (value if isinstance(value, list) else [value])
                    if isinstance(item, str))  # fmt: skip


def _explain_interrupts() -> None:
    """Let an interrupted cell say what is kept, instead of where in the library it was."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((KeyboardInterrupt,), _stopped)


def _stopped(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show an interrupt as one line; IPython calls this."""
    message = one_line(error) if str(error) else f"ssad: {STOPPED}"
    error._render_traceback_ = lambda: [message]  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
