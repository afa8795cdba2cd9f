"""The processor and the instruction sets in use: oneDNN's order, caps, what children inherit."""

import os
import subprocess
import sys

import pytest

from ssad_lib import processor

AVX2 = {"sse4_1", "avx", "avx2"}
AVX512 = AVX2 | {"avx512f", "avx512bw", "avx512dq", "avx512vl"}


@pytest.mark.parametrize(
    ("flags", "cap", "expected"),
    [
        (AVX2, "", "AVX2"),
        (AVX512, "", "AVX512_CORE"),
        (AVX512, "avx2", "AVX2"),
        (AVX512 | {"avx512_vnni", "avx512_bf16"}, "", "AVX512_CORE_BF16"),
        # Without VNNI the later sets are out of reach, whatever else the flags say.
        (AVX512 | {"avx512_bf16"}, "", "AVX512_CORE"),
        (AVX2, "AVX512_CORE", "AVX2"),
        ({"asimd"}, "", ""),
        (set(), "AVX2", ""),
    ],
)
def test_the_largest_set_that_flags_and_cap_allow(flags, cap, expected):
    assert processor.onednn(frozenset(flags), cap) == expected


@pytest.mark.skipif("avx2" not in processor.flags(), reason="this processor has no AVX2")
def test_a_capped_process_says_so():
    program = "from ssad_lib import processor; print(processor.instruction_sets())"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "torch AVX2, oneDNN AVX2"
