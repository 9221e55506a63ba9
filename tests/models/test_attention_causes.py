"""Attentions that are written out, computed as people write them otherwise."""

import numpy as np
import pytest

from trueport.compare.models.attention_causes import Attention, attend, list_otherwise

RNG = np.random.default_rng(0)
GIVEN = tuple(RNG.normal(size=(2, 6, 8)) for _ in "qkv")


def soften(scores, axis=-1):
    e = np.exp(scores - scores.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def split(x):
    return x.reshape(2, 6, 4, 2).transpose(0, 2, 1, 3)


def write_out(name):
    """Return the attention with a fault, computed by itself."""
    q, k, v = (x.reshape(2, 4, 6, 2) if name == "reshape" else split(x) for x in GIVEN)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(8 if name == "scale" else 2)
    hidden = np.triu(np.ones((6, 6), bool), 2 if name == "mask" else 1)
    scores = np.where(hidden, -np.inf, scores)
    y = soften(scores) @ v
    return (y if name == "reshape" else y.transpose(0, 2, 1, 3)).reshape(2, 6, 8)


ROWS = {
    "reshape": "without moving their axis",
    "scale": "scaled by 1 / sqrt(width), in the reference by 1 / sqrt(head)",
    "mask": "a causal mask from diagonal 2 on, in the reference a causal mask from diagonal 1 on",
}


@pytest.mark.parametrize("name", ROWS)
def test_what_people_do_otherwise_is_found_and_nothing_else(name):
    own = Attention(4, diagonal=1)
    np.testing.assert_allclose(attend(own, GIVEN), write_out(""))
    ways = [(words, attend(how, GIVEN)) for words, how in list_otherwise(own)]
    want = write_out(name)
    told = [words for words, y in ways if y.shape == want.shape and np.allclose(y, want)]
    assert len(told) == 1
    assert ROWS[name] in told[0]
