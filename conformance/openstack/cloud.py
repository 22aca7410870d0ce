"""What a person does with the cloud, through OpenStack's own SDK, and how to see that it worked."""

import datetime

import openstack
from processes import Failure, Hopeless, until
from settings import PASSWORD, url

EXPECTED_AGENTS = {"DHCP agent", "L3 agent", "Linux bridge agent", "Metadata agent"}
EXPECTED_NOVA = {"nova-conductor", "nova-scheduler", "nova-compute"}
EXPECTED_CINDER = {"cinder-scheduler", "cinder-volume"}


class Cloud:
    def __init__(self):
        self.fill_catalog(self.connect())
        self.api = self.connect()  # a token tells the catalog as it was when the token was made

    def connect(self):
        return openstack.connect(
            auth_url=url("keystone") + "/v3",
            username="admin",
            password=PASSWORD,
            project_name="admin",
            user_domain_id="default",
            project_domain_id="default",
            region_name="RegionOne",
            app_name="lab",
        )

    def fill_catalog(self, api):
        endpoints = {
            "image": url("glance"),
            "placement": url("placement"),
            "network": url("neutron"),
            "compute": url("nova") + "/v2.1",
            "volumev3": url("cinder") + "/v3/$(project_id)s",
        }
        for kind, address in endpoints.items():
            service = api.identity.create_service(name=kind, type=kind)
            for interface in ("public", "internal"):
                api.identity.create_endpoint(
                    service_id=service.id, interface=interface, url=address, region_id="RegionOne"
                )

    # --- who is alive

    def reports(self):
        """When each agent and service last told its state, as (name, time, up)."""
        found = []
        for agent in self.api.network.agents():
            found.append((agent.agent_type, agent.last_heartbeat_at, agent.is_alive))
        for service in self.api.compute.services():
            found.append((service.binary, service.updated_at, service.state == "up"))
        for service in self.api.block_storage.get("/os-services").json()["services"]:
            found.append((service["binary"], service["updated_at"], service["state"] == "up"))
        return found

    def all_report(self, since, seconds):
        """Waits until every agent and service has told its state after this moment; tells who was last."""
        wanted = EXPECTED_AGENTS | EXPECTED_NOVA | EXPECTED_CINDER
        last = []

        def all_did():
            fresh = {name for name, told, up in self.reports() if up and told and moment(told) > since}
            if not wanted <= fresh:
                last[:] = sorted(wanted - fresh)
                raise Failure("silent: " + ", ".join(last))
            return "%d of %d, last %s" % (len(wanted), len(wanted), ", ".join(last) or "none")

        return until(all_did, seconds, "all agents and services alive", every=1)

    # --- what they do

    def image_and_flavor(self):
        self.image = self.api.image.create_image(
            name="tiny", disk_format="raw", container_format="bare", data=b"\0" * 4096
        )
        self.flavor = self.api.compute.create_flavor(name="tiny", ram=64, vcpus=1, disk=1)

    def network(self):
        """A provider network, and a project's own behind a router; a port is active when its agent has told so."""
        outside = self.api.network.create_network(
            name="outside", is_router_external=True, provider_network_type="flat", provider_physical_network="provider"
        )
        self.api.network.create_subnet(
            network_id=outside.id,
            ip_version=4,
            cidr="198.51.100.0/24",
            gateway_ip="198.51.100.1",
            is_dhcp_enabled=False,
        )
        self.inside = self.api.network.create_network(name="inside")
        subnet = self.api.network.create_subnet(network_id=self.inside.id, ip_version=4, cidr="10.20.0.0/24")
        router = self.api.network.create_router(name="way-out", external_gateway_info={"network_id": outside.id})
        self.api.network.add_interface_to_router(router, subnet_id=subnet.id)
        self.outside = outside
        self.ports_are_active("network:dhcp", "network:router_interface")

    def ports_are_active(self, *owners):
        for owner in owners:
            until(lambda: self.port_states(owner) == {"ACTIVE"}, 90, "port of " + owner)

    def port_states(self, owner):
        return {port.status for port in self.api.network.ports(device_owner=owner)}

    def another_network(self, name):
        """One more network with DHCP: the server's casts reach the agent, and its calls the server."""
        made = self.api.network.create_network(name=name)
        self.api.network.create_subnet(network_id=made.id, ip_version=4, cidr="10.30.0.0/24")
        until(
            lambda: [p for p in self.api.network.ports(network_id=made.id) if p.status == "ACTIVE"],
            90,
            "DHCP port of " + name,
        )

    def ask_for_server(self, name):
        return self.api.compute.create_server(
            name=name, image_id=self.image.id, flavor_id=self.flavor.id, networks=[{"uuid": self.inside.id}]
        )

    def server_is(self, server, status, seconds=90):
        def reached():
            now = self.api.compute.get_server(server.id)
            if now.status == "ERROR" and status != "ERROR":
                raw = self.api.compute.get("/servers/" + server.id).json()["server"]
                raise Hopeless("ERROR: %s" % raw.get("fault", {}).get("message"))
            return now if now.status == status and not now.task_state else None

        return until(reached, seconds, "server %s %s" % (server.name, status))

    def server(self, name):
        """A server, and the address Neutron gave it."""
        server = self.server_is(self.ask_for_server(name), "ACTIVE")
        return server, [a["addr"] for addresses in server.addresses.values() for a in addresses]

    def reboot(self, server):
        self.api.compute.reboot_server(server, "HARD")
        self.server_is(server, "ACTIVE")

    def floating_address(self, server):
        """Given to a server's port; the L3 agent says when it is in its router."""
        port = next(self.api.network.ports(device_id=server.id))
        address = self.api.network.create_ip(floating_network_id=self.outside.id, port_id=port.id)
        until(lambda: self.api.network.get_ip(address.id).status == "ACTIVE", 60, "floating address")
        return address.floating_ip_address

    def volume(self, name):
        volume = self.api.block_storage.create_volume(size=1, name=name)
        self.volume_is(volume, "available")
        return volume

    def volume_is(self, volume, status):
        def reached():
            now = self.api.block_storage.get_volume(volume.id)
            if now.status.startswith("error"):
                raise Hopeless(now.status)
            return now if now.status == status else None

        return until(reached, 90, "volume %s %s" % (volume.name, status))

    def snapshot(self, volume):
        made = self.api.block_storage.create_snapshot(volume_id=volume.id, name="of-" + volume.name)
        until(lambda: self.api.block_storage.get_snapshot(made.id).status == "available", 60, "snapshot")
        self.api.block_storage.delete_snapshot(made)
        until(lambda: not list(self.api.block_storage.snapshots()), 60, "snapshot gone")

    def delete_all(self):
        for server in self.api.compute.servers(details=False):
            self.api.compute.delete_server(server)
        for volume in self.api.block_storage.volumes(details=False):
            self.api.block_storage.delete_volume(volume)
        until(lambda: not list(self.api.compute.servers(details=False)), 90, "servers gone")
        until(lambda: not list(self.api.block_storage.volumes(details=False)), 90, "volumes gone")


def now():
    """UTC, as the services' databases tell time."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("T", " ").rstrip("Z").split("+")[0])
