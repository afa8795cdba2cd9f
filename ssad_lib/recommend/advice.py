"""What `ssad recommend` says: a ranking, a warning where there is nothing to tell, a program."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ssad_lib import augment, selection
from ssad_lib.appearance import p_text, signed
from ssad_lib.augment import Augmentation
from ssad_lib.recommend.differences import caveats
from ssad_lib.recommend.folders import Folder
from ssad_lib.selection import LEVEL, Ranking

EPOCHS, BATCH_SIZE = 150, 32  # a minute on two cores for some hundred images of 64 pixels
RIVAL = 0.05  # share of bootstrap samples from which a candidate may be the best one too

PROGRAM = '''\
"""Trains a detector with {label} on normal images; lists the others, most anomalous first."""

import sys

from ssad_lib.detectors import Discriminator
from ssad_lib.recommend import read_folder

normal = read_folder({normal!r}, size={size})
unlabelled = read_folder({unlabelled!r}, size={size})
detector = Discriminator(
    {name!r},
    augmentation_options={options!r},
    redraw="image",
    network="small",
    decay="cosine",
    epochs={epochs},
    batch_size={batch_size},
)
sys.stdout.reconfigure(errors="backslashreplace")  # whatever a file is called, it is printed
scores = detector.fit(normal.images).decision_function(unlabelled.images)
for score, name in sorted(zip(scores, unlabelled.names), reverse=True):
    print(f"{{score:.5f}} {{name}}")
'''


@dataclass(frozen=True)
class Advice:
    """A ranking of candidates for two folders.

    Attributes
    ----------
    normal, unlabelled : Folder
    candidates : dict of str to Augmentation
    ranking : Ranking
    caveats : tuple of str
        What has to be known before: in what the folders differ but should not, copies.
    """

    normal: Folder
    unlabelled: Folder
    candidates: dict[str, Augmentation]
    ranking: Ranking
    caveats: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One or two sentences: the winner, or that there is none."""
        table = self.ranking.table
        used = f"{self.ranking.normal} normal and {self.ranking.unlabelled} unlabelled images"
        if self.ranking.winner is None:
            return (
                f"Nothing can be told: by {used} no candidate is distinguishable from none (the "
                f"smallest p is {p_text(float(table['p'].min()))}, {LEVEL} is needed). Perhaps the "
                "unlabelled images are all normal, too few of them are anomalous, or no candidate "
                "makes anything like the anomalies. The order below may be chance."
            )
        row = table.loc[[self.ranking.winner]].iloc[0]
        return (
            f"{row['label']} fits best, by {used}: it moves normal images in the direction of the "
            f"unlabelled ones (cosine {signed(row['direction'], 2)}, 95 % interval "
            f"{_interval(row, 'direction')}; p {p_text(float(row['p']))} for all candidates "
            f"together), and comes first in {row['first']:.0%} of the bootstrap samples."
            f"{self._rivals()}"
        )

    def _rivals(self) -> str:
        table = self.ranking.table
        others = table[(table["first"] > RIVAL) & (table.index != self.ranking.winner)]
        names = [f"{row['label']} ({row['first']:.0%})" for _, row in others.iterrows()]
        return f" The images do not decide between it and {', '.join(names)}." if names else ""

    def rows(self) -> pd.DataFrame:
        """Return the table as people read it: best first, by label, with intervals as text."""
        table = self.ranking.table
        return pd.DataFrame(
            {
                "category": table["category"],
                "direction": [signed(value, 2) for value in table["direction"]],
                "interval": [_interval(row, "direction") for _, row in table.iterrows()],
                "p": [p_text(float(value)) for value in table["p"]],
                "first": [f"{value:.0%}" for value in table["first"]],
                "by DSV": table["dsv"].rank().astype(int),
                "by val. loss": table["validation_loss"].rank().astype(int),
                "by MMD": table["mmd"].rank().astype(int),
            }
        ).set_axis(pd.Index(table["label"], name="augmentation"))

    def text(self) -> str:
        """Return what has to be known before, the summary and the ranking for a terminal."""
        before = "".join(f"{caveat}\n" for caveat in self.caveats)
        table = self.rows().reset_index().to_string(index=False)
        return f"{before}{self.summary}\n\n{table}"

    def program(self) -> str | None:
        """Return a Python program that trains with the winner, from any folder; None without."""
        if self.ranking.winner is None:
            return None
        chosen = self.candidates[self.ranking.winner]
        return PROGRAM.format(
            label=chosen.label,
            name=chosen.name,
            options=_changed_options(chosen),
            normal=str(self.normal.path.expanduser().absolute()),
            unlabelled=str(self.unlabelled.path.expanduser().absolute()),
            size=self.normal.images.shape[-1],
            epochs=EPOCHS,
            batch_size=BATCH_SIZE,
        )


def advise(normal: Folder, unlabelled: Folder, *, resamples: int = 100, seed: int = 0) -> Advice:
    """Rank all candidates for two folders; see `ssad_lib.selection.rank` for errors."""
    chosen = selection.candidates()
    ranking = selection.rank(
        chosen, normal.images, unlabelled.images, resamples=resamples, seed=seed
    )
    return Advice(normal, unlabelled, chosen, ranking, caveats(normal, unlabelled))


def _interval(row: pd.Series, name: str) -> str:
    return f"{signed(row[f'{name}_low'], 2)} to {signed(row[f'{name}_high'], 2)}"


def _changed_options(chosen: Augmentation) -> dict[str, object]:
    """Return the options that differ from the defaults of training."""
    default = augment.get(chosen.name).options
    return {key: value for key, value in chosen.options.items() if value != default[key]}
