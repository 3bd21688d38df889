"""Runs cases side by side and counts them."""

import collections
import concurrent.futures
import os
import threading
import time

import audit


class Tally:
    """What was tried, by kind, and what failed. Any thread may count."""

    def __init__(self, title):
        self.title = title
        self.counts = collections.Counter()
        self.passed = 0
        self.failures = []
        self.began = time.monotonic()
        self.lock = threading.Lock()

    def count(self, name, number=1):
        with self.lock:
            self.counts[name] += number

    def passes(self):
        with self.lock:
            self.passed += 1

    def fails(self, name, finding):
        with self.lock:
            self.failures.append(name)
        print(f"  FAILED {name}: {finding}", flush=True)

    def line(self):
        counts = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        return (f"{self.title}: {counts}; {self.passed} cases passed, {len(self.failures)} failed, "
                f"{time.monotonic() - self.began:.0f} s")


def run_all(cases, tally):
    """Each case is a name and a function that takes the tally and raises what it finds."""
    def run(name, check):
        try:
            check(tally)
        except (audit.Finding, RuntimeError, OSError, ValueError) as error:
            tally.fails(name, f"{type(error).__name__}: {error}")
        else:
            tally.passes()

    with concurrent.futures.ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1) + 1) as pool:
        for future in [pool.submit(run, name, check) for name, check in cases]:
            future.result()
