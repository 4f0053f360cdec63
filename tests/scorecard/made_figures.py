"""Made-up publications for tests: sound by construction, and ways to spoil one."""

import csv
import io
import json

from hypothesis import strategies as st

from lianzhi.chain.published import checks, reading
from lianzhi.domains.enforcement.figures.published_figures import vocabularies

VOCABULARIES = vocabularies()

HEADER = ("figure", "value", "unit", "period", "of", "rate", "part_of", "flow", "change")


def table(*rows, header=HEADER):
    """CSV of rows given as dicts."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(data):
    return reading.read(data, VOCABULARIES)


def check(publication):
    return checks.check(publication, VOCABULARIES)


def audit(*rows):
    found = check(read(json.dumps(rows).encode()))
    assert found.errors == ()
    return found


def keys(found, *severities):
    return {one.key for one in found.results if not severities or one.severity in severities}


def percent(part, whole, places=2):
    """Rounded half up, in integers."""
    scaled = (part * 10 ** (places + 2) * 2 + whole) // (whole * 2)
    digits = f"{scaled:0{places + 1}d}"
    return f"{digits[:-places]}.{digits[-places:]} %" if places else f"{digits} %"


@st.composite
def sound(draw):
    """A year of a bureau that was counted, not invented: every printed relation holds."""
    number = st.integers(1, 100_000)
    opening, accepted = draw(number), draw(number)
    disposed = draw(st.integers(1, opening + accepted))
    on_time = draw(st.integers(0, disposed))
    files = draw(number)
    penalised = draw(st.integers(1, files))
    exempted = draw(st.integers(0, files - penalised))
    fines = draw(st.integers(1, 10**8))
    before = draw(number)
    kinds = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=5))
    kinds = [*kinds, max(accepted - sum(kinds), 0)] if sum(kinds) <= accepted else [accepted]
    places = draw(st.integers(0, 3))
    quarters = [accepted // 4, accepted // 4, accepted // 4, accepted - 3 * (accepted // 4)]
    year = {"period": "2023"}
    rise = (accepted - before) * 10_000 / before
    rows = [
        {"figure": "opening", "value": opening, **year},
        {"figure": "accepted", "value": f"{accepted:,}", "unit": "件", **year},
        {"figure": "closing", "value": opening + accepted - disposed, **year},
        {"figure": "disposed", "value": disposed, "unit": "件", **year},
        {"figure": "on_time", "value": on_time, "of": "disposed", **year},
        {"figure": "late", "value": disposed - on_time, **year},
        {"figure": "files", "value": files, "unit": "起", **year},
        {"figure": "penalised", "value": penalised, "of": "files", **year},
        {"figure": "exempted", "value": exempted, **year},
        {"figure": "fines", "value": fines, "unit": "元", **year},
        {"figure": "mean_fine", "value": f"{fines / penalised:.4f}", "unit": "元", **year},
        {"figure": "accepted", "value": before, "unit": "件", "period": "2022"},
    ]
    rows[1]["change"] = f"{round(rise) / 100:+.2f} %"
    rows[4]["rate"] = percent(on_time, disposed, places)
    rows[7]["rate"] = percent(penalised, files, places)
    rows += [
        {"figure": f"kind {n}", "value": kind, "unit": "件", "part_of": "accepted", **year}
        for n, kind in enumerate(kinds)
    ]
    rows += [
        {"figure": "accepted", "value": value, "unit": "件", "period": f"2023-Q{n}"}
        for n, value in enumerate(quarters, 1)
    ]
    return rows
