from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.base import clone

import ssad_lib.detectors
from ssad_lib.detectors import (
    AE,
    AP,
    DAE,
    DETECTORS,
    DRAEM,
    EXPOSED,
    NSA,
    STSSAD,
    DeepSAD,
    DeepSVDD,
    Discriminator,
    PatchCore,
    SplitDRAEM,
)
from ssad_lib.detectors.base import Detector
from ssad_lib.errors import SsadError

X = np.random.default_rng(0).random((12, 3, 32, 32), dtype=np.float32)
TINY: dict[str, Detector] = {
    "AE": AE(width=4, epochs=1, batch_size=8),
    "DAE": DAE("flip", width=4, epochs=1, batch_size=8),
    "DeepSVDD": DeepSVDD(width=4, epochs=1, batch_size=8),
    "DeepSAD": DeepSAD("flip", width=4, epochs=1, batch_size=8),
    "AP": AP("rotate", base=4, widen=1, views=4, batch_size=8),
    "STSSAD": STSSAD(
        initial=[0.01], network="small", epochs=1, iterations=1, patience=1, batch_size=8
    ),
    "Discriminator": Discriminator("cutout", network="small", epochs=1, batch_size=8),
    **{name: DETECTORS[name](width=2, epochs=1, batch_size=8) for name in EXPOSED},
    "SplitDRAEM": SplitDRAEM(width=2, epochs=1, batch_size=8),
    "DRAEM": DRAEM(width=2, epochs=1, batch_size=8),
    "NSA": NSA(width=4, epochs=1, batch_size=8),
    "PatchCore": PatchCore(largest=40),
}
KNOWN = np.repeat([0, 1], [8, 4])  # which images are outliers, for the detectors that learn from it


def beside(name: str) -> np.ndarray:
    """What a detector takes beside the images; most ignore it."""
    return KNOWN if name in EXPOSED else X


@pytest.fixture(scope="module")
def fitted() -> dict[str, Detector]:
    return {name: clone(one).fit(X, KNOWN if name in EXPOSED else X) for name, one in TINY.items()}


def tiny(**parameters: object) -> DAE:
    return DAE("flip", **{"width": 4, "epochs": 1, "batch_size": 8, **parameters})  # type: ignore[arg-type]


def test_every_name_of_the_package_exists() -> None:
    assert all(hasattr(ssad_lib.detectors, name) for name in ssad_lib.detectors.__all__)
    assert set(TINY) == set(DETECTORS)


@pytest.mark.parametrize("name", TINY)
@pytest.mark.parametrize("shape", [(3, 64, 64), (3, 33, 33), (3, 32, 64), (1, 32, 32)])
def test_images_of_another_shape_are_refused_by_every_method(
    fitted: dict[str, Detector], name: str, shape: tuple[int, ...]
) -> None:
    detector = fitted[name]
    assert detector.image_shape_ == (3, 32, 32)
    others = np.zeros((2, *shape), np.float32)
    methods = ["decision_function", "predict", "predict_proba", "predict_confidence"]
    methods += [
        one for one in ("score_kinds", "embed", "reconstruct", "localise") if hasattr(detector, one)
    ]
    for method in methods:
        with pytest.raises(SsadError, match=r"was fitted on images .*\(3, 32, 32\), these have"):
            getattr(detector, method)(others)


@pytest.mark.parametrize("name", TINY)
def test_probabilities_and_confidence_of_every_detector(
    fitted: dict[str, Detector], name: str
) -> None:
    detector = fitted[name]
    for method in ("linear", "unify"):
        both = detector.predict_proba(X[:4], method=method)
        assert both.shape == (4, 2)
        np.testing.assert_allclose(both.sum(axis=1), 1)
        assert (np.diff(both[np.argsort(detector.decision_function(X[:4])), 1]) >= -1e-9).all()
    confidence = detector.predict_confidence(X[:4])
    assert ((confidence >= 0) & (confidence <= 1)).all()


class Given(Detector):
    """Scores that are decided beforehand: the mean of an image."""

    def __init__(self, scores: np.ndarray, contamination: float) -> None:
        self.decision_scores_ = scores.astype(np.float32)
        self.contamination = contamination
        self.threshold_ = float(np.quantile(scores, 1 - contamination))
        self.image_shape_ = (1, 2, 2)

    def _scores(self, images):  # type: ignore[no-untyped-def]
        return images.mean(dim=(1, 2, 3)).numpy()


def images_with(values: np.ndarray) -> np.ndarray:
    return np.tile(values[:, None, None, None], (1, 1, 2, 2)).astype(np.float32)


def test_probabilities_and_confidence_by_their_formulas() -> None:
    known = np.linspace(0.25, 0.75, 20)
    detector = Given(known, 0.1)
    asked = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    linear = detector.predict_proba(images_with(asked))[:, 1]
    np.testing.assert_allclose(linear, [0, 0, 0.5, 1, 1], atol=1e-6)
    unified = detector.predict_proba(images_with(asked), method="unify")[:, 1]
    mean, spread = known.mean(), known.std()
    expected = [max(0, math.erf((value - mean) / spread / math.sqrt(2))) for value in asked]
    np.testing.assert_allclose(unified, expected, atol=1e-5)
    with pytest.raises(SsadError, match="unknown method 'line': did you mean 'linear'"):
        detector.predict_proba(images_with(asked), method="line")
    # Perini et al.: 18 of 20 are normal; an image above all 20 has the posterior 21/22.
    confidence = detector.predict_confidence(images_with(np.array([1.0, 0.0])))
    np.testing.assert_allclose(confidence[0], 1 - binom.cdf(18, 20, 21 / 22), rtol=1e-6)
    np.testing.assert_allclose(confidence[1], binom.cdf(18, 20, 1 / 22), rtol=1e-6)


def test_equal_training_scores_give_probabilities_all_the_same() -> None:
    detector = Given(np.full(5, 0.5), 0.1)
    for method in ("linear", "unify"):
        both = detector.predict_proba(images_with(np.array([0.25, 0.5, 1.0])), method=method)
        assert np.isfinite(both).all()
        assert both[:2, 1].tolist() == [0, 0]
        assert both[2, 1] > 0


def test_fit_predict_is_the_labels_of_fit() -> None:
    labels = tiny().fit_predict(X)
    np.testing.assert_array_equal(labels, tiny().fit(X).labels_)
    assert labels.sum() == 2


def test_one_seed_is_one_result_and_none_is_another_each_time() -> None:
    def scores(random_state: object) -> list[float]:
        return tiny(random_state=random_state).fit(X).decision_scores_.tolist()  # type: ignore[no-any-return]

    assert scores(3) == scores(np.int64(3))
    assert scores(None) != scores(None)
    first = np.random.RandomState
    assert scores(first(0)) == scores(first(0))
    assert scores(first(0)) != scores(first(1))


def test_a_seed_lasts_as_long_as_the_detector() -> None:
    detector = clone(TINY["AP"]).set_params(augmentation="noise", random_state=None).fit(X)
    np.testing.assert_array_equal(detector.decision_function(X), detector.decision_function(X))


def test_numbers_of_numpy_are_numbers() -> None:
    given = tiny(
        width=np.int64(4), epochs=np.int32(1), batch_size=np.array(8),
        learning_rate=np.float32(0.001), contamination=np.float64(0.1),
    )  # fmt: skip
    plain = tiny(learning_rate=float(np.float32(0.001)))
    np.testing.assert_array_equal(given.fit(X).decision_scores_, plain.fit(X).decision_scores_)
    assert type(given.batch_size) is int


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"contamination": "auto"}, "contamination must be a finite number such as 0.1, not 'auto"),
        ({"contamination": math.nan}, "contamination must be a finite number"),
        ({"contamination": 0.6}, r"contamination must lie in \(0, 0.5\], not 0.6"),
        ({"learning_rate": math.nan}, "learning_rate must be a finite number such as 0.001"),
        ({"learning_rate": math.inf}, "learning_rate must be a finite number"),
        ({"learning_rate": None}, "learning_rate must be a finite number"),
        ({"batch_size": 8.5}, "batch_size must be a whole number such as 1024, not 8.5"),
        ({"batch_size": "8"}, "batch_size must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"epochs": None}, "epochs must be a whole number"),
        ({"augmentation": None}, "augmentation must be a name such as 'cutout', not None"),
        ({"device": "mps"}, "'mps' is not supported"),
        ({"random_state": "x"}, "random_state must be a whole number"),
    ],
)
def test_parameters_of_another_kind_are_one_line(
    parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(SsadError, match=message) as error:
        tiny().set_params(**parameters).fit(X)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", TINY)
def test_no_number_of_any_detector_may_be_nan(name: str) -> None:
    for parameter, value in TINY[name].get_params(deep=False).items():
        if isinstance(value, float):
            with pytest.raises(SsadError, match=f"{parameter} must be a finite number"):
                clone(TINY[name]).set_params(**{parameter: math.nan}).fit(X, beside(name))


def test_values_where_the_default_is_none_may_not_be_nan_either() -> None:
    for parameters, message in (
        ({"tuning_rate": math.nan}, "tuning_rate nan must be positive"),
        ({"initial": [math.nan]}, "initial must list finite"),
        ({"augmentation": "rotation", "initial": [math.inf]}, "initial must list finite"),
        ({"initial": 0.01}, "initial must list finite"),
        ({"initial": "small"}, "initial must list finite"),
    ):
        with pytest.raises(SsadError, match=message):
            clone(TINY["STSSAD"]).set_params(**parameters).fit(X, X)


@pytest.mark.parametrize("name", ["STSSAD", "Discriminator"])
@pytest.mark.parametrize("places", [[0] * 12, [0, 1], [0, 1] * 6])
def test_images_that_hardly_differ_get_the_right_advice(name: str, places: list[int]) -> None:
    with pytest.raises(SsadError, match="differ, and the Gaussian of the score needs 3: give more"):
        clone(TINY[name]).fit(X[places], X)


@pytest.mark.parametrize("name", ["AE", "DAE", "DeepSVDD", "DeepSAD", "AP"])
def test_images_that_are_not_square_are_refused(name: str) -> None:
    with pytest.raises(SsadError, match="images must be square, not 32 x 64"):
        clone(TINY[name]).fit(np.zeros((8, 3, 32, 64), np.float32))
