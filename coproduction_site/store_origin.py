"""Where a browser is sent for audio that lies in an object store: the origin of the store's signed addresses."""

from urllib.parse import urlsplit


def store_origin(bucket: str, endpoint_url: str, region: str) -> str:
    """The origin as the policy of our pages names it. Without an endpoint it is Amazon's, as boto3 signs for it."""
    if endpoint_url:
        parts = urlsplit(endpoint_url)
        return f"{parts.scheme}://{parts.netloc}"
    is_china = region.startswith("cn-")
    # The bucket is part of the host unless a dot in its name would break the certificate.
    place = "" if region == "us-east-1" or ("." not in bucket and not is_china) else f".{region}"
    host = f"s3{place}.amazonaws.com{'.cn' if is_china else ''}"
    return f"https://{host}" if "." in bucket else f"https://{bucket}.{host}"
