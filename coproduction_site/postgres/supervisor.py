"""Keep one embedded Postgres running while any process uses it.

Run as a script in its own session, by `localdb`, with the standard library only:
`supervisor.py STATUS_FD FOLDER SOCKET_FOLDER BIN_FOLDER MAJOR DURABLE`. It writes one line to STATUS_FD, "ready" or a
sentence saying why not, and then stays. `start.lock` and `users.lock` are flocks: they die with the process that
holds them, so a killed process leaks nothing. When both are free for a while, nobody uses the server and it stops.
"""

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.25
IDLE_SECONDS = 5.0
START_SECONDS = 60.0
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


class Refused(Exception):
    """The server cannot be started; the text is the sentence to show."""


def main() -> None:
    if sys.argv[1:] == ["try-namespace"]:
        sys.exit(0 if become_nobody_in_a_namespace() else 1)
    status_fd, *words = sys.argv[1:]
    folder, socket_folder, bin_folder = (Path(word) for word in words[:3])
    major, durable = int(words[3]), words[4] == "durable"
    if os.fork():
        os._exit(0)  # detached: whoever asked for the server is not its parent
    os.chdir("/")
    os.umask(0o077)
    locks = [os.open(folder / name, os.O_RDWR | os.O_CLOEXEC) for name in ("start.lock", "users.lock")]
    alone = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CLOEXEC)
    os.set_inheritable(int(status_fd), False)
    with os.fdopen(int(status_fd), "w", encoding="utf-8") as status:
        try:
            if not try_lock(alone):
                raise Refused("Another supervisor is still stopping this database.")
            bin_folder = drop_root(folder, bin_folder)
            make_socket_folder(socket_folder)
            make_cluster(folder, bin_folder, major, durable)
            server = start(folder, socket_folder, bin_folder, durable)
            wait_until_ready(server, folder)
        except Refused as refusal:
            status.write(f"{refusal}\n")
            return
        except OSError as error:
            status.write(f"The local database cannot be started: {error}.\n")
            return
        status.write("ready\n")
    watch(server, folder, locks)


def drop_root(folder: Path, bin_folder: Path) -> Path:
    """Become somebody Postgres accepts: it refuses to run as root. The folder's files keep their owner.

    The folder of the programs to use then: a copy, where that user could not reach the ones at hand.
    """
    if os.geteuid() != 0:
        return bin_folder
    owner = folder.stat().st_uid
    if owner == 0 and not become_nobody_in_a_namespace():
        # Namespaces are refused (Docker's default): the folder itself goes to nobody, whose it is from then on.
        owner = pwd.getpwnam("nobody").pw_uid
        give(folder, owner)
    if owner != 0:
        bin_folder = within_reach(bin_folder, folder, owner)
        become(owner)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refused(
            f"The local database in {folder} cannot run as root here: its own user may not enter that folder. "
            "Run as an ordinary user, move the project to a folder all users may enter (such as /srv), "
            "or set DATABASE_URL to a Postgres server."
        )
    return bin_folder


def within_reach(bin_folder: Path, folder: Path, user: int) -> Path:
    """The programs where this user may run them: where they are, or a copy beside the database (40 MB)."""
    above = [path.stat() for path in (bin_folder, *bin_folder.parents)]
    if all(seen.st_mode & (0o100 if seen.st_uid == user else 0o001) for seen in above):
        return bin_folder
    # The wheel's programs look for their libraries in a folder beside the package: that goes along.
    installed, package = bin_folder.parent, bin_folder.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copy, stamp = folder / "programs", folder / "programs.of"
    original = f"{bin_folder} {(bin_folder / 'postgres').stat().st_mtime_ns}"
    if not stamp.exists() or stamp.read_text() != original:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(installed, copy / package.name / installed.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        give(copy, user)
        stamp.write_text(original)
        give(stamp, user)
    return copy / package.name / installed.name / bin_folder.name


def give(folder: Path, user: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, -1, follow_symlinks=False)


def become(uid: int) -> None:
    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:
        raise Refused(f"The database folder belongs to user id {uid}, which this system does not know.") from None
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def become_nobody_in_a_namespace() -> bool:
    """Root, seen as nobody: Postgres accepts it, files stay root's, and a folder under /root (0700) still works."""
    try:
        nobody = pwd.getpwnam("nobody")  # initdb looks its own user up
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWUSER) != 0:  # os.unshare came with Python 3.12
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{nobody.pw_uid} 0 1")
        Path("/proc/self/gid_map").write_text(f"{nobody.pw_gid} 0 1")
    except (OSError, KeyError, AttributeError):
        return False
    return os.geteuid() == nobody.pw_uid


def make_socket_folder(socket_folder: Path) -> None:
    socket_folder.mkdir(mode=0o700, exist_ok=True)
    seen = socket_folder.lstat()
    if seen.st_uid != os.geteuid() or seen.st_mode & 0o077 or socket_folder.is_symlink():
        raise Refused(f"{socket_folder} is not a private folder of this user. Remove it and start again.")


def make_cluster(folder: Path, bin_folder: Path, major: int, durable: bool) -> None:
    """Make the data folder once. A kill in the middle leaves only `data.new`, which the next start throws away."""
    data = folder / "data"
    if not os.access(bin_folder / "postgres", os.X_OK):
        raise Refused(f"The Postgres programs in {bin_folder} cannot be run by the owner of {folder}.")
    if (data / "PG_VERSION").exists():
        stored = (data / "PG_VERSION").read_text().strip()
        if stored != str(major):
            raise Refused(
                f"The database in {folder} was made by Postgres {stored}, and this is Postgres {major}. Dump it with "
                f"the programs of version {stored}, move the folder away, start again and load the dump."
            )
        return
    fresh = folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    # Postgres 17 brought its own C.UTF-8, the same on every system; before, the system's.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [str(bin_folder / "initdb"), "-D", str(fresh), "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    command += locale if major >= 17 else ["--locale=C.UTF-8"]
    command += [] if durable else ["--no-sync"]
    with (folder / "log").open("ab") as log:
        made = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment())
    if made.returncode != 0:
        raise Refused(f"The local database could not be made; the reason is at the end of {folder / 'log'}.")
    fresh.rename(data)


def start(folder: Path, socket_folder: Path, bin_folder: Path, durable: bool) -> "subprocess.Popen[bytes]":
    log_path = folder / "log"
    if log_path.exists() and log_path.stat().st_size > 1_000_000:
        log_path.replace(folder / "log.old")
    options = {
        # A socket in a private folder: no port to clash with, no password, no other user.
        "listen_addresses": "",
        "unix_socket_directories": f'"{socket_folder}"',
        "unix_socket_permissions": "0700",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(bin_folder / "postgres"), "-D", str(folder / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with log_path.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(),
            start_new_session=True,
            preexec_fn=die_with_the_parent(signal.SIGINT),
        )


def die_with_the_parent(number: signal.Signals) -> Callable[[], None]:
    """For a child about to start: receive this signal when its parent ends, in whatever way. Linux only."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None  # looked up before the fork

    def ask_the_kernel() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, number)

    return ask_the_kernel


def environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT or a locale would change the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Refused(f"The local database stopped at once; the reason is at the end of {folder / 'log'}.")
        try:
            lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        # Line 1 is the server's process id, line 8 its state.
        if len(lines) >= 8 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    server.send_signal(signal.SIGINT)
    raise Refused(f"The local database was not ready within {START_SECONDS:.0f} seconds; see {folder / 'log'}.")


def watch(server: "subprocess.Popen[bytes]", folder: Path, locks: list[int]) -> None:
    """Stay until the server ends, nobody has used it for a while, or its folder is gone."""
    start_lock, users_lock = locks

    def stop(number: int, frame: FrameType | None) -> None:
        server.send_signal(signal.SIGINT)  # a fast shutdown: connections are closed, data is kept

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    idle_since = None
    while server.poll() is None:
        time.sleep(POLL_SECONDS)
        if not (folder / "data" / "PG_VERSION").exists():
            server.send_signal(signal.SIGQUIT)
            server.wait()
            return
        # In this order, and without waiting, as the clients do: start.lock guards every change of users.lock.
        if not try_lock(start_lock):
            idle_since = None
            continue
        if not try_lock(users_lock):
            idle_since = None
        else:
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= IDLE_SECONDS:
                server.send_signal(signal.SIGINT)
                server.wait()  # start.lock is still held: nobody meets a server half gone
                return
            fcntl.flock(users_lock, fcntl.LOCK_UN)
        fcntl.flock(start_lock, fcntl.LOCK_UN)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    main()
