"""How many may come at once: verdicts, pages opened in the same second, microphones in real time.

python -m benchmarks.speed.load [--cold 20] [--verdicts 20 50 100 200] [--pages 10 25 50 100]
    [--live 5 20] [--seconds 60]

The visitors speak Streamlit's protocol and run on the same processors as the app, which is shared.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import numpy as np
import psutil

from benchmarks.speed.app import App, running_app
from benchmarks.speed.live_visitor import LiveVisitor
from benchmarks.speed.visitor import Visitor
from benchmarks.speed.visitors import at_once, memory, recordings
from mimimi.config import MACHINE_TYPES


def processor(app: App) -> float:
    """Seconds of processor that the app has used."""
    times = psutil.Process(app.pid).cpu_times()
    return float(times.user + times.system)


def judge_at_once(app: App, count: int, state: str = "") -> None:
    """Recordings that are handed in in the same moment, on pages that stand open."""
    used = processor(app)
    read = at_once(app.url, recordings(count))
    median, late = np.percentile([one.seconds for one in read], [50, 95])
    cost, told = (processor(app) - used) / count, sum(one.waited for one in read)
    print(
        f"{count:>4} verdicts{state}: median {median:.1f} s, 95th percentile {late:.1f} s; {told} "
        f"were told their place; {cost:.2f} s of CPU each, page and all"
    )
    print(f"     {memory(app)}")


def open_at_once(app: App, count: int) -> None:
    """Pages that are opened in the same moment, and how long until the last one stands."""
    used, began = processor(app), time.monotonic()

    def visit(_: int) -> float:
        with closing(Visitor(app.url, "")):
            return time.monotonic() - began

    with ThreadPoolExecutor(count) as threads:
        seconds = list(threads.map(visit, range(count)))
    cost = (processor(app) - used) / count
    median, last = np.median(seconds), max(seconds)
    print(f"{count:>4} pages: median {median:.1f} s, last {last:.1f} s; {cost:.3f} s of CPU each")


def listen_at_once(app: App, count: int, seconds: float) -> None:
    """Microphones in real time, and one more than is allowed."""
    with closing(LiveVisitor(app.url, 10_000)) as first:
        first.listen(15.0)  # the detector is loaded
    time.sleep(31)  # until nobody takes that microphone for open any more
    visitors = [LiveVisitor(app.url, number) for number in range(count)]

    def listen(visitor: LiveVisitor) -> list[float]:
        time.sleep(2.5 * visitors.index(visitor) / count)  # they did not begin in one moment
        return visitor.listen(seconds)

    used, began = processor(app), time.monotonic()
    with ThreadPoolExecutor(count) as threads:
        delays = [one for found in threads.map(listen, visitors) for one in found]
    load = (processor(app) - used) / (time.monotonic() - began)
    print(
        f"{count:>4} microphones, {seconds:g} s: a block answered after {np.median(delays):.2f} s "
        f"(median), {np.percentile(delays, 95):.2f} s (95th percentile), {max(delays):.2f} s at "
        f"most; {load:.2f} processors"
    )
    print(f"     {memory(app)}")
    with closing(LiveVisitor(app.url, count + 1)) as one_more:
        one_more.listen(2.5)
        print(f"     the next one is {'refused with a word' if one_more.refused else 'taken'}")
    for visitor in visitors:
        visitor.close()


def measure(what: Callable[[App], None]) -> None:
    """In an app of its own, with nothing in its home."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"MIMIMI_HOME": home, "MIMIMI_SHARED": "1"}
        with running_app() as app:
            what(app)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cold", type=int, nargs="*", default=[20], help="verdicts, newly started")
    parser.add_argument("--verdicts", type=int, nargs="*", default=[20, 50, 100, 200])
    parser.add_argument("--pages", type=int, nargs="*", default=[10, 25, 50, 100])
    parser.add_argument("--live", type=int, nargs="*", default=[5, 20])
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()

    def verdicts(app: App) -> None:
        at_once(app.url, recordings(len(MACHINE_TYPES)))  # all detectors are loaded
        for count in options.verdicts:
            judge_at_once(app, count)

    def pages(app: App) -> None:
        open_at_once(app, 1)
        for count in options.pages:
            open_at_once(app, count)

    for count in options.cold:
        measure(partial(judge_at_once, count=count, state=", newly started"))
    if options.verdicts:
        measure(verdicts)
    if options.pages:
        measure(pages)
    for count in options.live:
        measure(partial(listen_at_once, count=count, seconds=options.seconds))


if __name__ == "__main__":
    main()
