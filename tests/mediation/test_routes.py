"""Routes: the remedies of a field on a day, their clocks, and filings that go wrong."""

import datetime as dt
import json
import re

import pytest
from click.testing import CliRunner

from lianzhi.chain.policy import PolicyError
from lianzhi.cli.main import main
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.domains.mediation.rules import Rules
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.remedies import Dispute, filing_faults, ways

RULES = Rules()
LAW = RULES.law
DAY = dt.date


def way(field, remedy, asked, **more):
    dispute = Dispute(field, more.pop("known", asked), asked, **more)
    return next(each for each in ways(dispute, LAW) if each.route.remedy == remedy)


def articles(found):
    return {(basis.statute, basis.articles[0]) for basis in found.bases}


def test_customs_tax_disputes_are_paid_first_until_the_tariff_law():
    before = way("customs_tax", "reconsideration", DAY(2024, 11, 30), paid=False)
    assert before.obstacles == ("pay_first",)
    assert ("海关法", "64") in articles(before)
    after = way("customs_tax", "reconsideration", DAY(2024, 12, 1), paid=False)
    assert after.obstacles == ()
    assert ("关税法", "66(1)") in articles(after)
    assert before.route.forum == after.route.forum == "upper_customs"


@pytest.mark.parametrize("asked", [DAY(2023, 5, 4), DAY(2024, 11, 30), DAY(2024, 12, 1)])
def test_customs_tax_disputes_go_to_court_after_reconsideration_only(asked):
    assert way("customs_tax", "suit", asked).obstacles == ("first",)
    answered = (("reconsideration", asked),)
    suit = way("customs_tax", "suit", asked, answers=answered)
    assert suit.obstacles == ()
    assert suit.period.key == "litigation.after_reconsideration"


@pytest.mark.parametrize("field", ["spot_penalty", "inaction", "disclosure"])
def test_reconsideration_comes_first_from_2024_on(field):
    assert way(field, "suit", DAY(2023, 12, 31)).obstacles == ()
    assert way(field, "suit", DAY(2024, 1, 1)).obstacles == ("first",)


def test_the_older_law_lets_the_applicant_choose_the_forum():
    old = Dispute("administrative", DAY(2023, 11, 1), DAY(2023, 11, 1))
    for forum in ("local_government", "upper_department"):
        assert filing_faults("reconsideration", forum, old, LAW) == ()
    new = old._replace(day=DAY(2024, 1, 2), known=DAY(2024, 1, 2))
    (fault,) = filing_faults("reconsideration", "upper_department", new, LAW)
    assert (fault.key, fault.right.route.forum) == ("wrong_forum", "local_government")


def test_a_last_day_on_a_holiday_moves_on():
    # 60 days from 2024-11-30 end within the Spring Festival of 2025, which lasts to February 4.
    found = way("customs_tax", "reconsideration", DAY(2024, 12, 2), known=DAY(2024, 11, 30))
    assert found.last_day == DAY(2025, 2, 5)


def test_a_quarantine_penalty_leaves_fifteen_days_to_sue_and_sixty_to_ask():
    known = DAY(2025, 3, 3)
    assert way("quarantine_penalty", "suit", known).last_day == DAY(2025, 3, 18)
    assert way("quarantine_penalty", "reconsideration", known).last_day == DAY(2025, 5, 6)


def test_an_untold_right_runs_for_a_year_and_never_beyond_five_years_from_the_act():
    known = DAY(2025, 3, 3)
    untold = way("customs_other", "reconsideration", known, informed=False)
    assert untold.last_day == DAY(2026, 3, 3)
    old = way("customs_other", "reconsideration", known, acted=DAY(2020, 3, 10))
    assert (old.last_day, old.period.length.number) == (DAY(2025, 3, 10), 5)
    late = way(
        "customs_other", "reconsideration", DAY(2025, 3, 11), known=known, acted=DAY(2020, 3, 10)
    )
    assert late.obstacles == ("late",)


def test_real_estate_has_twenty_years():
    found = way(
        "administrative",
        "reconsideration",
        DAY(2025, 3, 3),
        acted=DAY(2010, 3, 10),
        real_estate=True,
    )
    assert found.last_day == DAY(2025, 5, 6)


def test_the_very_longest_time_binds_suits_too():
    found = way("administrative", "suit", DAY(2025, 3, 3), acted=DAY(2020, 3, 10))
    assert found.last_day == DAY(2025, 3, 10)


def test_judicial_confirmation_runs_thirty_days_from_the_agreement():
    agreed = DAY(2025, 3, 3)
    found = way("civil", "confirmation", agreed, answers=(("mediation", agreed),))
    assert (found.last_day, found.obstacles) == (DAY(2025, 4, 2), ())
    assert way("civil", "confirmation", agreed).obstacles == ("first",)


def test_a_wrong_filing_is_told_with_the_right_one():
    dispute = Dispute("customs_tax", DAY(2025, 1, 6), DAY(2025, 1, 7))
    wrong, early = filing_faults("suit", "basic_court", dispute, LAW)
    assert (wrong.key, wrong.right.route.forum) == ("wrong_forum", "intermediate_court")
    assert (early.key, early.right.route.remedy) == ("first", "reconsideration")
    (none,) = filing_faults("arbitration", "", dispute, LAW)
    assert (none.key, none.right.route.remedy) == ("no_remedy", "reconsideration")
    civil = dispute._replace(field="civil")
    (none,) = filing_faults("reconsideration", "local_government", civil, LAW)
    assert (none.key, none.right.route.remedy) == ("no_remedy", "mediation")


def test_a_year_without_holidays_is_said_and_not_guessed():
    last = LAW.calendar.known_years[-1]
    open_still = way("customs_other", "reconsideration", DAY(last, 12, 1))
    assert (open_still.last_day, open_still.unknown_year) == (None, last + 1)
    assert open_still.obstacles == ()
    # Once that year has begun, whether the time is over cannot be told.
    with pytest.raises(UnknownYearError):
        way("customs_other", "reconsideration", DAY(last + 1, 2, 1), known=DAY(last, 12, 1))


def test_every_field_has_routes_whose_bases_were_read():
    for field in FIELDS:
        found = ways(Dispute(field, DAY(2025, 3, 3), DAY(2025, 3, 3)), LAW)
        assert found, field
        assert [each.route.order for each in found] == sorted(each.route.order for each in found)
        for each in found:
            assert len(each.bases) == len(each.route.bases), each.route.key
            assert all(basis.verified for basis in each.bases)


def test_a_day_before_the_first_text_has_no_routes():
    assert RULES.first_known("customs_tax") == DAY(2021, 4, 29)
    assert ways(Dispute("customs_tax", DAY(2021, 4, 28), DAY(2021, 4, 28)), LAW) == ()


ROUTE = """[[route]]
key = "civil.mediation"
order = 1
forum = "village"
bases = ["{basis}"]
effective_from = 2020-01-01
source = {{ zh = "自定", en = "Ours" }}
"""


def test_a_deployment_replaces_a_route(tmp_path):
    (tmp_path / "routes").mkdir()
    file = tmp_path / "routes" / "own.toml"
    file.write_text(ROUTE.format(basis="peoples_mediation_law.request"), "utf-8")
    asked = DAY(2025, 3, 3)
    (first, *_) = ways(Dispute("civil", asked, asked), Rules(tmp_path).law)
    assert first.route.forum == "village"
    file.write_text(ROUTE.format(basis="nowhere.at_all"), "utf-8")
    with pytest.raises(PolicyError, match=r"own\.toml: civil\.mediation.*nowhere\.at_all"):
        Rules(tmp_path)


def test_a_misspelled_part_of_the_policy_is_refused(tmp_path):
    (tmp_path / "route").mkdir()
    with pytest.raises(PolicyError, match=r"nothing reads 'route'.*routes"):
        Rules(tmp_path)


def run(tmp_path, *options):
    return CliRunner().invoke(main, ["mediation", "routes", "--home", str(tmp_path), *options])


def test_the_command_prints_routes_and_checks_a_filing(tmp_path):
    ran = run(tmp_path, "--field", "customs_tax", "--date", "2024-12-02", "--known", "2024-11-30")
    assert ran.exit_code == 0, ran.output
    assert "2025-02-05" in ran.output
    assert "Article 66(1)" in re.sub(r"\s+", " ", ran.output)
    options = ("--field", "customs_tax", "--date", "2024-11-29", "--unpaid")
    filing = ("--remedy", "reconsideration", "--forum", "upper_customs", "--json")
    ran = run(tmp_path, *options, *filing)
    assert ran.exit_code == 1
    told = json.loads(ran.output)
    assert [fault["fault"] for fault in told["faults"]] == ["pay_first"]
    assert told["ways"][0]["last_day"] == "2025-02-05"
    ran = run(tmp_path, "--field", "customs_tax", "--date", "2021-04-28")
    assert ran.exit_code == 3
    assert "no text of customs_tax is known before 2021-04-29" in ran.output
