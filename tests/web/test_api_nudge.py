"""The nudge: gentle, in the reader's language, never a barrier, never kept."""

import logging

import pytest

RUDE = "你这个废物，滚出去"


@pytest.fixture
def ask(client, bearer):
    key = bearer("protect")

    def ask(text: str, language: str | None = None):
        headers = key | ({"Accept-Language": language} if language else {})
        answer = client.post("/v1/nudge", json={"text": text}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def test_hurtful_words_are_marked(ask):
    answer = ask(RUDE)
    assert answer["nudge"] is True
    assert answer["may_continue"] is True
    assert answer["message"]
    assert any("废物" in RUDE[hint["start"] : hint["end"]] for hint in answer["hints"])


def test_it_speaks_the_readers_language(ask):
    chinese, english = ask(RUDE, "zh-CN,en;q=0.5"), ask(RUDE, "en-GB")
    assert (chinese["language"], english["language"]) == ("zh", "en")
    assert english["message"].isascii()
    assert not chinese["message"].isascii()


@pytest.mark.parametrize(
    "text", ["", "今天的比赛真精彩，恭喜！", "这份公告写得不清楚，请说明理由。"]
)
def test_kind_and_critical_words_pass_in_silence(ask, text):
    answer = ask(text)
    assert (answer["nudge"], answer["message"], answer["hints"]) == (False, "", [])
    assert answer["may_continue"] is True


def test_nothing_is_kept_or_logged(ask, node, caplog):
    caplog.set_level(logging.DEBUG)
    ask(RUDE)
    assert "废物" not in caplog.text
    for file in node.home.iterdir():
        assert "废物".encode() not in file.read_bytes()


def test_every_kind_of_harm_has_its_words_in_both_languages():
    import tomllib
    from importlib.resources import files

    from lianzhi.text import KINDS

    words = tomllib.loads(files("lianzhi.web.api").joinpath("nudge.toml").read_text("utf-8"))
    for language in ("zh", "en"):
        assert set(words[language]["kinds"]) == {*KINDS, "other"}
