"""A receiver of webhooks: verifies what it gets with the official library, and answers as it is told.

Prints its port, then answers each line of JSON on its input with one on its output, and ends with its input:
  {"do": "answer", "with": [{"status": 500, "headers": {}}, {"hang": true}]}   the next answers; 200 after them
  {"do": "log"}                                                               all requests so far
  {"do": "verify", "secret": ..., "headers": ..., "body": ...}                what the library says to these
Arguments: the secret; then, for TLS, a certificate and its key.
"""

import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

lock = threading.Lock()
log = []
answers = []
ended = threading.Event()


def verified(secret, headers, body):
    """None, or why the library refuses it."""
    try:
        Webhook(secret).verify(body, headers)
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    return None


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        refused = verified(sys.argv[1], headers, body)
        with lock:
            answer = answers.pop(0) if answers else {"status": 401 if refused else 200}
            entry = {"path": self.path, "headers": headers, "body": body, "refused": refused}
            log.append({**entry, "peer": self.client_address[1], "status": answer.get("status")})
        if answer.get("hang"):
            ended.wait()
            return
        self.send_response(answer["status"])
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        # A 204 has no body (RFC 9110, section 15.3.5): one would be taken for the next answer.
        content = b"" if answer["status"] == 204 else answer.get("body", "thank you").encode()
        if answer["status"] != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_):
        pass


def done(command):
    match command["do"]:
        case "answer":
            with lock:
                answers.extend(command["with"])
            return True
        case "log":
            with lock:
                return list(log)
        case "verify":
            return verified(command["secret"], command["headers"], command["body"])


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
for line in sys.stdin:
    print(json.dumps(done(json.loads(line))), flush=True)
ended.set()
