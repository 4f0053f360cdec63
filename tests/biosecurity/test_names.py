"""Scientific names as people write them, and what a register makes of them."""

import pytest

from lianzhi.domains.biosecurity.rules.names import Index, Resolution, parse

INDEX = Index(
    [
        ("BCTRDO", "BCTRDO"),
        ("Bactrocera dorsalis (Hendel)", "BCTRDO"),
        ("Dacus dorsalis Hendel", "BCTRDO"),
        ("桔小实蝇", "BCTRDO"),
        ("Sirex", "1SIRXG"),
        ("Mentha × piperita", "MENPI"),
        ("Fusarium oxysporum f. sp. cubense", "FUSACB"),
    ]
)


@pytest.mark.parametrize(
    ("text", "canonical", "qualifier", "hybrid"),
    [
        ("Bactrocera dorsalis (Hendel, 1912)", "bactrocera dorsalis", "", False),
        ("Bactrocera (Bactrocera) dorsalis", "bactrocera dorsalis", "", False),
        ("BACTROCERA dorsalis", "bactrocera dorsalis", "", False),
        ("Sirex sp.", "sirex", "sp", False),
        ("Anoplophora cf. glabripennis (Motsch.)", "anoplophora glabripennis", "cf", False),
        ("Monochamus aff. alternatus Hope", "monochamus alternatus", "aff", False),
        ("× Cuprocyparis leylandii", "cuprocyparis leylandii", "", True),
        ("Mentha x piperita L.", "mentha piperita", "", True),
        ("Mentha ×piperita", "mentha piperita", "", True),
        ("Xanthomonas campestris pv. oryzae", "xanthomonas campestris oryzae", "", False),
        ("Lolium temulentum L. var. arvense Lilj.", "lolium temulentum arvense", "", False),
        ("桔小实蝇", "桔小实蝇", "", False),
    ],
)
def test_a_name_is_taken_apart(text: str, canonical: str, qualifier: str, hybrid: bool) -> None:
    parsed = parse(text)
    assert (parsed.canonical, parsed.qualifier, parsed.hybrid) == (canonical, qualifier, hybrid)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bctrdo", Resolution("BCTRDO")),
        ("Dacus dorsalis", Resolution("BCTRDO")),
        ("桔小实蝇", Resolution("BCTRDO")),
        ("Bactrocera dorsallis", Resolution("", "", ("BCTRDO",))),
        ("Bactrocera cf. dorsalis", Resolution("BCTRDO", "cf")),
        ("Sirex sp.", Resolution("1SIRXG", "sp")),
        ("Mentha piperita", Resolution()),
        ("Mentha x piperita L.", Resolution("MENPI")),
        ("Fusarium oxysporum f.sp. cubense", Resolution("FUSACB")),
        ("Fusarium oxysporum", Resolution()),
        ("Quercus robur", Resolution()),
    ],
)
def test_a_name_is_resolved_and_a_near_one_only_suggested(text: str, expected: Resolution) -> None:
    assert INDEX.resolve(text) == expected
