"""Runs every client against a daemon. Usage: conduct.py STOCKD BUILD-FOLDER [CLIENT ...]"""

import os
import sys
import time

import benchmark
import descriptors
import documented
import examples
import interactive
import notation_check
import play

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIO = os.path.join(HERE, "scenario.txt")


# Where Debian has its packages; a Node.js from elsewhere does not look there by itself.
NODE = ["env", "NODE_PATH=/usr/share/nodejs", "node"]


def redis_py(build, major):
    return os.path.join(build, f"redis-py-{major}", "bin", "python")


def players(build):
    """(name, command, protocol version) of every client that plays the scenario."""

    def own(name):
        return os.path.join(HERE, "players", name)

    found = []
    for major in (7, 8):
        found += [(f"redis-py-{major}", [redis_py(build, major), own("redis_py.py")], resp) for resp in (2, 3)]
    found += [("redis-cli", [sys.executable, own("redis_cli.py")], resp) for resp in (2, 3)]
    found.append(("node-redis", [*NODE, own("node_redis.js")], 2))
    found.append(("hiredis", [os.path.join(build, "hiredis")], 2))
    found.append(("go-redis", [os.path.join(build, "go-redis")], 2))
    found.append(("php-redis", ["php", own("php_redis.php")], 2))
    return found


def checks(program, build):
    """(name, function) of all; a function returns what its line says, or raises."""
    found = [("notation", notation_check.run)]
    for name, command, resp in players(build):
        found.append((name, lambda command=command, resp=resp: play.play(command, resp, program, SCENARIO)))
    found.append(("redis-cli", lambda: interactive.run(program)))
    for resp in (2, 3):
        found.append(("redis-benchmark", lambda resp=resp: benchmark.run(program, resp)))
    found.append(("descriptors", lambda: descriptors.run(program)))
    programs = {"python": [[redis_py(build, 7)], [redis_py(build, 8)]], "js": [NODE], "php": [["php"]]}
    found.append(("examples", lambda: examples.run(program)))
    found.append(("page", lambda: documented.run(program, programs)))
    return found


def main(program, build, *wanted):
    start, passed, failed = time.monotonic(), 0, 0
    for name, check in checks(program, build):
        if wanted and name not in wanted:
            continue
        try:
            title, steps, seconds = check()
            print(f"{title:<30}{steps:>4} steps ok  {seconds:.1f} s", flush=True)
            passed += 1
        except (play.Mismatch, RuntimeError, OSError, ValueError) as error:
            print(f"{name}: FAILED\n{error}", flush=True)
            failed += 1
    print(f"{time.monotonic() - start:.0f} s in all")
    print(f"clients: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
