"""Acts on interceptions and risk profiles. See `office.acts`."""

from lianzhi.domains.biosecurity.desk.interceptions import Interceptions
from lianzhi.domains.biosecurity.desk.profiles import Profiles
from lianzhi.domains.biosecurity.nouns import interception, profile
from lianzhi.office.acts import (
    DAY,
    Act,
    ActTable,
    Field,
    Opening,
    Take,
    method_of,
    opening_of,
    words,
)

_NAME = Field("name", "text", "biosecurity.name")
_METHOD = Field(
    "method", "choice", "biosecurity.identifying", choices=interception.IDENTIFYING,
    family="biosecurity_identifying",
)  # fmt: skip


def _choice(name: str, choices: tuple[str, ...]) -> Field:
    return Field(
        *(name, "choice", f"biosecurity.{name}", True, choices), family=f"biosecurity_{name}"
    )


def _line(name: str) -> Field:
    return Field(name, "text", f"biosecurity.{name}", required=False)


_NOTE = Opening(
    *("note", ("intercept",), "noted", opening_of("interceptions", Interceptions.note)),
    (
        Field("port", "choice", "biosecurity.port"),
        *(_choice("channel", interception.CHANNELS), _choice("method", interception.METHODS)),
        Field("day", "day", "biosecurity.day", required=False),
        *map(_line, ("batch", "host", "origin")),
    ),
)
_OPEN = Opening(
    *("open", ("border_lead",), "opened", opening_of("profiles", Profiles.open)),
    (
        Field(
            *("subject", "choice", "biosecurity.about", True, profile.SUBJECTS),
            family="biosecurity_subject",
        ),
        Field("value", "text", "biosecurity.value"),
        *(_choice("level", profile.LEVELS), words("biosecurity.why")),
    ),
)


def _interceptions(method: Take) -> Take:
    return method_of("interceptions", method)


_REASON = words("act.reason")
_INTERCEPTION = (
    Act(
        *("sample", ("intercept", "identify"), ("sampled",), _interceptions(Interceptions.sample)),
        (Field("number", "text", "biosecurity.sample"), DAY),
    ),
    Act(
        *("identify", ("identify",), ("identified",), _interceptions(Interceptions.identify)),
        (_NAME, _METHOD, DAY),
    ),
    Act(
        *("reidentify", ("identify",), ("reidentified",), _interceptions(Interceptions.reidentify)),
        (_NAME, _METHOD, DAY, _REASON),
    ),
    Act(
        *("treat", ("intercept",), ("treated",), _interceptions(Interceptions.treat)),
        (
            _choice("treatment", interception.TREATMENTS),
            Field("certificate", "text", "biosecurity.certificate", required=False),
            DAY,
        ),
    ),
)
_PROFILE = (
    Act(
        *("change", ("border_lead",), ("changed",), method_of("profiles", Profiles.change)),
        (_choice("level", profile.LEVELS), _REASON),
    ),
)
TABLES = (
    ActTable(
        *("interception", "/interceptions", interception.STEPS, _INTERCEPTION),
        *(frozenset({"imported"}), _NOTE),
    ),
    ActTable("profile", "/profiles", profile.STEPS, _PROFILE, frozenset(), _OPEN),
)
