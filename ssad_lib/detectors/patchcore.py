"""PatchCore: how far each place of an image is from all places of normal images (METHODS 13.3).

Nothing is trained. Features of places come from a network that knows ImageNet; a coreset of those
of the normal images is the memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor

from ssad_lib import rng
from ssad_lib.detectors.coreset import coreset
from ssad_lib.detectors.course import Outcome
from ssad_lib.detectors.inputs import as_images
from ssad_lib.detectors.localising import LocalisingDetector
from ssad_lib.detectors.memory import Memory
from ssad_lib.encoders.patches import PatchEncoder, cached_as, on_grid, patch_encoder
from ssad_lib.errors import NonFiniteError, SsadError

HELD = 2**29  # bytes of features of normal images that are held at once
PIXELS = 2**21  # pixels of the images that are encoded at once
LEAST = 2  # normal images: each is scored by the places of the others


class PatchCore(LocalisingDetector):
    """Scores an image by the place that is farthest from all places of normal images.

    Parameters
    ----------
    encoder : {"efficientnet-lite0", "wide-resnet50", "auto"}
        `ssad_lib.encoders.patches.patch_encoder`.
    coreset : float
        Share of the places that the memory keeps, in (0, 1].
    largest : int
        The most places it keeps: their number decides the time of everything but the encoding.
    neighbours : int
        Places of the memory that weigh the score of an image; 1 leaves it as it is.
    sigma : float
        Of the Gaussian that smooths a map, in pixels.
    cache : bool
        Keep features below ``SSAD_HOME``, so that an interrupted fit goes on where it stopped.
    verbose : bool
        Show progress in a terminal.
    contamination : float
        Share of training images above ``threshold_``, in (0, 0.5].
    random_state : int, random generator or None
        Decides the coreset, and which places it is chosen from where not all can be held.

    Attributes
    ----------
    encoder_ : str
        What ``"auto"`` stood for.
    bank_ : ndarray of float32, shape (k, d)
        The memory.
    owners_ : ndarray of int32, shape (k,)
        Which training image each place of it is from.
    places_ : tuple of int
        How many places the coreset was chosen from, and how many the training images have: memory
        is bounded, and of very many places some are drawn.
    decision_scores_ : ndarray of float32, shape (N,)
        Each training image is scored by the places in the memory that are from others, as an image
        that is not among them would be.
    peaks_ : ndarray of float32, shape (N,)
        The highest pixel of the map of each training image, by the same places.
    """

    bank_: NDArray[np.float32]
    owners_: NDArray[np.int32]

    def __init__(
        self,
        encoder: str = "efficientnet-lite0",
        *,
        coreset: float = 0.1,
        largest: int = 4000,
        neighbours: int = 9,
        sigma: float = 4.0,
        cache: bool = False,
        verbose: bool = False,
        contamination: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.encoder = encoder
        self.coreset = coreset
        self.largest = largest
        self.neighbours = neighbours
        self.sigma = sigma
        self.cache = cache
        self.verbose = verbose
        self.contamination = contamination
        self.random_state = random_state

    def fit(self, X: ArrayLike | Tensor, y: object = None) -> PatchCore:  # noqa: ARG002
        """Remember the normal images `X` ``(N, C, H, W)`` in [0, 1]; `y` is ignored.

        Raises
        ------
        SsadError
            If a parameter cannot be used, or not with these images.
        """
        images = as_images(X)
        self._begin()
        if not 0 < self.coreset <= 1 or self.largest < 1 or self.neighbours < 1 or self.sigma < 0:
            raise SsadError(
                f"coreset {self.coreset} must lie in (0, 1], largest {self.largest} and neighbours "
                f"{self.neighbours} be ≥ 1 and sigma {self.sigma} ≥ 0"
            )
        if len(images) < LEAST:
            raise SsadError(f"PatchCore needs {LEAST} normal images or more, not {len(images)}")
        features, owners = self._places_of(images)
        count = min(self.largest, max(1, round(self.coreset * self.places_[1])), len(features))
        with self._progress(count, "choosing places") as bar:
            chosen = coreset(features, count, self.seed_, bar.update)
        self.bank_, self.owners_ = features[chosen], owners[chosen]
        self._held = (
            features.reshape(len(images), *self._grid, -1)
            if self.places_[0] == self.places_[1]
            else None
        )
        del features
        self.finish(images, Outcome([], 0.0))
        self._held = None
        return self

    def examine(self, X: ArrayLike | Tensor) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return ``decision_function`` and ``localise`` of `X`, from one pass."""
        images = self._images_like_fitted(X)
        encoder = patch_encoder(self.encoder_)
        memory = Memory.of(self.bank_)
        scores, maps = [], []
        for features in self._encoded(encoder, images, "comparing"):
            score, distances = memory.compare(features, self.neighbours)
            scores.append(score)
            maps += self._smoothed(distances, images)
        return torch.cat(scores).numpy(), np.stack(maps)

    def _smoothed(self, distances: Tensor, images: Tensor) -> list[NDArray[np.float32]]:
        """Return maps of the size of `images` of the distances ``(n, h, w)`` of places."""
        whole = on_grid(distances.unsqueeze(1), (images.shape[2], images.shape[3]))[:, 0]
        return [gaussian_filter(one, self.sigma, truncate=4) for one in whole.numpy()]

    def _maps(self, images: Tensor) -> NDArray[np.float32]:
        return self.examine(images)[1]

    def _scores(self, images: Tensor) -> NDArray[np.float32]:
        encoded = self._encoded(patch_encoder(self.encoder_), images, "comparing")
        memory = Memory.of(self.bank_)
        return torch.cat(
            [memory.compare(features, self.neighbours)[0] for features in encoded]
        ).numpy()

    def _training_scores(self, images: Tensor) -> NDArray[np.float32]:
        memory, owners = Memory.of(self.bank_), torch.from_numpy(self.owners_)
        scores, peaks, place = [], [], 0
        for features in self._own(images):
            for one in features:
                own = owners == place
                without = None if own.all() else own
                score, distances = memory.compare(one.unsqueeze(0), self.neighbours, without)
                scores.append(score)
                peaks += [one.max() for one in self._smoothed(distances, images)]
                place += 1
        self.peaks_ = np.array(peaks, np.float32)
        return torch.cat(scores).numpy()

    def _own(self, images: Tensor) -> Iterator[Tensor]:
        """Yield the features of the training images: those still held, else computed again."""
        if self._held is None:
            yield from self._encoded(patch_encoder(self.encoder_), images, "comparing normal ones")
        else:
            yield torch.from_numpy(self._held)

    def _places_of(self, images: Tensor) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Return features ``(m, d)`` of normal images and their images; sets ``places_``."""
        encoder = patch_encoder(self.encoder)
        self.encoder_ = encoder.name
        generator = rng.generator(self.seed_, "places")
        features = np.empty((0, 0), np.float32)
        owners, share, total, filled, done = np.empty(0, np.int32), 1.0, 0, 0, 0
        for found in self._encoded(encoder, images, "looking at normal images"):
            count, height, width, depth = found.shape
            places = count * height * width
            if not torch.isfinite(found).all():
                raise NonFiniteError("a feature of a normal image is not finite")
            if total == 0:  # how many there will be is known from here on
                whole = height * width * len(images)
                share = min(1.0, HELD / (4 * depth * whole))
                features = np.empty((math.ceil(share * whole), depth), np.float32)
                self._grid = (height, width)
                owners = np.empty(len(features), np.int32)
            taken = places if share == 1 else int(share * (total + places)) - filled
            chosen = torch.arange(places)
            if taken < places:
                chosen = torch.randperm(places, generator=generator)[:taken].sort().values
            part = slice(filled, filled + taken)
            features[part] = found.reshape(places, depth)[chosen].numpy()
            owners[part] = done + chosen.numpy() // (height * width)
            total, filled, done = total + places, filled + taken, done + count
        self.places_ = (filled, total)
        return features[:filled], owners[:filled]

    def _encoded(self, encoder: PatchEncoder, images: Tensor, what: str) -> Iterator[Tensor]:
        """Yield the features of some images after the other."""
        embed = cached_as(encoder) if self.cache else encoder
        size = max(1, PIXELS // (images.shape[2] * images.shape[3]))
        with self._progress(len(images), what) as bar:
            for batch in images.split(min(size, 32)):
                yield embed(batch)
                bar.update(len(batch))

    def _progress(self, total: int, what: str) -> Any:
        from tqdm.auto import tqdm

        return tqdm(total=total, desc=what, disable=None if self.verbose else True)
