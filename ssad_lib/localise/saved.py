"""A trained model in a folder: numbers as safetensors, all else as JSON; reading runs no code.

``model.json`` is written last and names the SHA-256 of ``model.safetensors``: a folder that is half
written, or put together from two, is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

import ssad_lib
from ssad_lib import paths, rng
from ssad_lib.detectors import LocalisingDetector, PatchCore
from ssad_lib.encoders.patches import patch_encoder
from ssad_lib.errors import SsadError, from_os_error, unknown
from ssad_lib.localise.model import DETECTORS, Model

FORM = 2  # raise it when the files change
FACTS, TENSORS = "model.json", "model.safetensors"


def save(model: Model, folder: Path) -> None:
    """Write a model into a folder, which is made; an earlier model there is replaced.

    Raises
    ------
    SsadError
        If the folder cannot be written.
    """
    detector = model.detector
    tensors = {"held_out": torch.from_numpy(model.held_out.copy()), **_tensors(detector)}
    tensors["decision_scores"] = torch.from_numpy(detector.decision_scores_.copy())
    content = save_tensors({name: one.contiguous() for name, one in tensors.items()})
    facts = {
        "form": FORM,
        "written_by": f"ssad {ssad_lib.__version__}",
        "name": model.name,
        "size": model.size,
        "trained_on": model.trained_on,
        "parameters": detector.get_params(deep=False),
        "image_shape": list(detector.image_shape_),
        "threshold": detector.threshold_,
        "encoder": _encoder(detector),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    paths.make_folder(folder)
    _write(folder / TENSORS, content)
    _write(folder / FACTS, text.encode())


def load(folder: Path) -> Model:
    """Return the model that `save` wrote.

    Raises
    ------
    SsadError
        If there is none, it is damaged or of another version, or its encoder is not here.
    """
    facts, tensors = _read(folder)
    try:
        name = str(facts["name"])
        if name not in DETECTORS:
            raise unknown("detector", name, DETECTORS)
        detector = DETECTORS[name](0, "efficientnet-lite0", False).set_params(**facts["parameters"])
        detector.image_shape_ = tuple(int(side) for side in facts["image_shape"])
        detector.threshold_ = float(facts["threshold"])
        detector.seed_ = 0
        detector.decision_scores_ = tensors.pop("decision_scores").numpy()
        detector.labels_ = (detector.decision_scores_ > detector.threshold_).astype(np.int64)
        held_out = tensors.pop("held_out").numpy()
        _restore(detector, tensors, facts)
        if isinstance(detector, PatchCore):
            detector.peaks_ = held_out
        return Model(name, detector, int(facts["size"]), int(facts["trained_on"]), held_out)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise _damaged(folder, f"it lacks what a model has ({error})") from error


def _tensors(detector: LocalisingDetector) -> dict[str, Tensor]:
    """Return what a fitted detector has learned."""
    if isinstance(detector, PatchCore):
        return {
            "bank": torch.from_numpy(detector.bank_),
            "owners": torch.from_numpy(detector.owners_),
        }
    network: torch.nn.Module = detector.network_
    return {f"network.{name}": one.cpu() for name, one in network.state_dict().items()}


def _restore(
    detector: LocalisingDetector, tensors: dict[str, Tensor], facts: dict[str, Any]
) -> None:
    if isinstance(detector, PatchCore):
        encoder = patch_encoder(str(facts["encoder"]["name"]))
        if encoder.version != facts["encoder"]["version"]:
            raise SsadError(
                f"the model was trained with {encoder.name} {facts['encoder']['version']} and here "
                f"is {encoder.version}: train it again"
            )
        detector.encoder_ = encoder.name
        detector.bank_, detector.owners_ = tensors["bank"].numpy(), tensors["owners"].numpy()
        detector.places_ = (0, 0)
        return
    from ssad_lib.detectors import SplitDRAEM
    from ssad_lib.models.inpainting import localiser

    assert isinstance(detector, SplitDRAEM)
    network = localiser(
        detector.image_shape_[0],
        detector.width,
        rng.generator(0, "weights"),
        separate=detector.split != "none",
        as_in_inference=detector.reconstruction_mode == "evaluation",
        linked=detector.linked,
    )
    named = {name.removeprefix("network."): one for name, one in tensors.items()}
    network.load_state_dict(named)
    detector.network_ = network.eval()


def _encoder(detector: LocalisingDetector) -> dict[str, str] | None:
    if not isinstance(detector, PatchCore):
        return None
    return {"name": detector.encoder_, "version": patch_encoder(detector.encoder_).version}


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    if not (folder / FACTS).is_file():
        raise SsadError(f"no model in {folder}: write one with ssad localise ... --save {folder}")
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        content = (folder / TENSORS).read_bytes()
    except OSError as error:
        raise from_os_error(error, "read the model") from error
    except ValueError as error:
        raise _damaged(folder, f"{FACTS} is no JSON") from error
    if not isinstance(facts, dict) or facts.get("form") != FORM:
        raise SsadError(
            f"the model in {folder} was written by another version of ssad; train it again"
        )
    if hashlib.sha256(content).hexdigest() != facts.get("sha256"):
        raise _damaged(folder, f"{TENSORS} is not the file that {FACTS} was written with")
    try:
        return facts, load_tensors(content)
    except SafetensorError as error:
        raise _damaged(folder, f"{TENSORS} cannot be read") from error


def _damaged(folder: Path, why: str) -> SsadError:
    return SsadError(f"the model in {folder} is damaged: {why}; copy it or train it again")


def _write(path: Path, content: bytes) -> None:
    """Write beside `path`, then rename: nobody sees half of a file."""
    try:
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise from_os_error(error, f"write {path.name} of the model") from error
