import pytest
import torch

from ssad_lib.detectors.splitting import split_indices
from ssad_lib.errors import SsadError


@pytest.mark.parametrize("split", ["parity", "halves", "random"])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("count", [8, 13, 209])
def test_splits_are_disjoint_and_exhaustive(split, share, count):
    """Oracle 12."""
    first, second = split_indices(count, split, share, 3)
    assert sorted([*first.tolist(), *second.tolist()]) == list(range(count))
    assert abs(len(first) - share * count) < 1


def test_what_each_split_is():
    first, second = split_indices(7, "parity", 0.5, 0)
    assert first.tolist() == [0, 2, 4, 6]  # odd, counted from 1 as the paper does
    assert second.tolist() == [1, 3, 5]
    assert split_indices(8, "parity", 0.25, 0)[0].tolist() == [0, 4]
    assert split_indices(8, "parity", 0.75, 0)[1].tolist() == [3, 7]
    assert split_indices(8, "halves", 0.5, 0)[0].tolist() == [0, 1, 2, 3]
    both = split_indices(5, "none", 0.5, 0)
    assert torch.equal(both[0], torch.arange(5))
    assert torch.equal(both[1], torch.arange(5))


def test_a_random_split_depends_on_the_seed():
    draws = [tuple(split_indices(40, "random", 0.5, seed)[0].tolist()) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_impossible_splits_are_refused():
    with pytest.raises(SsadError, match="unknown split 'parities': did you mean 'parity'"):
        split_indices(8, "parities", 0.5, 0)
    with pytest.raises(SsadError, match=r"share 1\.0 must lie between 0 and 1"):
        split_indices(8, "parity", 1.0, 0)
    with pytest.raises(SsadError, match="leaves no image of 2"):
        split_indices(2, "halves", 0.9, 0)
