"""What a person does with a browser at the door."""

from django.core.cache import cache
from django.test import Client

from tests.world import PASSWORD, House

LOGIN = "/accounts/login/"


def browser(house: House, **extra) -> Client:
    """A browser that has never been here."""
    extra.setdefault("HTTP_ACCEPT_LANGUAGE", "en")
    return Client(SERVER_NAME=house.host, HTTP_HOST=house.host, **extra)


def log_in(client: Client, email: str, password: str = PASSWORD, **extra):
    """Type address and password on the sign-in page."""
    return client.post(LOGIN, {"login": email, "password": password, **extra})


def signed_in(house: House, name: str, **extra) -> Client:
    """A browser in which somebody has signed in by the page itself."""
    client = browser(house, **extra)
    response = log_in(client, house.people[name].user.email)
    assert response.status_code == 302, response.content
    return client


def is_in(client: Client) -> bool:
    """Whether the browser is signed in."""
    return client.get("/me/").status_code == 200


def forget_cache() -> None:
    """Redis was emptied."""
    cache.clear()
