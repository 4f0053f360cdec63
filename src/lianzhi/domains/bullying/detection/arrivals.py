"""Arrivals: what one message does to a person's state. The hot path.

`Weights` holds a policy's constants worked out once; its formulas are those of `stats.cusum`,
written out because each runs for every message (tests hold them against the functions there).
"""

from math import log

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, Arrival, Person
from lianzhi.domains.bullying.policy import Policy


class Weights:
    """Log-likelihood ratios, pile-on against ordinary times, under one policy; in nats."""

    def __init__(self, policy: Policy) -> None:
        base, harm, marks = policy.baseline, policy.harm, policy.marks
        self.prior_strangers, self.prior_days = base.prior_strangers, base.prior_days
        self._prior_harm, self._prior_messages = (
            base.harm_share * base.harm_weight,
            base.harm_weight,
        )
        self._with_text = harm.flagged_weight
        self._flagged = harm.flagged_share * self._with_text
        self._flagged_share, self._clearest = harm.flagged_share, harm.flagged_most_factor
        self._pile_on = harm.pile_on_share
        self._odds = (1 - harm.text_base_rate) / harm.text_base_rate
        self._new_ms = policy.contact.new_account_days * DAY_MS
        self._new = log(marks.new_share_pile_on / marks.new_share)
        self._old = log((1 - marks.new_share_pile_on) / (1 - marks.new_share))
        self._faster = policy.rate.faster
        self._least_rate = policy.rate.at_least_per_hour / HOUR_MS
        self.acquaintances = policy.state.acquaintances
        self.recent = policy.state.recent + self.acquaintances

    def harm_share(self, person: Person) -> float:
        """Share of harmful messages among strangers' in the person's ordinary times."""
        harm = self._prior_harm + person.harm
        return min(0.5, harm / (self._prior_messages + person.messages))

    def clarity(self, person: Person) -> float:
        """Weight factor of a text that the model holds for harmful, for this person.

        It falls with the share of ordinary messages around the person that the model flags, such as
        where everyone talks coarsely, or about what the model misreads.
        """
        flagged = (self._flagged + person.flagged) / (self._with_text + person.with_text)
        factor = self._flagged_share / flagged
        return max(1 / self._clearest, min(self._clearest, factor))

    def text(self, odds: float, person: Person) -> tuple[float, float]:
        """(weight of one message, probability that it is harmful).

        `odds` are the text model's, calibrated where `text_base_rate` of texts offend; they are
        moved to the person's own share of harmful messages (Elkan 2001, change of base rate). That
        share is learned from these probabilities, not from the model's own, or whoever is spoken
        to in words that the model doubts would seem used to abuse.
        """
        if odds > 1:
            odds *= self.clarity(person)
        share = self.harm_share(person)
        odds *= self._odds * share / (1 - share)
        ratio = odds * self._pile_on / share + (1 - self._pile_on) / (1 - share)
        return log(ratio / (1 + odds)), odds / (1 + odds)

    def age(self, event: Event) -> float:
        """Weight of the age of the actor's account; 0 when it is unknown."""
        if event.actor_created is None:
            return 0.0
        return self._new if event.time - event.actor_created < self._new_ms else self._old

    def step_cusum(self, person: Person, at: int) -> None:
        """Take one more stranger into the person's CUSUM of arrivals (Page 1954)."""
        rate0 = (self.prior_strangers + person.strangers) / (self.prior_days + person.days) / DAY_MS
        rate1 = max(rate0 * self._faster, self._least_rate)
        level = person.cusum - (rate1 - rate0) * (at - person.cusum_at)
        if level <= 0.0:
            level = 0.0
            person.onset = at
        person.cusum = level + log(rate1 / rate0)
        person.cusum_at = at


def arrive(
    person: Person,
    event: Event,
    weights: Weights,
    *,
    weight: float,
    harmful: bool,
    inciting: bool,
    defending: bool,
    stranger: bool,
) -> None:
    """Put somebody among those who came lately; one place per account, latest last."""
    recent, now = person.recent, event.time
    earlier = recent.pop(event.actor, None)
    if earlier is None and stranger:
        if person.incident is None:
            person.today += 1
        weights.step_cusum(person, now)
    elif earlier is None:
        _make_room(recent, weights.acquaintances)
    if earlier is not None and earlier.weight > weight:  # the strongest text counts
        earlier.time = now
        earlier.harmful = earlier.harmful or harmful
        earlier.inciting = earlier.inciting or inciting
        recent[event.actor] = earlier
    else:
        recent[event.actor] = Arrival(
            now,
            now if earlier is None else earlier.first,
            weight,
            weights.age(event),
            harmful or (earlier is not None and earlier.harmful),
            inciting,
            defending,
            _via(event),
            event.source,
            event.id,
            event.seq,
            stranger,
        )
    oldest = now - DAY_MS
    first = next(iter(recent))
    while len(recent) > weights.recent or recent[first].time <= oldest:
        del recent[first]
        first = next(iter(recent))


def _make_room(recent: dict[str, Arrival], most: int) -> None:
    """Let acquaintances take only the places that are theirs, or they would hide strangers."""
    known = [actor for actor, arrival in recent.items() if not arrival.stranger]
    if len(known) >= most:
        del recent[known[0]]


def _via(event: Event) -> str | None:
    """Where somebody came from: a group, a post that the platform names, the post they repost.

    What a comment answers is no origin: under a popular post everybody answers the same.
    """
    if event.group is not None:
        return event.group
    if event.ext is not None and isinstance(named := event.ext.get("via"), str):
        return named
    return event.in_reply_to if event.kind == "repost" else None
