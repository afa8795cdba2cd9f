import torch

from ssad_lib import augment, rng
from ssad_lib.augment.simulated.cut_paste import Pasted


def test_it_is_the_augmentation_with_a_mask(images):
    parameters = Pasted().draw(8, rng.generator("paste"), (3, 64, 64))
    changed, masks = Pasted().apply(images, parameters)
    assert torch.equal(changed, augment.get("cutpaste").apply(images, parameters))
    for i in range(8):
        top, left, height, width = (
            int(parameters[key][i]) for key in ("to_top", "to_left", "height", "width")
        )
        assert masks[i].sum() == height * width
        assert masks[i, top : top + height, left : left + width].all()
