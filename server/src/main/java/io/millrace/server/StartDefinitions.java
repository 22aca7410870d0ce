package io.millrace.server;

import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.TopologyChange.PutParameter;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologySource;
import io.millrace.console.ManagementApi;
import io.millrace.console.web.ApiAnswer;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Clock;
import io.millrace.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of definitions that an operator wants imported at the start, as RabbitMQ's `load_definitions` does with
/// `skip_if_unchanged`: the cluster remembers what was imported from the path last, and the same again changes nothing.
/// When it is imported, permissions and policies are made what the file says; queues, exchanges and, other than with
/// RabbitMQ, users that are there stay.
///
/// A file that can not be imported keeps a node from starting only while nothing was ever imported from its path.
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
    private final TopologySource topology;
    private final TopologyChanges changes;
    private final Clock clock;
    private final LinkedBlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();

    StartDefinitions(ManagementApi api, TopologySource topology, TopologyChanges changes, Clock clock) {
        this.api = api;
        this.topology = topology;
        this.changes = changes;
        this.clock = clock;
    }

    /// Returns when all of it is there, or was before.
    ///
    /// @throws IOException when the file can not be read, is refused, or the cluster does not take it in time, and none
    ///     was imported from there before
    void load(Path file) throws IOException, InterruptedException {
        ParameterKey key = ParameterKey.definitionsFrom(file.toString());
        Optional<ArgumentValue> before = topology.topology().parameter(key);
        try {
            byte[] export = Files.readAllBytes(file);
            ArgumentValue digest = ArgumentValue.text(HexFormat.of().formatHex(Sha256.of(export)));
            if (before.filter(digest::equals).isPresent()) {
                LOG.info("event=definitions-unchanged file={}", file);
                return;
            }
            load(file, export);
            remember(new PutParameter(key, digest));
        } catch (IOException refused) {
            if (before.isEmpty()) {
                throw refused;
            }
            LOG.error(
                    "event=definitions-not-imported file={} reason=\"{}\" hint=\"an earlier one was: the node starts with"
                            + " what there is\"",
                    file,
                    refused.toString());
        }
    }

    private void load(Path file, byte[] export) throws IOException, InterruptedException {
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

    /// What is not remembered is imported again at the next start.
    private void remember(PutParameter digest) {
        CompletableFuture<TopologyReply> answer = new CompletableFuture<>();
        changes.submit(digest, answer::complete);
        if (!(answer.join() instanceof TopologyReply.Done)) {
            LOG.warn("event=definitions-not-remembered reason=\"{}\"", answer.join());
        }
    }
}
