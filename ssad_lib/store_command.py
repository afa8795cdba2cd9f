"""What ``ssad store`` does: the state of the run store, its records to CSV files and back."""

from __future__ import annotations

from pathlib import Path

from ssad_lib.errors import SsadError, unknown
from ssad_lib.store import Store


def run(
    action: str, folder: Path | None, image_set: str | None, profile: str | None = None
) -> None:
    """Do `action`: ``"info"``, ``"export"`` or ``"import"``, and print what was done.

    Parameters
    ----------
    action : str
    folder : Path, optional
        Where the CSV files are or go; ``"info"`` needs none.
    image_set : str, optional
        Export only the runs on this one.
    profile : str, optional
        Export what the verdicts of this profile rest on, and nothing else: its runs, the measured
        alignment, and the AUC of halves of the test images.

    Raises
    ------
    SsadError
        Without a folder, for an image set without runs, or files that are damaged.
    """
    store = Store()
    if action == "info":
        _say_state(store)
        return
    if folder is None:
        raise SsadError(f"say where: ssad store {action} DIR")
    from ssad_lib import results  # pandas takes a second

    if action == "import":
        print(f"read {results.import_into(store, folder)} runs from {folder}")
        return
    if profile:
        from ssad_lib.claims import shelves

        print(f"wrote {shelves.commit(profile, folder)} runs to {folder}")
        return
    records = list(store.records(sorted(store.keys())).values())
    if image_set:
        names = {record.spec.image_set for record in records}
        if image_set not in names:
            raise unknown("image set with stored runs", image_set, names)
        records = [record for record in records if record.spec.image_set == image_set]
    results.write(records, folder)
    print(f"wrote {len(records)} runs to {folder}")


def _say_state(store: Store) -> None:
    size = store.path.stat().st_size / 2**20
    print(f"{store.path}: {len(store.keys())} runs, {size:.1f} MiB")
    if crashed := store.crashes():
        print(f"{len(crashed)} more crashed and are tried again when they are asked for")
