"""Logs of a node: lines of text or JSON, each with the id of its request, and nothing private."""

import json
import logging
import re
import signal
from pathlib import Path

import pytest

from lianzhi.cli.logs import JsonFormatter
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_key
from lianzhi.web.core.request_id import REQUEST_ID
from server_process import Server


def line_of(message: str, *args: object, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("lianzhi.x", logging.WARNING, __file__, 1, message, args, exc_info)
    record.created = 1_795_608_300.0
    return JsonFormatter().format(record)


def test_a_record_is_one_object() -> None:
    assert json.loads(line_of("%d messages wait", 3)) == {
        "time": "2026-11-25T12:05:00.000Z",
        "level": "WARNING",
        "logger": "lianzhi.x",
        "message": "3 messages wait",
    }


@pytest.mark.parametrize("text", ['a\nb\r"c"', "链治 😀", "\udc80", "\u2028", "\x00\x1b[31m"])
def test_whatever_the_message_holds_it_is_one_line_of_ascii(text: str) -> None:
    line = line_of("%s", text)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == text


def test_an_error_brings_its_traceback() -> None:
    try:
        raise RuntimeError("no room")
    except RuntimeError as error:
        line = line_of("it failed", error=error)
    exception = json.loads(line)["exception"]
    assert exception.startswith("Traceback (most recent call last):\n")
    assert exception.endswith("RuntimeError: no room")
    assert len(line.splitlines()) == 1


def test_the_id_of_a_request_stands_in_the_lines_of_that_request_alone() -> None:
    token = REQUEST_ID.set("abc-1")
    try:
        assert json.loads(line_of("x"))["request_id"] == "abc-1"
    finally:
        REQUEST_ID.reset(token)
    assert "request_id" not in json.loads(line_of("x"))


def lines_of_serving(home: Path, *words: str) -> list[str]:
    """Log of a node that is asked for findings under an id, and refuses a batch."""
    with Node(home) as node:
        _, key = add_key(node.ledger, "test", ("read",), node.now(), "test")
    with Server("serve", "--home", home, *words) as server:
        asked = {"Authorization": f"Bearer {key}", "X-Request-ID": "from-proxy.7"}
        assert server.ask("GET", "/v1/findings?about=somebody", **asked)[0] == 200
        assert server.ask("POST", "/v1/events", '{"text": "a secret text"}')[0] == 401
        code, _, log = server.stop(signal.SIGTERM)
    assert code == 0
    for secret in ("somebody", "a secret text", key, key.rsplit("_", 1)[-1]):
        assert secret not in log
    return log.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("by_option", [True, False])
def test_a_node_logs_json_by_option_or_configuration(tmp_path: Path, by_option: bool) -> None:
    if not by_option:
        (tmp_path / "config.toml").write_text('log = "json"\n')
    lines = lines_of_serving(tmp_path, *(["--log-json"] if by_option else []))
    records = [json.loads(line) for line in lines]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, records))
    asked, refused = [each for each in records if each["logger"] == "lianzhi.access"]
    assert re.fullmatch(r"GET /v1/findings 200 \d+\.\dms", asked["message"])
    assert asked["request_id"] == "from-proxy.7"
    assert refused["message"].startswith("POST /v1/events 401 ")
    assert re.fullmatch("[0-9a-f]{16}", refused["request_id"])
    stopping = next(each for each in records if each["message"].startswith("stopping on"))
    assert "request_id" not in stopping


@pytest.mark.slow
def test_lines_of_text_bear_the_id_too_and_strangers_do_not_choose_it(tmp_path: Path) -> None:
    (tmp_path / "web.toml").write_text('trusted_proxies = ["192.0.2.7"]\n')
    lines = lines_of_serving(tmp_path)
    assert not any("from-proxy.7" in line for line in lines)
    (asked,) = [line for line in lines if "GET /v1/findings" in line]
    assert re.search(r" INFO lianzhi\.access [0-9a-f]{16} GET /v1/findings 200 ", asked)
    assert re.search(r" lianzhi\.cli\.serving - stopping on SIGTERM$", "\n".join(lines), re.M)
