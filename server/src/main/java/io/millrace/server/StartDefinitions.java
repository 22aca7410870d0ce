package io.millrace.server;

import io.millrace.console.ManagementApi;
import io.millrace.console.web.ApiAnswer;
import io.millrace.model.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of definitions that an operator wants imported at the start, as RabbitMQ's `load_definitions` does:
/// permissions and policies are made what the file says, at each start; queues, exchanges and, other than with
/// RabbitMQ, users that are there stay.
///
/// Owned by: the thread that starts the node, which is also the import's worker.
final class StartDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(StartDefinitions.class);

    /// A cluster that begins with this node may have no controller for a moment.
    private static final long TRY_MS_MAX = 60_000;

    private static final long PAUSE_MS = 500;
    private static final int UNAVAILABLE = 503;
    private static final int FIRST_REFUSAL = 300;

    private final ManagementApi api;
    private final Clock clock;
    private final LinkedBlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();

    StartDefinitions(ManagementApi api, Clock clock) {
        this.api = api;
        this.clock = clock;
    }

    /// Returns when all of it is there.
    ///
    /// @throws IOException when the file can not be read, is refused, or the cluster does not take it in time
    void load(Path file) throws IOException, InterruptedException {
        byte[] export = Files.readAllBytes(file);
        long untilMs = clock.monotonicMs() + TRY_MS_MAX;
        ApiAnswer answer = load(export);
        while (answer.status() == UNAVAILABLE && clock.monotonicMs() < untilMs) {
            turns.poll(PAUSE_MS, TimeUnit.MILLISECONDS);
            answer = load(export);
        }
        if (answer.status() >= FIRST_REFUSAL) {
            throw new IOException("the definitions in " + file + " are refused: "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        LOG.info("event=definitions-imported file={}", file);
    }

    private ApiAnswer load(byte[] export) throws InterruptedException {
        CompletableFuture<ApiAnswer> answer = new CompletableFuture<>();
        turns.clear();
        api.load(export, turns::add, answer::complete);
        while (!answer.isDone()) {
            turns.take().run();
        }
        return answer.join();
    }
}
