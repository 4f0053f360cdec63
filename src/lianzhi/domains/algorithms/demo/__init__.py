"""The demo's algorithms: a ranking and prices with planted gaps, all seeded."""

import csv
import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lianzhi.domains.algorithms.desk import Desk
from lianzhi.domains.algorithms.queries import tables
from lianzhi.office.acts import Upload

_SEED = 29
_SECOND = "demo-auditor"
_RANKING = "prediction: picked\nattributes: [region]\nreferences: {region: 城市}\n"
_PRICES = "user: buyer\ntrait: loyalty\nprice: paid\nstrata: [item, week]\nreference: 新客\n"


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Register algorithms, audit two of them, and order one provider to rectify."""
    today = desk.office.today()
    ranking, prices = _algorithms(desk, by, today)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        before = _write(
            folder / "热门榜-整改前.csv", _picks(4000, 0.12, today - dt.timedelta(20), 1)
        )
        orders = _write(folder / "订单.csv", _orders(today - dt.timedelta(12)))
        (folder / "r.yaml").write_text(_RANKING, "utf-8")
        (folder / "p.yaml").write_text(_PRICES, "utf-8")
        audits = desk.audits
        filed = audits.file(ranking, "fairness", before, folder / "r.yaml", "day", by)
        audits.file(prices, "pricing", orders, folder / "p.yaml", "day", by)
        with desk.office.reading() as connection:
            case = tables.audit.load(connection, filed.id).case
        desk.rectifications.order(
            case,
            by,
            until=today + dt.timedelta(30),
            margin="",
            words="热门榜对乡村作者的选中率偏低，请整改。",
        )
        desk.rectifications.reply(case, by, words="已调整地域权重。", file=None, day=None)
        _assess(desk, by, _traffic(folder))
    echo("2 algorithms, 2 audits, 1 order to rectify; 2 products, 1 assessment with adjustments")


def _assess(desk: Desk, by: str, files: dict[str, Upload]) -> None:
    """Two products; the larger one is assessed, and adjustments are ordered."""
    today, products, assessments = desk.office.today(), desk.products, desk.assessments
    star = products.register(
        by, provider="星河短视频（示例）", name="星河", launched=today - dt.timedelta(900),
        users=86_000_000, day=today - dt.timedelta(80), words="提供者月报（虚构）",
    )  # fmt: skip
    products.register(
        by, provider="云帆出行（示例）", name="云帆", launched=today - dt.timedelta(700),
        users=4_200_000, day=today - dt.timedelta(30), words="提供者月报（虚构）",
    )  # fmt: skip
    identity = assessments.begin(by, product=star, occasion="yearly", features="", words="年度评估")
    with desk.office.reading() as connection:
        known = tables.assessment.load(connection, identity)
    unmet = {"equal_exposure": "审计显示乡村作者选中率偏低", "rigging": "榜单未剔除协同账号"}
    for question in known.questions:
        assessments.answer(
            identity, _SECOND, question=question, audits="",
            met="not_met" if question in unmet else "met",
            words=unmet.get(question, "已查看产品说明和后台设置"),
        )  # fmt: skip
    assessments.conclude(identity, by, words="两项未达到，其余达到")
    products.file_traffic(star, by, **files, words="榜单加入协同账号剔除")


def _traffic(folder: Path) -> dict[str, Upload]:
    """Actions on two days, of which coordinated accounts make fewer on the second."""
    draw = random.Random(_SEED)  # noqa: S311 - a seeded world, no secret
    chances = {"2026-05-01 10:00": 0.3, "2026-05-02 10:00": 0.1}
    rows = [
        {"account": f"c{draw.randrange(80)}" if draw.random() < chance else
                    f"a{draw.randrange(900)}", "item": f"i{draw.randrange(20)}", "time": time}
        for time, chance in chances.items() for _ in range(3000)
    ]  # fmt: skip
    actions = _write(folder / "actions.csv", rows)
    columns = ("account: account\nitem: item\ntime: time\nwindow_minutes: 60\n"
               "adjusted_at: 2026-05-02 00:00\n")  # fmt: skip
    return {
        "file": Upload("actions.csv", actions.read_bytes()),
        "columns": Upload("map.yaml", columns.encode()),
        "accounts": Upload("accounts.txt", "\n".join(f"c{n}" for n in range(80)).encode()),
    }


def _algorithms(desk: Desk, by: str, today: dt.date) -> tuple[str, str]:
    registry, common = desk.registry, {"service": "应用程序", "by": by}
    ranking = registry.register(
        provider="星河短视频（示例）", product="星河", name="热门榜排序", field="短视频",
        category="ranking", opinion=True, launched=today - dt.timedelta(60), release="3.2",
        **common,
    )  # fmt: skip
    registry.submit(ranking, by, day=today - dt.timedelta(50))
    registry.number(ranking, by, number="示例算备000001号", day=today - dt.timedelta(30))
    registry.check(ranking, by, shown=True, words="首页底部，有公示链接")
    prices = registry.register(
        provider="云帆出行（示例）", product="云帆", name="优惠券发放", field="网约车",
        category="scheduling", opinion=True, launched=today - dt.timedelta(40), release="1.0",
        **common,
    )  # fmt: skip
    return ranking, prices


def _picks(people: int, gap: float, day: dt.date, seed: int) -> Iterator[dict[str, str]]:
    draw = random.Random(_SEED + seed)  # noqa: S311 - a seeded world, no secret
    for n in range(people):
        region = "乡村" if n % 2 else "城市"
        picked = draw.random() < 0.42 - (gap if region == "乡村" else 0)
        yield {
            "day": (day + dt.timedelta(n % 7)).isoformat(), "region": region,
            "picked": str(int(picked)),
        }  # fmt: skip


def _orders(day: dt.date) -> Iterator[dict[str, str]]:
    draw = random.Random(_SEED)  # noqa: S311 - a seeded world, no secret
    for n in range(3000):
        loyalty = "老客" if n % 2 else "新客"
        item = draw.randrange(6)
        paid = (20 + 5 * item) * (1.06 if loyalty == "老客" else 1) * draw.uniform(0.97, 1.03)
        yield {
            "day": (day + dt.timedelta(n % 7)).isoformat(), "week": "1", "item": f"路线{item}",
            "buyer": f"b{n % 600}", "loyalty": loyalty, "paid": f"{paid:.2f}",
        }  # fmt: skip


def _write(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    kept = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return path
