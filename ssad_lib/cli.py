"""The command ``ssad``: list, run, build, verify, serve, data, store, recommend.

A problem the user can solve is printed as one line and exits with code 2, work that failed though
the input was good with code 1; ``--debug`` shows the traceback instead.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

import ssad_lib
from ssad_lib import terminal
from ssad_lib.errors import NotFinishedError, SsadError, from_os_error

DIFFERENT = 1  # a verdict is not the committed one
FAILED = 1  # a run, or what needs it
BAD_INPUT = 2
INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    terminal.accept_everything()
    parser = _parser()
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # else a log would lag behind by kilobytes
    try:
        code: int | None = options.command(options)
    except NotFinishedError as error:
        return _complain(options, str(error), FAILED)
    except SsadError as error:
        return _complain(options, str(error), BAD_INPUT)
    except OSError as error:
        said = str(from_os_error(error, f"finish `ssad {options.name}`"))
        return _complain(options, said, BAD_INPUT)
    except KeyboardInterrupt:
        print("ssad: stopped; finished runs are stored, run it again to go on", file=sys.stderr)
        return INTERRUPTED
    return code or 0


def _complain(options: argparse.Namespace, message: str, code: int) -> int:
    if options.debug:
        raise  # called from inside an except block
    print(f"ssad: {' '.join(message.split())}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, with the nearest command."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see '{self.prog} --help'\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="ssad", description=ssad_lib.__doc__)
    parser.add_argument("--version", action="version", version=ssad_lib.__version__)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, dest="name")

    def command(
        name: str, function: Callable[[argparse.Namespace], int | None], text: str
    ) -> _Parser:
        added: _Parser = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=function)
        return added

    command("list", _list, "chapters, profiles, image sets and augmentations")
    run = command("run", _run, "execute chapters with a profile's budget")
    run.add_argument("chapters", nargs="+", metavar="CHAPTER", help="such as not-magic/table-1")
    build = command("build", _build, "execute every chapter and build the site")
    for added in (run, build):
        added.add_argument("--profile", default="laptop", metavar="P", help="default: laptop")
        added.add_argument("--fresh", action="store_true", help="train again what is stored")
        added.add_argument("--jobs", type=int, metavar="N", help="processes (default: all cores)")
        added.add_argument("--data-root", metavar="DIR", help="instead of SSAD_DATA")
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
    verify = command("verify", _verify, "the verdict of each claim, from stored records")
    verify.add_argument("claims", nargs="*", metavar="CLAIM", help="such as A01; default: all")
    verify.add_argument("--profile", default="laptop", metavar="P", help="default: laptop")
    verify.add_argument(
        "--source", metavar="S", help="committed records instead of a profile, or 'all' there is"
    )
    verify.add_argument("--json", action="store_true", help="everything, for a program to read")
    verify.add_argument("--save", action="store_true", help="commit these verdicts to results/")
    verify.add_argument("--data-root", metavar="DIR", help="instead of SSAD_DATA")
    for added in (run, verify):
        added.add_argument(
            "-p", dest="overrides", action="append", default=[], metavar="key=value",
            help="another value for one parameter; may be repeated",
        )  # fmt: skip
    show = command("show", _show, "a record: specification, curve, measures, AUC, provenance")
    show.add_argument("key", metavar="KEY", help="of the run; its beginning suffices")
    serve = command("serve", _serve, "serve the built site on this machine")
    serve.add_argument("--port", type=int, default=8000)
    data = command("data", _data, "what image sets there are; show or download one")
    data.add_argument("action", choices=["list", "show", "download"])
    data.add_argument("image_set", nargs="?", metavar="NAME")
    data.add_argument("--data-root", metavar="DIR", help="instead of SSAD_DATA")
    store = command("store", _store, "state of the run store; export records to CSV, import them")
    store.add_argument("action", choices=["info", "export", "import"])
    store.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    store.add_argument("--image-set", metavar="NAME", help="export only the runs on this one")
    bench = command("bench", _bench, "how fast it is, beside what else there is")
    bench.add_argument("benchmarks", nargs="*", metavar="NAME", help="such as augmentations")
    bench.add_argument("--quick", action="store_true", help="tiny sizes, to try the machinery")
    bench.add_argument("--threads", type=int, metavar="N", help="default: all cores")
    bench.add_argument("--only", default="", metavar="TEXT", help="cases with this in their name")
    bench.add_argument("--output", type=Path, metavar="FILE", help="write the results as JSON")
    bench.add_argument("--save", action="store_true", help="commit them to benchmarks/results/")
    advice = command("recommend", _recommend, "which augmentation fits your own images")
    advice.add_argument("normal", type=Path, metavar="NORMAL_DIR", help="normal images")
    advice.add_argument("unlabelled", type=Path, metavar="UNLABELLED_DIR", help="others, mixed")
    advice.add_argument("--size", type=int, default=64, help="side in pixels (default: 64)")
    advice.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    advice.add_argument(
        "--output", type=Path, default=Path("recommendation.html"), metavar="FILE",
        help="the page with pictures (default: recommendation.html)",
    )  # fmt: skip
    command("doctor", _doctor, "what this machine has, and which profile fits it")
    return parser


def _list(_: argparse.Namespace) -> None:
    from ssad_lib import augmentations, book, data, profiles

    print("chapters")
    for chapter in book.chapters():
        print(f"  {chapter.name:28}{chapter.title}")
    print(f"profiles\n  {' '.join(profiles.NAMES)}")
    print(f"image sets\n  {' '.join(data.names())}")
    print(f"augmentations\n  {' '.join(augmentations.LISTED)}")


def _run(options: argparse.Namespace) -> None:
    from ssad_lib import book, profiles, warm

    overrides = profiles.assignments(options.overrides)
    for name in options.chapters:  # all are checked before the first one starts
        book.find(name)
        profiles.settings(name, options.profile, overrides)
    _apply(options)
    if options.dry_run:
        _dry_run(options, options.chapters, overrides)
        return
    if len(options.chapters) > 1:
        warm.prepare(warm.CHAPTERS)
    for name in options.chapters:
        print(f"  -> {book.execute(name, options.profile, overrides, fresh=options.fresh)}")
    from ssad_lib.review import verdicts  # pandas and SciPy are not needed before

    verdicts.run(options.chapters, options.profile, overrides)


def _build(options: argparse.Namespace) -> None:
    from ssad_lib import book

    _apply(options)
    if options.dry_run:
        _dry_run(options, [c.name for c in book.chapters() if c.is_notebook], {})
        return
    book.build(options.profile, fresh=options.fresh)


def _dry_run(
    options: argparse.Namespace, chapters: Sequence[str], overrides: dict[str, object]
) -> None:
    from ssad_lib.studies import dry_run

    chosen = {"fresh": options.fresh, "gpus": options.gpus, "teraflops": options.teraflops}
    print("\n".join(dry_run.lines(chapters, options.profile, overrides, **chosen)))


def _verify(options: argparse.Namespace) -> int:
    from ssad_lib import paths, profiles
    from ssad_lib.claims import command

    if options.data_root:
        os.environ["SSAD_DATA"] = str(paths.data_root(options.data_root).resolve())
    overrides = profiles.assignments(options.overrides)
    source = options.source or options.profile
    same = command.run(source, options.claims, overrides, json=options.json, save=options.save)
    return 0 if same else DIFFERENT


def _show(options: argparse.Namespace) -> None:
    from ssad_lib.review import show

    show.run(options.key)


def _apply(options: argparse.Namespace) -> None:
    """Hand the options that no result depends on to the chapters, through the environment."""
    from ssad_lib import paths
    from ssad_lib.engine import executors

    executors.choose(options.executor, options.jobs, options.address, options.gpus_per_run)
    if options.fresh:
        os.environ["SSAD_FRESH"] = "1"
    if options.data_root:
        os.environ["SSAD_DATA"] = str(paths.data_root(options.data_root).resolve())


def _serve(options: argparse.Namespace) -> None:
    from ssad_lib import book

    book.serve(options.port)


def _data(options: argparse.Namespace) -> None:
    from ssad_lib import data

    if options.action == "list":
        for row in data.describe(_root(options)):
            print(f"{row.name:16}{row.state:40}{row.hint}".rstrip())
        return
    if not options.image_set:
        raise SsadError(f"say which: ssad data {options.action} NAME; `ssad data list` shows them")
    if options.action == "download":
        data.download(options.image_set, _given_root(options))
        return
    for split in ("train", "test"):
        images = data.load(options.image_set, options.data_root, split)
        shape = "×".join(map(str, images.images.shape[1:]))
        print(f"{split}: {len(images):,} images {shape}, {len(images.classes)} classes")
    print(f"classes: {', '.join(images.classes)}\nsource: {images.source}")
    print(f"licence: {images.licence}")


def _root(options: argparse.Namespace) -> Path | None:
    """Return the data root if there is one: listing what is embedded needs none."""
    from ssad_lib import paths

    given = options.data_root or os.environ.get("SSAD_DATA")
    return paths.data_root(given) if given else None


def _given_root(options: argparse.Namespace) -> Path:
    """Return the data root, which a download may have to make."""
    given = options.data_root or os.environ.get("SSAD_DATA")
    if not given:
        raise SsadError("no data root to download to: pass --data-root DIR or set SSAD_DATA")
    return Path(given)


def _store(options: argparse.Namespace) -> None:
    from ssad_lib import store_command

    store_command.run(options.action, options.folder, options.image_set)


def _bench(options: argparse.Namespace) -> None:
    from ssad_lib.bench import command

    command.run(
        options.benchmarks,
        quick=options.quick,
        threads=options.threads,
        only=options.only,
        output=options.output,
        commit=options.save,
    )


def _recommend(options: argparse.Namespace) -> None:
    from ssad_lib.recommend import command

    command.run(options.normal, options.unlabelled, options.size, options.output, options.seed)


def _doctor(_: argparse.Namespace) -> None:
    from ssad_lib import doctor

    for line in doctor.report():
        print(line)


if __name__ == "__main__":
    sys.exit(main())
