"""Maps of anomalies: our PatchCore and split training against plain loops over images.

A plain loop takes one image after the other through the network as it is loaded, compares every
place with every other in each step of the coreset, and draws each anomaly for one image, as a
tutorial or released code would. Both do the same work: the same network, as many places in the
memory, scores and maps of the training images, too.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor, nn

from ssad_lib import rng
from ssad_lib.augment import simulated
from ssad_lib.bench.cases import Case, Variant
from ssad_lib.data import load
from ssad_lib.detectors import PatchCore, SplitDRAEM
from ssad_lib.detectors.course import Course, train
from ssad_lib.encoders import efficientnet, weights

PLAIN = "a plain loop over images"
SHARE, NEIGHBOURS, SIGMA = 0.1, 9, 4.0


@dataclass(frozen=True)
class Setting:
    """What is measured: how many normal images, how many to look at, their side in pixels."""

    normals: int
    images: int
    size: int
    width: int


FULL, QUICK = Setting(60, 40, 128, 8), Setting(4, 2, 32, 2)


def cases(quick: bool) -> Iterator[Case]:
    """Yield training and maps of PatchCore, an epoch and maps of the split detector."""
    setting = QUICK if quick else FULL
    surface = load("textures:weave", images_per_class=setting.normals, size=setting.size)
    normals = torch.from_numpy(surface.images).float() / 255
    shown = normals[: setting.images].flip(3).contiguous()
    ours = PatchCore(coreset=SHARE, largest=10**6).fit(normals)
    _plain_encoder()  # is read from disk here, and ours by the fit
    case = partial(Case, unit="images", repetitions=2 if quick else 5, warm_up=0, shortest=0.0)
    what = f"images of {setting.size} px"
    yield case(
        name=f"PatchCore, training on {setting.normals} {what}",
        variants=(
            Variant("ours", lambda: ours.fit(normals), len(normals)),
            Variant(PLAIN, lambda: PlainPatchCore().fit(normals), len(normals)),
        ),
        note=f"Encoding, a coreset of {len(ours.bank_):,} of {ours.places_[1]:,} places, and the "
        "scores and maps of the training images by the places of the others.",
    )
    plain = PlainPatchCore()
    plain.size, plain.bank = (setting.size, setting.size), torch.from_numpy(ours.bank_)
    yield case(
        name=f"PatchCore, maps of {setting.images} {what}",
        variants=(
            Variant("ours", lambda: ours.localise(shown), len(shown)),
            Variant(PLAIN, lambda: plain.localise(shown), len(shown)),
        ),
        note=f"A memory of {len(ours.bank_):,} places.",
    )
    yield from _split_cases(setting, normals, shown, case)


def _split_cases(
    setting: Setting, normals: Tensor, shown: Tensor, case: Callable[..., Case]
) -> Iterator[Case]:
    few = normals[: min(40, len(normals))]
    detector = SplitDRAEM(width=setting.width, epochs=1, device="cpu")
    course = detector.prepare(few)
    plain = _plain_network(course)
    what = f"images of {setting.size} px, width {setting.width}"
    yield case(
        name=f"Split training, an epoch of {len(few)} {what}",
        variants=(
            Variant("ours", partial(train, course), len(few)),
            Variant(PLAIN, partial(_plain_epoch, detector, course, plain, few), len(few)),
        ),
        note="Both draw as many simulated anomalies and train both networks on them.",
    )
    detector.fit(few)
    looked = plain.eval()

    def plain_maps() -> list[NDArray[np.float32]]:
        with torch.no_grad():
            return [looked.localise(one).numpy() for one in shown.split(1)]

    yield case(
        name=f"Split training, maps of {len(shown)} {what}",
        variants=(
            Variant("ours", lambda: detector.localise(shown), len(shown)),
            Variant(PLAIN, plain_maps, len(shown)),
        ),
    )


class PlainPatchCore:
    """PatchCore as its formulas say, one image and one step after the other."""

    def fit(self, images: Tensor) -> PlainPatchCore:
        """Remember the normal images ``(N, 3, H, W)``."""
        self.size = (images.shape[2], images.shape[3])
        found = [self._features(one) for one in images.split(1)]
        points = torch.cat(found)
        owners = torch.arange(len(images)).repeat_interleave(len(found[0]))
        distance = (points - points[0]).norm(dim=1)
        chosen = [0]
        while len(chosen) < max(1, round(SHARE * len(points))):
            farthest = int(distance.argmax())
            chosen.append(farthest)
            distance = torch.minimum(distance, (points - points[farthest]).norm(dim=1))
        self.bank = points[chosen]
        self.scores = [
            self._score(one, self.bank[owners[chosen] != place]) for place, one in enumerate(found)
        ]
        return self

    def localise(self, images: Tensor) -> NDArray[np.float32]:
        """Return the maps of images ``(N, 3, H, W)``."""
        maps = []
        for image in images.split(1):
            maps.append(self._map(torch.cdist(self._features(image), self.bank).min(dim=1).values))
        return np.stack(maps)

    def _map(self, nearest: Tensor) -> NDArray[np.float32]:
        """Return the map of one image from the distance of each of its places."""
        cells = nearest.view(1, 1, self.size[0] // 8, -1)
        whole = F.interpolate(cells, self.size, mode="bilinear", align_corners=False)
        smooth: NDArray[np.float32] = gaussian_filter(whole[0, 0].numpy(), SIGMA, truncate=4)
        return smooth

    def _score(self, features: Tensor, bank: Tensor) -> tuple[float, float]:
        """Return the score of one image and the highest pixel of its map."""
        distances = torch.cdist(features, bank)
        nearest, index = distances.min(dim=1)
        place = int(nearest.argmax())
        match = bank[index[place]].unsqueeze(0)
        ring = torch.cdist(match, bank)[0].topk(min(NEIGHBOURS, len(bank)), largest=False).indices
        weight = torch.softmax(distances[place, ring], dim=0)[0]
        return float(nearest[place] * (1 - weight)), float(self._map(nearest).max())

    def _features(self, image: Tensor) -> Tensor:
        """Return features ``(places, d)`` of one image."""
        network = _plain_encoder()
        with torch.no_grad():
            values = network.bn1(network.conv_stem((image - 0.5) / 0.5))
            maps = []
            for place, block in enumerate(network.blocks[: efficientnet.LAYERS[-1] + 1]):
                values = block(values)
                if place in efficientnet.LAYERS:
                    maps.append(F.avg_pool2d(values, 3, stride=1, padding=1))
        grid = maps[0].shape[2:]
        coarse = F.interpolate(maps[1], grid, mode="bilinear", align_corners=False)
        return torch.cat([maps[0], coarse], dim=1)[0].flatten(1).T.contiguous()


@lru_cache(maxsize=1)
def _plain_encoder() -> Any:
    """Return the network as timm makes it: no normalisation folded away."""
    import timm

    found = weights.read(efficientnet.weights_file(), efficientnet.DIGEST, "EfficientNet-Lite0")
    network = timm.create_model(efficientnet.ARCHITECTURE, pretrained=False)
    network.load_state_dict(dict(zip(network.state_dict(), found.values(), strict=True)))
    return network.eval()


def _plain_network(course: Course) -> Any:
    """Return a network like the course's, in the order of memory that PyTorch takes by itself."""
    network: nn.Module = copy.deepcopy(course.network).to(memory_format=torch.contiguous_format)
    return network


def _plain_epoch(detector: SplitDRAEM, course: Course, network: Any, images: Tensor) -> None:
    """Train for an epoch whose anomalies are drawn for one image after the other."""
    source = simulated.open_source(detector.source)
    mixture = simulated.mixture(detector.simulated_by_default, source, images)
    draws = rng.generator("bench", "localisation")
    optimizer = torch.optim.Adam(network.parameters(), lr=detector.learning_rate)
    network.train()
    for _ in range(-(-len(images) // detector.batch_size)):
        singles = []
        for _ in range(detector.batch_size):
            first, second = torch.randint(len(images), (2,), generator=draws).tolist()
            normal = images[first : first + 1]
            changed, _ = simulated.simulate(mixture, normal, draws)
            judged, mask = simulated.simulate(mixture, images[second : second + 1], draws)
            singles.append((torch.cat([changed, judged], dim=1), normal, mask))
        shown, *targets = (torch.cat(parts) for parts in zip(*singles, strict=True))
        loss = course.loss(network(shown), *targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
