"""strace: which calls a run makes on which of the store's files, and how to strike one of them."""

import collections
import os
import re
from dataclasses import dataclass

# Everything that changes the disk. mkdir and sync_file_range are not in the promise, but they happen.
CALLS = ("fdatasync", "fsync", "pwrite64", "rename", "unlink", "ftruncate", "mkdir", "sync_file_range", "openat")
READS = ("pread64", "getdents64")

# A snapshot's name tells its LSN, which differs a little from run to run: all of them are one place.
SNAPSHOT_LSN_MAX = 600

ENTRY = re.compile(r"^(\d+) +(\w+)\((.*)$")
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
TEXT = re.compile(r'"([^"]*)"')
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"<\.\.\. \w+ resumed>")


@dataclass(frozen=True, order=True)
class Place:
    """A call on one file: `fdatasync log/00000000000000000002.log`."""

    call: str
    file: str

    def __str__(self):
        return f"{self.call} {self.file}"

    def paths(self, store):
        if not self.file.startswith("snap/*"):
            return [os.path.join(store, self.file) if self.file else store]
        suffix = self.file.removeprefix("snap/*")
        return [os.path.join(store, "snap", f"{lsn:020}{suffix}") for lsn in range(SNAPSHOT_LSN_MAX)]


def recorder(output, calls, *options):
    """Writes down every one of these calls."""
    return ["strace", "-f", "-qq", "-e", "signal=none", "-o", output, "-e", f"trace={','.join(calls)}", *options]


def striker(place, store, strike, output="/dev/null"):
    """Strikes the calls at a place: `signal=SIGKILL:when=3`, `error=EIO:when=2+`. Every thread counts its own calls, and is named beside
    its id, with the time. Not with --seccomp-bpf: a signal that is sent at its stops is lost."""
    paths = [word for path in place.paths(store) for word in ("-P", path)]
    return recorder(output, [place.call], "-Y", "-ttt", "-e", f"inject={place.call}:{strike}", *paths)


def whole(lines):
    """The calls of a trace, each in one line, where they ended. strace splits a call if another thread's comes between."""
    begun = {}
    for line in lines:
        thread = line.split(maxsplit=1)[0]
        if line.rstrip().endswith(UNFINISHED):
            begun[thread] = line.rstrip().removesuffix(UNFINISHED)
        elif (resumed := RESUMED.search(line)) and thread in begun:
            yield begun.pop(thread) + line[resumed.end():]
        else:
            yield line


def places(path, store, all_openings=False):
    """For every place, at which of its calls by one thread to strike: each of them; of openings only those that make the file, unless
    told otherwise."""
    counts, found = collections.Counter(), collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as trace:
        for line in trace:
            entry = ENTRY.match(line)
            file = named_file(entry[2], entry[3], store) if entry else None
            if file is None:
                continue
            place = Place(entry[2], file)
            counts[(place, entry[1])] += 1
            if all_openings or entry[2] != "openat" or "O_CREAT" in entry[3]:
                found[place].add(counts[(place, entry[1])])
    return {place: sorted(found[place]) for place in sorted(found)}


def named_file(call, arguments, store):
    """The file that a call is about, as a path within the store; nil if it is elsewhere."""
    if call in ("rename", "unlink", "mkdir", "openat"):
        match = TEXT.search(arguments)
    else:
        match = DESCRIPTOR.match(arguments)
    if not match or not (match[1] + "/").startswith(store + "/"):
        return None
    file = match[1][len(store) + 1:]
    return re.sub(r"^snap/\d{20}", "snap/*", file)
