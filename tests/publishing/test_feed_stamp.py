"""Threads that ask for a show's stamp at once share a question, and none gets an answer older than its request."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2.extensions
import pytest
from django.db import connection

from downloads.delivery.patience import Silent
from episodes.models import ShowStamp
from publishing.feed import stamp
from publishing.feed.stamp import read_stamp

SHOW = 1


class SlowDatabase:
    """Answers the first question 1, the next one 2, and so on, each when it is let; or falls silent."""

    def __init__(self):
        self.asked = 0
        self.silent = False
        self._let = threading.Semaphore(0)

    def row(self, sql, parameters, *, begins=False):
        self.asked += 1
        number = self.asked
        assert self._let.acquire(timeout=10)
        if self.silent:
            raise Silent
        return (number,)

    def let_answer(self, times=1):
        self._let.release(times)


@pytest.fixture
def database(monkeypatch):
    database = SlowDatabase()
    monkeypatch.setattr(stamp, "breaker", database)
    return database


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask(threads, times=1):
    """Begin to ask in that many threads, and wait until all of them wait."""
    answers = [threads.submit(read_stamp, SHOW) for _ in range(times)]
    time.sleep(0.1)
    return answers


def ended(answers):
    return [type(answer.exception(10)) if answer.exception(10) else answer.result() for answer in answers]


def test_who_comes_while_a_question_is_on_its_way_gets_the_answer_to_a_later_one(database, threads):
    first = ask(threads)
    later = ask(threads, 3)

    database.let_answer(10)

    assert (ended(first), ended(later), database.asked) == ([1], [2, 2, 2], 2)


def test_who_comes_while_the_second_question_is_on_its_way_gets_the_third_ones_answer(database, threads):
    first, second = ask(threads), ask(threads, 2)
    database.let_answer()
    assert ended(first) == [1]

    third = ask(threads, 3)
    database.let_answer(10)

    assert (ended(second), ended(third), database.asked) == ([2, 2], [3, 3, 3], 3)


def test_a_silence_is_told_to_all_that_waited_for_that_question_and_the_next_is_asked_anew(database, threads):
    answers = ask(threads) + ask(threads, 3)
    database.silent = True
    database.let_answer(2)
    assert ended(answers) == [Silent] * 4

    database.silent = False
    database.let_answer()

    assert read_stamp(SHOW) == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_published_is_in_the_next_answer_however_many_ask(show, threads):
    ShowStamp.objects.filter(show=show).update(stamp=1)
    published = 1
    is_over = threading.Event()

    def ask_on():
        try:
            count = 0
            while not is_over.is_set():
                least = published
                assert read_stamp(show.id, begins=True) >= least
                count += 1
            return count
        finally:
            connection.close()

    asking = [threads.submit(ask_on) for _ in range(6)]
    for number in range(2, 200):
        ShowStamp.objects.filter(show=show).update(stamp=number)
        published = number
    is_over.set()

    assert sum(one.result(20) for one in asking) > 6
    assert read_stamp(show.id) == 199


@pytest.mark.django_db(transaction=True)
def test_the_short_way_past_djangos_cursor_is_one_query(show, monkeypatch):
    asked = []

    class Counting(psycopg2.extensions.cursor):
        def execute(self, *question):
            asked.append(question)
            return super().execute(*question)

    connection.ensure_connection()
    connection.connection.cursor_factory = Counting
    monkeypatch.setattr(connection, "make_cursor", None)

    answers = [read_stamp(show.id), read_stamp(-1)]

    connection.close()
    assert (answers[0] > 0, answers[1], len(asked)) == (True, None, 2)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_postgres_has_ended_is_made_anew_for_the_request_after(show):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with ThreadPoolExecutor(1) as elsewhere:

        def end():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            connection.close()

        elsewhere.submit(end).result()
    with pytest.raises(Silent):
        read_stamp(show.id)

    deadline = time.monotonic() + 10
    while stamp.breaker.is_open and time.monotonic() < deadline:
        time.sleep(0.1)

    assert read_stamp(show.id, begins=True)
