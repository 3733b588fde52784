"""What a worker takes from the broker: data, never objects."""

from __future__ import annotations

import pickle

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

from servicedesk.celery import app

ACCEPTED = prepare_accept_content(app.conf.accept_content)


def test_a_pickled_message_is_refused() -> None:
    sent = pickle.dumps([[], {}, {}])
    with pytest.raises(ContentDisallowed):
        loads(sent, "application/x-python-serialize", "binary", accept=ACCEPTED)


def test_a_message_of_data_is_taken() -> None:
    assert app.conf.task_serializer == "json"
    kind, coding, sent = dumps([[], {}, {}], serializer=app.conf.task_serializer)
    assert loads(sent, kind, coding, accept=ACCEPTED) == [[], {}, {}]
