# kiln: everything that a person or a CI job starts. `make help` lists it.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# `make -f …/Makefile` would look for everything, and remove what it cleans, in the wrong folder.
HERE := $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))
ifneq ($(realpath $(HERE)),$(realpath $(CURDIR)))
$(error run it as: make -C $(HERE) $(MAKECMDGOALS))
endif

RECIPE ?= cuda-wsl
ARCHITECTURES ?= amd64
SCRIPTS := $(shell grep -l '/usr/bin/env bash$$' .ci/* Tests/DirectMLDouble/*) Tests/DirectMLDouble/build Tests/DirectMLDouble/prepare
KILN := .build/release/kiln
SMOKE_TESTS := .build/smoke-test
TOOLS := .tools
UV_VERSION := 0.13.9
export PATH := $(CURDIR)/$(TOOLS)/python/bin:$(PATH)

# What the build links, what kiln runs, and what only the tests use as witnesses.
BUILD_PACKAGES := libarchive-dev libcurl4-openssl-dev libyaml-dev libssl-dev libdeflate-dev \
	liblzma-dev libzstd-dev zlib1g-dev pkg-config
RUN_PACKAGES := debian-archive-keyring gpgv uidmap libarchive-tools util-linux ca-certificates \
	distro-info-data python3 python3-pip
TEST_PACKAGES := dpkg-dev apt-utils gnupg minisign openssl systemd-container mmdebstrap debootstrap \
	zstd xz-utils pigz isal libdeflate-tools python3-jsonschema python3-venv zsh fish faketime \
	python3-pip python3-numpy qemu-user-static debian-archive-keyring

# Tests that wait for one another's processes fail by their time limits, so few run at once; and the
# program that they run is the one that users run, which is also faster than that of a debug build.
SWIFT_TEST := env KILN_PROGRAM=$(CURDIR)/$(KILN) swift test \
	--experimental-maximum-parallelization-width 4

# Who builds without root in the end-to-end tests; made where root runs them.
TEST_USER := kiln-tester

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: image
image: setup build ## build RECIPE (default cuda-wsl) into Images/, installing what is missing
	$(KILN) build Recipes/$(RECIPE).yaml --output Images

.PHONY: images
images: setup build ## build every recipe into Images/
	$(KILN) build Recipes/*.yaml --output Images

.PHONY: test
test: setup setup-test build ## run the unit tests
	Tests/DirectMLDouble/prepare 0 1 2
	.ci/in-memory $(SWIFT_TEST) --skip EndToEndTests --skip FaultsTests --skip KilnTests

.PHONY: test-program
test-program: setup setup-test build ## run kiln as its users do, on recipes of a few files
	$(SWIFT_TEST) --filter KilnTests

.PHONY: test-end-to-end
test-end-to-end: setup setup-test build ## build, verify and boot real images (FILTER=… for one)
	@.ci/make-test-user $(TEST_USER)
	KILN_E2E=1 swift test --filter 'EndToEndTests$(if $(FILTER),.*$(FILTER))' \
		$(if $(FILTER),,--filter 'KernelsTests.TextTests|CUDATests.HeaderTests')

.PHONY: fuzz
fuzz: setup setup-test ## fuzz the parsers (TARGET=…, TIME=seconds for each, JOBS=at once)
	TIME='$(TIME)' JOBS='$(JOBS)' .ci/fuzz $(TARGET)

# 0: Microsoft's headers; 1: Direct3D on vkd3d; 2: training on a double; 3: Microsoft's libdirectml.so.
TIER ?= 0 1 2 3
.PHONY: test-directml
test-directml: setup-test ## test the DirectML backend by tiers (TIER="0 2"; 3 downloads 25 MB)
	Tests/DirectMLDouble/prepare $(TIER)
	KILN_SMOKE_TEST=ordinary swift test --scratch-path $(SMOKE_TESTS)/ordinary \
		--filter 'Tests\.Tier[$(shell echo $(TIER) | tr -d ' ')]'

.PHONY: faults
faults: setup setup-test build ## vary, kill and starve builds of a tiny Debian (FAULTS=200 kills)
	@.ci/make-test-user $(TEST_USER)
	KILN_FAULTS=$(or $(FAULTS),200) $(SWIFT_TEST) --filter FaultsTests

.PHONY: check
check: ## check the format of the sources, and the scripts
	swift format lint --strict --recursive Package.swift Sources Tests
	@for script in $(SCRIPTS); do bash -n $$script || exit 1; done

.PHONY: format
format: ## format the sources
	swift format --in-place --recursive Package.swift Sources Tests

.PHONY: build
build: setup smoke-test ## build kiln itself, with the smoke test that images carry beside it
	swift build --configuration release --product kiln
	@install --mode 755 $(ARCHITECTURES:%=$(SMOKE_TESTS)/gpu-smoke-test-%) .build/release/

.PHONY: smoke-test
smoke-test: setup ## build gpu-smoke-test for the images (ARCHITECTURES="amd64 arm64")
	@for architecture in $(ARCHITECTURES); do .ci/build-smoke-test $$architecture || exit 1; done

.PHONY: smoke-test-size
smoke-test-size: smoke-test ## write docs/smoke-test-size.md anew: where the program's bytes are
	@sed '/^| gpu-smoke-test/,$$d' docs/smoke-test-size.md > $(SMOKE_TESTS)/size.md
	@.ci/measure-smoke-test >> $(SMOKE_TESTS)/size.md
	@mv $(SMOKE_TESTS)/size.md docs/smoke-test-size.md

.PHONY: kernels
kernels: ## compile the smoke test's CUDA kernels to PTX anew
	@.ci/build-kernels

.PHONY: schema
schema: build ## write Recipes/schema.json anew
	$(KILN) schema > Recipes/schema.json.new && mv Recipes/schema.json.new Recipes/schema.json

.PHONY: benchmark
benchmark: setup setup-test build ## measure kiln beside mmdebstrap, pip and tar (CASES=M,many); writes docs/performance.md
	Tests/Benchmarks/benchmark --kiln $(KILN) --report docs/performance.md \
		$(if $(CASES),--cases $(CASES))

.PHONY: benchmark-smoke
benchmark-smoke: smoke-test ## measure gpu-smoke-test beside the driver's floor and PyTorch (PYTHON=…)
	Tests/Benchmarks/benchmark-smoke --smoke-test $(SMOKE_TESTS)/gpu-smoke-test-amd64 \
		--python '$(or $(PYTHON),python3)'

.PHONY: setup
setup: $(TOOLS)/python/bin/uv ## install what building and running kiln needs
	@.ci/install-packages "kiln" $(BUILD_PACKAGES) $(RUN_PACKAGES)

.PHONY: setup-test
setup-test: ## install what the tests compare kiln with
	@.ci/install-packages "the tests" $(TEST_PACKAGES)

$(TOOLS)/python/bin/uv:
	@.ci/install-packages "kiln" $(BUILD_PACKAGES) $(RUN_PACKAGES)
	@echo "setup: installing uv $(UV_VERSION) with pip into $(TOOLS)/python"
	@python3 -m pip install --quiet --disable-pip-version-check --target $(TOOLS)/python \
		"uv==$(UV_VERSION)"

.PHONY: clean
clean: ## remove what was built, not the images
	rm -rf .build $(TOOLS)
