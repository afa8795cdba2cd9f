"""What the page of Table 2 shows: MMD by augmentation, beside the paper's (METHODS section 7)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from scipy import stats

from ssad_lib import augment, data, paper_values, paths, tasks
from ssad_lib.appearance import signed
from ssad_lib.encoders import stand_in
from ssad_lib.errors import SsadError
from ssad_lib.evidence import NO_AUGMENTATION, Evidence
from ssad_lib.studies import alignment
from ssad_lib.widgets import TableBrowser

AVERAGE = "Average"
FLOOR = "noise floor"
SETS = {  # an image set and its column of the paper's table
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "cifar10": "CIFAR-10",
    "svhn": "SVHN",
}
PAPER_COLUMNS = (*SETS.values(), AVERAGE)
COMMITTED = ("table-2-mmd", "cifar10-grid", "mnist-grid")  # folders of results/
STAND_IN = stand_in.NAME
RIVALS = (NO_AUGMENTATION, "CutOut", "Flip", "Invert", "GEOM")
CASE = ["case", "augmentation"]


def measured(sources: Mapping[str, Evidence]) -> dict[str, pd.DataFrame]:
    """Return the alignment of every source that has one."""
    return {name: e.alignment for name, e in sources.items() if not e.alignment.empty}


def committed() -> dict[str, pd.DataFrame]:
    """Return the committed alignment of every image set and encoder, by a name for its column."""
    found = [alignment.committed(folder) for folder in COMMITTED]
    together = pd.concat([frame for frame in found if frame is not None], ignore_index=True)
    return {
        f"our {SETS[str(image_set)]}" + (f", {STAND_IN}" if encoder == STAND_IN else ""): frame
        for (image_set, encoder), frame in together.groupby(["image_set", "encoder"], sort=False)
    }


def encoder_sizes() -> pd.DataFrame:
    """Return what committed results say of EfficientNet-Lite0 by the size of its input.

    Indexed by side in pixels. Columns: pictures, top-1, top-5, seconds.

    Raises
    ------
    SsadError
        If the file is missing or damaged.
    """
    path = paths.RESULTS / COMMITTED[0] / "encoder-sizes.csv"
    try:
        return pd.read_csv(path, index_col="size", dtype=float).rename(index=int)
    except (OSError, ValueError, KeyError) as error:
        raise SsadError(f"{path} is damaged ({error}); restore it from version control") from error


def trained(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables that were measured with a trained encoder."""
    return {name: frame for name, frame in frames.items() if STAND_IN not in encoders_of(frame)}


def encoders_of(frame: pd.DataFrame) -> str:
    """Return the names of a table's encoders, in one line."""
    return ", ".join(sorted(set(frame["encoder"])))


def caption(what: str, frames: Mapping[str, pd.DataFrame]) -> str:
    """Return the caption of a table: what it shows, and whose features our values are of."""
    encoders = {name: encoders_of(frame) for name, frame in frames.items()}
    used = set(encoders.values())
    if used == {"resnet50"}:
        return f"{what}. Encoder as in the paper, ResNet-50"
    each = "; ".join(f"{name}: {encoder}" for name, encoder in encoders.items())
    said = f"Encoder: {', '.join(used)}" if len(used) == 1 else f"Encoder of {each}"
    return f"{what}. {said}. Only with the paper's ResNet-50 are values on the paper's scale"


def averages(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean MMD of each augmentation over the in-the-wild tasks, nearest first.

    Indexed by label; columns category, mmd, deviation (of the mean, over draws; NaN for one draw).
    """
    wild = frame[frame["testbed"] == tasks.IN_THE_WILD]
    draws = wild.pivot_table(index="augmentation", columns="draw", values="mmd")
    table = pd.DataFrame({"mmd": draws.mean(axis=1), "deviation": draws.std(axis=1)})
    table.insert(0, "category", [_category(str(label)) for label in table.index])
    return table.sort_values("mmd")


def floor(frame: pd.DataFrame) -> float:
    """Return the mean MMD of two sets of anomalies of one in-the-wild task."""
    return float(frame.loc[frame["testbed"] == tasks.IN_THE_WILD, "floor"].mean())


def paper_table() -> pd.DataFrame:
    """Return Table 2 as printed: rows by label, ``none`` for Identity, sorted by the average."""
    printed = paper_values.read("000_table2_mmd")
    table = printed.pivot_table(index="aug", columns="dataset", values="value")
    return (
        table.rename(index={"Identity": NO_AUGMENTATION})
        .rename_axis("augmentation")[list(PAPER_COLUMNS)]
        .sort_values(AVERAGE)
    )


def side_by_side(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return Table 2: the paper's columns, then each source as mean ± deviation over draws.

    Sorted by the paper's average; the last row is the noise floor, which the paper does not report.
    """
    table = paper_table()
    table.insert(0, "category", [_category(str(label)) for label in table.index])
    for name, frame in frames.items():
        ours = averages(frame).reindex(table.index)
        table[name] = [_with_deviation(*row) for row in zip(ours["mmd"], ours["deviation"],
                                                            strict=True)]  # fmt: skip
    last = pd.DataFrame(
        {"category": "reference"} | {name: f"{floor(frame):.3f}" for name, frame in frames.items()},
        index=pd.Index([FLOOR], name=table.index.name),
    )
    return pd.concat([table, last])


def agreement(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how each source ranks the augmentations against the paper's column of its image set.

    Indexed by source. Columns: encoder, draws, the paper's column (the average where it has none);
    Kendall's τ and Spearman's ρ of the 13 augmentations, the one-sided p of τ, the smallest and
    largest τ of a single draw, and τ of all 14 rows, with none.
    """
    rows = {}
    for name, frame in frames.items():
        column = own_column(frame)
        paper = paper_table()[column]
        means = averages(frame)["mmd"].reindex(paper.index)
        thirteen = paper.drop(index=NO_AUGMENTATION)
        ours = means[thirteen.index]
        tau = stats.kendalltau(ours, thirteen, alternative="greater")
        single = [
            stats.kendalltau(averages(one)["mmd"][thirteen.index], thirteen).statistic
            for _, one in frame.groupby("draw")
        ]
        rows[name] = {
            "encoder": encoders_of(frame),
            "draws": len(single),
            "paper's column": column,
            "Kendall's τ": tau.statistic,
            "p of τ": tau.pvalue,
            "Spearman's ρ": stats.spearmanr(ours, thirteen).statistic,
            "τ of single draws": f"{signed(min(single), 2)} to {signed(max(single), 2)}",
            "τ with none": stats.kendalltau(means, paper).statistic,
        }
    return pd.DataFrame(rows).T.infer_objects().rename_axis("MMD of")


def own_column(frame: pd.DataFrame) -> str:
    """Return the paper's column of a table's image set, the average where it has none."""
    return SETS.get(str(frame["image_set"].iloc[0]), AVERAGE)


def panels(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return what `ssad_lib.figures.ranking` draws: the paper's average, then each source."""
    paper = paper_table()[[AVERAGE]]
    paper.insert(0, "category", [_category(str(label)) for label in paper.index])
    return {"paper, average": paper} | {name: averages(frame) for name, frame in frames.items()}


def against_paper(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return a scatter panel per source: the paper's own column and our mean, by augmentation."""
    paper = paper_table().drop(index=NO_AUGMENTATION)
    return {
        name: averages(frame).drop(index=NO_AUGMENTATION).assign(paper=paper[own_column(frame)])
        for name, frame in frames.items()
    }


def matched(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean MMD to controlled anomalies: rows augmentations, columns gens.

    The last row counts the normal classes in which aug = gen is the nearest of Table 1's five.
    """
    controlled = frame[frame["testbed"] == tasks.CONTROLLED]
    order = [NO_AUGMENTATION, *(augment.get(name).label for name in augment.names()[1:])]
    means = controlled.pivot_table(index="augmentation", columns="anomaly", values="mmd")
    table = means.reindex(order)[augment.gens()].map("{:.3f}".format)
    rivals = controlled[controlled["augmentation"].isin(RIVALS)]
    counts = {}
    for gen, group in rivals.groupby("anomaly"):
        by_class = group.pivot_table(index="augmentation", columns="normal_class", values="mmd")
        nearest = (by_class.idxmin() == augment.get(str(gen)).label).sum()
        counts[gen] = f"{nearest} of {by_class.shape[1]} classes"
    table.loc["aug = gen nearest"] = counts
    return table.rename(columns={gen: augment.get(gen).label for gen in augment.gens()})


def cases(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the single values the paper prints beside figures, and ours.

    Indexed by case and augmentation. Controlled cases: automobile where the image set has it, else
    the mean over classes; digit cases only where the image set has digits. Mean ± deviation over
    draws.
    """
    table = paper_cases()
    for name, frame in frames.items():
        table[name] = [_case_value(frame, *row) for row in table.index]
    return table


def paper_cases() -> pd.DataFrame:
    """Return the MMD printed in the text and figures, indexed by case and augmentation."""
    printed = paper_values.read("000_figure_values")
    mine = printed[(printed["metric"] == "MMD") & (printed["aug"] != "unknown")]
    rows = [
        (_case(row["dataset"], row["task"], row["gen_or_anomaly"]), _row(row["aug"]), row["value"])
        for row in mine.to_dict("records")
    ]
    frame = pd.DataFrame(rows, columns=[*CASE, "paper"]).drop_duplicates(CASE)
    return frame.sort_values("case", kind="stable").set_index(CASE)


def class_browser(frame: pd.DataFrame) -> TableBrowser:
    """Return the widget that shows the MMD of every task of one normal class at a time."""
    classes = data.class_names(str(frame["image_set"].iloc[0]))
    shown = {
        classes[int(str(normal_class))]: _one_class(group)
        for normal_class, group in frame.groupby("normal_class")
    }
    return TableBrowser.from_tables(
        shown,
        label="Normal class",
        captions={name: f"MMD with normal class {name}, mean over draws" for name in shown},
        summaries={
            name: f"Normal class {name}. Nearest to each kind of anomaly: "
            + ", ".join(f"{column}: {table[column].idxmin()}" for column in table)
            for name, table in shown.items()
        },
    )


def _one_class(group: pd.DataFrame) -> pd.DataFrame:
    table = group.pivot_table(index="augmentation", columns=["testbed", "anomaly"], values="mmd",
                              sort=False)  # fmt: skip
    testbeds, anomalies = (table.columns.get_level_values(level) for level in (0, 1))
    names = [
        f"gen {augment.get(anomaly).label}" if testbed == tasks.CONTROLLED else anomaly
        for testbed, anomaly in zip(testbeds, anomalies, strict=True)
    ]
    return table.set_axis(names, axis=1)


def _case(dataset: str, task: str, anomaly: str) -> str:
    if dataset.endswith("C"):  # CIFAR-10C: the controlled testbed
        return f"{task.lower()}, gen {anomaly}"
    return task.replace("vs", "against")


def _row(printed: str) -> str:
    label = printed.removesuffix(" (inferred)")
    return NO_AUGMENTATION if label == "Identity" else label


def _case_value(frame: pd.DataFrame, case: str, label: str) -> str | None:
    mine = frame[frame["augmentation"] == label]
    image_set = str(frame["image_set"].iloc[0])
    classes = data.class_names(image_set)
    if "gen" in case:
        name, _, gen = case.partition(", gen ")
        mine = mine[(mine["testbed"] == tasks.CONTROLLED) & (mine["anomaly"] == gen.lower())]
        if name in classes:
            mine = mine[mine["normal_class"] == classes.index(name)]
    elif data.is_digits(image_set):
        normal_class, anomaly = [int(digit) for digit in case.split(" against ")]
        mine = mine[(mine["normal_class"] == normal_class) & (mine["anomaly"] == classes[anomaly])]
    else:
        return None
    draws = mine.groupby("draw")["mmd"].mean()
    return _with_deviation(draws.mean(), draws.std()) if len(draws) else None


def _with_deviation(value: float, deviation: float) -> str:
    return f"{value:.3f}" if deviation != deviation else f"{value:.3f} ± {deviation:.3f}"


def _category(label: str) -> str:
    return augment.get("identity" if label == NO_AUGMENTATION else label).category
