"""A database that thinks too long is not waited for, and asked again as soon as it answers."""

import errno
import time

import pytest
from django.db import DatabaseError, DataError, connection, connections

from downloads.delivery.patience import Silent, _waits, breaker, patience

pytestmark = pytest.mark.django_db(transaction=True)


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_a_question_that_takes_too_long_ends_with_an_error_in_time():
    started = time.monotonic()

    with pytest.raises(DatabaseError), patience(0.2):
        ask("SELECT pg_sleep(1)")

    assert time.monotonic() - started < 0.8
    assert ask("SELECT 1") == (1,)


def test_a_question_in_time_is_answered_and_nothing_is_cut_afterwards():
    with patience(0.3):
        answer = ask("SELECT 42")
    time.sleep(0.6)

    assert (answer, ask("SELECT 43")) == ((42,), (43,))


def test_a_thousand_questions_are_watched_by_one_thread():
    for _ in range(1000):
        with patience():
            pass

    assert _waits._open == set()
    assert _waits._watcher.is_alive()


def test_a_full_disk_amid_a_question_is_not_taken_for_a_silent_database():
    def draw():
        ask("SELECT 1")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        breaker.ask(draw)

    assert not breaker.is_open
    assert breaker.ask(lambda: ask("SELECT 2")) == (2,)


@pytest.mark.parametrize("sql", ["SELECT 1 / 0", "SELECT 99999999999::integer"])
def test_a_value_that_the_database_refuses_is_not_taken_for_a_silent_database(sql):
    with pytest.raises(DataError):
        breaker.ask(lambda: ask(sql))

    assert not breaker.is_open
    assert breaker.ask(lambda: ask("SELECT 2")) == (2,)


@pytest.fixture
def a_slow_connection(monkeypatch):
    """This thread's next connection takes as long as on a machine where a new version is just starting."""
    connect = connection.connect

    def slowly():
        time.sleep(1)
        connect()

    connection.close()
    monkeypatch.setattr(connections["default"], "connect", slowly)


def test_one_slow_connection_tells_nobody_else_that_the_database_is_silent(a_slow_connection):
    breaker._answered_at = time.monotonic()  # as by another thread, just now

    with pytest.raises(Silent):
        breaker.ask(lambda: ask("SELECT 1"), 0.2)

    assert not breaker.is_open


def test_a_slow_connection_is_a_sign_of_silence_where_nobody_was_answered_for_a_while(a_slow_connection):
    breaker._answered_at = time.monotonic() - 60

    with pytest.raises(Silent):
        breaker.ask(lambda: ask("SELECT 1"), 0.2)
    is_open = breaker.is_open
    deadline = time.monotonic() + 10
    while breaker.is_open and time.monotonic() < deadline:
        time.sleep(0.1)

    assert (is_open, breaker.is_open) == (True, False)
