"""Permit files: applications, and the days of acceptance, decision and publication."""

from lianzhi.domains.enforcement.town.baseline.people import Staff
from lianzhi.domains.enforcement.town.baseline.rows import Enterprise, Grid, Permit
from lianzhi.domains.enforcement.town.baseline.settings import Frame

_WORKED_A_YEAR = 249
"""Approximate working days a year."""


def permits(
    frame: Frame,
    enterprises: tuple[Enterprise, ...],
    all_grids: tuple[Grid, ...],
    staff: Staff,
) -> tuple[Permit, ...]:
    """The applications of the town's months, in order of application."""
    chance, law = frame.chance("permits"), frame.settings.permits
    squads = {grid.id: grid.squad for grid in all_grids}
    mean = len(enterprises) * law.per_enterprise / _WORKED_A_YEAR
    permits_ = []
    for day in frame.calendar.between(frame.first, frame.last):
        for number in range(chance.about(mean)):
            party = chance.pick(enterprises)
            fitting = {key: it for key, it in law.items.items() if party.industry in it.industries}
            key = chance.weighted(tuple(fitting), [it.weight for it in fitting.values()])
            accepted = frame.calendar.after(day, chance.whole(*law.accept_days))
            decided = frame.calendar.after(accepted, chance.whole(*law.decide_days))
            published = frame.calendar.after(decided, chance.whole(*law.publish_days))
            refused = chance.happens(law.refused)
            done = decided <= frame.last
            permits_.append(
                Permit(
                    id=f"L{day:%Y%m%d}-{number + 1:02}",
                    enterprise=party.id,
                    item=key,
                    department=fitting[key].department,
                    officer=chance.pick(staff.field[squads[party.grid]]),
                    applied=day,
                    accepted=frame.known(accepted),
                    decided=frame.known(decided),
                    outcome=("refused" if refused else "granted") if done else None,
                    published=frame.known(published),
                )
            )
    return tuple(permits_)
