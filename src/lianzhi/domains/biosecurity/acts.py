"""Acts on interceptions and risk profiles. See `office.acts`."""

from lianzhi.domains.biosecurity.desk.interceptions import Interceptions
from lianzhi.domains.biosecurity.desk.profiles import Profiles
from lianzhi.domains.biosecurity.nouns import interception, profile
from lianzhi.office.acts import DAY, Act, ActTable, Field, method_of, words

_NAME = Field("name", "text", "biosecurity.name")
_METHOD = Field(
    "method", "choice", "biosecurity.identifying", choices=interception.IDENTIFYING,
    family="biosecurity_identifying",
)  # fmt: skip
_INTERCEPTION = (
    Act(
        "sample",
        ("intercept", "identify"),
        ("sampled",),
        method_of("interceptions", Interceptions.sample),
        (Field("number", "text", "biosecurity.sample"), DAY),
    ),
    Act(
        "identify",
        ("identify",),
        ("identified",),
        method_of("interceptions", Interceptions.identify),
        (_NAME, _METHOD, DAY),
    ),
    Act(
        "reidentify",
        ("identify",),
        ("reidentified",),
        method_of("interceptions", Interceptions.reidentify),
        (_NAME, _METHOD, DAY, words("act.reason")),
    ),
    Act(
        "treat",
        ("intercept",),
        ("treated",),
        method_of("interceptions", Interceptions.treat),
        (
            Field(
                "treatment", "choice", "biosecurity.treatment", choices=interception.TREATMENTS,
                family="biosecurity_treatment",
            ),
            Field("certificate", "text", "biosecurity.certificate", required=False),
            DAY,
        ),
    ),
)  # fmt: skip
_PROFILE = (
    Act(
        "change",
        ("border_lead",),
        ("changed",),
        method_of("profiles", Profiles.change),
        (
            Field(
                "level", "choice", "biosecurity.level", choices=profile.LEVELS,
                family="biosecurity_level",
            ),
            words("act.reason"),
        ),
    ),
)  # fmt: skip
TABLES = (
    ActTable(
        "interception",
        "/interceptions",
        interception.STEPS,
        _INTERCEPTION,
        frozenset({"noted", "imported"}),
    ),
    ActTable("profile", "/profiles", profile.STEPS, _PROFILE, frozenset({"opened"})),
)
