# The few verbs of the house. Everything is set up by what it needs.
.PHONY: demo assets test bench bench-serve lint attack audit licences sbom reproducible screenshots torture

BIN := .cache/osservatorio
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' '*.sql' '*.csv' '*.json' '*.html' '*.toml' '*.md' 2>/dev/null)
ASSETS := .cache/assets.stamp
# The same sources give the same program, wherever they lie.
BUILD := -trimpath -buildvcs=false

demo: $(BIN)
	$(BIN) demo --dir demo

assets: $(ASSETS)

$(ASSETS): site/assets/package.json site/assets/package-lock.json site/assets/build.mjs $(wildcard site/assets/src/*)
	@command -v npm >/dev/null || { echo "assets: npm not found: install Node.js 20.19 or later"; exit 1; }
	cd site/assets && npm ci --no-audit --no-fund --loglevel=error && node build.mjs
	@mkdir -p .cache && touch $@

$(BIN): $(ASSETS) $(GO_FILES) go.mod go.sum
	@mkdir -p .cache
	go build $(BUILD) -o $@ ./cmd/osservatorio

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

# The server of the program against nginx on the same site, by wrk: SITE.
SITE ?= demo/public
bench-serve: $(ASSETS)
	go run ./site/serve/bench -site $(SITE)

# Known weaknesses of what is linked in, where their list can be had, and licences:
# those of npm stand in the packages themselves, so they are installed first. A copy
# of the list is as good: VULNERABILITIES=file:///FOLDER.
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
VULNERABILITIES ?= https://vuln.go.dev
audit: licences
	@if curl -fsS --max-time 20 -o /dev/null $(VULNERABILITIES)/index/db.json 2>/dev/null; \
	then go run $(GOVULNCHECK) -db $(VULNERABILITIES) ./...; \
	else echo "vulnerabilities: not looked for: $(VULNERABILITIES) cannot be reached"; fi

licences: $(ASSETS)
	go run ./cmd/materials

# What the program is made of, for whoever installs it (CycloneDX).
sbom: $(ASSETS)
	@mkdir -p .cache
	go run ./cmd/materials -bill .cache/osservatorio.cdx.json

# Builds the program from two copies of these sources, each in a folder of
# another name, and compares every byte.
reproducible: $(ASSETS)
	@rm -rf .cache/again && mkdir -p .cache/again/one .cache/again/elsewhere/deeper
	@git ls-files -co --exclude-standard | tar -c --ignore-failed-read -T - 2>/dev/null | tar -x -C .cache/again/one
	@for d in site/assets/dist dashboards/render/dist dashboards/picture/dist; do cp -R $$d/. .cache/again/one/$$d/; done
	@cp -R .cache/again/one/. .cache/again/elsewhere/deeper
	cd .cache/again/one && go build $(BUILD) -o ../first ./cmd/osservatorio
	cd .cache/again/elsewhere/deeper && go build $(BUILD) -o ../../second ./cmd/osservatorio
	@cmp .cache/again/first .cache/again/second && sha256sum .cache/again/first && rm -rf .cache/again && echo "reproducible: the same bytes from two folders"

# Commands killed at random moments, rows counted end to end: KILLS of ingest,
# release, build and publish, as many of backup, restore, rekey and forget. What was
# counted stands in .cache/torture.*: one that is stopped goes on from there.
KILLS ?= 1000
SEED ?= 20261122
torture: $(ASSETS)
	go test -timeout 0 -v -run 'KilledCommandsLose|KilledCare' ./cmd/osservatorio -kills $(KILLS) -killseed $(SEED) -killlog $(CURDIR)/.cache/torture

# An outsider who has the release of a whole invented region and nothing else
# computes what he can: what is equal in every place of so many is not in a few.
# SEED makes another region; SITE=yes has every file of its site read too; OF is an
# instance that stands (its folder, not relative), whose newest release is attacked instead.
PERSONS ?= 60000
attack: OUTSIDER_SEED = $(if $(filter command line environment,$(origin SEED)),$(SEED),3)
attack: $(ASSETS)
	go test -timeout 0 -v -run AnOutsiderFindsNoNumber ./cmd/osservatorio -outsiders $(PERSONS) -outsiderseed $(OUTSIDER_SEED) $(if $(filter yes,$(SITE)),-outsidersite) $(if $(OF),-outsiderof $(OF))

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# COUNTRY is the public folder of the national example, if it was built.
screenshots: $(BIN)
	$(BIN) demo --dir demo --no-serve
	go run ./site/screenshots -region demo/public $(if $(COUNTRY),-country $(COUNTRY))
