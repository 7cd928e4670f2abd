"""特定個人情報ファイル: written in columns, read with distrust, split by ranges, each with its sidecar and manifest."""

from __future__ import annotations

from fukuhon.files.ahead import ahead
from fukuhon.files.atomic import beside, sweep, write_bytes
from fukuhon.files.digests import sha256_of
from fukuhon.files.engine import connect
from fukuhon.files.hashing import HASH, Fingerprints, content_hash, identity_hash
from fukuhon.files.manifests import Manifest, read_manifest, verify, write_manifest
from fukuhon.files.model import Caps, Header, Operation, Written, item_columns
from fukuhon.files.reading import CollationFile, read_batches, read_collation, read_file, read_header
from fukuhon.files.rendering import wire_bytes
from fukuhon.files.sets import FileSet, SetEntry, write_set
from fukuhon.files.sidecars import SIDECAR, read_sidecar, sidecar_header
from fukuhon.files.splitting import Part, Split, plan_split, split_keys
from fukuhon.files.spool import Spool, by_row_no
from fukuhon.files.writing import write_file

__all__ = [
    "HASH",
    "SIDECAR",
    "Caps",
    "CollationFile",
    "FileSet",
    "Fingerprints",
    "Header",
    "Manifest",
    "Operation",
    "Part",
    "SetEntry",
    "Split",
    "Spool",
    "Written",
    "ahead",
    "beside",
    "by_row_no",
    "connect",
    "content_hash",
    "identity_hash",
    "item_columns",
    "plan_split",
    "read_batches",
    "read_collation",
    "read_file",
    "read_header",
    "read_manifest",
    "read_sidecar",
    "sha256_of",
    "sidecar_header",
    "split_keys",
    "sweep",
    "verify",
    "wire_bytes",
    "write_bytes",
    "write_file",
    "write_manifest",
    "write_set",
]
