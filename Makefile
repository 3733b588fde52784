# Needs Python 3.11 or newer and make; everything else comes by itself.
#
#   make demo         the whole site with demo data; Ctrl-C stops it
#   make test         every test (ARGS="tests/sla -k pause" for some of them)
#   make test-long    the same, with the random and the fault tests repeated
#   make lint         every static check
#   make format       put code and templates into the one form
#   make bench        the benchmark's table
#   make screenshots  the pictures of the README
#   make locks        pin dependencies again after a change of pyproject.toml
#   make reset        delete the local data

PYTHON ?= python3
ARGS ?=
SHELL := /bin/sh
BOOTSTRAP = $(PYTHON) -I servicedesk/local/bootstrap.py
VENV_PYTHON = .venv/bin/python
LOCAL = -m servicedesk.local
unexport PYTHONHOME PYTHONPATH

# Checks read the settings but reach no server.
LINT_ENV = env ENVIRONMENT=test DEBUG=0 SECRET_KEY=only-for-static-checks \
	BASE_DOMAIN=localhost:8000 REDIS_URL=redis://127.0.0.1:9/0 \
	DATABASE_URL=postgres://sd_app@127.0.0.1:9/none \
	DATABASE_SYSTEM_URL=postgres://sd_system@127.0.0.1:9/none \
	DATABASE_OWNER_URL=postgres://sd_owner@127.0.0.1:9/none \
	DJANGO_SETTINGS_MODULE=servicedesk.settings
MANAGE = $(LINT_ENV) $(VENV_PYTHON) -W ignore manage.py
TEMPLATES = $(wildcard templates */templates)

.PHONY: help demo test test-long lint format bench screenshots locks reset assets python

help:
	@sed -n 's/^#   //p' Makefile

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "There is no $(PYTHON) here. Install Python 3.11 or newer (Debian and"; \
		echo "Ubuntu: apt-get install python3 python3-venv) or name it: make demo PYTHON=/path"; \
		exit 1; }

demo: python
	@$(BOOTSTRAP) demo $(LOCAL) demo

test: python
	@$(BOOTSTRAP) dev $(LOCAL) --home .servicedesk/test test -- $(ARGS)

test-long: python
	@$(BOOTSTRAP) dev $(LOCAL) --home .servicedesk/test test --long -- $(ARGS)

lint: python
	@$(BOOTSTRAP) dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) .venv/bin/lint-imports --no-logo
	$(LINT_ENV) $(VENV_PYTHON) -m mypy .
	$(VENV_PYTHON) -m djhtml --check $(TEMPLATES)
	$(LINT_ENV) $(VENV_PYTHON) -m servicedesk.local.templates
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run
	$(LINT_ENV) $(VENV_PYTHON) -m servicedesk.local.translations check

format: python
	@$(BOOTSTRAP) dev
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m djhtml $(TEMPLATES)

bench: python
	@$(BOOTSTRAP) dev $(LOCAL) --home .servicedesk/bench run --environment demo --durable \
		-- $(VENV_PYTHON) -m tests.bench $(ARGS)

screenshots: python
	@$(BOOTSTRAP) dev $(LOCAL) --home .servicedesk/screenshots run --environment demo \
		-- $(VENV_PYTHON) -m tests.screenshots $(ARGS)

assets: python
	@$(BOOTSTRAP) demo -m servicedesk.local.assets

UV_COMPILE = $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	--custom-compile-command "make locks"

locks: python
	@$(BOOTSTRAP) dev
	$(UV_COMPILE) pyproject.toml --group dev -o requirements/dev.lock
	$(UV_COMPILE) pyproject.toml --group demo -c requirements/dev.lock -o requirements/demo.lock
	$(UV_COMPILE) pyproject.toml -c requirements/dev.lock -o requirements/runtime.lock

reset:
	@$(VENV_PYTHON) $(LOCAL) reset
