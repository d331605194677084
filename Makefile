# The few verbs of the house. Everything is set up by what it needs.
.PHONY: demo assets test bench lint screenshots torture

BIN := .cache/osservatorio
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' '*.sql' '*.csv' '*.json' '*.html' '*.toml' '*.md' 2>/dev/null)
ASSETS := .cache/assets.stamp

demo: $(BIN)
	$(BIN) demo --dir demo

assets: $(ASSETS)

$(ASSETS): site/assets/package.json site/assets/package-lock.json site/assets/build.mjs $(wildcard site/assets/src/*)
	@command -v npm >/dev/null || { echo "assets: npm not found: install Node.js 20.19 or later"; exit 1; }
	cd site/assets && npm ci --no-audit --no-fund --loglevel=error && node build.mjs
	@mkdir -p .cache && touch $@

$(BIN): $(ASSETS) $(GO_FILES) go.mod go.sum
	@mkdir -p .cache
	go build -o $@ ./cmd/osservatorio

test: $(ASSETS)
	go vet ./...
	go test -timeout 60m ./...

# Ratios against bare DuckDB in the same run, then the whole way step by step.
bench: $(ASSETS)
	go run ./ingest/bench
	go run ./cmd/osservatorio/scale -persons 2000000 -services 10000000 -events 20000000
	go test -run '^$$' -bench SVG -benchtime 5x ./dashboards/chart
	go test -run '^$$' -bench . -benchtime 1x ./queries/disclosure/witness
	go test -run '^$$' -bench Extracts ./queries/export
	go run ./cmd/osservatorio/bench -persons 60000

# Commands killed at random moments, rows counted end to end: KILLS and SEED.
KILLS ?= 1000
SEED ?= 20261122
torture: $(ASSETS)
	go test -timeout 0 -v -run KilledCommandsLose ./cmd/osservatorio -kills $(KILLS) -killseed $(SEED)

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# COUNTRY is the public folder of the national example, if it was built.
screenshots: $(BIN)
	$(BIN) demo --dir demo --no-serve
	go run ./site/screenshots -region demo/public $(if $(COUNTRY),-country $(COUNTRY))
