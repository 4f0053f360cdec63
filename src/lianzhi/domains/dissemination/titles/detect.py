"""Detection of distorted titles: pure, from the three texts alone."""

from lianzhi.domains.dissemination.titles.class_rule import exchanged_words
from lianzhi.domains.dissemination.titles.comparison import Comparison, Tools
from lianzhi.domains.dissemination.titles.finding import RULES, Change
from lianzhi.domains.dissemination.titles.lexicon import Lexicon
from lianzhi.domains.dissemination.titles.names import exchanged_names
from lianzhi.domains.dissemination.titles.number_rule import changed_numbers
from lianzhi.domains.dissemination.titles.operators import changed_operators
from lianzhi.domains.dissemination.titles.roles import swapped_roles
from lianzhi.domains.dissemination.titles.strength import strengthened
from lianzhi.domains.dissemination.titles.truncation import truncated
from lianzhi.domains.dissemination.titles.wording import only_cut, same_signs_aside

_PARTS = (
    changed_numbers,
    exchanged_words,
    changed_operators,
    strengthened,
    exchanged_names,
    swapped_roles,
    truncated,
)


class Detector:
    """Compares titles by one version of the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._tools = Tools(lexicon)

    def changes(self, source_title: str, source_body: str, reprint_title: str) -> list[Change]:
        """Changes of meaning in the reprint's title, by rule and place; none for a faithful one."""
        if same_signs_aside(source_title, reprint_title):
            return []
        parts = (truncated,) if only_cut(reprint_title, source_title) else _PARTS
        source = self._tools.source(source_title, source_body)
        comparison = Comparison(self._tools, source, reprint_title)
        changes = {change for part in parts for change in part(comparison)}
        return sorted(changes, key=lambda change: (RULES.index(change.rule), change.reprint))
