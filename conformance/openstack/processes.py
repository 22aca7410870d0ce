"""Processes of the lab: started, watched and stopped, each with a log file and a pid file."""

import os
import signal
import socket
import subprocess
import time


class Failure(Exception):
    """A step or check that did not hold; its text is for the person who runs the lab."""


class Hopeless(Failure):
    """One that no waiting mends."""


def until(condition, seconds, what, every=0.5):
    """What condition() returns once that is true; Failure with the last thing seen after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        last = None
        try:
            last = condition()
            if last:
                return last
        except Hopeless:
            raise
        except Exception as error:  # not there yet: a refused connection, a 503; told if it stays so
            last = "%s: %s" % (type(error).__name__, error)
        if time.monotonic() > deadline:
            raise Failure("%s: not within %d s%s" % (what, seconds, " (%s)" % last if last else ""))
        time.sleep(every)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Processes:
    def __init__(self, folder):
        self.folder = folder
        self.running = {}
        for name in ("logs", "pids"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)

    def log(self, name):
        return os.path.join(self.folder, "logs", name + ".log")

    def start(self, name, argv, **environment):
        """Starts argv in a process group of its own; what it says is appended to logs/NAME.log."""
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        self.running[name] = process
        with open(os.path.join(self.folder, "pids", name), "w") as file:
            file.write("%d\n" % process.pid)
        return process

    def started(self, name, argv, port, **environment):
        """Starts argv and waits until it listens on port."""
        self.start(name, argv, **environment)
        self.listening(name, port)

    def listening(self, name, port, seconds=120):
        """Waits until a service that was started listens on port."""
        process = self.running[name]
        until(lambda: process.poll() is not None or listens(port), seconds, "%s on port %d" % (name, port))
        if process.poll() is not None:
            raise Failure("%s ended with %d: %s" % (name, process.returncode, self.tail(name)))

    def once(self, name, argv):
        """Runs argv to its end."""
        process = self.start(name, argv)
        code = process.wait(600)
        self.forget(name)
        if code != 0:
            raise Failure("%s ended with %d: %s" % (name, code, self.tail(name)))

    def stop(self, name, sign=signal.SIGTERM, seconds=30):
        """Ends one service and all it started; one that does not end by itself is killed."""
        process = self.running[name]
        self.forget(name)
        for how in (sign, signal.SIGKILL):
            try:
                os.killpg(process.pid, how)
                process.wait(seconds)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue

    def stop_all(self, last):
        """All are told at once, as each takes seconds, then those the others need, one by one."""
        others = [name for name in self.running if name not in last]
        for name in others:
            if self.running[name].poll() is None:
                os.killpg(self.running[name].pid, signal.SIGTERM)
        for name in others + [name for name in last if name in self.running]:
            self.stop(name, seconds=20)

    def forget(self, name):
        del self.running[name]
        os.remove(os.path.join(self.folder, "pids", name))

    def dead(self):
        """Services that ended although nobody stopped them."""
        return sorted(name for name, process in self.running.items() if process.poll() is not None)

    def tail(self, name, lines=5):
        with open(self.log(name), errors="replace") as file:
            return "".join(file.readlines()[-lines:]).strip()
