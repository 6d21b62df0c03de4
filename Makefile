# `make app` opens the app, `make test` passes the tests; both install what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Two cores are the least that tests are meant for; more than four processes want much memory.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder
INSTALL := $(BIN)/uv pip install --python $(VENV)
QUICKLY := UV_HTTP_RETRIES=1 UV_HTTP_CONNECT_TIMEOUT=5 UV_HTTP_TIMEOUT=5

.PHONY: app test check check-fast lock soak soak-listen

app: $(VENV)/installed
	$(BIN)/streamlit run app/main.py

test: $(VENV)/installed-dev check
	$(PYTEST)

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/architecture.py --check
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/python .ci/supply.py

# For everyday work: what can be known in two minutes.
check-fast: check
	$(PYTEST) -q -m "not slow and not browser" tests/unit mimimi docs

# What the images hold, by version and hash: the same ones on amd64 and arm64. uv installs torch there,
# whose build for CPUs has an index of its own, and no CUDA.
GPUS := cuda-bindings cuda-toolkit nvidia-cudnn-cu13 nvidia-cusparselt-cu13 nvidia-nccl-cu13 \
	nvidia-nvshmem-cu13 triton
COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 \
	--python-platform x86_64-manylinux_2_28 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
lock: $(VENV)/installed
	printf '%s\n' $(GPUS) > $(VENV)/gpus.txt
	echo uv==0.13.9 | $(COMPILE) --excludes $(VENV)/gpus.txt \
	    --no-emit-package torch --no-emit-package torchaudio \
	    --output-file requirements.lock requirements-service.txt -
	$(COMPILE) --constraint requirements.lock --extra service \
	    --output-file requirements-listener.lock pyproject.toml

soak: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.claims.soak

soak-listen: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.claims.soak_listen

# PyTorch's own index has the build that suits this machine, without CUDA's 2.5 GB where there is no
# GPU. Not every network reaches it: a dry run finds out, in seconds also where nothing answers.
# Compiled here, as pip does, or else the first page and the first explanation would wait for it.
$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet uv
	build=--torch-backend=auto; \
	$(QUICKLY) $(INSTALL) --quiet --dry-run $$build -r requirements.txt 2>/dev/null || build=; \
	$(INSTALL) $$build --compile-bytecode -r requirements.txt --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt requirements-cluster.txt requirements-service.txt
	$(INSTALL) -r requirements-dev.txt
	touch $@
