"""Fairness audits: seconds for a million and ten million people, beside aequitas and fairlearn.

The table is made: three attributes of 5, 3 and 4 groups, a decision and a label. Peers come with
requirements-bench.lock; PEERS_PYTHON names the Python of another environment that has them.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from lianzhi.audits.fairness.run import audit_file
from lianzhi.domains.algorithms.policy import load

MAP = "prediction: p\nlabel: y\nattributes: [a, b, c]\n"
PEERS = {
    "aequitas": """
from aequitas.group import Group
from aequitas.bias import Bias
d = d.rename(columns={"p": "score", "y": "label_value"})
groups, _ = Group().get_crosstabs(d)
Bias().get_disparity_major_group(groups, original_df=d, check_significance=True)
""",
    "fairlearn": """
from fairlearn.metrics import (MetricFrame, selection_rate, true_positive_rate,
    false_positive_rate, false_negative_rate)
from sklearn.metrics import precision_score
for name in "abc":
    frame = MetricFrame(metrics={"s": selection_rate, "t": true_positive_rate,
        "f": false_positive_rate, "n": false_negative_rate, "p": precision_score},
        y_true=d.y, y_pred=d.p, sensitive_features=d[name], n_boot=BOOTSTRAPS,
        ci_quantiles=[.025, .975], random_state=1)
    frame.difference_ci()
""",
}


#: Bootstraps of fairlearn: 2,000 would take hours.
PEER_BOOTSTRAPS = 2
HOW = {
    "aequitas": "with significance tests, without bootstraps",
    "fairlearn": f"with intervals from {PEER_BOOTSTRAPS} bootstraps, without tests",
}


def make(folder: Path, rows: int, form: str) -> Path:
    path = folder / f"{rows}.{form}"
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(
            f"""COPY (SELECT 'a' || (random() * 5)::INT % 5 AS a,
            'b' || (random() * 3)::INT % 3 AS b,
            'c' || (random() * 4)::INT % 4 AS c, (random() < 0.4)::INT AS p,
            (random() < 0.5)::INT AS y FROM range({rows})) TO '{path}'"""
        )
    return path


def peer(name: str, path: Path) -> str:
    python = os.environ.get("PEERS_PYTHON", sys.executable)
    code = f"import time, pandas\nBOOTSTRAPS = {PEER_BOOTSTRAPS}\nt = time.time()\n"
    code += f"d = pandas.read_csv({str(path)!r})\n{PEERS[name]}\nprint(f'{{time.time() - t:.2f}}')"
    ran = subprocess.run(
        [python, "-W", "ignore", "-c", code], check=False, capture_output=True, text=True
    )
    if ran.returncode:
        return f"{name}: failed: {ran.stderr.strip().splitlines()[-1]}"
    return f"{name}: {ran.stdout.split()[-1]} s from CSV, {HOW[name]}"


def main() -> None:
    policy = load().at(1_800_000_000_000)[1].fairness
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        map_path = place / "map.yaml"
        map_path.write_text(MAP)
        audit_file(make(place, 1000, "csv"), map_path, policy, seed=1)  # imports
        for rows, form in ((10**6, "parquet"), (10**6, "csv"), (10**7, "parquet"), (10**7, "csv")):
            path = make(place, rows, form)
            start, worked = time.perf_counter(), time.process_time()
            audit = audit_file(path, map_path, policy, seed=1)
            took, worked = time.perf_counter() - start, time.process_time() - worked
            kind = f"{rows:,} people, {form}, {policy.bootstraps:,} bootstraps"
            print(f"{kind}: {took:.2f} s ({worked:.2f} s CPU), {audit.tests} tests", flush=True)
            if form == "parquet":
                path.unlink()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"memory of the process at most: {most:.2f} GiB")
        for name in PEERS:
            print(f"1,000,000 people: {peer(name, place / '1000000.csv')}")


if __name__ == "__main__":
    sys.exit(main())
