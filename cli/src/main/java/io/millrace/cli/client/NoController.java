package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeMetadataQuorumOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.BrokerNotAvailableException;

/// Finds out why a cluster does not answer. A client library waits a minute for a controller, and has no word for a
/// cluster that lost its majority; but every node knows, and says so to who asks for the quorum.
public final class NoController {
    private static final int ANSWER_MS_MAX = 3_000;
    private static final String HINT = "Start one of them: docs/operating/cluster.md, \"Losing a majority\"";

    private NoController() {}

    /// The reason, when there is one to be found.
    public static Optional<CommandFailure> found(Admin admin) {
        try {
            wait(admin.describeMetadataQuorum(new DescribeMetadataQuorumOptions().timeoutMs(ANSWER_MS_MAX))
                    .quorumInfo());
            return Optional.empty();
        } catch (ExecutionException refused) {
            return refused.getCause() instanceof BrokerNotAvailableException told
                    ? Optional.of(failure(told))
                    : silence(admin);
        } catch (TimeoutException slow) {
            return silence(admin);
        }
    }

    /// What a node said, with what to do about it.
    public static CommandFailure failure(BrokerNotAvailableException told) {
        return new CommandFailure(ExitCode.FAILED, String.valueOf(told.getMessage()), HINT, told);
    }

    private static Optional<CommandFailure> silence(Admin admin) {
        try {
            wait(admin.describeCluster(new DescribeClusterOptions().timeoutMs(ANSWER_MS_MAX))
                    .nodes());
            return Optional.empty(); // somebody is there: it may yet be answered
        } catch (ExecutionException | TimeoutException nobody) {
            return Optional.of(new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "Connections are taken, but nothing is answered",
                    "A node that waits for others at its start does that, and says in its log and at /health/ready for"
                            + " whom; is it the port for clients (listeners.kafka)?"));
        }
    }

    private static void wait(KafkaFuture<?> answer) throws ExecutionException, TimeoutException {
        try {
            answer.get(ANSWER_MS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted");
        }
    }
}
