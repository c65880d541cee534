"""A real S3 engine for tests: OpenStack Swift, installed once into an environment of its own."""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    process_id: int = 0

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
        store = Store(f"http://127.0.0.1:{port}", "test:tester", "testing")
        python = str(HOME / "bin" / "python")
        process = subprocess.Popen(
            [python, "-W", "ignore", str(HERE / "run_swift.py"), folder, str(port), store.access_key, store.secret],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            if process.stdout.readline().strip() != b"ready":
                raise AssertionError(process.stderr.read().decode()[-2000:])
            store = replace(store, process_id=process.pid)
            store.client().create_bucket(Bucket=BUCKET)
            yield store
        finally:
            process.kill()
            process.communicate()
