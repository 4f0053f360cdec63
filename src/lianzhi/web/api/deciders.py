"""Deciders: who decides through the API, a program in its own name or a person whom it names."""

from lianzhi.chain.decision import PROGRAM
from lianzhi.chain.roles import holders
from lianzhi.office.actor import Actor
from lianzhi.store.keys import ApiKey
from lianzhi.store.users import find_named
from lianzhi.web.core.auth import missing_scope
from lianzhi.web.core.ports import RecordPort
from lianzhi.web.core.problems import Problem

_FIELD = "body.decided_by"


def decider(node: RecordPort, key: ApiKey, decided_by: str | None) -> Actor:
    """Who decides: the key itself, or the user of the deployment named in `decided_by`.

    Raises Problem 403 where the key's scopes or the user's roles don't allow it, and 422 where
    there is no such user or they have been disabled. The guards of the step judge the rest.
    """
    program = f"{PROGRAM}{key.id}"
    if decided_by is None:
        if not key.allows("decide"):
            raise missing_scope("decide")
        return Actor(program, person=False)
    if not key.allows("decide_for"):
        raise missing_scope("decide_for")
    user = find_named(node.engine, decided_by)
    if user is None:
        raise Problem(
            422,
            "there is no user of this name",
            field=_FIELD,
            value=decided_by,
            mend="give the name with which the person signs in, see `lianzhi user list`",
        )
    if user.disabled_at is not None:
        raise Problem(
            422,
            "this user is disabled",
            field=_FIELD,
            value=decided_by,
            mend="name somebody who may sign in, or run `lianzhi user enable`",
        )
    if not user.may("work"):
        raise Problem(
            403,
            f"deciding needs the permission work; this user is {', '.join(user.roles)}",
            field=_FIELD,
            value=decided_by,
            mend=f"name somebody who is {' or '.join(holders('work'))}",
        )
    return Actor(user.name, may_severe=user.may("severe"), submitted_by=program)
