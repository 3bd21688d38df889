"""Runs every part against the real programs. Usage: conduct.py STOCKD STOCKCLI [--quick] [PART ...]"""

import sys
import time

import error_points
import full_disk
import kill_points
import short_counts
import sync_order
from laboratory import Laboratory
from scratch import scratch


class Failed(Exception):
    """Some case did; its directory is to be kept."""


def in_laboratory(part):
    return lambda stockd, stockcli, directory, quick: part.run(Laboratory(stockd, stockcli, directory), quick)


PARTS = {
    "order": sync_order.run,
    "short": in_laboratory(short_counts),
    "disk": full_disk.run,
    "kill": in_laboratory(kill_points),
    "error": in_laboratory(error_points),
}


def main(stockd, stockcli, *words):
    quick, wanted = "--quick" in words, [word for word in words if word != "--quick"]
    began, passed, failed = time.monotonic(), 0, 0
    for name, run in PARTS.items():
        if wanted and name not in wanted:
            continue
        try:
            with scratch(name) as directory:
                tally = run(stockd, stockcli, directory, quick)
                print(tally.line(), flush=True)
                passed += tally.passed
                failed += len(tally.failures)
                if tally.failures:
                    raise Failed
        except Failed:
            pass
        except Exception as error:  # What a part cannot even begin with must not hide what the others find.
            print(f"{name}: FAILED {type(error).__name__}: {error}", flush=True)
            failed += 1
    print(f"{time.monotonic() - began:.0f} s in all")
    print(f"faults: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
