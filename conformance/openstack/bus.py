"""The broker under the lab: Millrace, or RabbitMQ to check the checks."""

import base64
import json
import os
import signal
import time
import urllib.request

from processes import Failure, listens, until
from settings import PORTS

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Bus:
    def __init__(self, kind, processes, folder):
        self.kind = kind
        self.processes = processes
        self.folder = os.path.join(folder, "bus")
        os.makedirs(self.folder, exist_ok=True)

    def start(self):
        """Starts the broker on what it left behind; returns when it takes connections, with the seconds that took."""
        since = time.monotonic()
        argv, environment = self.millrace() if self.kind == "millrace" else self.rabbitmq()
        self.processes.started("bus", argv, PORTS["bus"], **environment)
        until(lambda: listens(PORTS["management"]), 60, "the broker's management")
        return time.monotonic() - since

    def millrace(self):
        listeners = {
            "kafka": 9092,
            "amqp": PORTS["bus"],
            "management": PORTS["management"],
            "http": 9644,
        }
        argv = [os.path.join(ROOT, "bin", "millrace"), "start", "--data", os.path.join(self.folder, "data")]
        for name, port in listeners.items():
            argv += ["--set", "listeners.%s=127.0.0.1:%d" % (name, port)]
        return argv, {}

    def rabbitmq(self):
        plugins = os.path.join(self.folder, "plugins")
        with open(plugins, "w") as file:
            file.write("[rabbitmq_management].\n")
        return ["/usr/lib/rabbitmq/bin/rabbitmq-server"], {
            "HOME": self.folder,
            "RABBITMQ_NODENAME": "lab@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": os.path.join(self.folder, "mnesia"),
            "RABBITMQ_LOG_BASE": os.path.join(self.folder, "log"),
            "RABBITMQ_CONFIG_FILE": os.path.join(self.folder, "none"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": plugins,
        }

    def kill(self):
        self.processes.stop("bus", signal.SIGKILL)

    def stop(self):
        self.processes.stop("bus", signal.SIGTERM, 60)

    # --- what it holds

    def ask(self, path):
        request = urllib.request.Request("http://127.0.0.1:%d/api/%s" % (PORTS["management"], path))
        request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def queues(self):
        return self.ask("queues?disable_stats=false")

    def consumed(self):
        """The names of the queues somebody listens to."""
        return {queue["name"] for queue in self.queues() if queue.get("consumers", 0) > 0}

    def is_consumed(self, names, seconds, what):
        """Waits until all these queues have consumers again."""
        def all_there():
            missing = set(names) - self.consumed()
            if missing:
                raise Failure("%d queues without consumer: %s" % (len(missing), ", ".join(sorted(missing)[:5])))
            return True

        until(all_there, seconds, what)

    def used(self):
        """Resident megabytes and processor seconds of the broker's process and of those it started."""
        group = self.processes.running["bus"].pid
        pages = ticks = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as file:
                    fields = file.read().rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
                pages += int(fields[21])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1000000, ticks / os.sysconf("SC_CLK_TCK")
