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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node that belongs to no cluster yet asks its addresses until it does, and says every few seconds what it is
/// waiting for.
///
/// Owned by: the thread that starts the node.
final class FirstStart {
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);
    private static final long ASK_AGAIN_MS = 200;
    private static final long TELL_AGAIN_MS = 5_000;

    private final Introductions introductions;
    private final Loop loop;
    private final Clock clock;

    FirstStart(Introductions introductions, Loop loop, Clock clock) {
        this.introductions = introductions;
        this.loop = loop;
        this.clock = clock;
    }

    /// Returns when the node knows its cluster.
    ///
    /// @throws IOException when that can not be without a change by an operator
    Membership find(Introduction self, PeerAddress listensAt) throws IOException, InterruptedException {
        long sinceMs = clock.monotonicMs();
        long tellMs = sinceMs + ASK_AGAIN_MS;
        while (true) {
            switch (Formation.decide(self, listensAt, heard())) {
                case Formation.Step.Member(Membership membership) -> {
                    return membership;
                }
                case Formation.Step.Refused(String why) -> throw new IOException(why);
                case Formation.Step.Wait(List<String> reasons) -> {
                    if (clock.monotonicMs() >= tellMs) {
                        tell(reasons, clock.monotonicMs() - sinceMs);
                        tellMs = clock.monotonicMs() + TELL_AGAIN_MS;
                    }
                }
            }
            pause();
        }
    }

    private static void tell(List<String> reasons, long waitedMs) {
        reasons.forEach(reason -> LOG.warn("event=waiting-for-nodes waited-ms={} reason=\"{}\"", waitedMs, reason));
    }

    private Map<PeerAddress, Formation.Heard> heard() throws IOException, InterruptedException {
        return await(introductions.ask());
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
