"""Pages may load sound from the object store they lead to, and from nowhere else."""

from urllib.parse import urlsplit

import pytest

from coproduction_site.object_storage import PrivateObjectStorage
from coproduction_site.store_origin import store_origin


@pytest.mark.parametrize("bucket", ["podcast", "audio.example.org"])
@pytest.mark.parametrize(
    ("endpoint", "region"),
    [
        ("", "us-east-1"),
        ("", "eu-north-1"),
        ("", "cn-north-1"),
        ("https://s3.example.org", "us-east-1"),
        ("http://127.0.0.1:9000/", "us-east-1"),
        ("https://store.example.org:8443/s3", "eu-north-1"),
    ],
)
def test_the_policy_names_the_host_that_signed_addresses_lead_to(monkeypatch, bucket, endpoint, region):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    storage = PrivateObjectStorage(bucket_name=bucket, endpoint_url=endpoint or None, region_name=region)

    signed = urlsplit(storage.url("audio/a.mp3"))

    assert store_origin(bucket, endpoint, region) == f"{signed.scheme}://{signed.netloc}"
