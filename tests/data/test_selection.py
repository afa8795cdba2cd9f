from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ssad_lib.data.selection import first_per_class

labels = st.lists(st.integers(0, 3), max_size=30).map(lambda values: np.array(values, np.int64))


@given(labels, st.integers(1, 8))
def test_the_first_of_every_class_are_kept(labels: np.ndarray, count: int) -> None:
    seen: dict[int, int] = {}
    expected = []
    for index, label in enumerate(labels.tolist()):
        seen[label] = seen.get(label, 0) + 1
        if seen[label] <= count:
            expected.append(index)
    assert first_per_class(labels, count).tolist() == expected


@given(labels)
def test_none_keeps_all(labels: np.ndarray) -> None:
    assert first_per_class(labels, None).tolist() == list(range(len(labels)))
