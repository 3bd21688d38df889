"""Part 3: no reply before its sync. A run is traced; for every reply there must be a sync of the log that began after the write of the
group with the reply's record, or with the last record that it rests on, and ended before the reply's first byte left."""

import json
import os
import random
import re
import subprocess
import threading
from dataclasses import replace

import audit
import binary
import timeline
import trace
from daemon import Daemon
from workers import Tally, run_all

CONNECTIONS = 6
FRAMES_IN_FLIGHT = 3
ITEMS = 20
# Several segments, all of which stay in the log.
OPTIONS = ("--segment-bytes", "64KiB", "--snapshot-bytes", "1GiB", "--free-bytes-min", "0")


def run(stockd, stockcli, directory, quick):
    tally = Tally("replies behind their sync")
    cases = [
        ("all is well", lambda tally: traced_run(stockd, stockcli, directory, 5000 if quick else 40_000, tally)),
        ("a sync fails", lambda tally: failing_run(stockd, stockcli, directory, 3000, tally)),
        ("a new store", lambda tally: new_store(stockd, directory, tally)),
    ]
    run_all(cases, tally)
    return tally


def traced(stockd, store, commands, *strikes):
    """A daemon under strace and its clients. Its status, its log, the timeline."""
    output = store + ".trace"
    wrapper = trace.recorder(output, timeline.CALLS, "-ttt", "-yy", "-xx", "-s", "2000000", *strikes)
    with Daemon(stockd, store, store + ".log", OPTIONS, wrapper) as daemon:
        daemon.start()
        with binary.Connection(daemon.binary_port) as first:
            first.send([binary.preheat("p", [(f"sku-{number}", commands // 40) for number in range(ITEMS)])])
            first.take()
        clients = [threading.Thread(target=client, args=(daemon.binary_port, number, commands // CONNECTIONS))
                   for number in range(CONNECTIONS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        return daemon.stop(), daemon.log(), timeline.read(output, daemon.binary_port)


def client(port, number, commands):
    """Frames of 1 to 12 commands, a few in flight: holds, refusals, repeats, reads."""
    choose, orders, flying = random.Random(number), [], 0
    try:
        with binary.Connection(port) as connection:
            while commands > 0:
                batch = [pick(choose, number, orders) for _ in range(choose.randint(1, 12))]
                commands -= len(batch)
                connection.send(batch)
                flying += 1
                if flying == FRAMES_IN_FLIGHT:
                    if connection.take() is None:
                        return
                    flying -= 1
            for _ in range(flying):
                connection.take()
    except ConnectionError:
        return


def pick(choose, number, orders):
    item, kind = f"sku-{choose.randrange(ITEMS)}", choose.random()
    if kind < 0.4 or not orders:
        orders.append(f"{number}-{len(orders)}")
        return binary.reserve(orders[-1], "u", item, 1)
    if kind < 0.55:
        return binary.reserve(f"{number}-x{len(orders)}", "u", item, 1_000_000)
    if kind < 0.7:
        return binary.get(item)
    return choose.choice((binary.confirm, binary.cancel, binary.order))(choose.choice(orders))


def groups(stockcli, store):
    run = subprocess.run([stockcli, "inspect", "log", store, "--groups", "-o", "json", "--limit", "1000000"],
                         capture_output=True, text=True, check=False, timeout=60)
    if run.returncode != 0:
        raise audit.Finding(f"stockcli inspect ended with {run.returncode}: {run.stderr}")
    return json.loads(run.stdout)


def durable_since(found, rows, store):
    """For every LSN, in order, when it and all before it were first durable; nil: never."""
    since, last = [], -1
    for row in rows:
        file = os.path.join(store, "log", f"{row['segment']:020}.log")
        wrote = min((write.end for write in found.writes if (write.file, write.offset) == (file, row["offset"])),
                    default=None)
        ends = [sync.end for sync in found.syncs
                if wrote is not None and sync.succeeds and sync.file == file and sync.begin > wrote]
        last = None if last is None or not ends else max(last, min(ends))
        since += [last] * (row["last_lsn"] - row["first_lsn"] + 1)
    return since


def early(found, since, tally=None):
    """The replies that left before what they rest on was durable."""
    wrong = []
    for name, stream in found.streams.items():
        for offset, kind, count, payload in binary.frames(bytes(stream.data)):
            began = stream.began(offset)
            if kind == binary.HELLO_REPLY:
                rests = [(None, binary.HELLO_REPLY_BODY.unpack_from(payload)[7])]
            elif kind == binary.REPLY:
                rests = [(reply, reply.lsn) for reply in binary.replies(payload, count)]
            else:
                continue
            for reply, lsn in rests:
                if tally:
                    tally.count(f"replies: {kind_of(reply)}")
                if lsn and (lsn > len(since) or since[lsn - 1] is None or since[lsn - 1] >= began):
                    wrong.append(f"{kind_of(reply)} of LSN {lsn} on {name}")
    return wrong


def kind_of(reply):
    if reply is None:
        return "hellos"
    if reply.is_repeat:
        return "repeats"
    return "successes" if reply.outcome < 9 else "reads" if reply.outcome == 9 else "refusals"


def traced_run(stockd, stockcli, directory, commands, tally):
    store = os.path.join(directory, "order")
    status, log, found = traced(stockd, store, commands)
    if status != 0:
        raise audit.Finding(f"it ended with {status}: {log[-1500:]}")
    rows = groups(stockcli, store)
    wrong = early(found, durable_since(found, rows, store), tally)
    if wrong:
        raise audit.Finding(f"{len(wrong)} replies left too early, the first: {wrong[0]}")
    tally.count("syncs", len(found.syncs))
    for name in ("successes", "repeats", "reads", "refusals"):
        if not tally.counts[f"replies: {name}"]:
            raise audit.Finding(f"the run had no {name}, so it shows nothing")
    doctor(found, rows, store, tally)


def doctor(found, rows, store, tally):
    """The check must be able to fail. Each of these traces tells of a daemon that breaks the promise."""
    file = os.path.join(store, "log", f"{rows[len(rows) // 2]['segment']:020}.log")
    syncs = [sync for sync in found.syncs if sync.file == file]
    # On a busy machine replies may leave so late that the next sync covers them too: then another victim shows it.
    victims = sorted(syncs, key=lambda sync: abs(syncs.index(sync) - len(syncs) // 2))
    never = max(send.begin for stream in found.streams.values() for send in stream.sends) + 1
    others = {
        "ends behind every reply": lambda sync, victim: replace(sync, end=never) if sync.begin >= victim.begin else sync,
        "failed": lambda sync, victim: replace(sync, succeeds=False) if sync == victim else sync,
        "was left out, and no later one came": lambda sync, victim: None if sync.begin >= victim.begin else sync,
        "began before the write": lambda sync, victim: replace(sync, begin=-1) if sync == victim else sync,
    }

    def is_refused(change, victim):
        doctored = found.with_syncs(lambda sync: change(sync, victim))
        return early(doctored, durable_since(doctored, rows, store))

    for name, change in others.items():
        if not any(is_refused(change, victim) for victim in victims):
            raise audit.Finding(f"a doctored trace passes: a sync {name}")
        tally.count("doctored traces refused")


def failing_run(stockd, stockcli, directory, commands, tally):
    """After a sync of the log failed: no reply that rests on it, no second sync of that file, and an end as documented."""
    store = os.path.join(directory, "failing")
    status, log, found = traced(stockd, store, commands, "-e", "inject=fdatasync:error=EIO:when=15")
    failed = [sync for sync in found.syncs if not sync.succeeds]
    if len(failed) != 1:
        raise audit.Finding(f"{len(failed)} syncs failed, not one")
    if any(sync.begin > failed[0].end and sync.file == failed[0].file for sync in found.syncs):
        raise audit.Finding(f"a file was synced again after a sync of it failed: {failed[0].file}")
    wrong = early(found, durable_since(found, groups(stockcli, store), store))
    if wrong:
        raise audit.Finding(f"{len(wrong)} replies rest on a failed sync, the first: {wrong[0]}")
    if status != 74 or failed[0].file not in log or "next:" not in log:
        raise audit.Finding(f"it ended with {status}, not 74, or did not name {failed[0].file}: {log[-1500:]}")
    tally.count("failed syncs that nothing followed")


MADE = re.compile(r'mkdir\("([^"]*)", .*= 0')
SYNCED = re.compile(r"fsync\(\d+<([^>]*)>\) += 0")


def new_store(stockd, directory, tally):
    """In directories that are not there, named with a slash at its end. Before it serves, the names of all that it made are durable."""
    store = os.path.join(directory, "new", "way", "store")
    output, log = os.path.join(directory, "new.trace"), os.path.join(directory, "new.log")
    wrapper = trace.recorder(output, ("mkdir", "fsync"), "-y")
    with Daemon(stockd, store + "/", log, OPTIONS, wrapper) as daemon:
        daemon.start()
        with open(output, encoding="utf-8") as lines:
            calls = [call for line in trace.whole(lines) if (call := named(line))]
        if daemon.stop() != 0:
            raise audit.Finding(f"it ended with {daemon.status}: {daemon.log()[-1500:]}")
    made = {path for kind, path in calls if kind == "made"}
    ways = [os.path.dirname(os.path.dirname(store)), os.path.dirname(store), store]
    if made != {*ways, *(os.path.join(store, name) for name in ("log", "snap", "archive"))}:
        raise audit.Finding(f"it made {sorted(made)}")
    if lost := volatile(calls):
        raise audit.Finding(f"it serves, and these names may vanish: {lost}")
    for path in {os.path.dirname(path) for path in made}:
        if not volatile([call for call in calls if call != ("synced", path)]):
            raise audit.Finding(f"a doctored trace passes: {path} is not synced")
        tally.count("doctored traces refused")
    tally.count("directories made", len(made))


def named(line):
    """What a line tells of a name."""
    for kind, form in (("made", MADE), ("synced", SYNCED)):
        if match := form.search(line):
            return kind, match[1]
    return None


def volatile(calls):
    """The directories that were made, and theirs not synced behind it."""
    return [path for place, (kind, path) in enumerate(calls)
            if kind == "made" and ("synced", os.path.dirname(path)) not in calls[place:]]
