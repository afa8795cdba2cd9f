"""Scripts that pages with formulas need, packed once and served from the site itself.

MathJax comes from npm, so that a published page makes no external request. The package is checked
against a sha512 that is written here, and only the files that pages use are kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from ssad_lib import paths
from ssad_lib.errors import SsadError, from_os_error


@dataclass(frozen=True)
class Package:
    """One npm package.

    Attributes
    ----------
    name, version : str
        What to pack.
    integrity : str
        ``sha512-`` and the base64 digest of the packed file, npm's own notation.
    keep : dict of str to tuple of str
        Which files to keep (patterns over the path in the package) and the folders they go to.
    """

    name: str
    version: str
    integrity: str
    keep: dict[str, tuple[str, ...]]


PACKAGES = (
    Package(
        "mathjax",
        "3.2.2",
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
        {
            "LICENSE": ("mathjax",),
            "es5/tex-mml-chtml.js": ("mathjax",),
            "es5/output/chtml/fonts/woff-v2/*": ("mathjax/output/chtml/fonts/woff-v2",),
            # loaded on first use of a command, or when a reader turns the speech explorer on
            "es5/input/tex/extensions/*": ("mathjax/input/tex/extensions",),
            "es5/a11y/*": ("mathjax/a11y",),
            "es5/sre/mathmaps/base.json": ("mathjax/sre/mathmaps",),
            "es5/sre/mathmaps/en.json": ("mathjax/sre/mathmaps",),
        },
    ),
)

SECONDS = 180  # for npm to pack them all on a slow line


class UnavailableError(Exception):
    """The packages cannot be had on this machine; pages then load formulas from a CDN."""


def vendor() -> Path:
    """Return the folder of vendored scripts, made on first use.

    Raises
    ------
    UnavailableError
        If there is no npm, or it cannot reach its registry.
    SsadError
        If a package does not match its hash, or the folder cannot be written.
    """
    folder = paths.work() / "vendor"
    versions = folder / "offline" / "versions.json"
    if versions.is_file() and json.loads(versions.read_text()) == _versions():
        return folder
    with tempfile.TemporaryDirectory(dir=paths.work()) as scratch:
        made = Path(scratch) / "vendor"
        try:
            _fill(made / "offline", pack(PACKAGES, Path(scratch)))
            shutil.rmtree(folder, ignore_errors=True)
            made.replace(folder)
        except OSError as error:
            raise from_os_error(error, "keep the vendored scripts") from error
    return folder


def _versions() -> dict[str, str]:
    return {package.name: f"{package.version} {package.integrity}" for package in PACKAGES}


def pack(packages: Sequence[Package], scratch: Path) -> list[Path]:
    """Return the files that npm packs of `packages` into `scratch`, in their order.

    Raises
    ------
    UnavailableError
        If there is no npm, or it cannot reach its registry.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is not installed")
    names = [f"{package.name}@{package.version}" for package in packages]
    command = [npm, "pack", "--silent", "--json", *names]
    try:
        done = subprocess.run(  # noqa: S603  (fixed arguments, no shell)
            command, cwd=scratch, capture_output=True, text=True, timeout=SECONDS, check=True
        )
        return [scratch / entry["filename"] for entry in json.loads(done.stdout)]
    except (subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError("npm could not pack the scripts") from error


def _fill(folder: Path, packed: list[Path]) -> None:
    for package, archive in zip(PACKAGES, packed, strict=True):
        check(archive, package)
        unpack(archive, package, folder)
    (folder / "versions.json").write_text(json.dumps(_versions(), indent=1))


def check(archive: Path, package: Package) -> None:
    """Raise `SsadError` unless the sha512 of `archive` is the one written for `package`."""
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise SsadError(
            f"{package.name} {package.version}, as packed by npm, does not match the sha512 "
            "written in ssad_lib/book/vendor.py: it was altered on its way; nothing was unpacked"
        )


def unpack(archive: Path, package: Package, folder: Path) -> None:
    """Write the kept files of `archive` below `folder`: to paths of ours, never of the archive."""
    found: set[str] = set()
    with tarfile.open(archive) as tar:
        for member in filter(tarfile.TarInfo.isreg, tar):
            inside = member.name.removeprefix("package/")
            for pattern in (name for name in package.keep if fnmatch(inside, name)):
                found.add(pattern)
                content = tar.extractfile(member)
                assert content is not None  # it is a regular file
                data = content.read()
                for target in package.keep[pattern]:
                    path = folder / target / Path(inside).name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
    missing = set(package.keep) - found
    if missing:
        raise SsadError(f"{package.name} {package.version} lacks {', '.join(sorted(missing))}")
