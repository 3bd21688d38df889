"""What must hold after a fault: everything acknowledged is there once, nothing refused has effect, and the sums are right."""

import subprocess

import resp
import story

VERIFY_SECONDS_MAX = 60


class Finding(Exception):
    """A promise that did not hold."""


def check_prefix(port, progress, references):
    """The state is that behind the last answered command, or behind the one more that was sent."""
    with resp.Connection(port) as connection:
        for part in progress:
            states, answered = references[part.script.name].states, len(part.answers)
            allowed = states[answered:answered + 1 + part.is_open]
            seen = story.state(connection, part.script)
            if seen not in allowed:
                raise Finding(
                    f"script {part.script.name}, {answered} commands answered: {difference(allowed[0], seen)}")
        check_sums(connection)


def difference(expected, seen):
    return "; ".join(
        f"{name} is {seen.get(name)}, not {value}" for name, value in expected.items() if seen.get(name) != value)


def check_sums(connection):
    told = connection.call("STOCK.CHECK")
    if not isinstance(told, list) or told[:2] != [1, "OK"]:
        raise Finding(f"STOCK.CHECK: {told}")


def check_answers(progress, references):
    for part in progress:
        expected = references[part.script.name].answers
        for number, (told, right) in enumerate(zip(part.answers, expected)):
            if told != right:
                raise Finding(f"{part.script.steps[number]!r} was answered {told}, not {right}")


def finish(port, progress, references):
    """What was open is sent again under the same id, then the rest; then every command once more."""
    for part in progress:
        if part.is_open:
            settle(port, part, references[part.script.name])
    story.play(port, progress)
    check_answers(progress, references)
    with resp.Connection(port) as connection:
        for part in progress:
            if not part.is_complete:
                raise Finding(f"script {part.script.name} was cut off at {len(part.answers)} by a daemon without a fault")
            check_repeats(connection, part, references[part.script.name])
        check_sums(connection)


def settle(port, part, reference):
    """The answer to a retry says the same success or the same refusal as the first one would have; details may be left out."""
    number = len(part.answers)
    with resp.Connection(port) as connection:
        told = story.masked(connection.call(*part.script.steps[number].split()))
    right = reference.answers[number]
    if outcome(told) != outcome(right):
        raise Finding(f"sent again, {part.script.steps[number]!r} was answered {told}, not {right}")
    part.answers.append(right)
    part.is_open = False


def outcome(answer):
    return answer[:2] if isinstance(answer, list) else answer


def check_repeats(connection, part, reference):
    # What a closed sale has left goes back in the background, so how much that is may differ.
    compared = outcome if part.script.skus else lambda answer: answer
    for step, right in zip(part.script.steps, reference.repeats):
        told = story.masked(connection.call(*step.split()))
        if compared(told) != compared(right):
            raise Finding(f"repeated, {step!r} was answered {told}, not {right}")
    seen = story.state(connection, part.script)
    if seen != reference.states[-1]:
        raise Finding(f"script {part.script.name} at its end: {difference(reference.states[-1], seen)}")


def verify(stockcli, store, allowed=(0,)):
    run = subprocess.run(
        [stockcli, "verify", store], capture_output=True, text=True, timeout=VERIFY_SECONDS_MAX, check=False)
    if run.returncode not in allowed:
        raise Finding(f"stockcli verify ended with {run.returncode}: {run.stdout}{run.stderr}")
