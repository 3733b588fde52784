"""A cache that may be gone: then nothing is remembered, and nothing breaks."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class JsonSerializer:
    """Values as JSON: whoever can write to Redis can't make us run what they wrote.

    Django's own way is pickle. What is no JSON counts as not remembered.
    """

    def dumps(self, value: Any) -> str:
        """For Redis; numbers as they are, so that they can be counted."""
        return json.dumps(value)

    def loads(self, data: bytes | str) -> Any:
        """From Redis."""
        try:
            return json.loads(data)
        except ValueError:
            return None


class ForgivingRedisCache(RedisCache):
    """Redis as a cache whose loss is a miss: the truth is in PostgreSQL."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        try:
            return super().get_many(keys, version)
        except RedisError:
            return {}

    def set(
        self, key: Any, value: Any, timeout: Any = 300, version: Any = None
    ) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            logger.warning("The cache did not take %s", key)

    def add(
        self, key: Any, value: Any, timeout: Any = 300, version: Any = None
    ) -> bool:
        try:
            return bool(super().add(key, value, timeout, version))
        except RedisError:
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError:
            return False
