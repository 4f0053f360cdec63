"""Monitors of inspections: officers, their certificates, scan-in and frequency."""

from collections import defaultdict

from lianzhi.domains.enforcement.importing.town_rows import Inspection
from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.look import GAPS, Findings, Look, Unjudged, judge_rows
from lianzhi.domains.enforcement.supervision.reasons import why


def visit_officers(look: Look) -> Findings:
    """Inspections with fewer officers than the law requires."""

    def judge(row: Inspection) -> Seen | None:
        if "enough_officers" not in look.visit_gates(row):
            return None
        least = look.rules.gates.terms(row.day).officers
        figures = {"day": f"{row.day}", "officers": len({*row.officers}), "least": least}
        return Seen((row.id,), row.day, figures)

    return judge_rows(look.rows.inspections, judge)


def visit_certificate(look: Look) -> Findings:
    """Inspections with an officer whose certificate is not valid on the day."""

    def judge(row: Inspection) -> Seen | None:
        if "officers_certified" not in look.visit_gates(row):
            return None
        officer, until = look.lapsed(look.real(row.officers), row.day)
        figures = {"day": f"{row.day}", "officer": officer, "until": f"{until or '—'}"}
        return Seen((row.id,), row.day, figures)

    return judge_rows(look.rows.inspections, judge)


def visit_observer(look: Look) -> Findings:
    """Inspections with an observer counted as an officer."""

    def judge(row: Inspection) -> Seen | None:
        if "no_observer" not in look.visit_gates(row):
            return None
        observer = next(officer for officer in row.officers if officer in look.rows.observers)
        return Seen((row.id,), row.day, {"day": f"{row.day}", "observer": observer})

    return judge_rows(look.rows.inspections, judge)


def no_scan(look: Look) -> Findings:
    """Inspections without a scan-in, where the rules of the day require it."""

    def judge(row: Inspection) -> Seen | None:
        look.visit_policy(row.day)  # skips days before the first version, which required no scan
        return None if row.scanned_in else Seen((row.id,), row.day, {"day": f"{row.day}"})

    return judge_rows(look.rows.inspections, judge)


def over_cap(look: Look) -> Findings:
    """Enterprises with more routine inspections in a calendar year than the rules allow."""
    industry = {row.id: row.industry for row in look.rows.enterprises}
    years: dict[tuple[str, int], list[Inspection]] = defaultdict(list)
    for row in look.rows.inspections:
        years[row.enterprise, row.day.year].append(row)
    for (name, year), visits in sorted(years.items()):
        visits.sort(key=lambda row: (row.day, row.id))
        try:
            counted = [row for row in visits if row.reason in look.visit_policy(row.day).counted]
            rules = look.visit_policy(visits[-1].day)
        except GAPS as error:
            yield Unjudged(name, why(error))
            continue
        cap = rules.caps.get(industry.get(name, ""), rules.cap)
        if len(counted) > cap:
            figures = {"year": year, "done": len(counted), "cap": cap}
            yield Seen((name,), counted[-1].day, figures, len(counted) - cap)
