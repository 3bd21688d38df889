"""Scratch directories: removed when what ran in them went well, kept and named when it did not."""

import contextlib
import shutil
import sys
import tempfile


@contextlib.contextmanager
def scratch(name):
    directory = tempfile.mkdtemp(prefix=f"stockd-faults-{name}.")
    try:
        yield directory
    except BaseException:
        print(f"  kept for a look: {directory}", file=sys.stderr, flush=True)
        raise
    shutil.rmtree(directory, ignore_errors=True)
