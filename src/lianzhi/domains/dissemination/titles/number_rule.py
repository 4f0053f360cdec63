"""Numbers that the source does not bear out, in whatever notation."""

import re
from collections.abc import Iterator

from lianzhi.domains.dissemination.titles.comparison import Comparison
from lianzhi.domains.dissemination.titles.finding import Change
from lianzhi.domains.dissemination.titles.quantities import Quantity

_CODE = re.compile(r"[a-z]+-?\d[a-z0-9]*|\d+[a-z]+\d*")


def changed_numbers(comparison: Comparison) -> Iterator[Change]:
    """Quantities of the reprint that are not the source's, and codes such as C6 or H3N2."""
    reprint, title = comparison.reprint, comparison.title
    for quantity in reprint.quantities:
        if quantity.weak:
            continue
        replaced = _replaced(comparison, quantity)
        if replaced is not None:
            span = (replaced.start, replaced.end)
            yield Change("number", "replaced", span, (quantity.start, quantity.end))
        elif not comparison.bears_out(quantity):
            yield Change("number", "unsupported", (0, 0), (quantity.start, quantity.end))
    for code in _CODE.finditer(reprint.text):
        if code[0] not in comparison.source.text and (known := _CODE.search(title.text)):
            yield Change("entity", "replaced", known.span(), code.span())


def _replaced(comparison: Comparison, quantity: Quantity) -> Quantity | None:
    """The quantity of the source's title that stands in this one's place and says otherwise."""
    for slot in comparison.slots:
        if quantity.start < slot.end and slot.start < quantity.end:
            for known in comparison.title.quantities:
                overlaps = known.start < slot.source_end and slot.source_start < known.end
                same = known.dimension == quantity.dimension
                if overlaps and same and not known.supports(quantity):
                    kept = any(known.supports(each) for each in comparison.reprint.quantities)
                    kept |= any(each.supports(quantity) for each in comparison.title.quantities)
                    borne_out = any(
                        each.supports(known) and each.supports(quantity)
                        for each in comparison.source.body.quantities
                    )
                    if not kept and not borne_out:
                        return known
    return None
