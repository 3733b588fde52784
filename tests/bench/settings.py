"""The product's settings, with the bare views beside its own."""

from servicedesk.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.bare"
API_CALLS_PER_MINUTE = 10_000_000
