"""Finding, downloading and checking files."""

import pytest

from fastnn.datasets.files import cache_folder, find_file, sha256

CONTENT = b"the content"
DIGEST = sha256(CONTENT)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("FASTNN_DATA_DIR", raising=False)
    monkeypatch.setenv("FASTNN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path):
    """Addresses of a good, a damaged and a missing file; no network is needed."""
    (tmp_path / "good").write_bytes(CONTENT)
    (tmp_path / "damaged").write_bytes(CONTENT[:-1])
    return {name: (tmp_path / name).as_uri() for name in ("good", "damaged", "missing")}


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_download_is_kept(cache, server, tmp_path):
    path = find_file("set", "a", [server["good"]], DIGEST)
    assert path == cache / "set" / "a"
    assert path.read_bytes() == CONTENT
    (tmp_path / "good").unlink()
    assert find_file("set", "a", [server["good"]], DIGEST) == path
    assert files_in(cache) == ["a"]


@pytest.mark.parametrize("first", ["damaged", "missing"])
def test_the_next_address_is_tried(cache, server, first):
    path = find_file("set", "a", [server[first], server["good"]], DIGEST)
    assert path.read_bytes() == CONTENT


def test_a_damaged_download_is_an_error_and_not_kept(cache, server):
    with pytest.raises(ValueError, match=rf"damaged: SHA-256 .*{DIGEST}"):
        find_file("set", "a", [server["damaged"], server["missing"]], DIGEST)
    assert files_in(cache) == []


def test_no_answer_is_an_error_that_says_what_to_do(cache, server):
    with pytest.raises(ConnectionError, match=r"a could not .*FASTNN_DATA_DIR"):
        find_file("set", "a", [server["missing"]], DIGEST)


def test_a_damaged_file_in_the_cache_is_downloaded_again(cache, server):
    (cache / "set").mkdir(parents=True)
    (cache / "set" / "a").write_bytes(CONTENT[:5])
    path = find_file("set", "a", [server["good"]], DIGEST)
    assert path.read_bytes() == CONTENT


class TestDataFolder:
    @pytest.fixture
    def folder(self, cache, tmp_path, monkeypatch):
        monkeypatch.setenv("FASTNN_DATA_DIR", str(tmp_path / "data"))
        (tmp_path / "data" / "set").mkdir(parents=True)
        return tmp_path / "data" / "set"

    def test_its_file_is_used(self, folder, cache):
        (folder / "a").write_bytes(CONTENT)
        assert find_file("set", "a", [], DIGEST) == folder / "a"
        assert not cache.exists()

    def test_a_missing_file_is_an_error_and_not_downloaded(self, folder, server):
        with pytest.raises(FileNotFoundError, match=r"FASTNN_DATA_DIR .*set/a"):
            find_file("set", "a", [server["good"]], DIGEST)

    def test_a_damaged_file_is_an_error_and_left_alone(self, folder, server):
        (folder / "a").write_bytes(CONTENT[:5])
        with pytest.raises(ValueError, match=rf"damaged .*{DIGEST}. Received"):
            find_file("set", "a", [server["good"]], DIGEST)
        assert (folder / "a").read_bytes() == CONTENT[:5]


def test_the_cache_is_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("FASTNN_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "fastnn"
