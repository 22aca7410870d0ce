package io.millrace.console.resource;

import io.millrace.console.port.ManagementPorts;
import io.millrace.console.web.Routes;

/// All resources of the API.
public final class Resources {
    private Resources() {}

    public static Routes of(ManagementPorts ports) {
        Routes routes = new Routes();
        Changes changes = new Changes(ports.changes());
        new Overview(ports.summaries(), ports.cluster(), ports.version()).addTo(routes);
        new HealthChecks(ports.cluster()).addTo(routes);
        new Vhosts(changes, ports.cluster()).addTo(routes);
        new Users(changes, ports.randomness()).addTo(routes);
        new Permissions(changes).addTo(routes);
        new Exchanges(changes, ports.tallies()).addTo(routes);
        new Queues(changes, ports).addTo(routes);
        new Bindings(changes).addTo(routes);
        new Messages(ports.queues(), ports.clock()).addTo(routes);
        new Aliveness(changes, ports).addTo(routes);
        new Connections(ports.connections()).addTo(routes);
        new Policies(changes, false).addTo(routes);
        new Policies(changes, true).addTo(routes);
        new Parameters(changes).addTo(routes);
        new Limits(changes).addTo(routes);
        new TopicPermissions(changes).addTo(routes);
        new Definitions(changes, ports.topology(), ports.randomness(), ports.nodeId(), ports.version()).addTo(routes);
        return routes;
    }
}
