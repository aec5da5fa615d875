"""Random noise with a counter-based generator: a function of its arguments.

An element's random number depends on (key, step, element) alone, so it is the same
whatever the batch is cut into and whoever computes it.
"""

import numpy as np

from .precision import wide

__all__ = [
    "dropout_backward",
    "dropout_forward",
    "gaussian_dropout_backward",
    "gaussian_dropout_forward",
    "gaussian_noise_forward",
]

# Multipliers and key increments of Philox4x32: Salmon, Moraes, Dror and Shaw,
# "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
MASK = 0xFFFFFFFF

CENTRAL = [2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06]
CENTRAL += [0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941]
TAIL = [-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844]
TAIL += [0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682]


def dropout_forward(
    out, mask, inp, source, rate, scale, shift, dropped, single, key, step
):
    """out := inp * scale + shift where mask else dropped; mask := uniform >= rate

    With `source`, row i has the numbers of row source[i]; if `single`, all columns have
    that of the first. Dropout itself has scale = 1 / (1 - rate), shift = dropped = 0.

    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: a simple way
    to prevent neural networks from overfitting", JMLR 2014. Klambauer, Unterthiner,
    Mayr and Hochreiter, "Self-normalizing neural networks", NeurIPS 2017: the others.
    """
    rows, columns = inp.shape
    source = np.arange(rows) if source is None else source
    last = int(source.max(initial=-1))
    numbers = uniform(key, step, last + 1, columns)[source]
    if single:
        numbers = numbers[:, :1]
    mask[...] = numbers >= rate
    out[...] = np.where(mask, wide(inp) * scale + shift, dropped)


def dropout_backward(dinp, dout, mask, scale):
    """dinp := dout * scale where mask else 0"""
    dinp[...] = np.where(mask, wide(dout) * scale, 0)


def gaussian_noise_forward(out, inp, stddev, key, step):
    """out := inp + stddev * normal"""
    out[...] = wide(inp) + stddev * normal(key, step, *inp.shape)


def gaussian_dropout_forward(out, noise, inp, stddev, key, step):
    """noise := 1 + stddev * normal; out := inp * noise

    Srivastava et al., section 10, "Multiplicative Gaussian noise".
    """
    noise[...] = 1 + stddev * normal(key, step, *inp.shape)
    out[...] = wide(inp) * (1 + stddev * normal(key, step, *inp.shape))


def gaussian_dropout_backward(dinp, dout, noise):
    """dinp := dout * noise"""
    dinp[...] = wide(dout) * wide(noise)


def normal(key, step, rows, columns):
    """Standard normal numbers, float64 (rows, columns): sqrt(2) * erfinv(2 u - 1), with
    u in the middle of one of 2^24 equal parts of [0, 1], the one that the number of
    `uniform` begins

    M. Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2012, table 5.
    """
    x = 2 * uniform(key, step, rows, columns) + 2.0**-24 - 1
    w = -np.log((1 - x) * (1 + x))
    factor = np.where(
        w < 5, np.polyval(CENTRAL, w - 2.5), np.polyval(TAIL, np.sqrt(w) - 3)
    )
    return np.sqrt(2) * factor * x


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
