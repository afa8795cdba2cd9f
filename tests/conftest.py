"""Every test has caches and a store of its own, and no data root unless it sets one."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SSAD_HOME", str(home))
    monkeypatch.delenv("SSAD_DATA", raising=False)
    return home
