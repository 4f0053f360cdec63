"""What a page tells of a file is its name, never the folders of the server."""

import pytest

from lianzhi.chain.folders import without_folders


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/srv/town/enforcement/agency.toml: short is 1", "agency.toml: short is 1"),
        ("/srv/my town/agency.toml: mend it", "agency.toml: mend it"),
        ("policy: '/srv/a/b.toml' and \"/srv/c/d.toml\"", "policy: 'b.toml' and \"d.toml\""),
        ("（/srv/a/b.toml）", "（b.toml）"),
        (
            "see https://example.org/a/b or /openapi.json",
            "see https://example.org/a/b or /openapi.json",
        ),
        ("send it to /v1/open311/x", "send it to /v1/open311/x"),
        ("1/2 of 3/4, 和/或, a/b/c", "1/2 of 3/4, 和/或, a/b/c"),
        ("", ""),
    ],
)
def test_folders_are_left_out_and_all_else_stays(text, told):
    assert without_folders(text) == told
