"""A real web server on loopback for tests, with answers by path, that remembers what it was asked."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        path = self.path.split("?")[0]
        self.server.answers.get(path, self.server.otherwise)(self)

    do_POST = do_HEAD = do_GET

    def send(self, body=b"", status=200, **headers):
        self.send_response(status)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), **names}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving(otherwise=lambda handler: handler.send(b"Not here", 404), **answers):
    """A server; an answer is a function of the handler. `asked` = (method, path, headers), `place` = host:port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.otherwise = otherwise
    server.asked, server.answers = [], {f"/{name}": answer for name, answer in answers.items()}
    server.place = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
