"""A pricing audit of a file."""

from pathlib import Path

from lianzhi.audits.policy import PricingPolicy
from lianzhi.audits.pricing.audit import PricingAudit, pricing_audit
from lianzhi.audits.pricing.orders import read_orders
from lianzhi.audits.pricing.pricing_map import PricingMap
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: PricingPolicy) -> PricingAudit:
    """The audit of a table of orders by a column map. Raises MapError."""
    wanted = read_map(map_path, PricingMap)
    wanted.check()
    with opened(path, wanted.table) as source:
        orders = read_orders(source, wanted)
    return pricing_audit(orders, wanted, policy)
