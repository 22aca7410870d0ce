package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Failures;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/// Waits for an answer of the admin client; what went wrong comes as a [CommandFailure].
public final class Replies {
    private static final long TIMEOUT_MS = 60_000;

    private Replies() {}

    public static <T> T await(KafkaFuture<T> reply) {
        try {
            return reply.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw Failures.of(failed);
        } catch (TimeoutException silent) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "No answer within " + TIMEOUT_MS / 1_000 + " seconds");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted");
        }
    }
}
