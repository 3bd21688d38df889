"""Part 2, too: short counts and EINTR at every read and write of a life change nothing at all."""

import os
import subprocess

import audit
import laboratory
from error_points import NOTICED
from workers import Tally, run_all

HERE = os.path.dirname(os.path.abspath(__file__))


def run(bench, _quick):
    tally = Tally("short counts")
    library = os.path.join(bench.directory, "shortcounts.so")
    subprocess.run(["cc", "-O1", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library,
                    os.path.join(HERE, "shortcounts.c"), "-ldl"], check=True)
    run_all([(f"{life} life", lambda tally, life=life: shorten(bench, life, library, tally)) for life in laboratory.LIVES], tally)
    return tally


def shorten(bench, life, library, tally):
    store, progress = bench.new_case(life)
    counts = store + ".counts"
    done = bench.live(store, progress, environment={"LD_PRELOAD": library, "SHORT_COUNTS_TO": counts})
    if done.status != 0 or not all(part.is_complete for part in progress) or NOTICED.search(done.log):
        raise audit.Finding(f"it was noticed: status {done.status}: {done.log[-1500:]}")
    with open(counts, encoding="ascii") as file:
        shortened, interrupted = (int(word) for word in file.read().split())
    if shortened < 20 or interrupted < 20:
        raise audit.Finding(f"only {shortened} short calls and {interrupted} interrupted ones: it shows nothing")
    tally.count("shortened", shortened)
    tally.count("interrupted", interrupted)
    bench.heal(store, progress)
    bench.drop_case(store)
