"""Sizes at which a kernel's tiles and vectors begin and end."""

from cases import Shape

EDGES = (1, 2, 3, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65)

# 5 and 8 share no factor with 21: every edge comes up once in each place.
PAIRED = [
    Shape(edge, EDGES[(5 * i + 3) % len(EDGES)], EDGES[(8 * i + 1) % len(EDGES)])
    for i, edge in enumerate(EDGES)
]
NOTHING = [Shape(0, 5, 7), Shape(0, 0, 0), Shape(3, 0, 4), Shape(3, 4, 0)]
ONE = [Shape(1, 1, 1), Shape(1, 65, 33), Shape(33, 1, 17), Shape(17, 33, 1)]
LARGE = [
    Shape(32, 784, 32),
    Shape(300, 70, 300),
    Shape(130, 257, 10),
    Shape(5, 2049, 3),
]

SHAPES = NOTHING + ONE + PAIRED + LARGE
FEW_SHAPES = [NOTHING[0], ONE[0], PAIRED[4], PAIRED[7], PAIRED[17], Shape(100, 70, 81)]
