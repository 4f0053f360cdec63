"""A rota as texts, one for each person."""

from lianzhi.dispatch.rota.rota import read
from lianzhi.domains.enforcement.desk.rota_parts import joined, parts

WEEK = """
officers = [
  { id = "an", squad = "east", certificate_until = 2027-12-31 },
  { id = "bo", squad = "east", certificate_until = 2027-12-31 },
  { id = "guo", squad = "east", observer = true },
]

[[patterns]]
officer = "an"
weekdays = [1, 2, 3, 4, 5]
begins = "08:00"
ends = "20:00"
since = 2026-03-02

[[patterns]]
officer = "bo"
weekdays = [1, 2, 3, 4, 5]
begins = "20:00"
ends = "08:00"
since = 2026-03-02

[[covers]]
squad = "east"
weekdays = [1, 2, 3, 4, 5]
begins = "08:00"
ends = "08:00"
least = 1
"""


def test_a_rota_in_parts_is_the_same_rota():
    more = (
        '[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-03',
        '[[swaps]]\nday = 2026-03-04\nofficer = "an"\nby = "bo"',
        '[[extras]]\nofficer = "cy"\nday = 2026-03-03\nbegins = "08:00"\nends = "09:00"',
    )
    made = read("\n".join((WEEK, *more)).encode())
    texts = parts(made)
    assert joined(texts.values()) == made
    # Each person stands in a text of their own; erasing one leaves the others.
    assert sum('"bo"' in text for text in texts.values()) == 2, "bo's lines, and the swap"
    left = joined(text for text in texts.values() if '"bo"' not in text)
    assert [one.id for one in left.officers] == ["an", "guo"]
    assert left.swaps == ()
    assert left.covers == made.covers
