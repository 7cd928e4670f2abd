from __future__ import annotations

from pathlib import Path

import pytest

from fukuhon.errors import ConfigurationError
from fukuhon.site import SecretRef, Site
from fukuhon.site.secrets import private_folder, read_key, read_secret


def private(path: Path, text: str, mode: int = 0o600) -> SecretRef:
    """A secret in a file."""
    path.write_text(text)
    path.chmod(mode)
    return SecretRef(file=path)


def test_a_private_file_is_read(tmp_path: Path) -> None:
    """Blanks around it, such as an editor's last line feed, do not count."""
    assert read_secret(private(tmp_path / "s", "word\n")) == "word"


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name; blanks are no secret."""
    monkeypatch.setenv("FUKUHON_TEST_SECRET", " ")
    with pytest.raises(ConfigurationError) as caught:
        read_secret(SecretRef(env="FUKUHON_TEST_SECRET"))
    assert caught.value.code == "SITE-006"
    assert "FUKUHON_TEST_SECRET" in caught.value.message


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Its text is not told."""
    with pytest.raises(ConfigurationError) as caught:
        read_secret(private(tmp_path / "s", "word", 0o640))
    assert caught.value.code == "SITE-005"
    assert "word" not in str(caught.value)


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File or variable."""
    monkeypatch.delenv("NOT_SET", raising=False)
    with pytest.raises(ConfigurationError, match="SITE-004"):
        read_secret(SecretRef(file=tmp_path / "nothing"))
    with pytest.raises(ConfigurationError, match="SITE-004"):
        read_secret(private(tmp_path / "empty", "\n"))
    with pytest.raises(ConfigurationError, match="NOT_SET"):
        read_secret(SecretRef(env="NOT_SET"))


def test_the_hash_key_is_made_once_and_kept(site: Site) -> None:
    """Hashes of different days must be comparable."""
    key = site.hash_key()
    path = site.folder / "secrets/hash.key"
    assert len(key) == 32
    assert site.hash_key() == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [made.name for made in path.parent.iterdir()] == ["hash.key"]


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    """A new key would make every record look changed."""
    ref = private(tmp_path / "key", "abcd")
    with pytest.raises(ConfigurationError, match="SITE-007"):
        read_key(ref)
    assert ref.file is not None
    assert ref.file.read_text() == "abcd"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="SITE-011"):
        private_folder(tmp_path / "file/below")
