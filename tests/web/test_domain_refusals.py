"""What a domain refuses is answered by that domain, whoever else raises the same exception."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import FakeNode

from lianzhi import kit, office
from lianzhi.domains.domain import Domain
from lianzhi.domains.registry import DOMAINS
from lianzhi.office.refusal import Refusal
from lianzhi.web import app as application
from lianzhi.web.core.problems import install, install_refusals
from lianzhi.web.core.settings import Settings


class BaseRefusalError(ValueError):
    """Raised by both domains."""


class SpecialRefusalError(BaseRefusalError):
    """Registered by one of them."""


def domain(name: str, kind: type[Exception]) -> Domain:
    def refused(error: Exception, language: str) -> dict[str, Any] | None:
        if name not in str(error):
            return None
        return {"status": 409, "detail": f"{name} refuses"}

    return Domain(name=name, refusals=lambda: (kind,), refused=refused)


def refusal(app: FastAPI, error: Exception) -> tuple[int, str]:
    @app.get(f"/v1/raise/{error}")
    def fail() -> None:
        raise error

    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get(f"/v1/raise/{error}", headers={"Host": "testserver"})
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    "kinds",
    [
        (BaseRefusalError, BaseRefusalError),
        (BaseRefusalError, SpecialRefusalError),
        (SpecialRefusalError, BaseRefusalError),
    ],
)
def test_domains_that_raise_the_same_exception_are_asked_in_turn(
    kinds: tuple[type[Exception], type[Exception]],
) -> None:
    app = FastAPI()
    app.state.language_of = lambda request: "en"
    install(app, lambda language: str)
    install_refusals(app, [domain("first", kinds[0]), domain("second", kinds[1])])
    for name in ("first", "second"):
        status, text = refusal(app, SpecialRefusalError(name))
        assert status == 409
        assert f"{name} refuses" in text
    assert refusal(app, SpecialRefusalError("nobody"))[0] == 500


def test_a_domain_that_is_not_opened_but_has_a_desk_is_asked(
    node: FakeNode, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = msgspec.structs.replace(
        DOMAINS["astroturf"],
        refusals=lambda: (BaseRefusalError,),
        refused=lambda error, language: {"status": 409, "detail": f"refused in {language}"},
    )
    assert always not in node.domains
    monkeypatch.setattr(application, "DOMAINS", {**DOMAINS, "astroturf": always})
    app = application.create_app(node, settings)
    status, text = refusal(app, BaseRefusalError("x"))
    assert status == 409
    assert "refused in " in text


@pytest.mark.parametrize(("language", "text"), [("en", "A required field"), ("zh", "必填")])
def test_what_the_kit_refuses_is_told_where_no_domain_tells_it(language: str, text: str) -> None:
    app = FastAPI()
    app.state.language_of = lambda request: language
    install(app, application.catalogue)
    install_refusals(app, [], application.catalogue)
    status, body = refusal(app, Refusal("missing", "to is empty; fill it in", field="to"))
    assert status == 409
    assert text in body
    assert '"field": "to"' in body
    status, body = refusal(app, Refusal("no_such_rule", "in its own words"))
    assert "in its own words" in body


def test_every_refusal_of_kit_and_office_has_words_in_both_languages() -> None:
    rules = set()
    for room in (kit, office):
        for path in Path(str(room.__file__)).parent.rglob("*.py"):
            rules |= set(re.findall(r'Refusal\(\s*"(\w+)"', path.read_text("utf-8")))
    assert len(rules) > 15
    for language in ("zh", "en"):
        say = application.catalogue(language)
        assert [rule for rule in rules if say(f"refused.{rule}") == f"refused.{rule}"] == []
