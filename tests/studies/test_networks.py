"""Networks drawn on the page of the detectors: the paper's sizes, measured."""

import pytest
import torch

from ssad_lib.detectors import AP, DeepSAD
from ssad_lib.studies import networks

SMALL = {"width": 4, "sad_width": 4, "ap_base": 4, "ap_widen": 1}


def test_the_autoencoder_has_the_stages_of_the_paper():
    stages, count = networks.autoencoder()
    assert count == 4_159_235
    assert list(stages.values()) == [
        (3, 32, 32), (64, 16, 16), (128, 8, 8), (256, 4, 4), (512, 2, 2), (256,),
        (512, 2, 2), (256, 4, 4), (128, 8, 8), (64, 16, 16), (3, 32, 32),
    ]  # fmt: skip


def test_the_other_networks_have_the_stages_of_their_authors():
    stages, _ = networks.hypersphere()
    assert list(stages.values()) == [
        (3, 32, 32), (32, 16, 16), (64, 8, 8), (128, 4, 4), (128,)
    ]  # fmt: skip
    stages, _ = networks.predictor("rotate")
    assert list(stages.values()) == [
        (3, 32, 32), (16, 32, 32), (64, 32, 32), (128, 16, 16), (256, 8, 8), (4,)
    ]  # fmt: skip


def test_counts_are_those_of_the_specification():
    """METHODS 3.3, 4.3 and 5.3."""
    table = networks.counts(SMALL)
    assert table["the paper's width"].tolist() == [
        4_159_235, 4_156_929, 520_544, 7_272, 222_096, 1_196_754, 1_197_268, 1_214_744,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (DeepSAD(width=4, epochs=0), ("DeepSVDD and DeepSAD", "3 × 32 × 32", "LeNet, cifar")),
        (AP("rotate", base=4, widen=1, views=0), ("AP", "3 × 32 × 32",
                                                  "wide residual, 4 classes")),
    ],
)  # fmt: skip
def test_counts_of_this_page_are_those_of_the_fitted_detectors(made, row):
    made.fit(torch.rand(4, 3, 32, 32))
    count = sum(p.numel() for p in made.network_.parameters() if p.requires_grad)
    assert networks.counts(SMALL).loc[row, "this page"] == count


def test_recipes_and_captions_read_the_defaults():
    table = networks.recipes()
    assert table.loc["DeepSVDD and DeepSAD", "batch"] == DeepSAD().batch_size
    assert f"λ = {AP().penalty:g}" in table.loc["AP", "other"]
    assert "4,159,235" in networks.count_line("AE", networks.autoencoder()[1])
