package io.millrace.console;

import io.millrace.broker.topology.TopologySource;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.resource.Resources;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.ApiRequest;
import io.millrace.console.web.Routes;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The management API of one node: whole requests in, whole answers out. Lists, JSON and imports take their time, so
/// each request has a worker, whose turns run one after another.
public final class ManagementApi {
    private final TopologySource topology;
    private final Routes routes;

    public ManagementApi(ManagementPorts ports) {
        this.topology = ports.topology();
        this.routes = Resources.of(ports);
    }

    /// Why whoever sends a request is not let in, for the head of a request whose body has not been read. May be called
    /// from any thread.
    public Optional<ApiAnswer> refusal(ApiRequest head) {
        return routes.refusal(topology, head);
    }

    /// Called in a turn of `worker`.
    ///
    /// @param reply called once, in a turn of `worker`
    public void answer(ApiRequest request, Executor worker, Consumer<ApiAnswer> reply) {
        routes.answer(topology, request, worker, reply);
    }
}
