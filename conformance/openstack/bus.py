"""The broker under the lab: Millrace, or RabbitMQ to check the checks."""

import base64
import json
import os
import signal
import time
import urllib.request

from processes import Failure, until
from settings import PORTS

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CLUSTER_PORT = 9190


def name(node):
    return "bus-%d" % node


class Bus:
    """One node, or the nodes of a cluster, which are numbered from 1."""

    def __init__(self, kind, processes, folder, nodes):
        self.kind = kind
        self.processes = processes
        self.folder = os.path.join(folder, "bus")
        self.nodes = range(1, nodes + 1)
        os.makedirs(self.folder, exist_ok=True)

    def start(self, *nodes):
        """Starts these nodes, or all, on what they left behind.

        Returns when they take connections, with the seconds that took.
        """
        since = time.monotonic()
        nodes = nodes or self.nodes
        for node in nodes:
            argv, environment = self.millrace(node) if self.kind == "millrace" else self.rabbitmq()
            self.processes.start(name(node), argv, **environment)
        for node in nodes:  # those of a new cluster wait for each other
            self.processes.listening(name(node), PORTS["bus"] + node - 1)
            until(lambda: self.ask(node, "overview"), 60, "management of %s" % name(node))
        return time.monotonic() - since

    def millrace(self, node):
        index = node - 1
        listeners = {
            "kafka": 9092 + index,
            "amqp": PORTS["bus"] + index,
            "management": PORTS["management"] + index,
            "http": 9644 + index,
        }
        argv = [os.path.join(ROOT, "bin", "millrace"), "start", "--data", os.path.join(self.folder, "node-%d" % node)]
        if len(self.nodes) > 1:
            listeners["cluster"] = CLUSTER_PORT + index
            members = ",".join("127.0.0.1:%d" % (CLUSTER_PORT + member - 1) for member in self.nodes)
            argv += ["--node", str(node), "--cluster", members]
        for listener, port in listeners.items():
            argv += ["--set", "listeners.%s=127.0.0.1:%d" % (listener, port)]
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

    def kill(self, *nodes):
        for node in nodes or self.nodes:
            self.processes.stop(name(node), signal.SIGKILL)

    def stop(self, *nodes):
        for node in nodes or self.nodes:
            self.processes.stop(name(node), signal.SIGTERM, 60)

    # --- what it holds

    def ask(self, node, path):
        request = urllib.request.Request("http://127.0.0.1:%d/api/%s" % (PORTS["management"] + node - 1, path))
        request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def running(self):
        return [node for node in self.nodes if name(node) in self.processes.running]

    def consumed(self):
        """The names of the queues somebody listens to; each node knows of its own."""
        return {
            queue["name"]
            for node in self.running()
            for queue in self.ask(node, "queues?disable_stats=false")
            if queue.get("consumers", 0) > 0
        }

    def is_consumed(self, names, seconds, what):
        """Waits until all these queues have consumers again."""
        def all_there():
            missing = set(names) - self.consumed()
            if missing:
                raise Failure("%d queues without consumer: %s" % (len(missing), ", ".join(sorted(missing)[:5])))
            return True

        until(all_there, seconds, what)

    def told(self):
        """What it holds, and what it uses of the machine."""
        used = ", ".join("%d MB and %.1f s of processor" % self.used(node) for node in self.running())
        return "%d queues, %d exchanges; since its last start %s" % (
            len(self.ask(self.running()[0], "queues")), len(self.ask(self.running()[0], "exchanges")), used)

    def used(self, node):
        """Resident megabytes and processor seconds of a node's process and of those it started."""
        group = self.processes.running[name(node)].pid
        pages = ticks = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as file:
                    fields = file.read().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):  # gone meanwhile
                continue
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
                pages += int(fields[21])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1000000, ticks / os.sysconf("SC_CLK_TCK")
