"""Latency: from the watermark's passing to the finding, at 15,000 events a second in real time."""

import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import numpy as np

from bench.stream import texts
from lianzhi.chain.protection import Terms
from lianzhi.config import Config
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.flow.contacts import pair_hashes
from lianzhi.jobs.node import Node
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.text import score_many

Row = tuple[str, float, str]
RATE = 15_000
SECONDS = 20
STEP_MS = 100
LATENESS_MS = 1000


def run() -> list[Row]:
    """Latency of findings, and of protection checks at a million protections."""
    score_many(["你好"])
    late, received = _live()
    checks = _checks(1_000_000)
    return [
        (f"latency: rate sent over {SECONDS} s", received, "events/s"),
        ("latency: findings measured", len(late), "findings"),
        ("latency: watermark to finding, p50", float(np.percentile(late, 50)), "ms"),
        ("latency: watermark to finding, p99", float(np.percentile(late, 99)), "ms"),
        ("latency: check at 1M protections, p50", float(np.percentile(checks, 50)), "ms"),
        ("latency: check at 1M protections, p99", float(np.percentile(checks, 99)), "ms"),
    ]


def _live() -> tuple[list[float], float]:
    late: list[float] = []

    def told(finding) -> None:  # due when the watermark reaches the event, one lateness later
        late.append(wall_clock() - (finding.at + LATENESS_MS))

    config = Config(lateness_seconds=LATENESS_MS / 1000)
    rng = np.random.default_rng(1)
    pool = texts()[1]
    with (
        tempfile.TemporaryDirectory() as folder,
        Node(Path(folder), config, on_finding=told) as node,
    ):
        begin = time.monotonic()
        sent = 0
        senders: list[threading.Thread] = []
        for step in range(SECONDS * 1000 // STEP_MS):
            body = _step(rng, pool, step)
            wait = begin + (step + 1) * STEP_MS / 1000 - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            sender = threading.Thread(target=node.intake.submit, args=(body, "bench"))
            sender.start()
            senders.append(sender)
            sent += RATE * STEP_MS // 1000
        for sender in senders:
            sender.join()
        took = time.monotonic() - begin
        node.intake.finish()
    return late, sent / took


def _step(rng: np.random.Generator, pool: list[str], step: int) -> bytes:
    """A tenth of a second: calm traffic, and people around whom something forms."""
    count, now = RATE * STEP_MS // 1000, wall_clock()
    lines = []
    targets = np.minimum(99_999, rng.pareto(0.9, count) * 500).astype(int)
    picks = rng.integers(0, len(pool), count)
    for n in range(count):
        attack = n % 50 == 0
        target = f"v{step // 10}_{n // 50 % 10}" if attack else f"t{targets[n]}"
        text = "装什么装，恶心，滚出去" if attack else pool[picks[n]]
        event = {"id": f"{step}-{n}", "source": "bench", "kind": "comment", "text": text}
        event |= {"time": now - int(rng.integers(0, STEP_MS)), "target": target}
        event["actor"] = f"u{rng.integers(0, 1 << 30)}"
        lines.append(msgspec.json.encode(event))
    return b"\n".join(lines)


def _checks(count: int) -> list[float]:
    """Checks on a node that knows a million contacts and guards a million people."""
    terms = Terms(channels=("private_message", "comment"), expires_at=1 << 60)
    took = []
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), Config()) as node:
        contacts = node.judge.runner.states[PileOn.name].contacts
        for start in range(0, count, 100_000):
            near = range(start, start + 100_000)
            contacts.note(pair_hashes([(f"friend{n}", f"a{n}") for n in near]))
        contacts.roll(1)
        for n in range(count):
            node.guard.put(f"p{n}", f"a{n}", terms)
        for n in range(20_000):
            who = n * 7919 % count
            actor = f"friend{who}" if n % 2 else f"stranger{who}"
            begin = time.perf_counter()
            verdict = node.guard.check("comment", actor, f"a{who}", 0, None)
            took.append((time.perf_counter() - begin) * 1000)
            if n % 2 and not verdict.allowed:
                raise AssertionError(f"{actor} is known and was stopped")
    return took


if __name__ == "__main__":
    for name, value, unit in run():
        sys.stdout.write(f"{name:58} {value:14,.3f} {unit}\n")
