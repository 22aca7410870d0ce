"""The Celery application that both the worker and celery_client.py use; the broker's address is in BROKER."""

import os
import time

from celery import Celery
from kombu import Queue

app = Celery("tasks", broker=os.environ["BROKER"], backend="rpc://")
app.conf.task_queues = [Queue("celery", durable=True), Queue("important", queue_arguments={"x-max-priority": 10})]
app.conf.task_default_queue = "celery"
app.conf.task_routes = {"tasks.stamp": {"queue": "important"}, "tasks.hold": {"queue": "important"}}
app.conf.worker_prefetch_multiplier = 1
app.conf.result_expires = 600


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, max_retries=5, default_retry_delay=0)
def third_time_lucky(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.2)
    return self.request.retries


@app.task
def fail():
    raise KeyError("as it should")


@app.task
def hold(seconds):
    time.sleep(seconds)


@app.task
def stamp():
    return time.time()
