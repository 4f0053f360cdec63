"""What is known of a reporter weighs a report in the score of a pile-on."""

import pytest

from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.detect import PileOn
from streams import NOW, RUDE, event, merged, numbered


def points(reliability: float | None, reporters: int = 2) -> float:
    """The most that reports of harm add to a score, when reporters of this reliability report."""
    ext = {"victim": "victim"} | ({} if reliability is None else {"reliability": reliability})
    crowd = [
        event(f"x{n}", NOW + n * 2000, f"s{n}", "victim", text=RUDE[n % len(RUDE)])
        for n in range(30)
    ]
    told = [
        event(f"r{n}", NOW + 1 + n, f"r{n}", "s0", kind="report", ext=ext) for n in range(reporters)
    ]
    detector = PileOn(policy.load())
    _, findings = detector.step(detector.init(), numbered(merged(crowd, told)))
    assert findings
    return max(
        sum(reason.points for reason in found.reasons if reason.feature == "reports")
        for found in findings
    )


def test_reports_by_those_whose_reports_failed_weigh_less() -> None:
    weights = policy.load().latest()[1].marks
    unknown, trusted, failed = points(None), points(0.9), points(0.1)
    assert unknown == pytest.approx(2 * weights.report_points * weights.reporter_reliability)
    assert failed == pytest.approx(2 * weights.report_points * 0.1)
    assert failed < unknown < trusted


def test_however_many_report_they_add_no_more_than_policy_lets_them() -> None:
    weights = policy.load().latest()[1].marks
    assert points(1.0, 40) == pytest.approx(weights.report_most_points)
