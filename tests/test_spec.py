"""Run specifications: canonical, hashable, one key each."""

from dataclasses import fields, replace

import pytest

from ssad_lib.errors import SsadError
from ssad_lib.spec import RunSpec, options

SPEC = RunSpec(
    detector="DAE",
    detector_options=options(width=8, epochs=1, batch_size=32, learning_rate=1e-3),
    augmentation="flip",
    augmentation_options=options(flip_p=0.5),
    image_set="street-digits",
    images_per_class=10,
    test_images_per_class=5,
    size=0,
    normal_class=3,
    seed=0,
    testbeds=("controlled", "in-the-wild"),
    fingerprint="x",
)


def test_key_is_stable_across_versions():
    # Every stored record is found by this key: changing it forgets them all, as recipe 5 did.
    assert SPEC.key == "ecaa87a69fc28a76073e318ff2cb8eec"


def test_options_do_not_depend_on_order():
    assert options(a=1, b=2) == options({"b": 2}, a=1)
    assert options(areas=[1, 2]) == (("areas", (1, 2)),)


OUTLIERS = options(image_set="street-letters", classes=["a", "b"], images=128)


@pytest.mark.parametrize(
    "spec",
    [
        SPEC,
        replace(SPEC, unlabelled="defect/hole"),
        replace(SPEC, outliers=OUTLIERS),
        replace(SPEC, source="noise"),
    ],
)
def test_round_trip_through_json(spec):
    assert RunSpec.from_json(spec.json) == spec
    assert hash(RunSpec.from_json(spec.json)) == hash(spec)


CHANGES = {
    "detector": "AE", "detector_options": options(width=9), "augmentation": "geom",
    "augmentation_options": options(flip_p=1.0), "image_set": "digits", "images_per_class": 11,
    "test_images_per_class": 6, "size": 16, "normal_class": 4, "seed": 1,
    "testbeds": ("controlled",), "fingerprint": "y", "recipe": 99, "unlabelled": "defect/hole",
    "outliers": OUTLIERS, "source": "noise",
}  # fmt: skip


def test_every_field_enters_the_key():
    assert set(CHANGES) == {field.name for field in fields(RunSpec)}
    keys = {SPEC.key} | {replace(SPEC, **{name: value}).key for name, value in CHANGES.items()}
    assert len(keys) == len(CHANGES) + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("{}", "lacks"),
        (SPEC.json.replace('"seed"', '"sed"'), "did you mean 'seed'"),
    ],
)
def test_damaged_json_is_named(text, message):
    with pytest.raises(SsadError, match=message):
        RunSpec.from_json(text)


def test_options_refuse_what_cannot_be_written():
    with pytest.raises(SsadError, match="must be a number"):
        options(augmentation=object())
