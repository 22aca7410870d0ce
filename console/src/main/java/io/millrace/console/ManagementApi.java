package io.millrace.console;

import io.millrace.broker.topology.TopologySource;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.port.Worker;
import io.millrace.console.resource.Resources;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.ApiRequest;
import io.millrace.console.web.Routes;
import java.util.Optional;
import java.util.function.Consumer;

/// The management API of one node: whole requests in, whole answers out. Lists, JSON and imports take their time, so
/// each request has a worker, whose turns run one after another.
public final class ManagementApi {
    private static final String LOAD = "/api/definitions";

    private final TopologySource topology;
    private final Routes routes;

    public ManagementApi(ManagementPorts ports) {
        this.topology = ports.topology();
        this.routes = Resources.of(ports);
    }

    /// Makes what an export has, in the node's own name. Called in a turn of `worker`.
    ///
    /// @param export as RabbitMQ's `/api/definitions` gives it
    /// @param reply called once, in a turn of `worker`; a status below 300 when all of it is there
    public void load(byte[] export, Worker worker, Consumer<ApiAnswer> reply) {
        routes.answerNode(
                topology,
                new ApiRequest("POST", LOAD, Optional.empty(), Optional.empty(), true, export),
                worker,
                reply);
    }

    /// Why whoever sends a request is not let in, for the head of a request whose body has not been read. May be called
    /// from any thread.
    public Optional<ApiAnswer> refusal(ApiRequest head) {
        return routes.refusal(topology, head);
    }

    /// Called in a turn of `worker`.
    ///
    /// @param reply called once, in a turn of `worker`
    public void answer(ApiRequest request, Worker worker, Consumer<ApiAnswer> reply) {
        routes.answer(topology, request, worker, reply);
    }
}
