"""What a deployment gives a desk, where only the record, a folder and a clock are there."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

from lianzhi.domains.domain import Means
from lianzhi.office.office import Office
from lianzhi.office.ports import Ledger, Sample


def bare_means(ledger: Ledger, home: Path, now: Callable[[], int]) -> Means:
    """Means without an office and without events."""
    return Means(ledger, home, now, cast(Office, None), lambda *asked: Sample([], None))
