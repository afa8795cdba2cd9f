"""The runs of two stores, paired: the same specification trained on two machines or commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ssad_lib.errors import SsadError
from ssad_lib.record import Record
from ssad_lib.spec import RunSpec
from ssad_lib.store import Store

FILE = "store.sqlite"  # in a folder that SSAD_HOME names
TABLE = "runs.csv"  # in a folder of exported records


@dataclass(frozen=True)
class Shift:
    """The task of a pair whose AUC differs most.

    Attributes
    ----------
    task : str
        Such as ``"controlled/flip"``.
    before, after : float
        AUC in the first and in the second store.
    """

    task: str
    before: float
    after: float

    @property
    def size(self) -> float:
        """The second AUC minus the first."""
        return self.after - self.before


@dataclass(frozen=True)
class Pair:
    """One run in two stores."""

    first: Record
    second: Record

    @property
    def is_same(self) -> bool:
        """Whether all that was measured is the same to the last bit (the raw scores apart)."""
        return _measured(self.first) == _measured(self.second)

    @property
    def shift(self) -> Shift | None:
        """The task whose AUC differs most; None where no task was finished in both."""
        before, after = (_auc(record) for record in (self.first, self.second))
        shifts = [Shift(task, before[task], after[task]) for task in before if task in after]
        return max(shifts, key=lambda shift: abs(shift.size), default=None)

    @property
    def remarks(self) -> list[str]:
        """What else sets the two apart: another recipe or other pixels, a failure, other tasks."""
        one, other = self.first.spec, self.second.spec
        said = []
        if one.recipe != other.recipe:
            said.append(f"recipe {one.recipe} against {other.recipe}")
        if one.fingerprint != other.fingerprint:
            said.append("other images")
        if self.first.error != self.second.error:
            failures = [f"{name}: {record.error or 'finished'}"
                        for name, record in (("A", self.first), ("B", self.second))]  # fmt: skip
            said.append("; ".join(failures))
        elif missing := sorted(_auc(self.first).keys() ^ _auc(self.second).keys()):
            said.append(f"only one has {', '.join(missing)}")
        return said


@dataclass(frozen=True)
class Both:
    """All runs of two stores.

    Attributes
    ----------
    pairs : tuple of Pair
        Runs that are in both.
    only_first, only_second : tuple of Record
    """

    pairs: tuple[Pair, ...]
    only_first: tuple[Record, ...]
    only_second: tuple[Record, ...]

    @property
    def differing(self) -> list[Pair]:
        """The pairs that are not the same: failures first, then by the change of an AUC."""
        return sorted((pair for pair in self.pairs if not pair.is_same), key=_order)

    @property
    def counterparts(self) -> int:
        """How many pairs have two keys: another recipe, or other images."""
        return sum(pair.first.spec.key != pair.second.spec.key for pair in self.pairs)


def check(first: Path, second: Path) -> None:
    """Raise `SsadError` unless these are two folders with a run store each."""
    for folder in (first, second):
        _file(folder)
    if first.resolve() == second.resolve():
        raise SsadError(f"{first} and {second} are the same folder: name two")


def records_of(folder: Path) -> dict[str, Record]:
    """Return all records of the store in `folder`, a folder for ``SSAD_HOME``, by key.

    Raises
    ------
    SsadError
        If there is no store in it, or it is damaged.
    """
    store = Store(_file(folder))
    return store.records(sorted(store.keys()))


def _file(folder: Path) -> Path:
    path = folder / FILE
    if path.is_file():
        return path
    hint = "name a folder that SSAD_HOME had"
    if (folder / TABLE).is_file():
        hint = f"import its tables first: SSAD_HOME=DIR ssad store import {folder}"
    elif folder.is_file():
        hint = f"that is a file; its folder is {folder.parent}"
    raise SsadError(f"there is no run store in {folder}: {hint}")


def paired(first: Mapping[str, Record], second: Mapping[str, Record]) -> Both:
    """Return the runs of two stores, paired by key; what is left over by what it trains.

    A commit that changes the recipe, or how images are made, changes every key: the same training
    of the newest recipe of either store is its counterpart.
    """
    shared = [key for key in first if key in second]
    left_first = _newest(record for key, record in first.items() if key not in second)
    left_second = _newest(record for key, record in second.items() if key not in first)
    known = {_training(first[key].spec) for key in shared}
    like = [one for one in left_first if one in left_second and one not in known]
    pairs = [Pair(first[key], second[key]) for key in shared]
    pairs += [Pair(left_first[one], left_second[one]) for one in like]
    taken = {record.spec.key for pair in pairs for record in (pair.first, pair.second)}
    return Both(
        tuple(pairs),
        tuple(record for key, record in first.items() if key not in taken),
        tuple(record for key, record in second.items() if key not in taken),
    )


def _newest(records: Iterable[Record]) -> dict[RunSpec, Record]:
    """Return the records by what they train; of several recipes the last."""
    ordered = sorted(records, key=lambda record: record.spec.recipe)
    return {_training(record.spec): record for record in ordered}


def _training(spec: RunSpec) -> RunSpec:
    return replace(spec, recipe=0, fingerprint="")


def _auc(record: Record) -> dict[str, float]:
    return {f"{task.testbed}/{task.anomaly}": task.auc for task in record.tasks}


def _measured(record: Record) -> str:
    """Return all that was measured as text, in which NaN equals itself."""
    tasks = sorted(record.tasks, key=lambda task: (task.testbed, task.anomaly))
    return repr((tasks, record.loss_curve, sorted(record.measures.items()), record.error))


def _order(pair: Pair) -> tuple[bool, float, str]:
    shift = pair.shift
    failed_once = bool(pair.first.error) != bool(pair.second.error)
    return not failed_once, -abs(shift.size) if shift else 0.0, pair.first.spec.title
