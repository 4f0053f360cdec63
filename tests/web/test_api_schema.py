"""The OpenAPI description holds, and nothing that fits or breaks it makes the server fail."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from web_house import FakeNode, pile_on

from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@pytest.fixture
def fuzzed(tmp_path):
    """The description of a running application, and a key that may do everything."""
    node = FakeNode(tmp_path)
    for number in range(3):
        node.ledger.append(pile_on(number, node.clock, case=str(number)))
    free = {"client_rate": 1e6, "client_burst": 1e6, "key_rate": 1e6, "key_burst": 1e6}
    app = create_app(node, Settings(hosts=("testserver",), **free))
    _, token = accounts.add_key(node.ledger, "schemathesis", accounts.SCOPES, node.clock, "test")
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    schema.config.generation.with_security_parameters = False
    yield schema, {"Authorization": f"Bearer {token}"}
    node.engine.dispose()


@schemathesis.serializer("application/x-ndjson")
def _ndjson(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


#: What a schema can't say: any bytes may be events, and only some are gzip; terms must make sense;
#: sizes stand in order, and so do the ends of a period; accounts must have a part in the case, and
#: classes of harm are those of the day; other platforms sign what they say.
UNDESCRIBABLE = {
    ("/v1/events", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/events", GenerationMode.NEGATIVE): [negative_data_rejection],
    ("/v1/protections", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/cases/{case}/decisions", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/reports", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/record/consistency", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/scorecard", GenerationMode.POSITIVE): [positive_data_acceptance],
    ("/v1/signals", GenerationMode.POSITIVE): [positive_data_acceptance],
}


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode)
def test_description_holds(fuzzed, mode):
    """Requests that fit the description, and such that break it, are answered as described.

    Run without schemathesis' own pytest plugin, which does not know this pytest yet.
    """
    schema, headers = fuzzed
    for found in schema.get_all_operations():
        fuzz(found.ok(), mode, headers)


def fuzz(operation, mode, headers):
    left_out = UNDESCRIBABLE.get((operation.path, mode), [])

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case):
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    try:
        holds()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing to break in a request without input"


def test_every_operation_is_described(client):
    """Each has a summary, and each refusal a problem."""
    description = client.get("/openapi.json").json()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")):
                    assert list(answer["content"]) == ["application/problem+json"], where
            if path == "/v1/signals":
                assert "security" not in operation, "other platforms sign, and have no key"
            elif path.startswith("/v1/"):
                assert operation["security"] == [{"ApiKey": []}], where
                told = {"400", "401", "403", "422", "429", "503"}
                assert told <= set(operation["responses"]), where


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/", "/v1/cases/a/b", "/v1/cases/"])
def test_unknown_addresses_answer_in_form(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_wrong_methods_name_the_right_ones(client):
    answer = client.put("/v1/check")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_browsers_outside_the_api_get_a_page(client):
    answer = client.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    answer = client.get("/v1/nowhere", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/problem+json"


def test_operations_have_short_names_of_their_own(app):
    paths = app.openapi()["paths"].values()
    names = [operation["operationId"] for path in paths for operation in path.values()]
    assert len(names) > 40
    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names), names


def test_schemas_have_short_names_of_their_own(app):
    """FastAPI names two models of one name by their modules; generators then drop one of them."""
    assert [name for name in app.openapi()["components"]["schemas"] if "__" in name] == []
