"""Evidence packs for self-assessments 算法自评估: made from the record, issued, read again.

A pack holds Chinese and, after it, English. Its entry names the audits that it rests on, what was
missing, and the SHA-256 of each form. See `office.issued_papers`.
"""

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection

from lianzhi.documents.paper_composing import bilingual
from lianzhi.documents.paper_forms import FORMS
from lianzhi.domains.algorithms.desk.office import Office, draft
from lianzhi.domains.algorithms.papers import PAPERS
from lianzhi.domains.algorithms.papers.filling import PackFacts, fill, missing
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.domains.algorithms.words import words as catalogue
from lianzhi.office.files import Files
from lianzhi.office.issued_papers import issue_paper
from lianzhi.record.entry import Draft

_KIND = "self_assessment"


class SelfAssessments:
    """See module. Raises KeyError for an unknown algorithm."""

    def __init__(self, office: Office) -> None:
        self._office, self._files = office, Files(office.home)

    def issue(self, identity: str, by: str, *, words: str) -> str:
        """Issue a pack of what the record holds now; returns its number. `words`: what is to be
        published 拟公示内容, where the provider has written it."""
        office, today = self._office, self._office.today()
        with office.reading() as connection:
            facts = self._facts(connection, identity, words)
        number = f"SA-{identity}-{len(facts.algorithm.packs) + 1}"
        zh, en = (
            fill(facts, catalogue(language).gettext) | {"number": number, "day": today}
            for language in ("zh", "en")
        )
        paper = bilingual(PAPERS, _KIND, zh, english_fields=en)
        bodies = {form: render(paper) for form, render in FORMS.items()}
        payload = {
            "algorithm": identity,
            "by": by,
            "number": number,
            "day": today,
            "digests": {form: hashlib.sha256(body).hexdigest() for form, body in bodies.items()},
            "audits": [audit.id for audit in facts.audits],
            "missing": missing(facts),
        }

        def entry(files: Mapping[str, str]) -> Draft:
            texts = {"words": words}
            fields = payload | {"files": dict(files)}
            return draft("algorithm.self_assessed", identity, office.now(), fields, texts)

        def current(connection: Connection) -> bool:
            return self._facts(connection, identity, words) == facts

        if not issue_paper(office.ledger, self._files, number, bodies, entry, current):
            raise RefusedError("pack_changed", f"{identity} changed meanwhile; try again")
        return number

    def read(self, identity: str, number: str, form: str) -> bytes:
        """A form of a pack as it was issued. KeyError: there is none; RefusedError: the file was
        changed since."""
        with self._office.reading() as connection:
            algorithm = tables.algorithm.load(connection, identity)
        pack = next((each for each in algorithm.packs if each.number == number), None)
        if pack is None or form not in pack.files:
            raise KeyError(number)
        body = self._files.read(pack.files[form])
        if hashlib.sha256(body).hexdigest() != pack.digests[form]:
            raise RefusedError("pack_file", f"{number}.{form} is not the file that was issued")
        return body

    def _facts(self, connection: Connection, identity: str, disclosure: str) -> PackFacts:
        return PackFacts(
            tables.algorithm.load(connection, identity),
            views.audits_of(connection, "algorithm", identity),
            views.rectifications_of(connection, identity),
            disclosure,
        )
