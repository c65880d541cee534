"""A real S3 engine for tests: OpenStack Swift, installed once into an environment of its own."""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

HERE = Path(__file__).resolve().parent
HOME = HERE.parent.parent / "var" / "test-swift"
BUCKET = "podcast"


@dataclass(frozen=True)
class Store:
    """Where the store is and who may use it."""

    endpoint_url: str
    access_key: str
    secret: str
    folder: str = ""
    _started: list[subprocess.Popen] = field(default_factory=list, compare=False, repr=False)

    @property
    def process_id(self) -> int:
        return self._started[-1].pid

    def start(self) -> None:
        """Start the engine on its folder, at its address; again after `kill`, with all that it held."""
        port = self.endpoint_url.rpartition(":")[2]
        words = [str(HERE / "run_swift.py"), self.folder, port, self.access_key, self.secret]
        process = subprocess.Popen(
            [str(HOME / "bin" / "python"), "-W", "ignore", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._started.append(process)
        if process.stdout.readline().strip() != b"ready":
            raise AssertionError(process.stderr.read().decode()[-2000:])

    def kill(self) -> None:
        for process in self._started:
            process.kill()
            process.communicate()

    def environment(self) -> dict[str, str]:
        """What the site needs to keep its audio there."""
        return {
            "AUDIO_DELIVERY": "s3",
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }

    def client(self):
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret,
            region_name="us-east-1",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )


@lru_cache
def installed() -> str:
    """Have Swift in its environment; "" when it is there, else why it cannot be."""
    python = HOME / "bin" / "python"
    stamp = HOME / "installed"
    wanted = (HERE / "requirements.txt").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    if sys.platform != "linux":
        return "Swift needs Linux"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True, capture_output=True, timeout=120)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")],
            check=True,
            capture_output=True,
            timeout=300,
        )
    except (subprocess.SubprocessError, OSError) as error:
        return f"Swift cannot be installed: {error}"
    stamp.write_text(wanted)
    return ""


@contextmanager
def swift_store():
    """A store with one empty bucket; skips the test, with the reason, where there can be none."""
    reason = installed()
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="swift-") as folder:
        try:
            os.setxattr(folder, "user.test", b"1")
        except OSError:
            pytest.skip("Swift needs a temporary folder with user xattrs")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        store = Store(f"http://127.0.0.1:{port}", "test:tester", "testing", folder)
        try:
            store.start()
            store.client().create_bucket(Bucket=BUCKET)
            yield store
        finally:
            store.kill()
