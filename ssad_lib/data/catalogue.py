"""Facts about the named image sets: who made them, what they allow, where they can lie."""

from __future__ import annotations

from dataclasses import dataclass

SPLITS = ("train", "test")
EMBEDDED = ("street-digits", "street-letters", "digits", "textures")
PATH_FORMS = ("mvtec", "folder", "npz")  # written with a colon and what follows it
COLOUR = 3  # channels of every set that is not listed here


@dataclass(frozen=True)
class Facts:
    """What is known of a named set before it is read.

    `places` are the files of torchvision's layout for each split, relative to the data root;
    `channels` and `classes` say what its images are, `size` the side of the papers' images.
    """

    source: str
    licence: str
    channels: int
    size: int
    classes: tuple[str, ...]
    places: dict[str, tuple[str, ...]]


def _idx(folder: str) -> dict[str, tuple[str, ...]]:
    return {
        split: (f"{folder}/raw/{stem}-images-idx3-ubyte", f"{folder}/raw/{stem}-labels-idx1-ubyte")
        for split, stem in (("train", "train"), ("test", "t10k"))
    }


def _emnist(split: str) -> tuple[str, ...]:
    stem = f"EMNIST/raw/emnist-letters-{split}"
    return (f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte")


DIGITS = tuple("0123456789")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
GARMENTS = (
    "t-shirt", "trouser", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
CIFAR10 = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip

FROM_DATA_ROOT = {
    "mnist": Facts(
        source="MNIST handwritten digits (LeCun, Cortes and Burges)",
        licence="CC BY-SA 3.0",
        channels=1,
        size=32,
        classes=DIGITS,
        places=_idx("MNIST"),
    ),
    "fashion-mnist": Facts(
        source="Fashion-MNIST (Xiao, Rasul and Vollgraf, Zalando Research 2017)",
        licence="MIT",
        channels=1,
        size=32,
        classes=GARMENTS,
        places=_idx("FashionMNIST"),
    ),
    "svhn": Facts(
        source="Street View House Numbers, cropped digits (Netzer et al. 2011)",
        licence="non-commercial use only",
        channels=3,
        size=32,
        classes=DIGITS,
        places={"train": ("train_32x32.mat",), "test": ("test_32x32.mat",)},
    ),
    "cifar10": Facts(
        source="CIFAR-10 (Krizhevsky 2009)",
        licence="none stated; its authors ask for a citation of their report",
        channels=3,
        size=32,
        classes=CIFAR10,
        places={
            "train": tuple(f"cifar-10-batches-py/data_batch_{i}" for i in range(1, 6)),
            "test": ("cifar-10-batches-py/test_batch",),
        },
    ),
    "cifar100": Facts(
        source="CIFAR-100 (Krizhevsky 2009)",
        licence="none stated; its authors ask for a citation of their report",
        channels=3,
        size=32,
        classes=(),
        places={
            "train": ("cifar-100-python/train", "cifar-100-python/meta"),
            "test": ("cifar-100-python/test", "cifar-100-python/meta"),
        },
    ),
    "emnist-letters": Facts(
        source="EMNIST Letters (Cohen et al. 2017), from NIST Special Database 19",
        licence="none stated; its authors ask for a citation of their paper",
        channels=1,
        size=28,
        classes=LETTERS,
        places={split: _emnist(split) for split in SPLITS},
    ),
    "notmnist": Facts(
        source="notMNIST, letters A to J of computer fonts (Bulatov 2011)",
        licence="none stated by its author",
        channels=1,
        size=28,
        classes=LETTERS[:10],
        places=_idx("notMNIST"),
    ),
}

# Sets in idx files, whose channel is the only one.
IDX = ("mnist", "fashion-mnist", "emnist-letters", "notmnist")
UPRIGHT = "upright"  # emnist-letters:upright undoes the transposition of its files
TINY_IMAGENET = "tiny-imagenet"  # found, read and named by a module of its own
BY_HAND = {
    "notmnist": "fetch it from its author's page, or a copy of it in MNIST's file format",
    TINY_IMAGENET: "fetch tiny-imagenet-200.zip from the page of Stanford's course CS231n",
}

MVTEC_OBJECTS = frozenset(
    {
        "bottle", "cable", "capsule", "carpet", "grid", "hazelnut", "leather", "metal_nut",
        "pill", "screw", "tile", "toothbrush", "transistor", "wood", "zipper",
    }
)  # fmt: skip
MVTEC_SOURCE = "MVTec AD (Bergmann et al. 2019)"
MVTEC_LICENCE = "CC BY-NC-SA 4.0"
OWN_SOURCE = "your own images"
OWN_LICENCE = "yours to know"


def names() -> list[str]:
    """Return the names `load` knows; some have parts, and three more forms take a path."""
    return [*EMBEDDED, *FROM_DATA_ROOT, TINY_IMAGENET]
