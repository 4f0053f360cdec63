"""Sealing: notes and offers of a mediation, readable by its mediator alone.

AES-256-GCM. Each assignment of a mediator brings a random key of its own. It lies in the vault as a
text of the entry that assigns them, wrapped by a key of the deployment that no database holds; the
sealed words lie there too. Both are about the parties: erasing one erases them, and copies of the
sealed words that were handed out stay closed for good. Who may read is for the desk to check.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY, _NONCE = 32, 12


class SealedError(ValueError):
    """A text that this key does not open: another dispute's, or altered."""


def new_key(secret: bytes, dispute: str) -> str:
    """A random key, wrapped by the deployment's `secret` for one dispute."""
    return _seal(_wrapping(secret), AESGCM.generate_key(_KEY * 8), _for(dispute))


def seal(secret: bytes, key: str, dispute: str, words: str) -> str:
    """The words, sealed by a wrapped key. Raises SealedError for another dispute's key."""
    return _seal(_open(_wrapping(secret), key, _for(dispute)), words.encode(), _for(dispute))


def unseal(secret: bytes, key: str, dispute: str, sealed: str) -> str:
    """The words again. Raises SealedError where key, dispute or text do not belong together."""
    return _open(_open(_wrapping(secret), key, _for(dispute)), sealed, _for(dispute)).decode()


def _for(dispute: str) -> bytes:
    return b"mediation.dispute\x1f" + dispute.encode()


def _wrapping(secret: bytes) -> bytes:
    return HKDF(SHA256(), _KEY, salt=None, info=b"lianzhi mediation sealing/1").derive(secret)


def _seal(key: bytes, body: bytes, about: bytes) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, body, about)).decode()


def _open(key: bytes, sealed: str, about: bytes) -> bytes:
    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], about)
    except (InvalidTag, ValueError):
        raise SealedError("the text is not sealed by this key") from None
