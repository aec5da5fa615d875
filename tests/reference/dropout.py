"""Dropout with a counter-based generator: the mask is a function of its arguments.

An element's random number depends on (key, step, element) alone, so it is the same
whatever the batch is cut into and whoever computes it.
"""

import numpy as np

from .precision import wide

__all__ = ["dropout_backward", "dropout_forward"]

# Multipliers and key increments of Philox4x32: Salmon, Moraes, Dror and Shaw,
# "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
MASK = 0xFFFFFFFF


def dropout_forward(out, mask, inp, rate, key, step):
    """out := inp / (1 - rate) where mask else 0; mask := uniform >= rate

    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way
    to prevent neural networks from overfitting", JMLR 2014.
    """
    mask[...] = uniform(key, step, *inp.shape) >= rate
    out[...] = np.where(mask, wide(inp) / (1 - rate), 0)


def dropout_backward(dinp, dout, mask, rate):
    """dinp := dout / (1 - rate) where mask else 0"""
    dinp[...] = np.where(mask, wide(dout) / (1 - rate), 0)


def uniform(key, step, rows, columns):
    """Numbers in [0, 1), float64 (rows, columns): the upper 24 bits of Philox's words

    Element (i, j) is word j % 4 of the block with the counter (j // 4, i, low half of
    step, high half of step); the key's words are its low and its high half.
    """
    blocks = (columns + 3) // 4
    row, block = np.indices((rows, blocks))
    counter = (block, row, step & MASK, step >> 32)
    words = philox4x32(counter, (key & MASK, key >> 32))
    words = np.stack(np.broadcast_arrays(*words), axis=-1).reshape(rows, 4 * blocks)
    return (words[:, :columns] >> np.uint64(8)) * 2.0**-24


def philox4x32(counter, key):
    """Philox4x32-10: four 32-bit words from a counter of four and a key of two words

    The words of the counter may be arrays; all words are held in uint64.
    """
    c0, c1, c2, c3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    for turn in range(ROUNDS):
        k0, k1 = (
            np.uint64((word + turn * increment) & MASK)
            for word, increment in zip(key, INCREMENTS, strict=True)
        )
        product0 = c0 * np.uint64(MULTIPLIERS[0])
        product1 = c2 * np.uint64(MULTIPLIERS[1])
        c0, c1, c2, c3 = (
            (product1 >> np.uint64(32)) ^ c1 ^ k0,
            product1 & np.uint64(MASK),
            (product0 >> np.uint64(32)) ^ c3 ^ k1,
            product0 & np.uint64(MASK),
        )
    return c0, c1, c2, c3
