"""The command ``ssad report``: one review in one file, as a page, as text or for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ssad_lib import paths
from ssad_lib.appearance import VERDICTS, p_text, signed
from ssad_lib.claims.rule_book import NOT_RUN
from ssad_lib.errors import from_os_error
from ssad_lib.review import document, facts
from ssad_lib.review.facts import Data
from ssad_lib.review.output import check_output

SHORT = 2  # sources that a title names
TEMPLATES = paths.PACKAGE / "assets"


def run(source: str, overrides: Mapping[str, Any], output: Path) -> None:
    """Write the review of `source` into `output`; every problem is found before the work starts.

    Raises
    ------
    SsadError
        For an unknown source, parameter or ending, or a file that cannot be written or is no
        review.
    """
    form = check_output(output)
    review = document.of(source, overrides)
    try:
        output.write_text(written(review, form), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise from_os_error(error, f"write the review {output}") from error
    claims = sum(len(one["claims"]) for one in review["sources"])
    print(
        f"{output}: {claims} verdicts of {len(review['sources'])} sources, "
        f"{len(review['runs'])} runs"
    )
    if review["nothing_run"]:
        print(f"nothing was run: {', '.join(review['nothing_run'])}")


def written(review: Data, form: str) -> str:
    """Return a review of `ssad_lib.review.document` as ``"html"``, ``"md"`` or ``"json"``."""
    if form == "json":
        return facts.as_json(review) + "\n"
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        trim_blocks=form == "html",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS | {"places": _places(list(review["runs"]))}
    names = [one["source"] for one in review["sources"]]
    title = " and ".join(names) if len(names) <= SHORT else f"{len(names)} sources"
    template = environment.get_template(f"review.{form}.jinja")
    return template.render(review=review, title=title, marker=review["format"])


def _places(order: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return the filter that names runs by their places in `order`, such as ``"1–20, 33"``."""
    place_of = {key: place for place, key in enumerate(order, 1)}

    def places(keys: Sequence[str]) -> str:
        known = sorted(place_of[key] for key in keys if key in place_of)
        spans = []
        for _, group in groupby(enumerate(known), lambda pair: pair[1] - pair[0]):
            span = [place for _, place in group]
            spans.append(f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]))
        missing = len(keys) - len(known)
        return ", ".join(spans + [f"and {missing} without a record"] * (missing > 0))

    return places


def _counted(source: Data) -> str:
    counts = Counter(one["word"] for one in source["claims"].values())
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    return f"{len(source['claims'])} claim{'s' * (len(source['claims']) != 1)}: {said}"


def _decided(one: Data) -> str:
    return str(one["says"] or one["note"])


def _held(one: Data) -> str:
    return f"{one['held']} of {len(one['parts'])}" if one["parts"] else "–"


def _told(source: Data) -> Data:
    return {name: one for name, one in source["claims"].items() if one["verdict"] != NOT_RUN}


def _untold(source: Data) -> dict[str, list[str]]:
    """Return the claims that were not run, by the reason."""
    reasons: dict[str, list[str]] = {}
    for name, one in source["claims"].items():
        if one["verdict"] == NOT_RUN:
            reasons.setdefault(one["note"], []).append(name)
    return reasons


def _pairs(values: Mapping[str, Any]) -> str:
    """Return what has a value as ``"name value; ..."``, lists with commas."""
    said = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
    }
    return "; ".join(f"{name} {text}" for name, text in said.items() if text)


def _spent(cost: Data) -> str:
    return (
        f"{cost['runs']} runs, {cost['seconds'] / 60:.1f} core-minutes, at most "
        f"{cost['peak_memory_mib']:,} MiB"
    )


def _interval(part: Data) -> str:
    low, high = part["low"], part["high"]
    return "–" if low + high != low + high else f"{signed(low)} to {signed(high)}"


def _outcome(run: Data) -> str:
    if run["error"]:
        return f"failed: {run['error']}"
    return "–" if run["mean_auc"] is None else f"{run['mean_auc']:.3f}"


def _origin(run: Data) -> str:
    names = ("version", "commit", "torch", "device", "instructions", "created")
    return ", ".join(str(run[name]) for name in names if run.get(name))


FILTERS: dict[str, Callable[..., Any]] = {
    "anchor": lambda name: "".join(sign if sign.isalnum() else "-" for sign in name),
    "cell": lambda text: str(text).replace("|", "\\|"),
    "counted": _counted,
    "decided": _decided,
    "held": _held,
    "interval": _interval,
    "number": signed,
    "origin": _origin,
    "outcome": _outcome,
    "p": p_text,
    "pairs": _pairs,
    "sign": lambda verdict: VERDICTS[verdict][1] if verdict in VERDICTS else "",
    "spent": _spent,
    "told": _told,
    "untold": _untold,
}
