"""Links of groups of new accounts to remembered groups, with their evidence, as JSON values."""

from collections.abc import Iterable

from lianzhi.accounts.memory.likeness import TRAITS, Likeness
from lianzhi.accounts.memory.observed import Observed, observe
from lianzhi.accounts.memory.posterior import Policy, posterior
from lianzhi.accounts.memory.traces import Traces
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment

#: Shared values displayed; times at which a link is tested.
_MATCHES, _MOMENTS = 20, 24


def links_of(likeness: Likeness, seen: Iterable[Observed], rules: Policy) -> list[JsonLine]:
    """The links that the policy allows, the most probable first."""
    links = []
    for observed in seen:
        place = posterior(likeness.of(observed), rules).linked(rules)
        if place is not None:
            links.append(_link(likeness, observed.members, place, rules))
    return sorted(links, key=lambda link: -link["posterior"])


def _link(likeness: Likeness, members: tuple[int, ...], place: int, rules: Policy) -> JsonLine:
    whole = likeness.traces
    seen = observe(whole, members)
    result = posterior(likeness.of(seen), rules)
    return {
        "remembered": likeness.entries[place].id,
        "posterior": round(float(result.probability[place]), 4),
        "prior": rules.prior,
        "first_said": _first(likeness, members, place, rules),
        "accounts": [whole.accounts[member] for member in members],
        "evidence_nats": {
            trait: round(float(nats), 2)
            for trait, nats in zip(TRAITS, result.contributions[place], strict=True)
        },
        "matches": [
            {"trait": match.trait, "value": likeness.names[match.trait][match.value],
             "members": match.members, "remembered": match.remembered,
             "others": round(match.others, 6)}
            for match in likeness.matches(seen, place)[:_MATCHES]
        ],
        "note": "evidence for a person to weigh, no ground for a measure",
    }  # fmt: skip


def _first(likeness: Likeness, members: tuple[int, ...], place: int, rules: Policy) -> str | None:
    """First time at which the members' actions would have sufficed for the link."""
    whole: Traces = likeness.traces
    times = sorted(
        {int(t) for member in members for t in whole.actions.time[whole.actions.account == member]}
    )
    for time in [*times[:: max(1, len(times) // _MOMENTS)], times[-1]]:
        until = whole.between(0, time + 1)
        here = [member for member in members if whole.first[member] <= time]
        if len(here) < rules.fewest:
            continue
        if posterior(likeness.of(observe(until, here)), rules).linked(rules) == place:
            return moment(time)
    return None
