"""JupyterHub as its users see it: a page to log in on, a server of one's own, and a terminal in it."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from hub_machine import Terminal

START_SECONDS = 120


class Hub:
    """A hub at ``url``, whose users all have the same password."""

    def __init__(self, url: str, password: str):
        self.url, self.password = url, password

    def token(self, user: str) -> str:
        """Log in on the hub's page; a token with the user's own rights."""
        cookies = CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        browser.open(f"{self.url}/hub/login", timeout=60).close()
        (xsrf,) = {cookie.value for cookie in cookies if cookie.name == "_xsrf"}
        login = {"username": user, "password": self.password}
        form = urllib.parse.urlencode({**login, "_xsrf": xsrf}).encode()
        browser.open(f"{self.url}/hub/login?next=/hub/home", data=form, timeout=60).close()
        return self.ask(f"/hub/api/users/{user}/tokens", data={"auth": login})["token"]

    def start_server(self, user: str, token: str):
        """Start the user's server, and wait until it answers."""
        self.ask(f"/hub/api/users/{user}/server", token, {})
        wait_until(lambda: self.ask(f"/hub/api/users/{user}", token)["servers"].get("", {}).get("ready"))

    def terminal(self, user: str, token: str) -> Terminal:
        """A terminal in the user's JupyterLab."""
        name = self.ask(f"/user/{user}/api/terminals", token, {})["name"]
        return Terminal(f"{self.url.replace('http', 'ws', 1)}/user/{user}/terminals/websocket/{name}", token)

    def ask(self, path: str, token: str = "", data: dict | None = None):
        """GET, or POST with ``data``; the answer as JSON, None when there is none.

        Raises
        ------
        urllib.error.HTTPError
            When it is refused.
        """
        request = urllib.request.Request(self.url + path, data=None if data is None else json.dumps(data).encode())
        if token:
            request.add_header("Authorization", f"token {token}")
        with urllib.request.urlopen(request, timeout=60) as response:
            text = response.read()
        return json.loads(text) if text else None

    def answers(self) -> bool:
        try:
            return bool(self.ask("/hub/api/"))
        except OSError:
            return False


def wait_until(true):
    deadline = time.monotonic() + START_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"not within {START_SECONDS} s"
        time.sleep(0.2)
