"""The demonstration of AE and DAE on one class."""

import numpy as np

from ssad_lib.studies import demonstration

SETTINGS = {
    "image_set": "street-digits", "normal_class": 6, "images_per_class": 30, "augmentation": "flip",
    "width": 4, "epochs": 1, "batch_size": 16, "learning_rate": 1e-3,
}  # fmt: skip


def test_stages_are_those_of_the_paper():
    shapes, count = demonstration.stages(width=64)
    assert count == 4_159_235
    assert list(shapes.values()) == [
        (3, 32, 32), (64, 16, 16), (128, 8, 8), (256, 4, 4), (512, 2, 2), (256,),
        (512, 2, 2), (256, 4, 4), (128, 8, 8), (64, 16, 16), (3, 32, 32),
    ]  # fmt: skip
    assert "4,156,929" in demonstration.count_line(width=64)


def test_pictures_and_table_belong_together():
    shown = demonstration.train(SETTINGS)
    normal, anomaly = shown.pictures["normal"], shown.pictures["anomaly"]
    assert np.allclose(anomaly, normal[:, :, ::-1])
    assert list(shown.table.index) == ["AE", "DAE (Flip)"]
    assert shown.table["AUC"].between(0, 1).all()
    assert list(shown.scores) == ["normal", "anomaly (Flip)"]
    assert f"AUC {shown.table.loc['DAE (Flip)', 'AUC']:.2f}" in shown.histogram_alt
