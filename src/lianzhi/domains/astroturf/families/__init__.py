"""Text families: texts that are nearly the same once folded, or fill the slots of one template."""

from lianzhi.domains.astroturf.families.joining import families
from lianzhi.domains.astroturf.families.judging import Judged, Posts, explanations, judge
from lianzhi.domains.astroturf.families.shingles import Shingled, shingled
from lianzhi.domains.astroturf.families.template import Template, template

__all__ = [
    "Judged",
    "Posts",
    "Shingled",
    "Template",
    "explanations",
    "families",
    "judge",
    "shingled",
    "template",
]
