"""The HTTP part: TLS, requests read, answers delivered as well or badly as they shall be."""

import json
import socket
import ssl
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from exchange import Answer, Call
from journal import Journal, user_of
from world import Delivery, World

IDLE_SECONDS = 30
LARGEST_BODY = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go out apart: the second would wait for the first one's acknowledgement
    server: "Listener"

    def setup(self) -> None:
        # Here, and not where connections are accepted: a caller that is slow with its handshake keeps nobody else waiting.
        self.request.settimeout(IDLE_SECONDS)
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.connections.add(self.request)
        super().setup()

    def finish(self) -> None:
        self.server.connections.discard(self.request)
        with suppress(OSError):
            super().finish()
        # Says that this is the end, as servers do; a connection that was cut has nobody to say it to.
        with suppress(OSError, ValueError):
            self.request.settimeout(1)
            self.request.unwrap()
        self.request.close()

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET

    def _serve(self) -> None:
        world, journal = self.server.world, self.server.journal
        call = self._read_call()
        entry = journal.begin(call, user_of(call, world.token_names()))
        try:
            fault = world.take_fault(call)
            delivery = world.deliver(call, fault)
            status = delivery.answer.status if delivery.answer else None
            journal.write(entry, status, fault["do"] if fault else None)
            self._deliver(delivery)
        finally:
            journal.end(entry)

    def _read_call(self) -> Call:
        length = min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)
        body = self.rfile.read(length)
        target = urlsplit(self.path)
        is_form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        return Call(
            method=self.command,
            path=unquote(target.path),
            query=parse_qs(target.query),
            form=dict(parse_qsl(body.decode(errors="replace"))) if is_form else {},
            body=body,
            authorization=self.headers.get("Authorization", ""),
            caller=self.client_address[0],
        )

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.answer is None:
            self._cut()
            return
        body = self._send_head(delivery.answer)
        if delivery.manner == "half":
            self.wfile.write(body[: len(body) // 2])
            self._cut()
        elif delivery.manner == "drip":
            self._drip(body, delivery)
        else:
            self.wfile.write(body)

    def _send_head(self, answer: Answer) -> bytes:
        page = isinstance(answer.body, str)
        body = answer.body.encode() if page else (json.dumps(answer.body) + "\n").encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        return body

    def _drip(self, body: bytes, delivery: Delivery) -> None:
        size = max(1, delivery.bytes)
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            time.sleep(delivery.pause)

    def _cut(self) -> None:
        """As when a cable is cut or a proxy dies: no end of TLS."""
        self.close_connection = True
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)

    def version_string(self) -> str:
        return "provider-sim"

    def log_message(self, format: str, *args: Any) -> None:
        pass  # the journal has it


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext, world: World, journal: Journal) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.tls = tls
        self.world = world
        self.journal = journal
        self.connections: set[ssl.SSLSocket] = set()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        # Not HTTPServer's, which asks the resolver for our own name.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A caller that hung up or does not like our certificate: that is what many a test is about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Api:
    """The listener, which can go away and come back at the same port."""

    def __init__(self, address: tuple[str, int], tls: ssl.SSLContext, world: World, journal: Journal) -> None:
        self._parts = (tls, world, journal)
        self._address = address
        self._listener: Optional[Listener] = None
        self._lock = threading.Lock()
        self.resume()

    @property
    def port(self) -> int:
        return int(self._address[1])

    @property
    def paused(self) -> bool:
        return self._listener is None

    def resume(self) -> None:
        with self._lock:
            if self._listener is not None:
                return
            self._listener = Listener(self._address, *self._parts)
            self._address = (self._address[0], self._listener.server_port)
            threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def pause(self) -> None:
        """Connections are refused, those that are open are cut. What was begun is done nevertheless."""
        with self._lock:
            if self._listener is None:
                return
            self._listener.shutdown()
            self._listener.server_close()
            for connection in list(self._listener.connections):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._listener = None
