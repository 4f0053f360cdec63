"""The page Delivery: for administrators; figures, dead letters, a button to send them again."""

import pytest
from web_house import FakeNode

from lianzhi.office.messages import Message
from lianzhi.store import db, outbox
from lianzhi.store.letters import counts, dead_letters


@pytest.fixture
def dead(node: FakeNode) -> list[str]:
    """Sixty dead letters, and one that waits."""
    messages = [
        Message(
            id=f"m{n:02}",
            lane=f"l{n}",
            number=1,
            topic="notice.made",
            channel="webhook",
            ref="r",
            created_at=node.clock,
        )
        for n in range(61)
    ]
    with db.writing(node.engine) as connection:
        outbox.put(connection, messages)
    claimed = outbox.claim(node.engine, "a", node.clock, 60, 1000, channel="webhook")
    with db.writing(node.engine) as connection:
        for one in claimed:
            outbox.bury(connection, one, node.clock, "HTTP 410 <gone>")
    return [one.id for one in claimed]


@pytest.mark.parametrize(
    ("language", "title", "topic"),
    [("en", "Delivery", "Notice to a person"), ("zh", "送达", "给当事人的告知")],
)
def test_the_page_shows_what_was_given_up(signed_in, dead, language, title, topic) -> None:
    client = signed_in("admin")
    client.headers["Accept-Language"] = language
    page = client.get("/delivery").text
    assert f"<h1>{title}</h1>" in page
    assert 'href="/delivery" data-go="y" aria-current="page"' in page
    assert page.count(topic) == 50
    assert "HTTP 410 &lt;gone&gt;" in page
    following = page.split('class="more"')[1].split('href="')[1].split('"')[0]
    rest = client.get(following.replace("&amp;", "&")).text
    assert rest.count(topic) == 10
    assert "<h1>" not in rest


def test_a_letter_is_sent_again_with_one_click(signed_in, node, dead) -> None:
    client = signed_in("admin")
    answer = client.post(f"/delivery/{dead[0]}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, "/delivery?done=retried")
    client.headers["Accept-Language"] = "en"
    assert "The message is sent again." in client.get("/delivery?done=retried").text
    assert dead[0] not in [row.id for row in dead_letters(node.engine, limit=100).rows]
    assert counts(node.engine, 0).waiting == 2
    assert client.post(f"/delivery/{dead[0]}/retry").status_code == 404


def test_an_empty_page_says_what_would_stand_there(signed_in) -> None:
    client = signed_in("admin")
    client.headers["Accept-Language"] = "en"
    page = client.get("/delivery").text
    assert "Nothing was given up" in page
    assert "0 waiting, 0 of them after a failure" in page


def test_others_do_not_see_it(signed_in) -> None:
    client = signed_in("reviewer")
    assert "/delivery" not in client.get("/").text
    assert client.get("/delivery").status_code == 403
    client = signed_in("admin")
    assert (
        client.get("/delivery?cursor=nonsense", headers={"Accept": "text/html"}).status_code == 422
    )
