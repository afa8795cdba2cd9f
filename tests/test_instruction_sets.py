"""Chapters on a processor that has AVX2 and nothing newer, as most laptops do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ssad_lib import processor
from ssad_lib.detectors import DETECTORS
from ssad_lib.store import Store

# Between them they train every detector.
CHAPTERS = (
    "not-magic/table-1",
    "self-tuning/table-1",
    "outlier-exposure/table-1",
    "simulation/tables-1-2",
)
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


@pytest.mark.skipif("avx2" not in processor.flags(), reason="this processor has no AVX2")
def test_a_chapter_of_each_detector_runs_on_avx2():
    ssad = Path(sys.executable).with_name("ssad")
    done = subprocess.run(
        [ssad, "run", *CHAPTERS, "--profile", "smoke"],
        env={**os.environ, **AVX2}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]
    store = Store()
    records = store.records(sorted(store.keys())).values()
    assert {record.spec.detector for record in records} == set(DETECTORS)
    assert not [record.error for record in records if record.error]
    assert {r.provenance["instructions"] for r in records} == {"torch AVX2, oneDNN AVX2"}
