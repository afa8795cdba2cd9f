"""What snooping does to the tables of paper 000, as its chapter shows it (METHODS 10.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ssad_lib.errors import SsadError
from ssad_lib.evidence import MODELS, NO_AUGMENTATION, Evidence
from ssad_lib.studies.pitfalls import choices, controls
from ssad_lib.studies.pitfalls.choices import Trials
from ssad_lib.tasks import IN_THE_WILD
from ssad_lib.widgets import CherryPicker

Sources = Mapping[str, Evidence]
REFERENCE, HONEST, PEEKING = "reference", "honest", "peeking"
AUGMENTATIONS = "augmentations"


def kind(choice: str) -> str:
    """Return whether a choice is a reference, honest, or peeks at the labels of the test images."""
    if choice == NO_AUGMENTATION:
        return REFERENCE
    return PEEKING if choice in choices.PEEKING else HONEST


def every_choice(sources: Sources, testbed: str = IN_THE_WILD) -> dict[str, pd.DataFrame]:
    """Return what each choice reaches, by title of model and source.

    Returns
    -------
    dict of str to DataFrame
        Index choice; columns kind, auc (mean over tasks), gain (over a choice at random), low and
        high (its 95 % interval, normal classes resampled), wins (share of the tasks won against no
        augmentation), due (share of these wins that a choice at random would not have).
    """
    return {title: _of_choices(tried, abroad) for title, tried, abroad in _tried(sources, testbed)}


def lost_wins(sources: Sources, testbed: str = IN_THE_WILD) -> pd.DataFrame:
    """Return how many wins over no augmentation a published table would lose by honest choices.

    Rows: model and source, and the choice that peeks; columns: tasks, wins, and for each honest
    choice the wins that it does not have (expected ones for a choice at random).
    """
    rows = {}
    for title, tried, abroad in _tried(sources, testbed):
        outcome = choices.outcomes(tried, abroad)
        honest = [str(choice) for choice in outcome if kind(str(choice)) == HONEST]
        for peek in (choice for choice in choices.PEEKING if choice in outcome):
            wins = outcome[peek] > outcome[NO_AUGMENTATION]
            lost = {
                f"lost: {choice}": len(wins) * choices.flips(tried, outcome, peek, choice)
                for choice in honest
            }
            rows[title, peek] = {"tasks": len(wins), "wins": int(wins.sum())} | lost
    return pd.DataFrame(rows).T.rename_axis(["model and source", "choice"])


def on_other_half(sources: Sources, testbed: str = IN_THE_WILD) -> pd.DataFrame:
    """Return what a choice by half of the labels is worth on that half and on the other.

    Rows: model and source; columns: mean AUC at random, on the other half, on the same half, and
    the share of the gain that does not repeat. Sources without raw scores are left out.
    """
    rows = {}
    for name, evidence in sources.items():
        for model in MODELS:
            try:
                means = controls.split_half(evidence, model, testbed).mean()
            except SsadError:
                continue
            gain = means["same half"] - means[choices.RANDOM]
            luck = means["same half"] - means["other half"]
            order = [choices.RANDOM, "other half", "same half"]
            rows[f"{model}: {name}"] = {**means[order], "share of luck": luck / gain}
    return pd.DataFrame(rows).T.rename_axis("model and source")


def elsewhere(sources: Sources, testbed: str = IN_THE_WILD) -> pd.DataFrame:
    """Return what the best augmentation of the other image sets is worth on each image set.

    Rows: model and source; columns: the augmentation that is best here and the one that is best
    elsewhere, and the mean AUC of both and of a choice at random.
    """
    rows = {}
    for title, tried, abroad in _tried(sources, testbed):
        if abroad is None:
            continue
        home, means = choices.best(tried.auc), tried.auc.mean()
        rows[title] = {
            "best here": home, "best elsewhere": abroad, "AUC, best here": means[home],
            "AUC, best elsewhere": means[abroad], "AUC, at random": means.mean(),
            f"AUC, {NO_AUGMENTATION}": tried.plain.mean(),
        }  # fmt: skip
    return pd.DataFrame(rows).T.infer_objects().rename_axis("model and source")


def luck_of_one(sources: Sources, testbed: str = IN_THE_WILD) -> pd.DataFrame:
    """Return what the best augmentation for an image set gains, and what it gains by luck alone.

    Rows: model and source; columns: its label, its gain over the mean, and mean and 95 % quantile
    of that gain where the augmentations of every normal class are exchanged at random.
    """
    rows = {}
    for title, tried, _ in _tried(sources, testbed):
        luck = controls.shuffled_labels(tried)
        label, means = choices.best(tried.auc), tried.auc.mean()
        rows[title] = {
            "best": label, "gain": means[label] - means.mean(), "by luck": luck.mean(),
            "by luck, 95 %": np.quantile(luck, 0.95),
        }  # fmt: skip
    return pd.DataFrame(rows).T.infer_objects().rename_axis("model and source")


def growth(sources: Sources, testbed: str = IN_THE_WILD) -> dict[str, pd.DataFrame]:
    """Return how the best of k lies above the mean, by title of model and source.

    Index k; one column for augmentations, one for the seeds of each row that has many: the first
    is snooping, the others are luck alone.
    """
    found = {}
    for title, tried, _ in _tried(sources, testbed):
        model, _, name = title.partition(": ")
        columns = {AUGMENTATIONS: best_above_mean(tried)}
        evidence = sources[name]
        seeds = controls.seeds_instead(evidence, model, testbed)
        for (row, normal_class), luck in seeds.items():
            said = MODELS[model] if row == NO_AUGMENTATION else f"{model}, {row}"
            columns[f"seeds of {said}, normal {evidence.classes[normal_class]}"] = best_above_mean(
                luck
            )
        found[title] = pd.DataFrame(columns).rename_axis("k")
    return found


def best_above_mean(tried: Trials) -> pd.Series:
    """Return the expected maximum of k columns minus their mean, over all tasks, indexed by k."""
    best = choices.best_of(tried.auc).mean(axis=0)
    return pd.Series(best - best[0], index=np.arange(1, len(best) + 1))


def machine(sources: Sources, testbeds: tuple[str, ...] = (IN_THE_WILD,)) -> CherryPicker:
    """Return the cherry-picking machine over the tasks of all sources."""
    panels = {}
    for testbed in testbeds:
        for title, tried, _ in _tried(sources, testbed):
            said = title if len(testbeds) == 1 else f"{title}, {testbed}"
            panels[said] = tried.auc.assign(**{NO_AUGMENTATION: tried.plain})
    return CherryPicker.from_tables(panels, label="Detector and tasks", plain=NO_AUGMENTATION)


def _tried(sources: Sources, testbed: str) -> Iterator[tuple[str, Trials, str | None]]:
    """Yield title, trials, and what is best on other image sets, of each model and source."""
    for model in MODELS:
        found = {}
        for name, evidence in sources.items():
            try:
                found[name] = choices.trials(evidence, model, testbed)
            except SsadError:  # such as the committed cases of another study
                continue
        image_sets = {name: sources[name].image_set for name in found}
        abroad = controls.across_image_sets(found, image_sets)
        for name, tried in found.items():
            yield f"{model}: {name}", tried, abroad.get(name)


def _of_choices(tried: Trials, abroad: str | None) -> pd.DataFrame:
    outcome = choices.outcomes(tried, abroad)
    rows = {}
    for choice in map(str, outcome):
        wins = float((outcome[choice] > outcome[NO_AUGMENTATION]).mean())
        due = choices.flips(tried, outcome, choice, choices.RANDOM)
        gain, low, high = choices.inflation(outcome, choice)
        rows[choice] = {
            "kind": kind(choice), "auc": outcome[choice].mean(), "gain": gain, "low": low,
            "high": high, "wins": wins, "due": due / wins if wins else np.nan,
        }  # fmt: skip
    return pd.DataFrame(rows).T.infer_objects().rename_axis("choice")
