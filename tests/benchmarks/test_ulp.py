"""The measurement of errors finds what is wrong, and only that."""

import numpy as np
import pytest

from benchmarks import ulp

NAN, INF = np.nan, np.inf
LARGEST = np.finfo(np.float32).max
BELOW_E = np.nextafter(np.float32(np.e), np.float32(0))


def finding_of(name, x, y):
    finding = ulp.Finding()
    comparison = ulp.Comparison(name, finding)
    with np.errstate(all="ignore"):
        comparison.add(np.array([x], np.float32), np.array([y], np.float32))
    return finding


RIGHT = [("exp", 1000, INF), ("exp", NAN, NAN), ("exp", -INF, 0), ("log", 0, -INF)]
RIGHT += [("log", -1, NAN), ("tanh", -0.0, -0.0), ("erf", -7, -1)]
WRONG = [("exp", 1000, LARGEST), ("exp", 88, INF), ("log", 0, INF), ("log", -1, 1)]
WRONG += [("log", 1, NAN), ("tanh", -0.0, 0), ("exp", -110, -0.0), ("sigmoid", 0, 0.6)]


@pytest.mark.parametrize("name, x, y", RIGHT)
def test_right_result_is_found_good(name, x, y):
    finding = finding_of(name, x, y)
    assert finding.good and finding.error <= 0.5


@pytest.mark.parametrize("name, x, y", WRONG)
def test_wrong_result_is_found(name, x, y):
    assert not finding_of(name, x, y).good


def test_error_is_in_units_of_the_last_place():
    finding = finding_of("exp", 1, BELOW_E)
    expected = (np.e - float(BELOW_E)) / 2.0**-22
    np.testing.assert_allclose(finding.error, expected, rtol=1e-6)
    assert (finding.at, finding.above_one) == (1, 1)


def test_command_prints_a_line_for_each_function(capsys):
    assert ulp.main(["--functions", "exp", "erf", "--step", "1000003"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["exp", "erf"]
