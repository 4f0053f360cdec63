"""The domain's harm kinds, platform rules, report classes and help lines, from dated files."""

from importlib.resources import files
from pathlib import Path

from lianzhi.chain import help_lines as lines
from lianzhi.chain import report_classes as classes
from lianzhi.chain import rules as rulebook
from lianzhi.chain.help_lines import HelpLines
from lianzhi.chain.policy import Dated
from lianzhi.chain.report_classes import ReportClasses
from lianzhi.chain.rules import Rules
from lianzhi.domains.domain import Reporting
from lianzhi.text import KINDS

#: Kind of the findings that a person concludes from reports, and of their cases.
COMPLAINT = "bullying.complaint"

#: Harm that a rule or a report may be about: what texts show, and what only people can tell.
HARMS = (
    *KINDS,
    "harassment",  # 信息骚扰
    "impersonation",  # 冒充
    "report_flood",  # 恶意批量举报
    "evasion",  # 受限后继续骚扰
    "inauthentic",  # 制造虚假热度和评价
    "minor",  # 伤害未成年人
    "other",  # 其他，由人判断
)


def rules(folder: Path | None = None) -> Rules:
    """The shipped example rules, or an operator's own. Raises PolicyError."""
    return rulebook.load(folder or _shipped("rules"), HARMS)


def report_classes(folder: Path | None = None) -> Dated[ReportClasses]:
    """The shipped report classes, or an operator's own. Raises PolicyError."""
    return classes.load(folder or _shipped("report_classes"), HARMS)


def help_lines(folder: Path | None = None) -> Dated[HelpLines]:
    """The shipped help lines, or an operator's own. Raises PolicyError."""
    return lines.load(folder or _shipped("help_lines"))


def reporting(own: Path | None = None) -> Reporting:
    """Rules, report classes and help lines, of the operator's folder where it has them.

    Raises PolicyError.
    """
    parts = {name: _own(own, name) for name in ("rules", "report_classes", "help_lines")}
    return Reporting(
        COMPLAINT,
        rules(parts["rules"]),
        report_classes(parts["report_classes"]),
        help_lines(parts["help_lines"]),
    )


def _own(folder: Path | None, name: str) -> Path | None:
    return folder / name if folder is not None and (folder / name).is_dir() else None


def _shipped(folder: str) -> Path:
    return Path(str(files("lianzhi.domains.bullying") / "policy" / folder))
