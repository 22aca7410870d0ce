package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Uuid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace cluster add`: a node that has joined gets a vote (AddRaftVoter, KIP-853).
@Command(
        name = "add",
        description = "Give a node that has joined a vote in the metadata quorum.",
        mixinStandardHelpOptions = true)
final class AddVoter implements Runnable {
    /// The name of the listener nodes have for each other, as DescribeQuorum tells it.
    private static final String NODES_LISTENER = "CLUSTER";

    /// What voters' endpoints are called.
    private static final String VOTERS_LISTENER = "CONTROLLER";

    @Parameters(paramLabel = "NODE", description = "Its number.")
    private int node;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            ClusterMembers cluster = ClusterMembers.ask(admin);
            Uuid directoryId = cluster.observer(node).replicaDirectoryId();
            Replies.await(
                    admin,
                    admin.addRaftVoter(node, directoryId, Set.of(endpoint(cluster.quorum())))
                            .all());
        }
        shared.answer().say("Node " + node + " votes now");
        if (shared.isJson()) {
            shared.answer().json(Map.of("added", node));
        }
    }

    private RaftVoterEndpoint endpoint(QuorumInfo quorum) {
        QuorumInfo.Node found = quorum.nodes().get(node);
        if (found != null) {
            for (RaftVoterEndpoint endpoint : found.endpoints()) {
                if (endpoint.listener().equals(NODES_LISTENER)) {
                    return new RaftVoterEndpoint(VOTERS_LISTENER, endpoint.host(), endpoint.port());
                }
            }
        }
        throw new CommandFailure(ExitCode.REFUSED, "It is not known where other nodes reach node " + node);
    }
}
