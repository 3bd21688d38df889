"""redis-py: `execute_command`, `pipeline`, `register_script`."""

import json
import sys

import redis


def shown(value):
    """What the client returned or raised, as JSON."""
    if isinstance(value, redis.RedisError):
        return {"error": str(value)}
    if isinstance(value, (list, set)):
        return [shown(element) for element in value]
    if isinstance(value, dict):
        return {name: shown(element) for name, element in value.items()}
    return value


def attempt(action):
    try:
        return action()
    except redis.RedisError as error:
        return error


def script(client, name, keys, *arguments):
    count = int(keys)
    return client.register_script(name)(keys=arguments[:count], args=arguments[count:])


def transaction(client, arguments):
    pipeline = client.pipeline()
    pipeline.execute_command(*arguments)
    return pipeline.execute()


def pipeline(client, count):
    """Reads that many commands, sends them at once, and returns as many answers."""
    pipe = client.pipeline(transaction=False)
    for _ in range(count):
        pipe.execute_command(*next_line())
    answers = attempt(lambda: pipe.execute(raise_on_error=False))
    return answers if isinstance(answers, list) else [answers] * count


def next_line():
    return sys.stdin.readline().rstrip("\n").split("\t")


def say(value):
    print(json.dumps(shown(value), ensure_ascii=False), flush=True)


def main(port, resp):
    client = redis.Redis(host="127.0.0.1", port=port, protocol=resp, decode_responses=True)
    print(f"redis-py {redis.__version__}", flush=True)
    for line in sys.stdin:
        verb, *arguments = line.rstrip("\n").split("\t")
        if verb == "pipeline":
            for answer in pipeline(client, int(arguments[0])):
                say(answer)
        elif verb == "script":
            say(attempt(lambda: script(client, *arguments)))
        elif verb == "transaction":
            say(attempt(lambda: transaction(client, arguments)))
        else:
            say(attempt(lambda: client.execute_command(*arguments)))


main(int(sys.argv[1]), int(sys.argv[2]))
