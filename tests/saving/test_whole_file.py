"""Files that are whole or not there."""

import errno
import os
import stat

import pytest

from fastnn.saving.whole_file import whole_file


def write(path, content):
    with whole_file(path) as file:
        file.write(content)


def test_a_file_appears_with_its_content(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    write(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(type(error)), whole_file(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, call):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="no space left"):
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "none" / "a", b"new")


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
class TestPosix:
    def test_the_mode_of_an_old_file_is_kept(self, tmp_path):
        path = tmp_path / "a"
        path.write_bytes(b"old")
        path.chmod(0o640)
        write(path, b"new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_a_link_stays_a_link(self, tmp_path):
        (tmp_path / "target").write_bytes(b"old")
        link = tmp_path / "link"
        link.symlink_to("target")
        write(link, b"new")
        assert link.is_symlink()
        assert (tmp_path / "target").read_bytes() == b"new"
