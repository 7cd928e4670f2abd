"""Secrets by reference: read when needed, from a private file or the environment, and never kept in settings."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from fukuhon.errors import ConfigurationError
from fukuhon.site.settings import SecretRef

__all__ = ["private_folder", "read_key", "read_key_file", "read_secret"]

KEY_BYTES = 32


def read_secret(ref: SecretRef) -> str:
    """The secret's text without surrounding blanks.

    Raises ConfigurationError: SITE-004 (no such file, or empty), SITE-005 (others can read it), SITE-006 (no variable).
    """
    if ref.env is not None:
        text = os.environ.get(ref.env, "").strip()
        if not text:
            raise ConfigurationError("SITE-006", name=ref.env)
        return text
    assert ref.file is not None
    try:
        mode = ref.file.stat().st_mode
        text = ref.file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("SITE-004", file=ref.file) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError("SITE-005", file=ref.file, mode=f"{stat.S_IMODE(mode):04o}")
    if not text:
        raise ConfigurationError("SITE-004", file=ref.file)
    return text


def read_key(ref: SecretRef) -> bytes:
    """The site's key for keyed hashes: 32 bytes, written as 64 hexadecimal digits.

    A missing file is made, 0600: the first to ask is the first to hash. Raises as :func:`read_secret`, and
    ConfigurationError SITE-007 where the text is no such key.
    """
    if ref.file is not None and not ref.file.exists():
        _make_key(ref.file)
    return _key(ref)


def read_key_file(path: Path) -> bytes:
    """The key in a file that was kept apart; it is never made here. Raises as :func:`read_key`."""
    return _key(SecretRef.model_construct(file=path.absolute(), env=None))


def _key(ref: SecretRef) -> bytes:
    try:
        key = bytes.fromhex(read_secret(ref))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError("SITE-007", where=ref.file or ref.env)
    return key


def _make_key(path: Path) -> None:
    """Write a new key beside and link it in, so that of two at once one wins and nobody reads half a key."""
    private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return  # somebody else's key stands: it is the key
        finally:
            beside.unlink()
    except OSError as error:
        raise ConfigurationError("SITE-011", folder=path.parent, why=os.strerror(error.errno or 0)) from None


def private_folder(path: Path) -> Path:
    """Make a folder, 0700, with its parents. One that exists keeps its mode. Raises ConfigurationError SITE-011."""
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not path.is_dir():
            raise NotADirectoryError(20, "")
    except OSError as error:
        raise ConfigurationError("SITE-011", folder=path, why=os.strerror(error.errno or 0)) from None
    return path
