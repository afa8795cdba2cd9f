"""What sets two folders apart before any anomaly does: colour, size, file format, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ssad_lib.data.decode import Origin
from ssad_lib.recommend.folders import Folder, flat

MAJORITY = 0.5  # difference of shares from which two folders are of another kind
LARGER = 1.5  # ratio of sides from which resizing blurs one of them visibly more


def caveats(normal: Folder, unlabelled: Folder) -> tuple[str, ...]:
    """Return what has to be known before a recommendation for these folders, a sentence each."""
    said = []
    for what, folder in (("normal", normal), ("unlabelled", unlabelled)):
        if folder.copies:
            said.append(
                f"{folder.copies} of {len(folder.names) + folder.copies} {what} images are copies "
                "of others and were left out."
            )
        if empty := flat(folder.images):
            said.append(f"{empty} of {len(folder.names)} {what} images are nearly of one colour.")
    if normal.origins and unlabelled.origins:
        found = differences(normal.origins, unlabelled.origins)
        if found:
            said.append(
                f"The folders differ in more than anomalies: {'; '.join(found)}. What follows may "
                "only tell this; bring both to one kind and ask again."
            )
    return tuple(said)


def differences(normal: Sequence[Origin], unlabelled: Sequence[Origin]) -> list[str]:
    """Return in what kind of image two groups differ: colour, size, file format."""
    found = []
    grey = [float(np.mean([one.grey for one in group])) for group in (normal, unlabelled)]
    if abs(grey[0] - grey[1]) > MAJORITY:
        words = ["grey" if share > MAJORITY else "in colour" for share in grey]
        found.append(f"normal images are {words[0]}, unlabelled ones {words[1]}")
    return found + _sizes(normal, unlabelled) + _kinds(normal, unlabelled)


def _sizes(normal: Sequence[Origin], unlabelled: Sequence[Origin]) -> list[str]:
    groups = [[(one.width, one.height) for one in group] for group in (normal, unlabelled)]
    first, second = (np.median(group, axis=0) for group in groups)
    uniform = all(len(set(group)) == 1 for group in groups)
    ratio = np.maximum(first / second, second / first).max()
    if ratio > LARGER or (uniform and ratio > 1):
        about = "" if uniform else "about "
        return [
            f"normal images have {about}{first[0]:.0f}×{first[1]:.0f} pixels, unlabelled ones "
            f"{about}{second[0]:.0f}×{second[1]:.0f}"
        ]
    return []


def _kinds(normal: Sequence[Origin], unlabelled: Sequence[Origin]) -> list[str]:
    first, second = (Counter(one.kind for one in group) for group in (normal, unlabelled))
    shares = [
        abs(first[kind] / first.total() - second[kind] / second.total()) for kind in first | second
    ]
    if max(shares) > MAJORITY:
        one, other = (counts.most_common(1)[0][0] for counts in (first, second))
        return [f"normal images are {one} files, unlabelled ones {other}"]
    return []
