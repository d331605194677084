# The few verbs of the house. Everything is set up by what it needs.
.PHONY: demo assets test bench lint screenshots

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
	go test ./...

bench: $(ASSETS)
	go test -run '^$$' -bench . -benchtime 3x ./dashboards/render
	go run ./ingest/bench

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

screenshots: $(BIN)
	go run ./site/screenshots
