"""Coefficients of the polynomials in ``src_cython/native/vector_math.h``.

``python -m benchmarks.polynomials [NAME ...]`` fits them anew (mpmath has to be
installed) and prints them, highest power first, with the largest weighted error.

A fit makes the largest ``|weight * (f - p)|`` on an interval as small as it can be
(Remez, 1934), in 200 bits. For float32 the coefficients are then rounded one after
the other, from the lowest, and the rest is fitted anew each time by least squares, so
that it makes up for what rounding took; for float64 they are simply rounded.
"""

import sys

import numpy as np
from mpmath import mp, mpf

mp.prec = 200
GRID = 1200  # even: no point falls on 0, where weights vanish


def chebyshev_points(low, high, n):
    """n points, denser at both ends."""
    middle, half = (low + high) / 2, (high - low) / 2
    return [middle - half * mp.cos(mp.pi * i / (n - 1)) for i in range(n)]


class Fit:
    """One polynomial: what it approximates, where, by what an error is weighed."""

    def __init__(self, f, weight, low, high, degree, dtype):
        self.powers = range(degree + 1)
        self.dtype = dtype
        self.x = chebyshev_points(mpf(low), mpf(high), GRID)
        self.f = [f(x) for x in self.x]
        self.weight = [weight(x) for x in self.x]

    def error(self, coefficients):
        """The weighted error at every point of the grid."""
        return [
            w * (f - mp.polyval(coefficients[::-1], x))
            for x, f, w in zip(self.x, self.f, self.weight, strict=True)
        ]

    def minimax(self, rounds=15):
        """Coefficients, lowest first: Remez's exchange on the grid."""
        n = len(self.powers)
        chosen = [round(i * (GRID - 1) / n) for i in range(n + 1)]
        for _ in range(rounds):
            rows = [
                [*(self.x[i] ** k for k in self.powers), (-1) ** row / self.weight[i]]
                for row, i in enumerate(chosen)
            ]
            right = mp.matrix([self.f[i] for i in chosen])
            solution = mp.lu_solve(mp.matrix(rows), right)
            coefficients = list(solution)[:n]
            extrema = alternating_extrema(self.error(coefficients), n + 1)
            if len(extrema) <= n or extrema == chosen:
                break
            chosen = extrema
        return coefficients

    def rounded(self):
        """The minimax coefficients as numbers of the type, lowest first."""
        best = self.minimax()
        if self.dtype == np.float64:
            return [mpf(float(c)) for c in best]
        x, weight = (np.array(v, dtype=float) for v in (self.x, self.weight))
        for k in self.powers:
            exact, best[k] = best[k], mpf(float(np.float32(float(best[k]))))
            rest = list(self.powers)[k + 1 :]
            if rest:
                basis = weight[:, None] * x[:, None] ** rest
                taken = weight * float(exact - best[k]) * x**k
                for power, change in zip(
                    rest, np.linalg.lstsq(basis, taken, rcond=None)[0], strict=True
                ):
                    best[power] += mpf(float(change))
        return best


def alternating_extrema(error, count):
    """Places of `count` extrema of alternating sign, the weakest ends left out."""
    places = []
    for i, value in enumerate(error):
        if places and (value >= 0) == (error[places[-1]] >= 0):
            if abs(value) > abs(error[places[-1]]):
                places[-1] = i
        else:
            places.append(i)
    while len(places) > count:
        weaker_first = abs(error[places[0]]) < abs(error[places[-1]])
        places.pop(0 if weaker_first else -1)
    return places


def exp_tail(r):
    """(exp(r) - 1 - r) / r^2"""
    return (mp.expm1(r) - r) / r**2 if r else mpf(1) / 2


def log_tail(f):
    """(log(1 + f) - f + f^2 / 2) / f^3"""
    return (mp.log1p(f) - f + f**2 / 2) / f**3 if abs(f) > 2**-40 else mpf(1) / 3


def log_series(z):
    """(log((1 + s) / (1 - s)) / s - 2) / z of z = s^2"""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) / s - 2) / z if z > 2**-40 else mpf(2) / 3


def erf_small(z):
    """erf(x) / x - 1 of z = x^2"""
    x = mp.sqrt(z)
    return mp.erf(x) / x - 1 if x else 2 / mp.sqrt(mp.pi) - 1


def erf_exponent(a):
    """-log(1 - erf(a)) / a - 1"""
    return -mp.log(mp.erfc(a)) / a - 1


# What an error of the polynomial does to the function's own relative error.


def exp_weight(r):
    return r**2 / mp.exp(r)


def log_weight(f):
    return f**3 / mp.log1p(f) if f else mpf(2) ** -80


def log_series_weight(z):
    return z / 2 + mpf(2) ** -80


def erf_small_weight(z):
    return 1 / (1 + erf_small(z))


def erf_exponent_weight(a):
    return a * mp.erfc(a) / mp.erf(a)


HALF_LN2 = mp.log(2) / 2 + mpf(2) ** -20

FITS = {
    "exp_tail_f32": (exp_tail, exp_weight, -HALF_LN2, HALF_LN2, 4, np.float32),
    "exp_tail_f64": (exp_tail, exp_weight, -HALF_LN2, HALF_LN2, 9, np.float64),
    "log_tail_f32": (log_tail, log_weight, -0.25, 0.6, 8, np.float32),
    "log_tail_f64": (log_series, log_series_weight, 0, 0.04, 6, np.float64),
    "erf_small_f32": (erf_small, erf_small_weight, 0, 0.85, 6, np.float32),
    "erf_small_f64": (erf_small, erf_small_weight, 0, 0.7, 11, np.float64),
    "erf_exponent_f32": (erf_exponent, erf_exponent_weight, 0.9, 4, 5, np.float32),
    "erf_exponent_f64": (erf_exponent, erf_exponent_weight, 0.82, 6, 20, np.float64),
}


def main(names):
    for name in names or FITS:
        fit = Fit(*FITS[name])
        coefficients = fit.rounded()
        largest = max(map(abs, fit.error(coefficients)))
        print(f"{name}: largest error 2^{float(mp.log(largest, 2)):.2f}")
        form = "    {:.9e}f" if fit.dtype == np.float32 else "    {:.17e}"
        for c in reversed(coefficients):
            print(form.format(float(c)))


if __name__ == "__main__":
    main(sys.argv[1:])
