"""Issuing papers: rendered under the next number, stored, then named by an entry of the record.

A paper is rendered once in each of its forms. All files are stored before the entry that issues
them, whose texts hold their SHA-256, so that erasing the party leaves nothing to test a guess by.
What was rendered under a number that somebody else took meanwhile is rendered anew by the caller.
"""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from sqlalchemy import Connection

from lianzhi.office.files import Files
from lianzhi.office.ports import Ledger
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft
from lianzhi.record.ports import Vault


def issue_paper(
    ledger: Ledger,
    files: Files,
    number: str,
    bodies: Mapping[str, bytes],
    draft: Callable[[Mapping[str, str]], Draft],
    current: Callable[[Connection], bool],
) -> bool:
    """Store the bodies of a paper by form and append its entry; returns False where it may not.

    `draft` makes the entry from the ids of the files by form. `current` is asked within the batch
    whether number and file still stand as they were when the paper was rendered.
    """
    with ExitStack() as stack:
        kept = {
            form: stack.enter_context(files.keeping(f"{number}.{form}", body))
            for form, body in bodies.items()
        }
        with ledger.batch() as batch:
            if not current(batch.connection):
                for file in kept.values():
                    files.drop(file.id)
                return False
            batch.append([draft({form: file.id for form, file in kept.items()})])
    return True


def hashes(bodies: Mapping[str, bytes]) -> dict[str, str]:
    """Texts of the entry that issues a paper: the SHA-256 of each form."""
    return {f"{form}_hash": hashlib.sha256(body).hexdigest() for form, body in bodies.items()}


def read_paper(vault: Vault, files: Files, identity: str, index: int, form: str) -> bytes:
    """A form of the paper that the entry `index` issued, byte for byte; `identity`: of its file.

    Raises KeyError where it was erased, Refusal `paper_changed` where it is not the one issued.
    """
    body = files.read(identity)
    digest = vault.text(index, f"{form}_hash")
    if digest is None:
        raise KeyError(identity)
    if hashlib.sha256(body).hexdigest() != digest:
        raise Refusal("paper_changed", f"{identity}: the file is not the one issued")
    return body
