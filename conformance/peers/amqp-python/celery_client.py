"""Debian's Celery as a client of the broker under test: celery_client.py URI. Starts a worker, uses it, ends it."""

import os
import subprocess
import sys
import time

os.environ["BROKER"] = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from celery import chain, group  # noqa: E402
from celery.exceptions import TaskRevokedError  # noqa: E402

import tasks  # noqa: E402

WAIT_SECONDS = 30


def same(actual, expected):
    if actual != expected:
        raise AssertionError("expected %r, was %r" % (expected, actual))


def await_worker():
    deadline = time.monotonic() + WAIT_SECONDS
    while not tasks.app.control.ping(timeout=5, limit=1):
        if time.monotonic() > deadline:
            raise AssertionError("the worker does not answer a ping")


def results():
    same(tasks.add.delay(2, 3).get(timeout=WAIT_SECONDS), 5)


def groups():
    many = group(tasks.add.s(i, i) for i in range(50))()
    same(many.get(timeout=WAIT_SECONDS), [2 * i for i in range(50)])


def chains():
    same(chain(tasks.add.s(1, 2), tasks.add.s(10), tasks.add.s(100))().get(timeout=WAIT_SECONDS), 113)


def failures():
    try:
        tasks.fail.delay().get(timeout=WAIT_SECONDS)
    except KeyError as error:
        same(error.args, ("as it should",))
        return
    raise AssertionError("no failure")


def retries():
    same(tasks.third_time_lucky.delay().get(timeout=WAIT_SECONDS), 2)


def later():
    before = time.time()
    stamped = tasks.stamp.apply_async(countdown=1.5).get(timeout=WAIT_SECONDS)
    if stamped < before + 1.5:
        raise AssertionError("%.2f s too early" % (before + 1.5 - stamped))


def priorities():
    tasks.hold.apply_async((2,))
    filler = tasks.stamp.apply_async(priority=0)  # the worker has one message in hand beside the one it runs
    low = tasks.stamp.apply_async(priority=1)
    high = tasks.stamp.apply_async(priority=9)
    stamps = [task.get(timeout=WAIT_SECONDS) for task in (filler, low, high)]
    if not stamps[2] < stamps[1]:
        raise AssertionError("the low priority came first")


def remote_control():
    same(len(tasks.app.control.inspect(timeout=WAIT_SECONDS, limit=1).active_queues()), 1)
    revoked = tasks.add.apply_async((1, 1), countdown=3)
    tasks.app.control.revoke(revoked.id, reply=True, timeout=WAIT_SECONDS, limit=1)
    try:
        revoked.get(timeout=WAIT_SECONDS)
    except TaskRevokedError:
        return
    raise AssertionError("ran though revoked")


command = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--concurrency", "1", "--loglevel", "info"]
worker = subprocess.Popen(command, cwd=HERE, stdout=sys.stderr, stderr=sys.stderr)
try:
    await_worker()
    for scenario in (results, groups, chains, failures, retries, later, priorities, remote_control):
        scenario()
    worker.terminate()
    same(worker.wait(WAIT_SECONDS), 0)
finally:
    worker.kill()
