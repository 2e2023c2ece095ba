"""Lists that agree about their first share all of them, others a part."""

import numpy as np

from models.evaluation.list_overlap import jaccard, same_heads


def test_the_index_is_the_share_of_both_in_either() -> None:
    assert jaccard(41, 50, 50) == 41 / 59
    assert jaccard(0, 3, 2) == 0
    assert np.isnan(jaccard(0, 0, 0))


def test_heads_are_compared_night_by_night() -> None:
    night = np.repeat([1, 2], 40)  # two of forty are the head
    one = np.tile(np.arange(40.0, 0, -1), 2)
    other = one.copy()
    other[[40, 79]] = other[[79, 40]]  # on the second night the first changes places with the last
    assert same_heads(one, one, night) == 1
    assert same_heads(one, other, night) == (1 + 1 / 3) / 2
    assert np.isnan(same_heads(one[:0], one[:0], night[:0]))
