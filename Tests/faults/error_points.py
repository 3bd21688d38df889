"""Part 2: the calls that read or change the disk fail, once or from then on. The daemon goes on where docs/operations.md says so, or
ends as that page tells; whichever it does, nothing acknowledged is lost."""

import os
import re

import audit
import laboratory
import trace
from workers import Tally, run_all

CALLS = (*trace.CALLS, *trace.READS)
ERRORS = ("EIO", "ENOSPC")
# Calls that the engine makes again when a signal interrupts them. A sync is not among them: what the second says of the first one's
# pages is not known.
INTERRUPTED = ("pwrite64", "pread64", "openat", "ftruncate", "fsync")

STATUSES = {"EIO": (74,), "ENOSPC": (74, 75), "EINTR": ()}
# Damage is what a disk that cannot read means; the daemon then says so.
READ_STATUSES = (65, 74)
READING = (*trace.READS, "openat")
# Every second life begins with a torn tail.
# What these threads cannot make durable, but for names of the log, nothing rests on: the daemon says so and goes on.
BACKGROUND = re.compile(r"^\d+<stockd-(?:follow|upkeep)>")
STRUCK_AT = re.compile(r"^\d+<[^>]*> +([\d.]+) ")
NOTICED = re.compile(r" (?:warning|error|critical) (?! *a crash left a group)")


def run(bench, quick):
    tally = Tally("faults")
    doctor()
    for life in laboratory.LIVES:
        cases = []
        for number, (place, calls) in enumerate(bench.places(life, CALLS, all_openings=True).items()):
            strikes = some(number, place, calls) if quick else every(place, calls)
            cases += [(f"{life} life, {place}, {strike}", fault(bench, life, place, strike)) for strike in strikes]
        run_all(cases, tally)
    if 3 * tally.counts["not reached"] > tally.passed:
        tally.fails("enumeration", "many of the calls to strike never came")
    return tally


def every(place, calls):
    for call in calls:
        for error in ("EIO",) if place.call in trace.READS else ERRORS:
            yield f"error={error}:when={call}"
            yield f"error={error}:when={call}+"
        if place.call in INTERRUPTED:
            yield f"error=EINTR:when={call}"


def some(number, place, calls):
    """One, and another kind for the next place."""
    kinds = list(every(place, [calls[number // 5 % len(calls)]]))
    interrupted = [kind for kind in kinds if place.call == "openat" and place.file == "log" and "EINTR" in kind]
    return interrupted or [kinds[number % len(kinds)]]


def fault(bench, life, place, strike):
    def check(tally):
        error = re.search(r"error=(\w+)", strike)[1]
        store, progress = bench.new_case(life)
        output = os.path.join(os.path.dirname(store), "trace")
        try:
            done = bench.live(store, progress, trace.striker(place, store, strike, output))
            struck = struck_lines(output)
            tally.count(f"{place.call} {error}" if struck else "not reached")
            if struck:
                check_end(place, error, done, struck)
                if place.call == "fdatasync" and is_segment(place.file):
                    with open(output, encoding="utf-8", errors="replace") as lines:
                        check_last(list(lines))
            elif done.status != 0:
                raise audit.Finding(f"nothing was struck, and it ended with {done.status}: {done.log[-1500:]}")
            bench.heal(store, progress)
        except audit.Finding as finding:
            raise audit.Finding(f"{finding}\n  store: {store}") from finding
        bench.drop_case(store)
    return check


def struck_lines(output):
    with open(output, encoding="utf-8", errors="replace") as lines:
        return [line for line in lines if "(INJECTED)" in line]


def is_segment(file):
    return re.fullmatch(r"log/\d{20}\.log", file) is not None


def is_final(place, struck, stopped_at):
    """Whether a life that met this cannot go on: the log itself failed, or a sync of names that it, or the start, rests on. An orderly stop
    leaves names behind that nobody rests on: of the next segment, of the watermark."""
    if is_segment(place.file):
        return place.call in ("fdatasync", "pwrite64")
    running = [line for line in struck if float(STRUCK_AT.match(line)[1]) < stopped_at]
    return place.call == "fsync" and any(place.file == "log" or not BACKGROUND.match(line) for line in running)


def check_end(place, error, done, struck):
    """How a life may end that met this error."""
    if error == "EINTR":
        complete = all(part.is_complete for part in done.progress)
        if done.status != 0 or not complete or NOTICED.search(done.log):
            raise audit.Finding(f"an interrupted call was noticed: status {done.status}: {done.log[-1500:]}")
        return
    if done.status == 0:
        if is_final(place, struck, done.stopped_at):
            raise audit.Finding(f"the log failed, and the daemon went on: {done.log[-1500:]}")
        return
    allowed = STATUSES[error] + (READ_STATUSES if place.call in READING else ())
    if done.status not in allowed:
        raise audit.Finding(f"it ended with {done.status}, not one of {allowed}: {done.log[-1500:]}")
    words = done.log.partition("stockd cannot go on: ")[2]
    if not re.search(r"where: file /", words) or not re.search(r"next: +\w", words) or f"exit status {done.status}" not in words:
        raise audit.Finding(f"its last words do not say where, and what to do next: {done.log[-1500:]}")


def check_last(lines):
    """No sync of that file begins behind the one that failed. Of a call that strace has split, the second half says that it was struck."""
    failed = next(number for number, line in enumerate(lines) if "(INJECTED)" in line)
    again = [line for line in lines[failed + 1:] if "fdatasync(" in line]
    if again:
        raise audit.Finding(f"synced again after a failed sync: {again[0]}")


def doctor():
    """The checks of traces must be able to fail, and to read every form of one."""
    failed = ["7<stockd-log> 10.5 fdatasync(5) = -1 EIO (Input/output error) (INJECTED)\n"]
    split = ["7<stockd-log> 10.4 fdatasync(5 <unfinished ...>\n", "8<stockd-follow> 10.5 fdatasync(6) = 0\n",
             "7<stockd-log> 10.6 <... fdatasync resumed>) = -1 EIO (Input/output error) (INJECTED)\n"]
    again = ["7<stockd-log> 11.0 fdatasync(5) = 0\n"]
    for trace_of_one in (failed, split, again + failed):
        check_last(trace_of_one)
        try:
            check_last(trace_of_one + again)
        except audit.Finding:
            continue
        raise audit.Finding(f"a doctored trace passes: {trace_of_one + again}")
    log, snap = trace.Place("fsync", "log"), trace.Place("fsync", "snap")
    of_follower = [line.replace("stockd-log", "stockd-follow") for line in failed]
    told = [is_final(snap, of_follower, 12), is_final(snap, failed, 12), is_final(snap, of_follower + failed, 12),
            is_final(log, of_follower, 12), is_final(log, of_follower, 10), is_final(snap, failed, 10)]
    if told != [False, True, True, True, False, False]:
        raise audit.Finding("whose sync of names failed, and when, is not told apart")
