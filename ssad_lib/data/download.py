"""The only module that downloads, and only when asked: through torchvision, checksums included."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

from ssad_lib import paths
from ssad_lib.data.catalogue import BY_HAND, EMBEDDED, FROM_DATA_ROOT, SPLITS
from ssad_lib.data.torchvision_sets import first_line, reader
from ssad_lib.errors import SsadError, from_os_error, unknown


def download(name: str, root: str | Path) -> None:
    """Fetch the set `name` into the data root `root`, made if missing; nothing if it is there.

    Raises
    ------
    SsadError
        If there is nothing to download under that name, the server cannot be reached, what came
        is damaged, or it cannot be written.
    """
    if name in EMBEDDED:
        raise SsadError(f"{name} is embedded: it is always there and needs no download")
    if name in BY_HAND:
        raise SsadError(f"{name} cannot be downloaded from here: {BY_HAND[name]}")
    if name not in FROM_DATA_ROOT:
        raise unknown("image set to download", name, FROM_DATA_ROOT)
    folder = paths.make_folder(Path(root).expanduser())
    try:
        for split in SPLITS:
            reader(name, folder, split, download=True)
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise SsadError(
            f"could not download {name}: {reason}; check the network and try again"
        ) from error
    except RuntimeError as error:
        raise SsadError(
            f"could not download {name} to {folder}: {first_line(error)}; try again"
        ) from error
    except OSError as error:
        raise from_os_error(error, f"save {name} in {folder}") from error
