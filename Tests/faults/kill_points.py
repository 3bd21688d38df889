"""Part 1: SIGKILL at every call that changes the disk, of every file, one at a time."""

import audit
import laboratory
from workers import Tally, run_all


def run(bench, quick):
    """Strikes before the n-th call of a place, n from 1 until no such call comes any more. Quick: one strike of each place, the first
    or a middle one of its life in turn."""
    tally = Tally("kill points")
    for life in laboratory.LIVES:
        cases = []
        for number, (place, calls) in enumerate(bench.places(life).items()):
            picked = calls[len(calls) // 2:][:1] if number % 2 else calls[:1]
            cases.append((f"{life} life, {place}", kills(bench, life, place, picked if quick else calls, quick)))
        run_all(cases, tally)
    if tally.counts["reached"] < 2 * tally.counts["not reached"]:
        tally.fails("enumeration", "most of the calls to strike never came")
    return tally


def kills(bench, life, place, numbers, quick):
    def check(tally):
        for number in numbers:
            tally.count("reached" if kill(bench, life, place, number) else "not reached")
        number = numbers[-1] + 1
        # The traced life is one of many: another may make the call more often.
        while not quick and place.call != "openat" and kill(bench, life, place, number):
            tally.count("reached")
            number += 1
    return check


def kill(bench, life, place, number):
    """Whether the call came."""
    store, progress = bench.new_case(life)
    try:
        done = bench.live(store, progress, bench.strike(place, store, f"signal=SIGKILL:when={number}"))
        if done.status not in (0, -9):
            raise audit.Finding(f"it ended with {done.status}: {done.log[-1500:]}")
        bench.heal(store, progress)
    except audit.Finding as finding:
        raise audit.Finding(f"killed at call {number}: {finding}\n  store: {store}") from finding
    bench.drop_case(store)
    return done.status == -9
