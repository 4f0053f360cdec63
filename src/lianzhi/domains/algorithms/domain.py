"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Domain, lazily

ALGORITHMS = Domain(
    name="algorithms",
    package="lianzhi.domains.algorithms",
    case_terms=lazily("lianzhi.domains.algorithms.policy:load"),
    command=Command(
        "lianzhi.domains.algorithms.commands:algorithms",
        "算法治理: audits of algorithms, from group fairness to prices.",
    ),
)
