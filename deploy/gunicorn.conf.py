"""gunicorn behind the proxy, for the container; numbers come from the environment."""

from __future__ import annotations

import os

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # a worker that died is there again at once, and they share memory
timeout = 60
graceful_timeout = 20
keepalive = (
    75  # longer than the proxy keeps an idle connection, so it never meets a closed one
)
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk
control_socket_disable = True
forwarded_allow_ips = "*"  # nothing but the proxy reaches this port
accesslog = None
errorlog = "-"
