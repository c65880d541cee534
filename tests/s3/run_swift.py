"""OpenStack Swift with its S3 door, whole in one process on loopback. Run by Swift's own Python, not by the site's.

Usage: run_swift.py FOLDER PORT ACCESS_KEY SECRET. Prints "ready" when it answers; ends when its standard input does.
"""

import os
import sys
import threading

import eventlet

eventlet.monkey_patch()

from pathlib import Path  # noqa: E402

import swift.common.utils as utils  # noqa: E402
from eventlet import wsgi  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402


def main(folder: Path, port: int, access_key: str, secret: str) -> None:
    (folder / "devices" / "d1").mkdir(parents=True, exist_ok=True)
    account, _, user = access_key.partition(":")
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = only-for-tests\n")
    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    utils.validate_hash_conf()
    sockets = {name: eventlet.listen(("127.0.0.1", 0)) for name in ("account", "container", "object")}
    for name, listener in sockets.items():
        ring = RingBuilder(1, 1, 0)
        place = {"zone": 1, "region": 1, "ip": "127.0.0.1", "port": listener.getsockname()[1], "weight": 1}
        ring.add_dev({**place, "device": "d1"})
        ring.rebalance()
        ring.get_ring().save(str(folder / f"{name}.ring.gz"))
    common = f"""
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
log_level = ERROR
log_address = {folder}/no-log
"""
    for name, listener in sockets.items():
        conf = folder / f"{name}.conf"
        conf.write_text(f"{common}\n[app:main]\nuse = egg:swift#{name}\n")
        serve(listener, conf)
    proxy = folder / "proxy.conf"
    proxy.write_text(
        f"""{common}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""
    )
    serve(eventlet.listen(("127.0.0.1", port)), proxy)
    print("ready", flush=True)
    eventlet.tpool.execute(sys.stdin.read)
    os._exit(0)


def serve(listener, conf: Path) -> None:
    from swift.common.wsgi import loadapp

    quiet = open(os.devnull, "w")  # noqa: SIM115 - for the life of the process
    eventlet.spawn(wsgi.server, listener, loadapp(str(conf.resolve())), quiet, log_output=False)


if __name__ == "__main__":
    threading.current_thread().name = "swift"
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
