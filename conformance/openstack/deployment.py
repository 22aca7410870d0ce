"""Databases, keys and services of the cloud, in the order they need each other."""

import concurrent.futures
import os

from cloud import Cloud
from processes import until
from settings import PASSWORD, PORTS, url


class Deployment:
    def __init__(self, settings, processes, bus):
        self.settings = settings
        self.processes = processes
        self.bus = bus

    def steps(self):
        """What to say and what to do; when the last is done, all is started, but not yet known to work."""
        return [
            ("the bus, " + self.bus.kind, lambda: self.bus.start() and None),
            ("MariaDB", self.mariadb),
            ("schemas and keys", self.schemas),
            ("keystone", self.keystone),
            ("glance, placement", self.glance_and_placement),
            ("neutron-server and agents", self.neutron),
            ("nova", self.nova),
            ("cinder", self.cinder),
        ]

    def mariadb(self):
        data, socket = self.settings.path("mariadb"), self.settings.path("mariadb.sock")
        self.processes.once("mariadb-install", [
            "mariadb-install-db", "--no-defaults", "--user=root", "--datadir=" + data, "--skip-test-db",
            "--auth-root-authentication-method=normal"])
        self.processes.start("mariadb", [
            "/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir=" + data, "--socket=" + socket,
            "--skip-networking", "--max-connections=400", "--innodb-flush-log-at-trx-commit=0",
            "--character-set-server=utf8mb3", "--innodb-buffer-pool-size=256M"])
        until(lambda: os.path.exists(socket), 60, "MariaDB")
        names = ("keystone", "glance", "placement", "neutron", "nova", "nova_api", "nova_cell0", "cinder")
        self.processes.once("mariadb-databases", [
            "mariadb", "--no-defaults", "--socket=" + socket, "-e",
            "".join("create database %s;" % name for name in names)])

    def schemas(self):
        """Chains of commands, two chains at a time."""
        file = self.settings.file
        keystone = ["keystone-manage", "--config-file", file("keystone.conf")]
        root = ["--keystone-user", "root", "--keystone-group", "root"]
        nova = ["nova-manage", "--config-file", file("nova.conf")]
        cell0 = self.settings.database("nova_cell0")["connection"]
        for folder in ("fernet", "credential"):
            os.makedirs(self.settings.path("state", "keystone", folder), mode=0o700)
        placement = ["placement-manage", "--config-file", file("placement.conf")]
        chains = [
            [("neutron-schema", ["neutron-db-manage", "--config-file", file("neutron.conf"), "--config-file",
                                 file("ml2.ini"), "upgrade", "heads"])],
            [("keystone-schema", keystone + ["db_sync"]),
             ("keystone-fernet", keystone + ["fernet_setup"] + root),
             ("keystone-credential", keystone + ["credential_setup"] + root),
             ("keystone-bootstrap", keystone + [
                 "bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", "RegionOne",
                 "--bootstrap-public-url", url("keystone") + "/v3",
                 "--bootstrap-internal-url", url("keystone") + "/v3"])],
            [("nova-api-schema", nova + ["api_db", "sync"]),
             ("nova-cell0", nova + ["cell_v2", "map_cell0", "--database_connection", cell0]),
             ("nova-cell1", nova + ["cell_v2", "create_cell", "--name", "cell1"]),
             ("nova-schema", nova + ["db", "sync"])],
            [("cinder-schema", ["cinder-manage", "--config-file", file("cinder.conf"), "db", "sync"])],
            [("glance-schema", ["glance-manage", "--config-file", file("glance.conf"), "db_sync"]),
             ("placement-schema", placement + ["db", "sync"])],
        ]

        def run(chain):
            for name, argv in chain:
                self.processes.once(name, argv)

        with concurrent.futures.ThreadPoolExecutor(2) as two:
            list(two.map(run, chains))

    def wsgi(self, name, application, **environment):
        # closes after each answer and reads bodies ahead: otherwise clients that keep connections see resets
        self.processes.started(name, [
            "uwsgi_python3", "--http-socket", "127.0.0.1:%d" % PORTS[name], "--wsgi-file", application, "--master",
            "--processes", "2", "--enable-threads", "--add-header", "Connection: close", "--post-buffering", "65536",
            "--buffer-size", "65535", "--die-on-term", "--need-app"], PORTS[name], **environment)

    def service(self, name, *files, port=None, argv=None):
        argv = (argv or [name]) + [word for file in files for word in ("--config-file", self.settings.file(file))]
        if port:
            self.processes.started(name, argv, port)
        else:
            self.processes.start(name, argv)

    def keystone(self):
        settings = self.settings.file("keystone.conf")
        self.wsgi("keystone", "/usr/bin/keystone-wsgi-public", OS_KEYSTONE_CONFIG_FILES=settings)
        self.cloud = Cloud()

    def glance_and_placement(self):
        self.service("glance-api", "glance.conf", port=PORTS["glance"])
        self.wsgi("placement", "/usr/bin/placement-api", OS_PLACEMENT_CONFIG_DIR=self.settings.path("etc"))

    def neutron(self):
        self.service("neutron-server", "neutron.conf", "ml2.ini", port=PORTS["neutron"])
        self.service("neutron-linuxbridge-agent", "neutron.conf", "linuxbridge.ini")
        self.service("neutron-l3-agent", "neutron.conf", "l3.ini")
        self.service("neutron-dhcp-agent", "neutron.conf", "dhcp.ini")
        self.service("neutron-metadata-agent", "neutron.conf", "metadata.ini")

    def nova(self):
        self.service("nova-conductor", "nova.conf")
        self.service("nova-scheduler", "nova.conf")
        self.bus.is_consumed({"conductor", "scheduler"}, 120, "nova-conductor, nova-scheduler")  # compute calls them
        # Debian's package of it wants libvirt, the fake driver does not
        self.service("nova-compute", "nova-compute.conf", argv=[
            "/usr/bin/python3", "-c",
            "import sys; from nova.cmd.compute import main; sys.argv[0] = 'nova-compute'; main()"])
        self.service("nova-api", "nova.conf", port=PORTS["nova"])
        until(lambda: [s for s in self.cloud.api.compute.services() if s.binary == "nova-compute"], 120, "nova-compute")
        self.processes.once("nova-discover", ["nova-manage", "--config-file", self.settings.file("nova.conf"),
                                              "cell_v2", "discover_hosts"])

    def cinder(self):
        # In this order: a scheduler whose question for capabilities nobody hears waits for a minute
        self.service("cinder-volume", "cinder.conf")
        self.bus.is_consumed({"cinder-volume.cinder1@fake1.cinder1"}, 120, "cinder-volume")
        self.service("cinder-scheduler", "cinder.conf")
        self.service("cinder-api", "cinder.conf", port=PORTS["cinder"])
