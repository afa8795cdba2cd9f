import base64
import io
import json
import subprocess
import tarfile

import pytest

from ssad_lib.book import vendor
from ssad_lib.book.vendor import Package, UnavailableError
from ssad_lib.errors import SsadError


def packed(path, files):
    """Write a package as npm packs it and return its `Package`."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = base64.b64encode(vendor.hashlib.sha512(path.read_bytes()).digest()).decode()
    keep = {"dist/a.js": ("", "copy"), "fonts/*": ("fonts",)}
    return Package("thing", "1.0", f"sha512-{digest}", keep)


@pytest.fixture
def archive(tmp_path):
    files = {"package/dist/a.js": b"one", "package/fonts/f.woff2": b"two", "package/x.map": b"no"}
    path = tmp_path / "thing-1.0.tgz"
    return path, packed(path, files)


def test_hashes_are_whole_sha512_in_npms_notation():
    for package in vendor.PACKAGES:
        kind, digest = package.integrity.split("-", 1)
        assert kind == "sha512"
        assert len(base64.b64decode(digest, validate=True)) == 64


def test_only_kept_files_are_unpacked_each_to_all_its_places(archive, tmp_path):
    path, package = archive
    vendor.check(path, package)
    vendor.unpack(path, package, tmp_path / "out")
    found = {
        p.relative_to(tmp_path / "out").as_posix()
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert found == {"a.js", "copy/a.js", "fonts/f.woff2"}


def test_altered_package_is_refused(archive):
    path, package = archive
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SsadError, match=r"thing 1\.0.*does not match the sha512"):
        vendor.check(path, package)


def test_missing_file_is_named(tmp_path):
    path = tmp_path / "t.tgz"
    package = packed(path, {"package/dist/a.js": b"one"})
    with pytest.raises(SsadError, match=r"thing 1\.0 lacks fonts/\*"):
        vendor.unpack(path, package, tmp_path / "out")


def test_archive_cannot_write_outside_the_folder(tmp_path):
    path = tmp_path / "t.tgz"
    files = {
        "package/dist/a.js": b"one",
        "package/fonts/../../../escaped": b"evil",
        "/package/fonts/absolute": b"evil",
    }
    package = packed(path, files)
    out = tmp_path / "deep" / "out"
    vendor.unpack(path, package, out)
    outside = [p.name for p in tmp_path.rglob("*") if p.is_file() and out not in p.parents]
    assert outside == ["t.tgz"]


def test_links_in_an_archive_are_not_followed(tmp_path):
    path = tmp_path / "t.tgz"
    packed(path, {"package/dist/a.js": b"one"})
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("package/dist/a.js")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(SsadError, match="lacks"):
        vendor.unpack(path, Package("thing", "1.0", "", {"dist/a.js": ("",)}), tmp_path / "out")


def test_without_npm_it_is_unavailable(mini, monkeypatch):
    monkeypatch.setattr(vendor.shutil, "which", lambda _: None)
    with pytest.raises(UnavailableError, match="npm is not installed"):
        vendor.vendor()


@pytest.mark.parametrize(
    "answer",
    [
        subprocess.CalledProcessError(1, "npm", stderr="E401 no entry"),
        subprocess.TimeoutExpired("npm", 1),
        subprocess.CompletedProcess("npm", 0, stdout="not json"),
        subprocess.CompletedProcess("npm", 0, stdout='{"odd": 1}'),
    ],
)
def test_refusing_registry_is_unavailable(mini, monkeypatch, answer):
    def run(*_, **__):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(vendor.shutil, "which", lambda _: "/usr/bin/npm")
    monkeypatch.setattr(vendor.subprocess, "run", run)
    with pytest.raises(UnavailableError, match="npm could not pack"):
        vendor.vendor()


def test_vendored_once_then_needs_no_npm(mini, monkeypatch, archive):
    path, package = archive
    packs = []

    def pack(packages, scratch):
        packs.append(scratch)
        return [path]

    monkeypatch.setattr(vendor, "PACKAGES", (package,))
    monkeypatch.setattr(vendor, "pack", pack)
    folder = vendor.vendor()
    assert vendor.vendor() == folder
    assert len(packs) == 1
    kept = {p.name for p in (folder / "offline").iterdir()}
    assert kept == {"a.js", "copy", "fonts", "versions.json"}
    assert json.loads((folder / "offline" / "versions.json").read_text())["thing"].startswith("1.0")


def test_a_damaged_package_leaves_nothing_behind(mini, monkeypatch, archive):
    path, package = archive
    path.write_bytes(b"damaged")
    monkeypatch.setattr(vendor, "PACKAGES", (package,))
    monkeypatch.setattr(vendor, "pack", lambda *_: [path])
    with pytest.raises(SsadError, match="does not match"):
        vendor.vendor()
    assert list(mini.work.iterdir()) == []
