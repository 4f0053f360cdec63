"""Contesting: a decision as shown to a party, and the time limit for contesting it."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from lianzhi.chain.appeal import Party, appeal_id
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.statement import EVERYWHERE, Statement
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.reasons import statements
from lianzhi.office.views import DecisionView


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as one party to it may see it. It names nobody else, and no reporter."""

    view: DecisionView
    party: Party
    statements: tuple[Statement, ...]
    """Whom a measure concerns: the reasons of each of their own."""
    measures: Mapping[str, int]
    """Who reported or was harmed: how many measures of which kind were ordered."""
    appeal: str | None
    """The appeal that they have filed before."""
    refused: str
    """Why they may not contest it, as the name of a rule; empty: they may."""


def contest(
    proceedings: Proceedings, decision: str, party: Party, account: str, at: int, language: str
) -> Contest | None:
    """What a party is shown of a decision, in `language`; None where there is none.

    Makes nobody known.
    """
    ledger = proceedings.office.ledger
    queries = proceedings.office.queries
    view = queries.views.decision_view(ledger.engine, decision)
    if view is None:
        return None
    token = ledger.vault.known([account]).get(account)
    own: frozenset[str] = frozenset()
    filed, refused = None, "party_to_it"
    if token is not None:
        with ledger.engine.connect() as connection:
            case = proceedings.office.case(connection, view.row.case)
            own = proceedings.redress.own_measures(connection, decision, token)
            filed = queries.appeals.appeal_row(connection, appeal_id(decision, token))
            try:
                proceedings.redress.check_party(connection, case, decision, party, token)
                late = at > view.row.contest_until
                refused = "in_time" if late else ""
            except IllegalStepError as error:
                refused = error.rule
    whole = statements(view, proceedings.published, EVERYWHERE, language)
    own_statements = [s for s in whole if s.puid in own]
    ordered = [row for row in view.measures if row.status not in ("shadowed", "suppressed")]
    return Contest(
        view=view,
        party=party,
        statements=tuple(own_statements) if party == "affected" else (),
        measures={} if party == "affected" else Counter(row.key for row in ordered),
        appeal=None if filed is None else str(filed["id"]),
        refused=refused,
    )
