"""Matching: recall and precision on invented copies, speed, and MinHash of datasketch beside it."""

import time
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from bench.matching_world import Made, world
from bench.share import share
from lianzhi.domains.dissemination.matching import Article, lineage

LEAST = 0.5
CASES = ((1.0, 0.0), (1.0, 0.02), (0.8, 0.0), (0.6, 0.0), (0.6, 0.01))


def main() -> None:
    print("copies that keep a share of the sentences, with a share of characters changed")
    print(f"{'kept':>5}{'changed':>9}  {'recall':<44}precision")
    for kept, edits in CASES:
        made = world(originals=1500, copies=2, kept=kept, edits=edits, seed=7)
        root = {each.id: each.root for each in made}
        links = lineage(_articles(made), LEAST)
        copies = [link for link in links if link.id != root[link.id]]
        right = sum(root[link.id] == link.root for link in copies)
        parents = [link for link in links if link.parent]
        true = sum(root[link.id] == root[link.parent] for link in parents)
        recall, precision = share(right, len(copies), 4), share(true, len(parents), 4)
        print(f"{kept:>5}{edits:>9}  {recall:<44}{precision}")
    for count in (3000, 12000):
        made = world(originals=count // 3, copies=2, kept=0.8, edits=0.0, seed=8)
        articles = _articles(made)
        begun = time.process_time()
        lineage(articles, LEAST)
        spent = time.process_time() - begun
        length = sum(len(each.text) for each in made) / len(made)
        print(f"{count:>7,} articles of {length:.0f} characters:", end=" ")
        print(f"{count / spent:,.0f} a second of one core")
    _peer(made)


def _articles(made: Iterable[Made]) -> list[Article]:
    return [Article(each.id, each.text, each.time) for each in made]


def _peer(made: list[Made]) -> None:
    if find_spec("datasketch") is None:
        print("datasketch is not installed; it comes with requirements-bench.lock")
        return
    peer = import_module("datasketch")
    index = peer.MinHashLSH(threshold=0.4, num_perm=128)
    begun = time.process_time()
    for each in sorted(made, key=lambda article: article.time):
        shingles = {each.text[n : n + 5].encode() for n in range(len(each.text) - 4)}
        minhash = peer.MinHash(num_perm=128)
        minhash.update_batch(list(shingles))
        index.query(minhash)
        index.insert(each.id, minhash)
    spent = time.process_time() - begun
    print(f"datasketch MinHashLSH, {len(made):,} articles: {len(made) / spent:,.0f} a second")


if __name__ == "__main__":
    main()
