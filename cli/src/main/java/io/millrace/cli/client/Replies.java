package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Failures;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/// Waits for an answer of the admin client; what went wrong comes as a [CommandFailure]. Who has waited for some
/// seconds looks whether there can be an answer at all.
public final class Replies {
    private static final long TIMEOUT_MS = 60_000;
    private static final long PATIENCE_MS = 4_000;

    private Replies() {}

    /// @param admin whom the answer is expected from
    public static <T> T await(Admin admin, KafkaFuture<T> reply) {
        try {
            for (long waitedMs = 0; waitedMs < TIMEOUT_MS; waitedMs += PATIENCE_MS) {
                Optional<T> answer = within(reply, PATIENCE_MS);
                if (answer.isPresent() || reply.isDone()) {
                    return reply.get();
                }
                NoController.found(admin).ifPresent(why -> {
                    admin.close(Duration.ZERO); // else closing waits for what will not be answered
                    throw why;
                });
            }
            throw new CommandFailure(ExitCode.UNREACHABLE, "No answer within " + TIMEOUT_MS / 1_000 + " seconds");
        } catch (ExecutionException failed) {
            throw Failures.of(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted");
        }
    }

    /// Empty when there is none yet.
    private static <T> Optional<T> within(KafkaFuture<T> reply, long ms)
            throws ExecutionException, InterruptedException {
        try {
            return Optional.ofNullable(reply.get(ms, TimeUnit.MILLISECONDS));
        } catch (TimeoutException notYet) {
            return Optional.empty();
        }
    }
}
