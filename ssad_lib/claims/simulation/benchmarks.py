"""The claims F01, F02, F08, F09 and F12: methods against methods (METHODS 15)."""

from __future__ import annotations

import numpy as np

from ssad_lib.claims.comparisons import above, apart
from ssad_lib.claims.rule_book import Finding, decide
from ssad_lib.claims.simulation import surfaces
from ssad_lib.claims.simulation.surfaces import by_surface, difference, leads, of_methods
from ssad_lib.evidence import CLUSTER, Evidence, NotRunError
from ssad_lib.studies.simulation import methods
from ssad_lib.studies.simulation.runs import DRAEM, NSA, OURS, PATCHCORE
from ssad_lib.studies.simulation.tables import TRAINED_WITH

IMAGE = {"auc": "AUROC", "ap": "AP"}
PIXEL = {"pixel_auroc": "AUROC", "pixel_ap": "AP"}


def detects(evidence: Evidence) -> Finding:
    """F01: over images, Ours is better than DRAEM and NSA, and PatchCore than Ours."""
    runs = surfaces.of(evidence)
    pairs = ((OURS, DRAEM), (OURS, NSA), (PATCHCORE, OURS))
    return decide(leads(runs, pairs, IMAGE), of_methods(runs, OURS, DRAEM, NSA, PATCHCORE))


def localises(evidence: Evidence) -> Finding:
    """F02: over pixels, Ours is better than DRAEM, NSA and PatchCore."""
    runs = surfaces.of(evidence)
    others = (DRAEM, NSA, PATCHCORE)
    parts = leads(runs, [(OURS, other) for other in others], PIXEL)
    return decide(parts, of_methods(runs, OURS, *others))


def generalises(evidence: Evidence) -> Finding:
    """F08: over pixels of all simulated anomalies, Ours is better than each other method."""
    runs = surfaces.of(evidence)
    others = (DRAEM, NSA, PATCHCORE)
    parts = []
    for measure, unit in PIXEL.items():
        table = surfaces.on_simulations(runs, measure).groupby(level=CLUSTER).mean()
        parts += [above(f"{OURS} minus {other}, all simulations: {unit}",
                        difference(table, OURS, other), unit) for other in others]  # fmt: skip
    return decide(parts, methods.simulated(of_methods(runs, OURS, *others)))


def knows_its_own(evidence: Evidence) -> Finding:
    """F09: each method is best on what it was trained with, compared with PatchCore.

    Some simulations are easier to find than others, whoever looks for them. What counts is the lead
    over PatchCore, which was trained with none: on a method's simulations, minus on the others.
    """
    runs = surfaces.of(evidence)
    table = surfaces.on_simulations(runs, "pixel_ap")
    parts = []
    for name, known in TRAINED_WITH.items():
        lead = difference(table, name, PATCHCORE)
        own = lead.index.get_level_values("anomaly").isin(list(known))
        gain = lead[own].groupby(level=CLUSTER).mean() - lead[~own].groupby(level=CLUSTER).mean()
        if gain.dropna().empty:
            raise NotRunError(f"{name} was not tested on its own simulations and on others")
        parts.append(above(f"{name}: lead on its own simulations minus on others",
                           gain.dropna(), "AP"))  # fmt: skip
    return decide(parts, methods.simulated(of_methods(runs, *TRAINED_WITH, PATCHCORE)))


def gains_on_objects(evidence: Evidence) -> Finding:
    """F12: Ours gains more over DRAEM on objects than on textures."""
    runs = surfaces.of(evidence)
    parts = []
    for measure, unit in PIXEL.items():
        gain = difference(by_surface(runs, measure), OURS, DRAEM)
        texture = np.array([surfaces.is_texture(str(name))
                            for name in gain.index.get_level_values("image_set")])  # fmt: skip
        if texture.all() or not texture.any():
            raise NotRunError("objects are compared with textures, and there is one kind here")
        parts.append(apart(f"gain over {DRAEM}, objects minus textures: {unit}",
                           gain[~texture], gain[texture], unit))  # fmt: skip
    return decide(parts, of_methods(runs, OURS, DRAEM))


TESTS = {
    "F01": detects,
    "F02": localises,
    "F08": generalises,
    "F09": knows_its_own,
    "F12": gains_on_objects,
}
