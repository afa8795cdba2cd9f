"""The cases of training steps: same work for all variants, operations counted rightly."""

import torch
from torch import nn

from ssad_lib.bench import steps
from ssad_lib.bench.cases import Moment, measure


def test_operations_of_a_product_are_counted_forward_and_backward():
    network = nn.Sequential(nn.Linear(5, 7, bias=False), nn.Linear(7, 2, bias=False))
    batch = (torch.zeros(3, 5), torch.zeros(3, 2))
    counted = steps.flops(network, lambda output, target: (output - target).sum(), batch)
    # The first layer's input needs no gradient: two products there, three in the second layer.
    assert counted == 2 * 3 * (2 * 5 * 7 + 3 * 7 * 2)
    assert next(network.parameters()).device.type == "cpu"


def test_quick_case_trains_in_both_precisions_and_plainly():
    (case,) = steps.cases(quick=True)
    names = [variant.name for variant in case.variants]
    assert names == ["ours, bfloat16", "ours, float32", "plain loop, float32"]
    assert len({(variant.amount, variant.flops) for variant in case.variants}) == 1
    timings = measure(case, Moment("", 0.0, "")).timings
    assert all(timing.throughput.median > 0 for timing in timings)
