"""The AI4I 2020 data and the process that makes such data."""

import gzip
import io
import zipfile

import numpy as np
import pytest

from fastnn.datasets import predictive_maintenance as pm
from fastnn.datasets.files import sha256

HEADER = ",".join(("UDI", "Product ID", *pm.FEATURES, *pm.TARGETS))
LINE = "1,M14860,M,298.1,308.6,1551,42.8,0,0,0,0,0,0,0"


@pytest.fixture(scope="module")
def made():
    return pm.make_data()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("FASTNN_DATA_DIR", raising=False)
    monkeypatch.setenv("FASTNN_CACHE_DIR", str(tmp_path / "cache"))


class TestReal:
    @pytest.fixture(autouse=True)
    def folder(self, data_dir, monkeypatch):
        monkeypatch.setenv("FASTNN_DATA_DIR", str(data_dir))

    def test_known_counts(self):
        (x, y), _ = pm.load_data(test_split=0)
        assert x.shape == y.shape == (10000, 6)
        assert y.sum(axis=0).tolist() == [339, 46, 115, 95, 98, 19]
        assert np.bincount(x[:, 0].astype(int)).tolist() == [6000, 2997, 1003]
        assert (x[:, 3].min(), x[:, 3].max()) == (1168, 2886)
        assert (x[:, 4].min(), x[:, 4].max()) == (3.8, 76.6)

    def test_the_split_is_stratified_and_seeded(self):
        (x_train, y_train), (x_test, y_test) = pm.load_data()
        assert (len(x_train), len(x_test)) == (8000, 2000)
        assert (y_train[:, 0].sum(), y_test[:, 0].sum()) == (271, 68)
        assert np.array_equal(pm.load_data()[1][0], x_test)
        assert not np.array_equal(pm.load_data(seed=1)[1][0], x_test)

    def test_two_of_the_rules_hold_in_the_file(self):
        (x, y), _ = pm.load_data(test_split=0)
        kind, _, _, speed, torque, wear = x.T
        power = torque * speed * 2 * np.pi / 60
        assert np.array_equal((power < 3500) | (power > 9000), y[:, 3])
        limit = np.array((11000, 12000, 13000))[kind.astype(int)]
        assert np.array_equal(wear * torque > limit, y[:, 4])


class TestMade:
    def test_everyone_gets_the_same_rows(self, made):
        x, y = made
        assert x.dtype == np.float64
        assert y.dtype == np.uint8
        text = "\n".join(
            ",".join(f"{value:.1f}" for value in row) for row in np.hstack((x, y))
        )
        assert sha256(text.encode()) == FROZEN

    def test_counts_are_like_those_of_the_file(self, made):
        x, y = made
        real = np.array([339, 46, 115, 95, 98])
        assert np.all(np.abs(y.sum(axis=0)[:5] - real) < 2 * np.sqrt(real))
        shares = np.bincount(x[:, 0].astype(int)) / len(x)
        assert np.allclose(shares, (0.6, 0.3, 0.1), atol=0.02)

    def test_readings_are_like_those_of_the_file(self, made):
        _, air, process, speed, torque, wear = made[0].T
        for values, mean, deviation in (
            (air, 300, 2),
            (process - air, 10, 1),
            (torque, 40, 10),
            (speed, 1539, 179),
            (wear, 108, 64),
        ):
            assert values.mean() == pytest.approx(mean, rel=0.03)
            assert values.std() == pytest.approx(deviation, rel=0.05)
        assert torque.min() >= 0

    def test_failure_modes_follow_their_rules(self, made):
        x, y = made
        kind, air, process, speed, torque, wear = x.T
        power = torque * speed * 2 * np.pi / 60
        assert np.array_equal((power < 3500) | (power > 9000), y[:, 3])
        limit = np.array((11000, 12000, 13000))[kind.astype(int)]
        assert np.array_equal(wear * torque > limit, y[:, 4])
        # The temperatures are rounded after the rule was applied.
        cool = (process - air > 8.6 + 0.11) | (speed >= 1380)
        hot = (process - air < 8.6 - 0.11) & (speed < 1380)
        assert not y[cool, 2].any()
        assert y[hot, 2].all()
        assert wear[y[:, 1] == 1].min() >= 200
        assert np.array_equal(y[:, 1:].any(axis=1), y[:, 0])

    def test_the_tool_wears_by_type_and_is_replaced(self, made):
        kind, wear = made[0][:, 0].astype(int), made[0][:, 5]
        cost = np.array((2, 3, 5))[kind]
        replaced = wear[1:] == 0
        assert np.array_equal((wear[:-1] + cost[:-1])[~replaced], wear[1:][~replaced])
        last = wear[:-1][replaced]
        assert last.min() >= 200
        assert last.max() < 246
        assert 100 < replaced.sum() < 140

    @pytest.mark.parametrize("rows", [1, 2, 50])
    def test_any_number_of_rows(self, rows):
        x, y = pm.make_data(rows)
        assert x.shape == y.shape == (rows, 6)
        assert np.isfinite(x).all()

    def test_another_seed_makes_other_rows(self, made):
        assert not np.array_equal(pm.make_data(seed=1)[0], made[0])

    def test_no_rows_are_refused(self):
        with pytest.raises(ValueError, match=r"positive. Received: rows=0"):
            pm.make_data(0)


FROZEN = "08f00802906db2f8eaaf719b264f31b815b948db4b75dcb2a10c570abe43e535"


def packed(text, how):
    if how == "gzip":
        return gzip.compress(text.encode())
    if how == "zip":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("ai4i2020.csv", text)
        return stream.getvalue()
    return text.encode("utf-8-sig")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("how", ["plain", "gzip", "zip"])
def test_a_file_may_be_packed_and_have_any_line_ends(tmp_path, how, end):
    path = tmp_path / "a.csv"
    path.write_bytes(packed(end.join((HEADER, LINE, "")), how))
    x, y = pm.read_csv(path)
    assert x.tolist() == [[1, 298.1, 308.6, 1551, 42.8, 0]]
    assert y.tolist() == [[0] * 6]


def test_columns_are_found_by_name(tmp_path):
    path = tmp_path / "a.csv"
    names, values = HEADER.split(","), LINE.split(",")
    path.write_text(",".join(names[::-1]) + "\n" + ",".join(values[::-1]))
    assert pm.read_csv(path)[0][0, 4] == 42.8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "columns Type.*an empty file"),
        (HEADER.replace("Torque [Nm]", "Torque"), r"columns Torque \[Nm\]"),
        (f"{HEADER}\n{LINE.replace(',M,', ',X,')}", "line 2: expected a type"),
        (f"{HEADER}\n{LINE}\n{LINE.replace('1551', 'fast')}", "line 3: expected"),
        (f"{HEADER}\n1,2", "line 2: expected"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        pm.read_csv(path)


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"PK"])
def test_a_damaged_packed_file_is_refused(tmp_path, magic):
    path = tmp_path / "a.csv"
    path.write_bytes(magic + b"rest")
    with pytest.raises(ValueError, match=r"expected to be whole. Received"):
        pm.read_csv(path)


def test_a_changed_file_in_the_data_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("FASTNN_DATA_DIR", str(tmp_path))
    (tmp_path / "ai4i2020").mkdir()
    path = tmp_path / "ai4i2020" / "ai4i2020.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{LINE}\n".encode()))
    with pytest.raises(ValueError, match=r"another file: expected SHA-256"):
        pm.load_data()
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ValueError, match=r"cannot be unpacked"):
        pm.load_data()


def test_the_digest_does_not_depend_on_line_ends_or_packing():
    unix, dos = "a,b\n1,2\n", "a,b\r\n1,2\r\n"
    digests = {
        pm._digest_of_text(packed(text, how))
        for text in (unix, dos)
        for how in ("plain", "gzip", "zip")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("part", [-0.1, 1, 1.5])
def test_splits_outside_0_1_are_refused(made, part):
    with pytest.raises(ValueError, match=r"Received: test_split="):
        pm.split(*made, test_split=part)


def test_a_split_keeps_every_row_once(made):
    x, y = made
    (x_train, y_train), (x_test, y_test) = pm.split(x, y, test_split=0.3)
    assert len(x_train) + len(x_test) == len(x)
    joined = np.hstack((np.vstack((x_train, x_test)), np.vstack((y_train, y_test))))
    assert np.array_equal(np.sort(joined, axis=0), np.sort(np.hstack((x, y)), axis=0))
    assert y_test[:, 0].sum() == round(0.3 * y[:, 0].sum())
