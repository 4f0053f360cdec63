"""Sources and pushes: each rule has a row that leads to it and a row beside it that does not."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from lianzhi.domains.dissemination.commands import dissemination
from lianzhi.domains.dissemination.policy import load
from lianzhi.domains.dissemination.push.rules import PushRow, day_leads, push_leads
from lianzhi.domains.dissemination.sources.lists import OutletRow, SourceRow, ValidRows
from lianzhi.domains.dissemination.sources.rules import ReprintRow, source_leads
from lianzhi.domains.dissemination.words import words

POLICY = load().latest()[1]
DAY = dt.date(2026, 12, 1)
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
SOURCES = ValidRows(
    [
        SourceRow("望江日报", dt.date(2021, 10, 20), aliases=("望江报",)),
        SourceRow("江岸晚报", dt.date(2016, 1, 1), dt.date(2021, 10, 20)),
    ]
)
OUTLETS = ValidRows(
    [
        OutletRow("江岸网", ("reprint",), dt.date(2020, 1, 1)),
        OutletRow("望江网", ("gathering", "reprint"), dt.date(2020, 1, 1)),
    ]
)
WHOLE = ReprintRow("1", "江岸网", DAY, "望江报", "甲", "乙", "题")


def rules(row: ReprintRow) -> set[str]:
    return {lead.rule for lead in source_leads(row, SOURCES, OUTLETS, POLICY.source)}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, set()),
        ({"source": "无名网"}, {"source_unlisted"}),
        ({"source": "江岸晚报"}, {"source_lapsed"}),
        ({"source": "江岸晚报", "day": dt.date(2021, 10, 19)}, set()),
        ({"source": ""}, {"source_missing"}),
        ({"author": "", "editor": ""}, {"author_missing", "editor_missing"}),
        ({"parent_outlet": "望江日报"}, set()),
        ({"parent_outlet": "别报"}, {"source_untrue"}),
        ({"parent_title": "别题"}, {"original_title_untrue"}),
        ({"outlet": "野网"}, {"reprint_unlicensed"}),
        ({"own": True, "text": "本网记者现场看到"}, {"gathering_unlicensed"}),
        ({"own": True, "text": "天气预报"}, set()),
        ({"own": True, "text": "本网记者现场看到", "outlet": "望江网"}, set()),
        # an ordinary user, who has no licence: nobody looks at what they write
        ({"own": True, "text": "本网记者现场看到", "outlet": "路人甲"}, set()),
    ],
)
def test_reprints(change: dict[str, Any], wanted: set[str]) -> None:
    assert rules(msgspec.structs.replace(WHOLE, **change)) == wanted


def made(**change: Any) -> PushRow:
    row = PushRow("1", "望江网", NOON, "news", "题", "望江日报")
    return msgspec.structs.replace(row, **change)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, set()),
        ({"app": "野网", "source": "望江日报"}, {"push_unlicensed"}),
        ({"source": ""}, {"push_without_source"}),
        ({"app": "江岸网", "source": "无名网"}, {"push_source_unlisted"}),
        ({"published": NOON - dt.timedelta(hours=72)}, set()),
        ({"published": NOON - dt.timedelta(hours=73)}, {"old_news"}),
        ({"close_seconds": 5.0}, set()),
        ({"close_seconds": 6.0}, {"slow_to_close"}),
        ({"kind": "ad", "ad_label": False}, {"ad_unlabelled"}),
        ({"ad_label": False}, set()),
        ({"minors_profiled": True}, {"minors_profiled"}),
        ({"close_button": False}, {"no_close_button"}),
    ],
)
def test_single_pushes(change: dict[str, Any], wanted: set[str]) -> None:
    leads = push_leads(made(**change), SOURCES, OUTLETS, POLICY.push)
    assert {lead.rule for lead in leads} == wanted


@dataclass
class Day:
    rows: list[PushRow]
    wanted: set[str]


DAYS = [
    Day([made(id=str(n)) for n in range(2)], set()),
    Day([made(id=str(n)) for n in range(3)], {"pushed_again"}),
    Day([made(id=str(n), title=str(n), agreed_per_day=2) for n in range(3)], {"too_frequent"}),
    Day([made(id=str(n), title=str(n), category="disaster") for n in range(3)], set()),
    Day(
        [made(id=str(n), title=str(n), category=("crime", "disaster")[n % 2]) for n in range(20)],
        {"grave_news_concentrated"},
    ),
    Day(
        [
            made(
                id=str(n),
                title=str(n),
                audience=("ordinary", "member")[n % 2],
                close_button=bool(n % 2),
            )
            for n in range(40)
        ],
        {"members_treated_otherwise"},
    ),
]


@pytest.mark.parametrize("day", DAYS)
def test_days(day: Day) -> None:
    assert {lead.rule for lead in day_leads(day.rows, POLICY.push)} == day.wanted


def test_every_flag_of_policy_names_a_column_and_has_words() -> None:
    for flag in POLICY.push.flags:
        assert flag.field in PushRow.__struct_fields__
        for language in ("zh", "en"):
            key = f"dissemination_lead.{flag.key}"
            assert words(language).gettext(key) != key


def test_the_commands_read_lists_and_logs(tmp_path: Path) -> None:
    lists = {
        "sources.csv": "单位名称,生效日期\n望江日报,2021-10-20\n",
        "outlets.csv": "网站名称,许可范围,生效日期\n望江网,reprint,2020-01-01\n",
        "push.csv": "id,app,time,kind,title,close_button\n"
        "1,野网,2026-12-01T08:00:00,news,题,false\n2,野网,昨天,news,题,\n",
        "reprints.csv": "id,outlet,day,source\n1,望江网,2026-12-01,无名网\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text, "utf-8")
    given = ["--sources", str(tmp_path / "sources.csv"), "--outlets", str(tmp_path / "outlets.csv")]
    ran = CliRunner().invoke(dissemination, ["push", str(tmp_path / "push.csv"), *given, "--json"])
    assert ran.exit_code == 1, ran.output
    answer = json.loads(ran.stdout)
    assert answer["leads"] == {"no_close_button": 1, "push_unlicensed": 1, "push_without_source": 1}
    assert [error["line"] for error in answer["errors"]] == [3]
    ran = CliRunner().invoke(dissemination, ["source", str(tmp_path / "reprints.csv"), *given])
    assert ran.exit_code == 0, ran.output
    assert "source is not on the list 无名网" in ran.output


def test_a_list_with_a_bad_row_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text("name,valid_from\n望江日报,昨天\n", "utf-8")
    (tmp_path / "log.csv").write_text("id,outlet,day\n", "utf-8")
    args = ["source", str(tmp_path / "log.csv"), "--sources", str(tmp_path / "sources.csv")]
    ran = CliRunner().invoke(dissemination, args)
    assert ran.exit_code == 1
    assert "a list is taken whole" in ran.output
