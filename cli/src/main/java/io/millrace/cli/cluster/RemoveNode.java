package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace cluster remove`: takes a node's vote (RemoveRaftVoter, KIP-853), and forgets the node when it does not run
/// any more (UnregisterBroker).
@Command(
        name = "remove",
        description = "Take a node's vote, and forget the node when it has stopped.",
        mixinStandardHelpOptions = true)
final class RemoveNode implements Runnable {
    @Parameters(paramLabel = "NODE", description = "Its number.")
    private int node;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        List<String> done = new ArrayList<>();
        try (Admin admin = shared.admin()) {
            ClusterMembers cluster = ClusterMembers.ask(admin);
            Optional<ReplicaState> voter = cluster.voter(node);
            cluster.require(node);
            if (voter.isPresent()) {
                int left = cluster.quorum().voters().size() - 1;
                if (left == 0) {
                    throw new CommandFailure(
                            ExitCode.REFUSED,
                            "Node " + node + " is the last voter and can not be removed",
                            "Give another node a vote first: millrace cluster add NODE");
                }
                Replies.await(
                        admin,
                        admin.removeRaftVoter(node, voter.get().replicaDirectoryId())
                                .all());
                done.add("votes no more");
                if (left < 3) {
                    shared.mention(
                            left == 1
                                    ? "One voter is left: without it nothing can be decided"
                                    : "Two voters are left: without either nothing can be decided");
                }
            }
            if (cluster.serves(node)) {
                done.add("is still there: stop it and remove it again to have it forgotten");
            } else if (cluster.nodes().containsKey(node)) {
                Replies.await(admin, admin.unregisterBroker(node).all());
                done.add("is forgotten");
            }
        }
        shared.answer().say("Node " + node + " " + String.join(", and ", done));
        if (shared.isJson()) {
            shared.answer().json(Map.of("node", node, "done", done));
        }
    }
}
