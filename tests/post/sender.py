"""Sends what waits until all is sent; killed at any moment. `python sender.py URL HOME TARGET`."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from post_house import Clock, House, config_for

from lianzhi.jobs.post import courier, delivery, webhook
from lianzhi.store.db import open_engine

delivery.FIRST_WAIT_MS, delivery.LONGEST_WAIT_MS = 5, 100
courier.POLL_S, courier.LONGEST_REST_S = 0.02, 0.05
webhook.TOTAL_S = 0.3


def main(url: str, home: Path, target: str) -> None:
    house = House(open_engine(url), home, config_for(target), Clock(int(time.time() * 1000)))
    house.post.start()
    while "waiting" in house.states().values():
        time.sleep(0.02)
    house.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
