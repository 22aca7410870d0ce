package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks addresses until their answers settle something, and says every few seconds what it is waiting for.
///
/// Owned by: the thread that starts the node.
final class Inquiry {
    private static final Logger LOG = LoggerFactory.getLogger(Inquiry.class);
    private static final long ASK_AGAIN_MS = 200;
    private static final long TELL_AGAIN_MS = 5_000;

    private final Introductions introductions;
    private final Loop loop;
    private final Clock clock;
    private final Consumer<String> onWaiting;

    /// @param onWaiting told what for, each time others were asked, and in the end nothing
    Inquiry(Introductions introductions, Loop loop, Clock clock, Consumer<String> onWaiting) {
        this.introductions = introductions;
        this.loop = loop;
        this.clock = clock;
        this.onWaiting = onWaiting;
    }

    /// Returns the first decision that is not [Pending].
    <S> S settle(Function<Map<PeerAddress, Formation.Heard>, S> decide) throws IOException, InterruptedException {
        long sinceMs = clock.monotonicMs();
        long tellMs = sinceMs + ASK_AGAIN_MS;
        while (true) {
            S step = decide.apply(await(introductions.ask()));
            if (!(step instanceof Pending pending)) {
                onWaiting.accept("");
                return step;
            }
            onWaiting.accept(String.join("; ", pending.why()));
            if (clock.monotonicMs() >= tellMs) {
                tell(pending.why(), clock.monotonicMs() - sinceMs);
                tellMs = clock.monotonicMs() + TELL_AGAIN_MS;
            }
            pause();
        }
    }

    private static void tell(List<String> reasons, long waitedMs) {
        reasons.forEach(reason -> LOG.warn("event=waiting-for-nodes waited-ms={} reason=\"{}\"", waitedMs, reason));
    }

    private void pause() throws IOException, InterruptedException {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        Consumer<Boolean> end = over::complete;
        loop.after(ASK_AGAIN_MS, () -> end.accept(true));
        await(over);
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw new IOException("other nodes can not be asked: " + failed.getCause(), failed.getCause());
        }
    }
}
