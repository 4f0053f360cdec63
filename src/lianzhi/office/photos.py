"""Photos that a device announces by their hash and sends later, each by itself."""

import hashlib

from lianzhi.office.files import Files, KeptFile, media_of
from lianzhi.office.refusal import Refusal

#: Bytes of one photo: phones send them downscaled.
MOST_BYTES = 4 << 20
#: Media types of photos, with the endings of their names.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def keep_photo(files: Files, identity: str, body: bytes, sha256: str) -> KeptFile:
    """Keep a photo under its id. Raises Refusal for one that is none, or another than announced.

    `sha256`: as it was announced; empty where it was not, or was erased since.
    """
    if not 0 < len(body) <= MOST_BYTES:
        message = f"{len(body)} bytes; give 1 to {MOST_BYTES}"
        raise Refusal("file_size", message, most=MOST_BYTES >> 20)
    media = media_of(body)
    if media not in ENDINGS:
        raise Refusal("photo_kind", f"{media or 'unknown'}: give JPEG, PNG or WebP")
    if hashlib.sha256(body).hexdigest() != sha256:
        raise Refusal("photo_changed", f"{identity} is not the photo that was announced")
    return files.keep(f"{identity}.{ENDINGS[media]}", body, identity)
