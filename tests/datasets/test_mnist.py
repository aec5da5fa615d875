"""MNIST, real and in miniature."""

import gzip

import numpy as np
import pytest

from fastnn.datasets import mnist

COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("FASTNN_DATA_DIR", raising=False)
    monkeypatch.setenv("FASTNN_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_the_real_data(data_dir, monkeypatch):
    monkeypatch.setenv("FASTNN_DATA_DIR", str(data_dir))
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert x_train.shape == (60000, 28, 28)
    assert x_test.shape == (10000, 28, 28)
    assert np.bincount(y_train).tolist() == COUNTS
    assert np.bincount(y_test).sum() == 10000
    assert round(x_train.mean(), 2) == 33.32
    for array in (x_train, y_train, x_test, y_test):
        assert array.dtype == np.uint8
        assert array.flags.carray


def idx(array, kind=8):
    header = bytes([0, 0, kind, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes())


def test_the_format_of_the_original_files(tmp_path, rng):
    pictures = rng.integers(0, 256, (5, 4, 3)).astype(np.uint8)
    (tmp_path / "a.gz").write_bytes(idx(pictures))
    assert np.array_equal(mnist._read_idx(tmp_path / "a.gz", (5, 4, 3)), pictures)


@pytest.mark.parametrize(
    "content",
    [
        idx(np.zeros((5, 4, 2), np.uint8)),
        idx(np.zeros((5, 12), np.uint8)),
        idx(np.zeros((5, 4, 3), np.uint8), kind=9),
        gzip.compress(b""),
        gzip.compress(gzip.decompress(idx(np.zeros((5, 4, 3), np.uint8)))[:-1]),
    ],
    # names of one's own: the bytes that gzip writes hold the time
    ids=["other shape", "other rank", "other type", "empty", "cut short"],
)
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"a.gz is expected to hold .*Received"):
        mnist._read_idx(tmp_path / "a.gz", (5, 4, 3))


class TestKerasFile:
    """`path` names a file such as Keras keeps."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch):
        small = [
            (key, name, "", (6, *shape[1:])) for key, name, _, shape in mnist._FILES
        ]
        monkeypatch.setattr(mnist, "_FILES", small)

    def save(self, path, **changes):
        arrays = {
            key: np.full(shape, place, np.uint8)
            for place, (key, _, _, shape) in enumerate(mnist._FILES)
        }
        np.savez_compressed(path, **{**arrays, **changes})

    @pytest.mark.parametrize("name", ["mnist.npz", "other.npz"])
    def test_it_is_read_from_the_cache(self, cache, name):
        self.save(cache / name)
        (x_train, y_train), (x_test, y_test) = mnist.load_data(name)
        assert [a.flat[0] for a in (x_train, y_train, x_test, y_test)] == [0, 1, 2, 3]

    def test_it_is_read_from_anywhere(self, tmp_path):
        self.save(tmp_path / "here.npz")
        assert mnist.load_data(tmp_path / "here.npz")[0][0].shape == (6, 28, 28)

    def test_another_shape_or_dtype_is_refused(self, cache):
        for wrong in (np.zeros((5, 28, 28), np.uint8), np.zeros((6, 28, 28))):
            self.save(cache / "mnist.npz", x_train=wrong)
            with pytest.raises(ValueError, match=r"x_train of shape .*Received"):
                mnist.load_data()

    def test_a_damaged_file_is_refused(self, cache):
        self.save(cache / "mnist.npz")
        content = (cache / "mnist.npz").read_bytes()
        (cache / "mnist.npz").write_bytes(content[: len(content) // 2])
        with pytest.raises(ValueError, match=r"x_train, y_train.*Received"):
            mnist.load_data()

    def test_a_path_that_is_not_there_is_an_error(self):
        with pytest.raises(FileNotFoundError):
            mnist.load_data("none.npz")
