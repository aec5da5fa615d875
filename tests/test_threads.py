"""How the number of threads is found."""

import os
import subprocess
import sys

import pytest

import fastnn
from fastnn import threads
from fastnn._core import engine


@pytest.fixture(autouse=True)
def as_before():
    number = fastnn.get_num_threads()
    yield
    fastnn.set_num_threads(number)


def test_setting_the_number():
    fastnn.set_num_threads(3)
    assert fastnn.get_num_threads() == 3
    assert threads.num_threads_source() == "set_num_threads"


@pytest.mark.parametrize("n", [0, -1, engine.MAX_THREADS + 1, 10**30])
def test_numbers_out_of_range(n):
    before = fastnn.get_num_threads()
    with pytest.raises(ValueError, match=f"Received: {n}"):
        fastnn.set_num_threads(n)
    assert fastnn.get_num_threads() == before


@pytest.mark.parametrize("n", [1.0, "2", None, True])
def test_no_numbers(n):
    with pytest.raises(TypeError, match="integer"):
        fastnn.set_num_threads(n)


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text + "\n")


@pytest.fixture
def root(tmp_path):
    return tmp_path / "cgroup"


@pytest.fixture
def membership(tmp_path):
    file = tmp_path / "self"
    file.write_text("0::/\n")
    return file


def quota(root, membership):
    return threads._cgroup_quota(root, membership)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max 100000", None),
        ("200000 100000", 2),
        ("250000 100000", 3),
        ("50000 100000", 1),
        ("1000 100000", 1),
        ("rubbish", None),
        ("", None),
        ("100000 0", None),
        ("-1 100000", None),
    ],
)
def test_version_2(root, membership, text, expected):
    write(root, cpu__max=text)
    assert quota(root, membership) == expected


def test_version_2_takes_the_least_on_the_way_up(root, membership):
    membership.write_text("0::/outer/inner\n")
    write(root / "outer", cpu__max="300000 100000")
    write(root / "outer" / "inner", cpu__max="max 100000")
    assert quota(root, membership) == 3
    write(root / "outer" / "inner", cpu__max="150000 100000")
    assert quota(root, membership) == 2


@pytest.mark.parametrize(
    ("limit", "period", "expected"),
    [("400000", "100000", 4), ("-1", "100000", None), ("150000", "100000", 2)],
)
def test_version_1(root, membership, limit, period, expected):
    membership.write_text("4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n")
    write(
        root / "cpu" / "box",
        cpu__cfs_quota_us=limit,
        cpu__cfs_period_us=period,
    )
    assert quota(root, membership) == expected


def test_version_1_mounted_at_the_container_s_own_group(root, membership):
    membership.write_text("3:cpu,cpuacct:/docker/0123\n")
    write(root / "cpu", cpu__cfs_quota_us="200000", cpu__cfs_period_us="100000")
    assert quota(root, membership) == 2


def test_no_control_groups_at_all(tmp_path):
    assert quota(tmp_path / "absent", tmp_path / "absent too") is None


def test_unreadable_membership(root, tmp_path):
    write(root, cpu__max="200000 100000")
    file = tmp_path / "odd"
    file.write_text("\n:::\nnonsense\n0::/../../up\n")
    assert quota(root, file) == 2


def cores(*pairs):
    block = "processor\t: {i}\nphysical id\t: {p}\ncore id\t\t: {c}\n\n"
    return "".join(block.format(i=i, p=p, c=c) for i, (p, c) in enumerate(pairs))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (cores((0, 0), (0, 1)), 2),
        (cores((0, 0), (0, 1), (0, 0), (0, 1)), 2),
        (cores((0, 0), (1, 0)), 2),
        ("processor\t: 0\nBogoMIPS\t: 100\n", None),
        ("", None),
    ],
)
def test_physical_cores(tmp_path, text, expected):
    file = tmp_path / "cpuinfo"
    file.write_text(text)
    assert threads._physical_cores(file) == expected


def test_physical_cores_without_a_file(tmp_path):
    assert threads._physical_cores(tmp_path / "absent") is None


def test_the_least_limit_wins(monkeypatch):
    monkeypatch.delenv("FASTNN_NUM_THREADS", raising=False)
    limits = {"_affinity": 8, "_cgroup_quota": 3, "_physical_cores": 4}
    for name, value in limits.items():
        monkeypatch.setattr(threads, name, lambda *_, value=value: value)
    assert threads._default() == (3, "cgroup CPU quota")
    monkeypatch.setattr(threads, "_cgroup_quota", lambda *_: None)
    assert threads._default() == (4, "physical cores")
    monkeypatch.setattr(threads, "_physical_cores", lambda *_: None)
    assert threads._default() == (8, "CPU affinity")
    monkeypatch.setattr(threads, "_affinity", lambda *_: 4096)
    assert threads._default() == (engine.MAX_THREADS, "CPU affinity")


def run(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


PRINT = "import fastnn, fastnn.threads as t\n"
PRINT += "print(fastnn.get_num_threads(), t.num_threads_source())"


def test_the_environment_decides():
    result = run(PRINT, FASTNN_NUM_THREADS=" 5 ")
    assert result.stdout.split() == ["5", "FASTNN_NUM_THREADS"], result.stderr


@pytest.mark.parametrize("value", ["0", "-2", "two", "1.5", "100000"])
def test_a_wrong_environment_is_refused(value):
    result = run(PRINT, FASTNN_NUM_THREADS=value)
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert "FASTNN_NUM_THREADS" in last
    assert value in last


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs affinity")
def test_affinity():
    program = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    result = run(program + PRINT, FASTNN_NUM_THREADS="")
    assert result.stdout.startswith("1 "), result.stderr
