"""The whole chain of a harm in the terminal: a line a tier, and where to look next."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lianzhi.chain.harm_chain import HarmChain
from lianzhi.chain.policy import Tier
from lianzhi.cli.case_words import Words


def chain_page(chain: HarmChain, words: Words, language: str) -> RenderableType:
    """State, tiers, looks and cases of a chain."""

    def name(tier: Tier) -> str:
        return tier.zh if language == "zh" else tier.en

    table = Table(box=None, pad_edge=False, show_header=False)
    for each in chain.tiers:
        measures = [f"{words.word('measure', key)} {n}" for key, n in each.measures.items()]
        table.add_row(
            Text(name(each.tier), "bold" if each.tier.drives else ""),
            words.word("tier_status", each.status),
            words.count("chain.seen_one", "chain.seen", len(each.seen)) if each.seen else "",
            words.text("list.and").join(measures),
        )
    looks = [
        Text.assemble(
            (name(look.tier), "bold"),
            f"  {words.text('chain.after', tier=name(look.after))}  ",
            words.word("look_why", look.why),
            "".join(f" {case}" for case in look.cases),
        )
        for look in chain.looks
    ]
    cases = [
        Text(f"{case.id}  {words.word('kind', case.kind)}  {words.word('status', case.status)}")
        for case in chain.cases
    ]
    return Group(
        Text.assemble((words.text("chain.title"), "bold"), "  ", _state(chain, words)),
        Text(),
        Padding(table, (0, 0, 0, 2)),
        Text(),
        Text(words.text("chain.next"), "bold"),
        Padding(Group(*looks or [Text(words.text("chain.no_next"))]), (0, 0, 0, 2)),
        Text(),
        Text(words.text("chain.cases"), "bold"),
        Padding(Group(*cases), (0, 0, 0, 2)),
    )


def _state(chain: HarmChain, words: Words) -> str:
    state = words.word("chain_state", chain.state)
    return f"{state}  {words.word('chain_means', chain.state)}"
