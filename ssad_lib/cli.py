"""The command ``ssad``: what each of its commands does, and how it ends.

A problem the user can solve is printed as one line and exits with code 2, work that failed though
the input was good with code 1; ``--debug`` shows the traceback instead.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from ssad_lib import arguments, terminal
from ssad_lib.arguments import BAD_INPUT
from ssad_lib.errors import NotFinishedError, SsadError, StoppedError, from_os_error, one_line

DIFFERENT = 1  # a verdict is not the committed one
FAILED = 1  # a run, or what needs it
INTERRUPTED = 128 + signal.SIGINT


def main(given: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    terminal.accept_everything()
    options = _parser().parse_args(given)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # else a log would lag behind by kilobytes
    try:
        code: int | None = options.command(options)
    except NotFinishedError as error:
        return _complain(options, error, FAILED)
    except SsadError as error:
        return _complain(options, error, BAD_INPUT)
    except OSError as error:
        said = from_os_error(error, f"finish `ssad {options.name}`")
        return _complain(options, said, BAD_INPUT)
    except StoppedError as stopped:
        print(one_line(stopped), file=sys.stderr)
        return INTERRUPTED
    except KeyboardInterrupt:
        print("ssad: stopped; finished runs are stored, run it again to go on", file=sys.stderr)
        return INTERRUPTED
    return code or 0


def _complain(options: argparse.Namespace, error: SsadError, code: int) -> int:
    if options.debug:
        raise  # called from inside an except block
    print(one_line(error), file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    commands: dict[str, arguments.Command] = {
        "list": _list,
        "run": _run,
        "build": _build,
        "verify": _verify,
        "show": _show,
        "compare": _compare,
        "report": _report,
        "serve": _serve,
        "data": _data,
        "store": _store,
        "bench": _bench,
        "recommend": _recommend,
        "localise": _localise,
        "doctor": _doctor,
    }
    return arguments.parser(commands)


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
    from ssad_lib import profiles
    from ssad_lib.claims import command

    _use_data_root(options)
    overrides = profiles.assignments(options.overrides)
    source = options.source or options.profile
    if options.calibrate:
        from ssad_lib.claims.calibration import command as calibration

        held = calibration.run(
            source, options.claims, overrides, options.simulations, save=options.save
        )
        return 0 if held else DIFFERENT
    same = command.run(source, options.claims, overrides, json=options.json, save=options.save)
    return 0 if same else DIFFERENT


def _show(options: argparse.Namespace) -> None:
    from ssad_lib.review import show

    show.run(options.key)


def _compare(options: argparse.Namespace) -> int:
    from ssad_lib import profiles
    from ssad_lib.review import pairs

    _use_data_root(options)
    overrides = profiles.assignments(options.overrides)
    profiles.read(options.profile)
    pairs.check(options.first, options.second)
    from ssad_lib.review import compare  # takes seconds: what is wrong is said before

    same = compare.run(options.first, options.second, options.profile, overrides, most=options.most)
    return 0 if same else DIFFERENT


def _report(options: argparse.Namespace) -> None:
    from ssad_lib import profiles
    from ssad_lib.review import output

    _use_data_root(options)
    overrides = profiles.assignments(options.overrides)
    output.check_output(options.output)
    from ssad_lib.review import report  # takes seconds: what is wrong is said before

    report.run(options.source or options.profile, overrides, options.output)


def _apply(options: argparse.Namespace) -> None:
    """Hand the options that no result depends on to the chapters, through the environment."""
    from ssad_lib.engine import executors

    executors.choose(options.executor, options.jobs, options.address, options.gpus_per_run)
    if options.fresh:
        os.environ["SSAD_FRESH"] = "1"
    _use_data_root(options)


def _use_data_root(options: argparse.Namespace) -> None:
    from ssad_lib import paths

    if options.data_root:
        os.environ["SSAD_DATA"] = str(paths.data_root(options.data_root).resolve())


def _serve(options: argparse.Namespace) -> None:
    from ssad_lib import book

    book.serve(options.port)


def _data(options: argparse.Namespace) -> None:
    from ssad_lib import data

    if options.action == "list":
        rows = data.describe(_root(options))
        name = max(len(row.name) for row in rows) + 2
        state = max(len(row.state) for row in rows) + 2
        for row in rows:
            print(f"{row.name:{name}}{row.state:{state}}{row.hint}".rstrip())
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

    store_command.run(options.action, options.folder, options.image_set, options.of)


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


def _localise(options: argparse.Namespace) -> None:
    from ssad_lib.localise import command

    command.run(
        options.folders,
        output=options.output,
        detector=options.detector,
        size=options.size,
        masks=options.masks,
        rate=options.false_alarms,
        save=options.save,
        load=options.load,
        encoder=options.encoder,
        seed=options.seed,
    )


def _doctor(_: argparse.Namespace) -> None:
    from ssad_lib import doctor

    for line in doctor.report():
        print(line)


if __name__ == "__main__":
    sys.exit(main())
