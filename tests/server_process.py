"""A command that serves, in a process of its own."""

import http.client
import json
import os
import subprocess
import sys
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit


class Server:
    """`lianzhi` with these words, on a free port; killed at the end of a `with`."""

    def __init__(self, *words: object, database: str = "") -> None:
        call = [sys.executable, "-c", "from lianzhi.cli.main import main; main()", *map(str, words)]
        url = {"LIANZHI_DATABASE_URL": database} if database else {}
        self.process = subprocess.Popen(
            [*call, "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # so that nothing is read ahead of the first line
            env=os.environ | url,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()

    @cached_property
    def said(self) -> dict[str, Any]:
        """The first line, once it is there: then it serves."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        address = urlsplit(self.said["url"])
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def stop(self, number: int) -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode(), err.decode()
