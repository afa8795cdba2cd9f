"""What the command line takes: commands, options, and one line for what cannot be understood."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import ssad_lib

BAD_INPUT = 2

Command = Callable[[argparse.Namespace], int | None]


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, with the nearest command."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Leave with one line and the exit code of bad input."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see '{self.prog} --help'\n")


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Return the parser of all commands; each sets ``command`` to the function that does it."""
    whole = Parser(prog="ssad", description=ssad_lib.__doc__)
    whole.add_argument("--version", action="version", version=ssad_lib.__version__)
    whole.add_argument("--debug", action="store_true", help="show the traceback of an error")
    below = whole.add_subparsers(metavar="COMMAND", required=True, dest="name")

    def add(name: str, text: str) -> Parser:
        added: Parser = below.add_parser(name, help=text, description=text)
        added.set_defaults(command=commands[name])
        return added

    add("list", "chapters, profiles, image sets and augmentations")
    _executing(
        add("run", "execute chapters with a profile's budget, and say what their claims come to"),
        add("build", "execute every chapter and build the site"),
    )
    _judging(
        add("verify", "the verdict of each claim, from stored records"),
        add("report", "claims, verdicts, budgets, versions and keys of a review in one file"),
    )
    _records(
        add("show", "a record: specification, curve, measures, AUC, provenance"),
        add("compare", "two run stores: which runs differ, which verdicts turn"),
        add("store", "state of the run store; export records to CSV, import them"),
    )
    add("serve", "serve the built site on this machine").add_argument(
        "--port", type=int, default=8000
    )
    _data(add("data", "what image sets there are; show or download one"))
    _bench(add("bench", "how fast it is, beside what else there is"))
    _recommend(add("recommend", "which augmentation fits your own images"))
    _localise(add("localise", "where your own images differ from normal ones"))
    add("doctor", "what this machine has, and which profile fits it")
    return whole


def _executing(run: Parser, build: Parser) -> None:
    run.add_argument("chapters", nargs="+", metavar="CHAPTER", help="such as not-magic/table-1")
    for added in (run, build):
        _budget(added)
        added.add_argument("--fresh", action="store_true", help="train again what is stored")
        added.add_argument("--jobs", type=int, metavar="N", help="processes (default: all cores)")
        added.add_argument(
            "--executor", metavar="E", help="processes (default), serial or ray (a cluster)"
        )
        added.add_argument("--address", metavar="A", help="of a running Ray cluster, or 'auto'")
        added.add_argument("--gpus-per-run", metavar="G", help="share of a GPU, such as 0.25")
        added.add_argument("--dry-run", action="store_true", help="only say what it would take")
        added.add_argument("--gpus", type=int, metavar="N", help="dry run: also the time on N GPUs")
        added.add_argument(
            "--teraflops", type=float, default=50.0, metavar="T",
            help="dry run: 10¹² operations a second assumed of a GPU (default: 50)",
        )  # fmt: skip
    _values(run)
    run.add_argument(
        "--allow-overlap", dest="overrides", action="append_const", const="allow_overlap=true",
        help="learn from outliers of a class that is to be found, too",
    )  # fmt: skip


def _judging(verify: Parser, report: Parser) -> None:
    verify.add_argument("claims", nargs="*", metavar="CLAIM", help="such as A01; default: all")
    for added in (verify, report):
        _budget(added)
        added.add_argument(
            "--source",
            metavar="S",
            help="committed records instead of a profile, or 'all' there is",
        )
        _values(added)
    verify.add_argument("--json", action="store_true", help="everything, for a program to read")
    verify.add_argument("--save", action="store_true", help="commit these verdicts to results/")
    verify.add_argument(
        "--calibrate", action="store_true",
        help="how often each rule errs in simulated worlds, instead of the verdicts",
    )  # fmt: skip
    verify.add_argument(
        "--simulations", type=int, default=1000, metavar="N", help="worlds for each rule (1000)"
    )
    report.add_argument(
        "--output", type=Path, default=Path("review.html"), metavar="FILE",
        help="ends in .html, .md or .json (default: review.html)",
    )  # fmt: skip


def _records(show: Parser, compare: Parser, store: Parser) -> None:
    show.add_argument("key", metavar="KEY", help="of the run; its beginning suffices")
    compare.add_argument("first", type=Path, metavar="STORE_A", help="a folder SSAD_HOME named")
    compare.add_argument("second", type=Path, metavar="STORE_B", help="another one")
    compare.add_argument("--most", type=int, default=20, metavar="N", help="runs to list (20)")
    _budget(compare)
    _values(compare)
    store.add_argument("action", choices=["info", "export", "import"])
    store.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    store.add_argument("--image-set", metavar="NAME", help="export only the runs on this one")
    store.add_argument(
        "--of", metavar="PROFILE", help="export what the verdicts of this profile rest on"
    )


def _data(data: Parser) -> None:
    data.add_argument("action", choices=["list", "show", "download"])
    data.add_argument("image_set", nargs="?", metavar="NAME")
    data.add_argument("--data-root", metavar="DIR", help="instead of SSAD_DATA")


def _bench(bench: Parser) -> None:
    bench.add_argument("benchmarks", nargs="*", metavar="NAME", help="such as augmentations")
    bench.add_argument("--quick", action="store_true", help="tiny sizes, to try the machinery")
    bench.add_argument("--threads", type=int, metavar="N", help="default: all cores")
    bench.add_argument("--only", default="", metavar="TEXT", help="cases with this in their name")
    bench.add_argument("--output", type=Path, metavar="FILE", help="write the results as JSON")
    bench.add_argument("--save", action="store_true", help="commit them to benchmarks/results/")


def _recommend(advice: Parser) -> None:
    advice.add_argument("normal", type=Path, metavar="NORMAL_DIR", help="normal images")
    advice.add_argument("unlabelled", type=Path, metavar="UNLABELLED_DIR", help="others, mixed")
    advice.add_argument("--size", type=int, default=64, help="side in pixels (default: 64)")
    advice.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    advice.add_argument(
        "--output", type=Path, default=Path("recommendation.html"), metavar="FILE",
        help="the page with pictures (default: recommendation.html)",
    )  # fmt: skip


def _localise(found: Parser) -> None:
    found.add_argument(
        "folders", nargs="+", type=Path, metavar="DIR",
        help="normal images, then the images to look at; with --load the latter only",
    )  # fmt: skip
    found.add_argument("--detector", default="patchcore", metavar="D", help="or split (paper 004)")
    found.add_argument("--encoder", default="efficientnet-lite0", metavar="E",
                       help="or wide-resnet50, the paper's, from the data root")  # fmt: skip
    found.add_argument(
        "--size", type=int, default=128,
        help="side in pixels (default: 128); 256 finds smaller defects, in four times the time",
    )  # fmt: skip
    found.add_argument("--masks", type=Path, metavar="DIR", help="masks named as the images are")
    found.add_argument(
        "--false-alarms", type=float, default=0.05, metavar="R",
        help="share of normal images that may be flagged (default: 0.05)",
    )  # fmt: skip
    found.add_argument("--save", type=Path, metavar="DIR", help="keep the trained model there")
    found.add_argument("--load", type=Path, metavar="DIR", help="use a model that was kept")
    found.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    found.add_argument(
        "--output", type=Path, default=Path("localisation.html"), metavar="FILE",
        help="the page; a table is written beside it (default: localisation.html)",
    )  # fmt: skip


def _budget(added: Parser) -> None:
    added.add_argument("--profile", default="laptop", metavar="P", help="default: laptop")
    added.add_argument("--data-root", metavar="DIR", help="instead of SSAD_DATA")


def _values(added: Parser) -> None:
    added.add_argument(
        "-p", dest="overrides", action="append", default=[], metavar="key=value",
        help="another value for one parameter; may be repeated",
    )  # fmt: skip
