"""Settings of the services, written to the lab's folder: section by section, only what differs from the defaults.

One worker each: the lab is to fit a small machine. Intervals of reports are short, so that who is cut off shows soon.
"""

import os

HOST = "h1"  # nova's fake hypervisor and the agents are one host, or ports could not be bound
ADDRESS = "http://127.0.0.1:"
PORTS = {
    "bus": 5672,  # this and the next are those of the first node
    "management": 15672,
    "keystone": 5000,
    "glance": 9292,
    "placement": 8778,
    "nova": 8774,
    "neutron": 9696,
    "cinder": 8776,
}
PASSWORD = "lab"
REPORT_SECONDS = 5
SILENT_SECONDS = 20

PLUGINS = (
    "router,qos,trunk,segments,port_forwarding,conntrack_helper,network_segment_range,metering,auto_allocate,"
    "tag,revisions,timestamp,network_ip_availability,flavors"
)


def url(service):
    return ADDRESS + str(PORTS[service])


class Settings:
    """Role: everything a service is told. `options` are lines for [oslo_messaging_rabbit], `nodes` those of the bus."""

    def __init__(self, folder, options, nodes):
        self.folder = folder
        hosts = ["guest:guest@127.0.0.1:%d" % (PORTS["bus"] + index) for index in range(nodes)]
        self.transport = "rabbit://%s/" % ",".join(hosts)
        self.options = dict(option.split("=", 1) for option in options)

    def durable(self):
        """Whether the queues of topics outlive the broker."""
        return any(self.options.get(key) == "true" for key in ("amqp_durable_queues", "rabbit_quorum_queue"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def file(self, name):
        return self.path("etc", name)

    def state(self, service):
        """Where a service keeps files; also those below it that it expects to find."""
        folder = self.path("state", service)
        os.makedirs(folder, exist_ok=True)
        return folder

    def write(self):
        os.makedirs(self.path("etc"), exist_ok=True)
        files = {
            "keystone.conf": self.keystone(),
            "glance.conf": self.glance(),
            "placement.conf": self.placement(),
            "neutron.conf": self.neutron(),
            "ml2.ini": self.ml2(),
            "linuxbridge.ini": self.linuxbridge(),
            "l3.ini": {"DEFAULT": {"interface_driver": "linuxbridge", "agent_mode": "legacy"}},
            "dhcp.ini": {"DEFAULT": {"interface_driver": "linuxbridge", "resync_interval": 5}},
            "metadata.ini": self.metadata(),
            "nova.conf": {**self.nova(), **self.nova_databases()},
            "nova-compute.conf": self.nova(),
            "cinder.conf": self.cinder(),
        }
        for name, sections in files.items():
            with open(self.file(name), "w") as file:
                for section, values in sections.items():
                    file.write("[%s]\n" % section)
                    file.writelines("%s = %s\n" % pair for pair in values.items())
                    file.write("\n")

    # --- what all have

    def common(self, service, notify=True, **default):
        """The bus, and who the service is."""
        sections = {
            "DEFAULT": {
                "transport_url": self.transport,
                "use_stderr": "true",
                "state_path": self.state(service),
                **default,
            },
            "oslo_messaging_rabbit": self.options,
            "oslo_concurrency": {"lock_path": self.state(service)},
            "keystone_authtoken": {**self.login(), "www_authenticate_uri": url("keystone")},
        }
        if notify:
            sections["oslo_messaging_notifications"] = {"driver": "messagingv2"}
        return sections

    def database(self, name):
        return {
            "connection": "mysql+pymysql://root@localhost/%s?unix_socket=%s" % (name, self.path("mariadb.sock")),
            "max_pool_size": 10,
        }

    def login(self):
        """One account for all: who may do what is not what is looked at here."""
        return {
            "auth_type": "password",
            "auth_url": url("keystone") + "/v3",
            "username": "admin",
            "password": PASSWORD,
            "project_name": "admin",
            "user_domain_id": "default",
            "project_domain_id": "default",
            "region_name": "RegionOne",
        }

    # --- one by one

    def keystone(self):
        sections = self.common("keystone")
        del sections["DEFAULT"]["state_path"]  # keystone has none
        return {
            **sections,
            "database": self.database("keystone"),
            "fernet_tokens": {"key_repository": self.path("state", "keystone", "fernet")},
            "credential": {"key_repository": self.path("state", "keystone", "credential")},
        }

    def glance(self):
        return {
            **self.common("glance", bind_host="127.0.0.1", bind_port=PORTS["glance"], workers=1),
            "database": self.database("glance"),
            "paste_deploy": {"flavor": "keystone", "config_file": "/etc/glance/glance-api-paste.ini"},
            "glance_store": {
                "stores": "file",
                "default_store": "file",
                "filesystem_store_datadir": self.state("glance-images"),
            },
        }

    def placement(self):
        return {
            "DEFAULT": {"use_stderr": "true"},
            "api": {"auth_strategy": "keystone"},
            "keystone_authtoken": self.login(),
            "placement_database": self.database("placement"),
        }

    def neutron(self):
        return {
            **self.common(
                "neutron",
                host=HOST,
                bind_host="127.0.0.1",
                bind_port=PORTS["neutron"],
                core_plugin="ml2",
                service_plugins=PLUGINS,
                api_workers=1,
                rpc_workers=1,
                agent_down_time=SILENT_SECONDS,
                api_paste_config="/etc/neutron/api-paste.ini",
            ),
            "database": self.database("neutron"),
            "nova": self.login(),
            "placement": self.login(),
            "experimental": {"linuxbridge": "true"},
            # root already: what needs it is run as it is
            "agent": {"report_interval": REPORT_SECONDS, "root_helper": "env"},
        }

    def ml2(self):
        return {
            "ml2": {
                "type_drivers": "flat,vlan,local,vxlan",
                "tenant_network_types": "vxlan",
                "mechanism_drivers": "linuxbridge,l2population",
                "extension_drivers": "port_security,qos,dns_domain_ports,uplink_status_propagation",
            },
            "ml2_type_flat": {"flat_networks": "provider"},
            "ml2_type_vxlan": {"vni_ranges": "1000:2000"},
            "securitygroup": {"enable_ipset": "true"},
        }

    def linuxbridge(self):
        return {
            "linux_bridge": {"physical_interface_mappings": "provider:ext0"},
            "vxlan": {"enable_vxlan": "true", "local_ip": "192.0.2.1", "l2_population": "true"},
            "securitygroup": {"firewall_driver": "iptables", "enable_ipset": "true"},
            "agent": {"extensions": "qos"},
        }

    def metadata(self):
        return {
            "DEFAULT": {
                "nova_metadata_host": "127.0.0.1",
                "metadata_proxy_shared_secret": PASSWORD,
                "metadata_workers": 1,
            }
        }

    def nova(self):
        """What every part of Nova is told; nova-compute must not know the databases."""
        return {
            **self.common(
                "nova",
                host=HOST,
                compute_driver="fake.FakeDriver",
                enabled_apis="osapi_compute",
                osapi_compute_listen="127.0.0.1",
                osapi_compute_workers=1,
                report_interval=REPORT_SECONDS,
                service_down_time=SILENT_SECONDS,
                instances_path=self.state("nova-instances"),
            ),
            "quota": {"instances": -1, "cores": -1, "ram": -1},
            "conductor": {"workers": 1},
            "scheduler": {"workers": 1},
            "notifications": {"notify_on_state_change": "vm_and_task_state"},
            "neutron": {**self.login(), "service_metadata_proxy": "true", "metadata_proxy_shared_secret": PASSWORD},
            "placement": self.login(),
            "glance": {"api_servers": url("glance")},
            "cinder": {**self.login(), "os_region_name": "RegionOne"},
            "vnc": {"enabled": "false"},
            "wsgi": {"api_paste_config": "/etc/nova/api-paste.ini"},
        }

    def nova_databases(self):
        return {"database": self.database("nova"), "api_database": self.database("nova_api")}

    def cinder(self):
        # Without notifications: Debian 12's cinder-volume refuses every create with them, on whatever bus
        # (oslo.messaging 14.0.3-0+deb12u1 takes read_deleted out of the context, Cinder refuses a context without)
        return {
            **self.common(
                "cinder",
                notify=False,
                host="cinder1",
                osapi_volume_listen="127.0.0.1",
                osapi_volume_workers=1,
                report_interval=REPORT_SECONDS,
                service_down_time=SILENT_SECONDS,
                enabled_backends="fake1",
                quota_volumes=-1,
                quota_gigabytes=-1,
                glance_api_servers=url("glance"),
                api_paste_config="/etc/cinder/api-paste.ini",
            ),
            "database": self.database("cinder"),
            "fake1": {
                "volume_driver": "cinder.tests.fake_driver.FakeLoggingVolumeDriver",
                "volume_backend_name": "fake1",
            },
        }
