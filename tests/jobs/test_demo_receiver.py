"""The demo's receiver carries out each measure once, and takes no message but the node's."""

import json
from pathlib import Path
from typing import Any

import pytest
import urllib3

from lianzhi.jobs.demo import DemoEvent
from lianzhi.jobs.demo_receiver import Receiver, receiving
from lianzhi.webhooks.keys import WebhookKeys
from lianzhi.webhooks.signature import decode_secret, headers

NOW = 1_795_608_300_000


class House:
    """A receiver on a home, and what it reported."""

    def __init__(self, home: Path) -> None:
        self.events: list[DemoEvent] = []
        self.receiver = Receiver(home, lambda: NOW, self.events.append)
        (secret,) = WebhookKeys(home).current(NOW)
        self.secret = decode_secret(secret.text)

    def send(self, message: str, sequence: int = 1, at_s: int = NOW // 1000, **more: Any) -> bool:
        data = {"measure": "m_1", "sequence": sequence, "key": "mute", "account": "u7", **more}
        type_ = "measure.ordered" if sequence == 1 else "measure.ended"
        fields = {"type": type_, "id": message, "timestamp": "2026-11-25T10:45:00Z", "data": data}
        body = json.dumps(fields).encode()
        return self.receiver.receive(headers(message, at_s, body, [self.secret]), body)

    def topics(self) -> list[str]:
        return [event.topic for event in self.events]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_each_measure_is_applied_once_and_undone_once(house: House) -> None:
    assert house.send("m_1-1")
    assert house.send("m_1-1")
    assert house.send("m_1-2", 2)
    assert house.topics() == ["applied", "undone"]
    assert (house.events[0].about, house.events[0].kind) == ("u7", "mute")


def test_lower_sequence_after_a_higher_changes_nothing(house: House) -> None:
    assert house.send("m_1-2", 2)
    assert house.send("m_1-1")
    assert house.topics() == ["undone"]


def test_old_and_forged_messages_are_refused(house: House) -> None:
    assert not house.send("m_1-1", at_s=NOW // 1000 - 301)
    house.secret = bytes(32)
    assert not house.send("m_1-1")
    assert not house.receiver.receive(
        {"webhook-id": "m_1-1", "webhook-timestamp": "no time"}, b"{}"
    )
    assert house.events == []


def test_what_an_authority_imposes_is_not_for_the_platform(house: House) -> None:
    assert house.send("m_1-1", key="fine", subject_type="enterprise")
    assert house.events == []


def test_it_answers_at_its_address(house: House) -> None:
    with receiving(house.receiver) as address:
        fields = {"type": "webhook.pinged", "id": "ping", "timestamp": "2026-11-25T10:45:00Z"}
        body = json.dumps(fields | {"data": {}}).encode()
        signed = headers("ping", NOW // 1000, body, [house.secret])
        answers = [
            urllib3.request("POST", address, body=body, headers=marks).status
            for marks in (signed, {}, signed | {"webhook-signature": "v1,AAAA"})
        ]
    assert answers == [200, 401, 401]
