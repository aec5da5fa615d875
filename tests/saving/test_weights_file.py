"""Weights in files: what goes in comes out, and damage is seen."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fastnn.saving.weights_file import load_arrays, save_arrays


def some_arrays():
    return [
        ("dense/kernel", np.arange(12, dtype=np.float32).reshape(3, 4)),
        ("dense/bias", np.arange(4, dtype=np.float64)),
        ("step", np.array(7, np.int64)),
        ("empty", np.zeros((0, 3), np.float32)),
    ]


def assert_equal(received, expected):
    assert [name for name, _ in received] == [name for name, _ in expected]
    for (_, one), (_, other) in zip(received, expected, strict=True):
        assert one.dtype == other.dtype
        assert one.shape == other.shape
        assert np.array_equal(one, other, equal_nan=True)


def test_arrays_come_back_in_order(tmp_path):
    path = tmp_path / "a.npz"
    save_arrays(path, some_arrays())
    loaded = load_arrays(path)
    assert_equal(loaded, some_arrays())
    assert all(array.flags.writeable for _, array in loaded)


@given(
    arrays.arrays(
        st.sampled_from(["f4", "f8", "i4", "i8", "u1", "?", ">f4"]),
        arrays.array_shapes(min_dims=0, min_side=0, max_side=5),
    ),
    st.booleans(),
)
def test_any_array_comes_back(tmp_path_factory, array, fortran):
    path = tmp_path_factory.mktemp("any") / "a.npz"
    given = np.asfortranarray(array) if fortran and array.ndim else array
    save_arrays(path, [("a", given)])
    assert_equal(load_arrays(path), [("a", array)])


def test_strided_views_come_back(tmp_path):
    padded = np.arange(48, dtype=np.float32).reshape(3, 16)
    save_arrays(tmp_path / "a.npz", [("a", padded[:, :10])])
    assert_equal(load_arrays(tmp_path / "a.npz"), [("a", padded[:, :10])])


def test_numpy_reads_the_file_and_its_files_are_read(tmp_path):
    path = tmp_path / "a.npz"
    save_arrays(path, some_arrays())
    with np.load(path, allow_pickle=False) as archive:
        assert np.array_equal(archive["dense/kernel"], some_arrays()[0][1])
    np.savez(path, a=np.ones(3), b=np.asfortranarray(np.ones((2, 3))))
    assert_equal(load_arrays(path), [("a", np.ones(3)), ("b", np.ones((2, 3)))])


def test_equal_weights_make_equal_files(tmp_path):
    for name in ("a.npz", "b.npz"):
        save_arrays(tmp_path / name, some_arrays())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_failed_save_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.npz"
    save_arrays(path, some_arrays())

    class Broken:
        dtype = np.dtype(float)

        def __array__(self, dtype=None, copy=None):
            Broken.calls = getattr(Broken, "calls", 0) + 1
            if Broken.calls > 1:
                raise OSError("broken")
            return np.zeros(1)

    with pytest.raises(OSError, match="broken"):
        save_arrays(path, [("a", np.ones(3)), ("b", Broken())])
    assert_equal(load_arrays(path), some_arrays())
    assert len(list(tmp_path.iterdir())) == 1


def test_every_truncation_is_seen(tmp_path):
    path = tmp_path / "a.npz"
    save_arrays(path, some_arrays())
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match="whole weights file"):
            load_arrays(path)


def test_no_flipped_bit_changes_a_number_in_silence(tmp_path):
    path = tmp_path / "a.npz"
    expected = some_arrays()
    save_arrays(path, expected)
    content = path.read_bytes()
    seen = 0
    for place in range(len(content)):
        for bit in (1, 8, 128):
            damaged = bytearray(content)
            damaged[place] ^= bit
            path.write_bytes(damaged)
            try:
                loaded = load_arrays(path)
            except ValueError:
                seen += 1
                continue
            # A flip in a date or the like; or in a name, which the model checks.
            for (_, one), (_, other) in zip(loaded, expected, strict=True):
                assert np.array_equal(one, other)
    assert seen > 1.5 * len(content)


def archive_of(**entries):
    stream = io.BytesIO()
    compression = entries.pop("compression", zipfile.ZIP_STORED)
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def npy(array, **keywords):
    stream = io.BytesIO()
    np.save(stream, array, **keywords)
    return stream.getvalue()


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


FOREIGN = {
    "no archive": b"hello",
    "empty": b"",
    "pickle": archive_of(a=npy(np.array([Evil()], object), allow_pickle=True)),
    "strings": archive_of(a=npy(np.array(["a"]))),
    "records": archive_of(a=npy(np.zeros(1, [("a", "f4")]))),
    "compressed": archive_of(a=npy(np.zeros(9)), compression=zipfile.ZIP_DEFLATED),
    "no array": archive_of(a=b"hello"),
    "too short": archive_of(a=npy(np.zeros(9))[:-1]),
    "too long": archive_of(a=npy(np.zeros(9)) + b"x"),
    "huge shape": archive_of(a=npy(np.zeros(9)).replace(b"(9,)", b"(9999999,)")[:-6]),
    "negative shape": archive_of(
        a=npy(np.zeros((1, 1))).replace(b"(1, 1)", b"(-1,-1)")
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_files_are_refused(tmp_path, kind, capsys):
    path = tmp_path / "a.npz"
    path.write_bytes(FOREIGN[kind])
    with pytest.raises(ValueError, match=r"whole weights file. Received"):
        load_arrays(path)
    assert "executed" not in capsys.readouterr().out


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_arrays(tmp_path / "none.npz")


@pytest.mark.parametrize("call", [load_arrays, lambda path: save_arrays(path, [])])
def test_another_ending_is_refused(tmp_path, call):
    with pytest.raises(ValueError, match=r"end in '.npz'. Received"):
        call(tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("a", np.ones(1)), ("a", np.ones(1))], "'a' twice"),
        ([("a", np.array([None]))], "'a' of dtype object"),
    ],
)
def test_what_cannot_be_saved_is_refused(tmp_path, pairs, message):
    with pytest.raises(ValueError, match=message):
        save_arrays(tmp_path / "a.npz", pairs)
    assert not list(tmp_path.iterdir())
