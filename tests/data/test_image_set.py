from __future__ import annotations

import numpy as np
import pytest

from ssad_lib.data import ImageSet


def image_set(**changes: object) -> ImageSet:
    fields: dict = {
        "name": "mine",
        "images": np.arange(4 * 3 * 2 * 2, dtype=np.uint8).reshape(4, 3, 2, 2),
        "labels": np.array([1, 0, 1, 0]),
        "classes": ("a", "b"),
        "split": "train",
        "source": "here",
        "licence": "MIT",
        "fingerprint": "1",
    }
    return ImageSet(**(fields | changes))


def test_of_class_keeps_the_order_of_the_set() -> None:
    images = image_set()
    assert len(images) == 4
    np.testing.assert_array_equal(images.of_class(1), images.images[[0, 2]])


@pytest.mark.parametrize("label", [-1, 2])
def test_of_class_refuses_labels_without_a_class(label: int) -> None:
    with pytest.raises(ValueError, match=str(label)):
        image_set().of_class(label)


@pytest.mark.parametrize(
    "changes",
    [
        {"images": np.zeros((4, 3, 2, 2), np.float32)},
        {"images": np.zeros((4, 2, 2), np.uint8)},
        {"labels": np.zeros(3, np.int64)},
        {"labels": np.zeros(4, np.int32)},
        {"masks": np.zeros((4, 2, 3), np.bool_)},
        {"masks": np.zeros((4, 2, 2), np.uint8)},
    ],
)
def test_inconsistent_arrays_are_refused(changes: dict) -> None:
    with pytest.raises(ValueError, match="are"):
        image_set(**changes)
