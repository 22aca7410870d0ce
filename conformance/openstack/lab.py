"""Sets the cloud up on the bus, uses it, takes the bus away twice, and tells what held. Started by `run`.

Steps are printed as they end, with the time since the start and their own; the checks come again as a table, which is
also result.md in the lab's folder.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import threading
import time

import openstack
from bus import Bus
from cloud import now
from deployment import Deployment
from processes import Failure, Processes, until
from settings import Settings

FOLDER = os.environ["OPENSTACK_LAB_DIR"]
MARK = "millrace-openstack"
AWAY_SECONDS = 10
BACK_SECONDS = 120

# What a service says when the bus fails it; while the broker is there nothing of it may be in a log
BUS_ERRORS = re.compile(
    r" (ERROR|CRITICAL) (oslo[._]messaging|amqp|kombu)|MessagingTimeout|MessageDeliveryFailure|MessageUndeliverable"
    r"|AMQP server .* (closed|unreachable)"
)

# What a broker answers to what it does not like; of these there may be none at all
REFUSED = re.compile(
    r"(FRAME_ERROR|SYNTAX_ERROR|COMMAND_INVALID|UNEXPECTED_FRAME|CHANNEL_ERROR|RESOURCE_ERROR|NOT_ALLOWED"
    r"|NOT_IMPLEMENTED|INTERNAL_ERROR|ACCESS_REFUSED|RESOURCE_LOCKED|PRECONDITION_FAILED) - "
)


class Asked(threading.Thread):
    """A server that is asked for while a broker is away; the answer may take until it is back."""

    def __init__(self, cloud, name):
        super().__init__(daemon=True)
        self.cloud = cloud
        self.wanted = name
        self.server = None
        self.refusal = None
        self.start()

    def run(self):
        try:
            self.server = self.cloud.ask_for_server(self.wanted)
        except openstack.exceptions.HttpException as refusal:
            self.refusal = refusal

    def is_served(self, may_be_refused):
        """When a leader is killed, what it was just told is in doubt and refused; who asked has to hear that."""
        self.join(BACK_SECONDS)
        if self.server:
            self.cloud.server_is(self.server, "ACTIVE")
            return ""
        if may_be_refused and self.refusal:
            return "refused: %d" % self.refusal.status_code
        raise Failure(str(self.refusal or "not answered"))


class Lab:
    def __init__(self, arguments):
        self.begun = time.monotonic()
        self.results = []
        self.processes = Processes(FOLDER)
        self.settings = Settings(FOLDER, arguments.option, arguments.nodes)
        self.bus = Bus(arguments.bus, self.processes, FOLDER, arguments.nodes)
        self.deployment = Deployment(self.settings, self.processes, self.bus)

    # --- telling

    def tell(self, took, what):
        print("%6.1f s %6.1f s  %s" % (time.monotonic() - self.begun, took, what), flush=True)

    def step(self, what, action):
        since = time.monotonic()
        action()
        self.tell(time.monotonic() - since, what)

    def check(self, what, action):
        """A step that belongs to the result, with what action returns. When it does not hold, the next is tried."""
        since = time.monotonic()
        held, told = True, ""
        try:
            told = str(action() or "")
        except Exception as error:
            held, told = False, str(error) or type(error).__name__
        took = time.monotonic() - since
        self.results.append((what, held, took, told))
        self.tell(took, ("ok   " if held else "NOT  ") + what + (": " + told if told else ""))

    def table(self):
        lines = ["| check | result | seconds | |", "|---|---|---|---|"]
        for what, held, took, told in self.results:
            result = "held" if held else "**did not hold**"
            lines.append("| %s | %s | %.1f | %s |" % (what, result, took, told.replace("|", "/")))
        text = "\n".join(lines) + "\n"
        with open(os.path.join(FOLDER, "result.md"), "w") as file:
            file.write(text)
        print("\n" + text)

    # --- checking

    def first_use(self):
        cloud = self.deployment.cloud
        self.check("all agents and services alive", lambda: cloud.all_report(now(), 120))
        self.listen()
        self.check("image and flavor", cloud.image_and_flavor)
        self.check("network: DHCP and router ports ACTIVE", cloud.network)
        servers = []
        self.check("server ACTIVE", lambda: servers.append(cloud.server("first")) or servers[0][1][0])
        self.check("server rebooted", lambda: cloud.reboot(servers[0][0]))
        self.check("floating address ACTIVE", lambda: cloud.floating_address(servers[0][0]))
        volumes = []
        self.check("volume available", lambda: volumes.append(cloud.volume("first")))
        self.check("snapshot made and deleted", lambda: cloud.snapshot(volumes[0]))
        self.check("notifications of every service", self.notified)
        self.check("no error of the bus in any log", lambda: self.none_says(BUS_ERRORS))

    def listen(self):
        self.processes.start("notifications", [
            "/usr/bin/python3", os.path.join(os.path.dirname(__file__), "notifications.py"),
            self.settings.file("nova.conf"), os.path.join(FOLDER, "notifications")])

    def notified(self):
        wanted = {"identity.service.created", "image.create", "port.create.end", "compute.instance.create.end"}

        def all_came():
            with open(os.path.join(FOLDER, "notifications")) as file:
                events = file.read().split()
            if not wanted <= set(events):
                raise Failure("missing: " + ", ".join(sorted(wanted - set(events))))
            return "%d events of %d types" % (len(events), len(set(events)))

        return until(all_came, 60, "notifications")

    def none_says(self, pattern):
        found = []
        for name in sorted(os.listdir(os.path.join(FOLDER, "logs"))):
            if not name.startswith("bus-"):
                with open(os.path.join(FOLDER, "logs", name), errors="replace") as file:
                    found += ["%s: %s" % (name, line.strip()[:200]) for line in file if pattern.search(line)]
        if found:
            raise Failure("%d lines, first: %s" % (len(found), found[0]))

    def without_bus(self, how, take_away, name):
        """Takes the bus, or one node of a cluster, away for a while and looks whether all come back.

        With durable queues a server is asked for meanwhile: nothing of that may be lost. Transient ones go with the
        broker, and what is cast before their consumers are back is nobody's, on whatever broker.
        """
        cloud = self.deployment.cloud
        consumed = self.bus.consumed()
        take_away()
        away = now()
        asked = Asked(cloud, name + "-meanwhile") if self.settings.durable() else None
        if self.bus.running():  # the others go on at once
            self.work_goes_on(how + ", others", consumed, away, name)
        else:
            time.sleep(AWAY_SECONDS)
        took = self.bus.start(*(set(self.bus.nodes) - set(self.bus.running())))
        self.check(how + ", back", lambda: "up in %.1f s" % took)
        self.work_goes_on(how + ", back", consumed, now(), name + "-again")
        if asked:
            self.check(how + ": server asked for meanwhile ACTIVE", lambda: asked.is_served(len(self.bus.nodes) > 1))

    def work_goes_on(self, when, consumed, since, name):
        cloud = self.deployment.cloud
        self.check("%s: all %d queues consumed" % (when, len(consumed)), lambda: self.bus.is_consumed(
            consumed, BACK_SECONDS, "queues"))
        self.check(when + ": all agents and services alive", lambda: cloud.all_report(since, BACK_SECONDS))
        self.check(when + ": network, DHCP port ACTIVE", lambda: cloud.another_network(name))
        self.check(when + ": server ACTIVE", lambda: cloud.server(name)[1][0])
        self.check(when + ": volume available", lambda: cloud.volume(name) and None)

    def in_the_end(self):
        self.check("servers and volumes deleted", self.deployment.cloud.delete_all)
        self.check("nothing was refused by the broker", lambda: self.none_says(REFUSED))
        self.check("no service ended", self.nobody_died)
        print("\nbroker: " + self.bus.told())

    def nobody_died(self):
        dead = self.processes.dead()
        if dead:
            raise Failure(", ".join(dead))
        return "%d running" % len(self.processes.running)

    def all(self):
        self.settings.write()
        for what, action in self.deployment.steps():
            self.step(what, action)
        self.first_use()
        if len(self.bus.nodes) == 1:
            self.without_bus("kill -9", self.bus.kill, "killed")
            self.without_bus("stop", self.bus.stop, "stopped")
        else:
            for node in self.bus.nodes:
                self.without_bus("kill -9 of node %d" % node, lambda: self.bus.kill(node), "killed-%d" % node)
            self.without_bus("stop of node 1", lambda: self.bus.stop(1), "stopped-1")
        self.in_the_end()


def fresh_folder():
    """An empty folder; one with something in it that is not ours stays as it is."""
    if os.path.isdir(FOLDER) and os.listdir(FOLDER):
        if not os.path.exists(os.path.join(FOLDER, MARK)):
            raise Failure("%s has files that are not of this lab" % FOLDER)
        shutil.rmtree(FOLDER)
    os.makedirs(FOLDER, exist_ok=True)
    open(os.path.join(FOLDER, MARK), "w").close()


def main():
    parser = argparse.ArgumentParser(prog="run", description="Real OpenStack on Millrace.")
    parser.add_argument("--bus", choices=("millrace", "rabbitmq"), default="millrace")
    parser.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="for [oslo_messaging_rabbit]")
    parser.add_argument("--nodes", type=int, default=1, help="of a cluster of Millrace")
    parser.add_argument("--keep", action="store_true", help="leave it running until Enter or Ctrl-C")
    arguments = parser.parse_args()
    if arguments.nodes != 1 and (arguments.nodes < 3 or arguments.bus != "millrace"):
        parser.error("a cluster is three nodes of Millrace or more")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell starts in the background

    try:
        fresh_folder()
        lab = Lab(arguments)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    try:
        lab.all()
        lab.table()
        if arguments.keep:
            input("running; Enter stops it ")
    except (Failure, KeyboardInterrupt) as failure:
        print("%s; logs are in %s/logs" % (str(failure) or "interrupted", FOLDER), file=sys.stderr)
        return 1
    finally:
        lab.processes.stop_all(last=["mariadb"] + ["bus-%d" % node for node in lab.bus.nodes])
    return 0 if all(held for _, held, _, _ in lab.results) else 1


if __name__ == "__main__":
    sys.exit(main())
