"""Made-up reviews as events: people in their own words, and an army with a template."""

import random

from lianzhi.chain.event import Event
from streams import START, event

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000
BEGIN = START // HOUR * HOUR
CHARS = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露为霜"
NOUNS = "面汤菜茶酒肉鱼饭饼粥"
MADE = "{}号桌的{}太惊艳了，老板亲自下厨，全城找不出第二家，强烈推荐大家来试试"


def said(id_: str, at: int, actor: str, thing: str, text: str, **more: str) -> Event:
    """A comment under a thing."""
    return event(id_, at, actor, f"{thing}-owner", object=thing, text=text, **more)


def people(seed: int = 1, count: int = 600, shops: int = 30) -> list[Event]:
    """Ten days of what people write; a third a stock phrase."""
    draw = random.Random(seed)
    return [
        said(
            f"p{number}", BEGIN + draw.randrange(10 * DAY), f"u{number % 400}",
            f"shop{draw.randrange(shops)}",
            "质量很好物流很快下次再来" if number % 3 == 0
            else "".join(draw.choice(CHARS) for _ in range(20)),
        )
        for number in range(count)
    ]  # fmt: skip


def army(size: int = 12, shop: str = "shop4", first: int = BEGIN + 5 * DAY) -> list[Event]:
    """One template, a text each, twenty minutes apart."""
    return [
        said(
            f"a{number}", first + number * 20 * MINUTE, f"army{number}", shop,
            MADE.format(number + 3, NOUNS[number % len(NOUNS)]),
        )
        for number in range(size)
    ]  # fmt: skip
