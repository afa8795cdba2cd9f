"""What folders are called: splits in any spelling, and the good images of a defect set."""

from __future__ import annotations

from collections.abc import Iterable

from ssad_lib.errors import SsadError

TRAIN, TEST, MASKS = "train", "test", "ground_truth"
GOOD = "good"
ROLES = {
    "train": TRAIN,
    "test": TEST,
    "ground_truth": MASKS,
    "ground-truth": MASKS,
    "ground truth": MASKS,
    "groundtruth": MASKS,
}
# These may be classes, too: they are splits where they hold folders.
WORDS = {"training": TRAIN, "testing": TEST}


def role(folder: str) -> str | None:
    """Return what a folder of this name may be: train, test, ground_truth or None."""
    return (ROLES | WORDS).get(folder.lower())


def is_good(folder: str) -> bool:
    """Whether a folder of this name holds good images."""
    return folder.lower() == GOOD


def split_folders(folders: Iterable[str], where: object) -> dict[str, str]:
    """Return the top folder of each role that is among `folders`, as it is spelled.

    Parameters
    ----------
    folders : iterable of str
        Relative names of all folders.
    where : object
        What they lie in, for messages.

    Raises
    ------
    SsadError
        If two folders have the same role.
    """
    found: dict[str, str] = {}
    every = list(folders)
    for name in every:
        part = role(name)
        if part is None or (name.lower() in WORDS and not children(every, name)):
            continue
        if part in found:
            raise SsadError(
                f"{where} has '{found[part]}/' and '{name}/', which are one split; merge them"
            )
        found[part] = name
    return found


def children(folders: Iterable[str], parent: str) -> list[str]:
    """Return the names of the folders directly in `parent` (``""``: at the top), sorted."""
    prefix = f"{parent}/" if parent else ""
    inner = (name.removeprefix(prefix) for name in folders if name.startswith(prefix))
    return sorted(name for name in inner if name and "/" not in name)
