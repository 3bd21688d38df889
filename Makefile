# Every verb installs what is missing first (scripts/setup.sh; silent if nothing is).

RELEASE := .build/release

# Random runs of `make prove`, of 2,000 steps each, with and without sales: 2,500 are ten million steps, under two hours on two cores.
RUNS ?= 250
# Simulated daemons of `make prove`, a seed each.
SIMULATIONS ?= 20000

# The comparison with Redis (`make bench`, docs/benchmarks.md): rounds of the main table and of the curve, about how long a run takes,
# and after how many minutes no further one begins.
ROUNDS ?= 5
CURVE_ROUNDS ?= 3
RUN_SECONDS ?= 2.2
MINUTES ?= 11.5

# Tests side by side. All at once would start every time limit at once, on however few cores.
WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$$(( 2 * $$(nproc) ))

.PHONY: help setup build demo run test test-clients test-faults bench fuzz format lint tsan prove clean

help:
	@echo "make demo     build, then a flash sale with a kill -9 in the middle, and its report"
	@echo "make test     build, then every test, those with Redis clients and with faults too (make test-clients, test-faults: these alone, release build)"
	@echo "make run      a daemon on a temporary directory with the demo catalogue"
	@echo "make bench    the figures, on this machine, and Redis beside them (ROUNDS=1 CURVE_ROUNDS=0 for a look)"
	@echo "make prove    kill -9 and failing calls one by one, the kill -9 drill, ROUNDS_KILL=2000 short rounds of it, long property runs, SIMULATIONS=20000, every crash point"
	@echo "make fuzz     the codecs and the readers of the store's files under libFuzzer and the address sanitizer, a minute each"
	@echo "make tsan     the engine's, server's and client's tests under the thread sanitizer"
	@echo "make format   formats the sources; make lint checks them"

setup:
	@scripts/setup.sh

build: setup
	swift build -c release --product stockd
	swift build -c release --product stockcli
	swift build -c release --product stockbench

demo: build
	$(RELEASE)/stockcli demo --stockd $(RELEASE)/stockd --catalogue data/catalogue.csv --sale data/sale.json

run: build
	$(RELEASE)/stockd --dev --catalogue data/catalogue.csv

# Many short rounds of the kill -9 drill; segments so small that kills fall into snapshots and the archive too.
SHORT_ROUNDS := --rounds-per-store 20 --seconds 0.2 --buyers 64 --connections 4 --skus 10 --units 300 --segment-bytes 32KiB --snapshot-bytes 32KiB
ROUNDS_KILL ?= 2000
# $(call drill,folder of the programs,options): its stores go when it passed, and stay to be looked at when it did not.
drill = scratch=$$(mktemp -d /tmp/stockd-drill.XXXXXX) && $(1)/stockcli drill --stockd $(1)/stockd --scratch-dir $$scratch $(2) && rm -rf $$scratch

test: setup
	swift build --build-tests
	$(WIDTH) swift test --skip-build
	scripts/test-clients.sh .build/debug/stockd
	scripts/test-faults.sh .build/debug/stockd .build/debug/stockcli --quick
	$(call drill,.build/debug,--rounds 200 $(SHORT_ROUNDS))

test-faults: build
	scripts/test-faults.sh $(RELEASE)/stockd $(RELEASE)/stockcli

test-clients: build
	scripts/test-clients.sh $(RELEASE)/stockd

bench: build
	@scripts/setup.sh redis-tools python3
	scripts/bench.sh $(RELEASE)
	scripts/bench_redis.py --build $(RELEASE) --rounds $(ROUNDS) --curve-rounds $(CURVE_ROUNDS) --seconds $(RUN_SECONDS) --minutes $(MINUTES)

# Seconds for each fuzz target.
FUZZ_SECONDS ?= 60
fuzz: setup
	scripts/fuzz.sh $(FUZZ_SECONDS)

tsan: setup
	$(WIDTH) TSAN_OPTIONS="halt_on_error=1 suppressions=$(CURDIR)/scripts/tsan-suppressions.txt" swift test --scratch-path .build-tsan --sanitize=thread --filter 'StockEngineTests|StockRESPTests|StockServerTests|StockClientTests'

# Optimized, with what tests need of the insides: conducted threads and planted bugs.
PROVE = $(WIDTH) swift test -c release --scratch-path .build-prove -Xswiftc -enable-testing -Xswiftc -DSTOCK_TESTING

prove: test-faults
	$(call drill,$(RELEASE),--rounds $(ROUNDS_KILL) $(SHORT_ROUNDS))
	$(call drill,$(RELEASE),--rounds 200)
	STOCK_RUNS=$(RUNS) STOCK_STEPS=2000 $(PROVE) --filter storeAgreesWithTheModel
	STOCK_RUNS=$(SIMULATIONS) $(PROVE) --filter StockSimulationTests
	STOCK_EXHAUSTIVE=1 $(PROVE) --filter CrashEnumerationTests

format:
	swift format --in-place --recursive --parallel Sources Tests Package.swift

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

clean:
	rm -rf .build .build-*
