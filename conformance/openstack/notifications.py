"""Listens to the notifications of all services, as a telemetry service would: notifications.py SETTINGS OUT.

Every event's type is a line of OUT.
"""

import sys

import oslo_messaging
from oslo_config import cfg

CONF = cfg.CONF
CONF(["--config-file", sys.argv[1]], project="nova")
OUT = open(sys.argv[2], "a", buffering=1)


class Endpoint:
    def info(self, context, publisher, event, payload, metadata):
        OUT.write(event + "\n")

    error = info


transport = oslo_messaging.get_notification_transport(CONF)
exchanges = ("keystone", "nova", "neutron", "glance")
targets = [oslo_messaging.Target(exchange=name, topic="notifications") for name in exchanges]
listener = oslo_messaging.get_notification_listener(transport, targets, [Endpoint()], executor="threading")
listener.start()
listener.wait()
