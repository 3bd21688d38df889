"""What the clients do: a few scripts of commands with known ids, each on items of its own, each in the order written.

What one script's commands answer rests on nothing but the script, so a run that nothing disturbs tells for every other run what each
answer must be, and what the state is behind each command.
"""

import threading
from dataclasses import dataclass, field

import resp

# Numbers from here on are times, which differ from run to run.
TIMES_FROM = 10**12


@dataclass(frozen=True)
class Script:
    name: str
    steps: tuple
    # Plain items: every number of theirs is compared. Of SKUs whose sale gives back in the background, the sums over all pools.
    items: tuple
    skus: tuple
    orders: tuple


def buyer(name, rounds):
    """Orders outside sales: held, sold, cancelled, by line, refused, moved, returned."""
    tea, east = f"tea-{name}", f"tea-{name}@east"
    steps = [f"STOCK.PREHEAT {name}-p ITEMS {tea} 12 {east} 4"]
    orders = []
    for number in range(rounds):
        def own(text, number=number):
            return f"{name}-{text}{number}"
        steps += [
            f"STOCK.RESERVE {own('a')} {tea} 2 USER u-{name}",
            f"STOCK.RESERVE {own('b')} {tea} 3 USER u-{name} PAYLOAD note",
            f"STOCK.RESERVE {own('x')} {tea} 99",
            f"STOCK.CONFIRM {own('a')}",
            f"STOCK.CANCEL {own('b')} REASON undecided",
            f"STOCK.RESERVE {own('a')} {tea} 5 USER u-{name}",
            f"STOCK.DEDUCT {own('c')} {tea} 1",
            f"STOCK.MRESERVE {own('d')} USER u-{name} ITEMS {tea} 2 {east} 1",
            f"STOCK.CONFIRM {own('d')} OP {own('dc')} REMAINDER RELEASE ITEMS {tea} 1",
            f"STOCK.GET {tea}",
            f"STOCK.MOVE {own('m')} {tea} main east 1",
            f"STOCK.CANCEL {own('f')}",
            f"STOCK.RESERVE {own('f')} {tea} 1",
            f"STOCK.SHIP {own('c')} {own('s')}",
            f"STOCK.RETURN {own('r')} {own('a')} SCRAP ITEMS {tea} 1",
            f"STOCK.SUPPLY {own('t')} ITEMS {tea} 4",
            f"STOCK.ADJUST {own('j')} {tea} -1 REASON broken",
            f"STOCK.ADJUST {own('k')} {tea} -99",
        ]
        orders += [own(text) for text in "abxcdf"]
    return Script(name, tuple(steps), (tea, east), (), tuple(orders))


def seller(name, rounds):
    """Sales: opened, sold from, refused by limit and pause, closed."""
    mug = f"mug-{name}"
    steps = [f"STOCK.PREHEAT {name}-p ITEMS {mug} 30"]
    orders = []
    for number in range(rounds):
        sale = f"sale-{name}{number}"
        def own(text, number=number):
            return f"{name}-{text}{number}"
        steps += [
            f"STOCK.SALE OPEN {sale} {own('so')} START 1700000000000 END 4102444800000 LIMIT user 2 FROM main ITEMS {mug} 6",
            f"STOCK.RESERVE {own('a')} {mug} 2 SALE {sale} USER u-1",
            f"STOCK.RESERVE {own('x')} {mug} 1 SALE {sale} USER u-1",
            f"STOCK.RESERVE {own('b')} {mug} 1 SALE {sale} USER u-2",
            f"STOCK.CONFIRM {own('a')}",
            f"STOCK.SALE PAUSE {sale} {own('sp')}",
            f"STOCK.RESERVE {own('y')} {mug} 1 SALE {sale} USER u-3",
            f"STOCK.SALE RESUME {sale} {own('sr')}",
            f"STOCK.DEDUCT {own('c')} {mug} 1 SALE {sale} USER u-3",
            f"STOCK.CANCEL {own('b')}",
            f"STOCK.SALE CLOSE {sale} {own('sc')}",
            f"STOCK.RESERVE {own('z')} {mug} 1 SALE {sale} USER u-4",
        ]
        orders += [own(text) for text in "axbycz"]
    return Script(name, tuple(steps), (), (mug,), tuple(orders))


def scripts(rounds=2):
    return (buyer("k", rounds), buyer("l", rounds), seller("m", rounds))


def masked(answer):
    if isinstance(answer, list):
        return [masked(value) for value in answer]
    return "time" if isinstance(answer, int) and answer >= TIMES_FROM else answer


def is_put_off(answer):
    """Refused for want of room: it has no effect, and a later try may fare better."""
    if isinstance(answer, resp.ServerError):
        return answer.startswith(("TRYAGAIN", "READONLY"))
    return isinstance(answer, list) and answer[:2] == [-9, "NOSPACE"]


def state(connection, script):
    """What the script's commands have come to, as the daemon tells it."""
    seen = {}
    for item in script.items:
        seen[item] = resp.pairs(connection.call("STOCK.INFO", item))
    for sku in script.skus:
        pools = [resp.pairs(pool) for pool in resp.pairs(connection.call("STOCK.POOLS", sku)).values()]
        fields = ("available", "reserved", "sold", "scrapped", "supplied")
        seen[sku] = {name: sum(pool[name] for pool in pools) for name in fields}
    for order in script.orders:
        told = resp.pairs(connection.call("STOCK.ORDER", order))
        seen[order] = told and (told["state"], masked(told["lines"]), told["refund_required"])
    return seen


@dataclass
class Progress:
    """How far a script has come: the answers that came, and whether one more command was sent."""

    script: Script
    answers: list = field(default_factory=list)
    is_open: bool = False

    def play(self, port, until=None):
        """Sends the rest of the script's commands, each once the one before was answered."""
        try:
            with resp.Connection(port) as connection:
                for step in self.script.steps[len(self.answers):until]:
                    self.is_open = True
                    answer = masked(connection.call(*step.split()))
                    self.is_open = False
                    if is_put_off(answer):
                        return
                    self.answers.append(answer)
        except resp.Lost:
            pass

    @property
    def is_complete(self):
        return len(self.answers) == len(self.script.steps)


def play(port, progress, until=None):
    """All scripts at once, each on a connection of its own."""
    threads = [threading.Thread(target=part.play, args=(port, until)) for part in progress]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass
class Reference:
    """An undisturbed run: a script's answers, the state behind each, and what a repeat of each answers at the end."""

    answers: list
    states: list
    repeats: list


def undisturbed(port, script):
    with resp.Connection(port) as connection:
        answers, states = [], [state(connection, script)]
        for step in script.steps:
            answers.append(masked(connection.call(*step.split())))
            states.append(state(connection, script))
        repeats = [masked(connection.call(*step.split())) for step in script.steps]
        if state(connection, script) != states[-1]:
            raise RuntimeError("repeats changed the state")
    return Reference(answers, states, repeats)
