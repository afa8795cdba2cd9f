from __future__ import annotations

import math

import pytest

from ssad_lib import augment
from ssad_lib.errors import SsadError


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("mask", {"mask_q": 0.1}, "unknown option of Mask 'mask_q': did you mean 'mask_p'"),
        ("cp-scar", {"scar": 1}, "unknown option of CP-scar 'scar'"),
        ("rotate", {"angle": 3}, "unknown option 'angle': Rotate has no options"),
        ("mask", {"mask_p": 1.5}, "mask_p=1.5 is not valid: give a number from 0 to 1"),
        ("mask", {"mask_p": True}, "mask_p=True"),
        ("mask", {"mask_p": "0.2"}, "mask_p='0.2'"),
        ("flip", {"flip_p": math.nan}, "flip_p=nan"),
        ("invert", {"invert_p": -0.1}, "invert_p=-0.1"),
        ("simclr", {"simclr_blur_p": None}, "simclr_blur_p=None"),
        ("mask", {"mask_shared_channels": 1}, "give True or False"),
        ("cutout", {"cutout_aspect": 0.3}, "two numbers"),
        ("cutout", {"cutout_aspect": (3.3, 0.3)}, "two numbers"),
        ("cutout", {"cutout_aspect": (0.3, "x")}, "two numbers"),
        ("cutout", {"cutout_aspect": (0, 1)}, "two numbers"),
        ("cutpaste", {"cutpaste_aspect_mode": "mix"}, "did you mean 'mixture'"),
        ("cutpaste", {"cutpaste_area_law": 3}, "value of cutpaste_area_law '3'"),
        ("cutpaste", {"cutpaste_jitter": 0.6}, "a number from 0 to 0.5"),
        ("cp-scar", {"scar_h": (10.0, 25)}, "two whole numbers"),
        ("cp-scar", {"scar_h": (0, 25)}, "two whole numbers"),
        ("cp-scar", {"scar_w": (5, 5)}, "two whole numbers"),
        ("geom", {"geom_fill": "zeros"}, "did you mean 'zero'"),
        ("geom", {"geom_translate": "xy5"}, "unknown value of geom_translate"),
    ],
)
def test_a_bad_option_is_one_clear_line(
    name: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(SsadError) as caught:
        augment.get(name, **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_values_as_read_from_a_parameter_file_are_taken() -> None:
    assert augment.get("cutout", cutout_aspect=[1, 2]).options["cutout_aspect"] == (1.0, 2.0)
    assert augment.get("cp-scar", scar_h=[3, 5]).options["scar_h"] == (3, 5)
    assert augment.get("mask", mask_p=1).options["mask_p"] == 1.0
