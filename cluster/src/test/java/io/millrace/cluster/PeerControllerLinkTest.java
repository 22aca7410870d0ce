package io.millrace.cluster;

import static io.millrace.cluster.PeerControllerLink.GREETED_MAX;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Which links a node keeps to those it asks whether they are there.
final class PeerControllerLinkTest {
    private final ManualLoop loop = new ManualLoop(new ManualClock());
    private final List<PeerAddress> made = new ArrayList<>();
    private final List<PeerAddress> closed = new ArrayList<>();
    private final PeerControllerLink controller = new PeerControllerLink(
            (on, to, channel) -> {
                made.add(to);
                return new Link(to);
            },
            loop,
            1);

    private final class Link implements PeerLink {
        private final PeerAddress to;

        Link(PeerAddress to) {
            this.to = to;
        }

        @Override
        public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
            assertThat(closed).doesNotContain(to);
        }

        @Override
        public void close() {
            closed.add(to);
        }
    }

    private static PeerAddress address(int port) {
        return new PeerAddress("host", port);
    }

    private void hello(int port) {
        loop.call(() -> {
            controller.hello(address(port), 1_000, _ -> {});
            return port;
        });
    }

    @Test
    void whoIsAskedAgainIsAskedOverTheSameLink() {
        for (int port = 1; port <= GREETED_MAX; port++) {
            hello(port);
        }
        hello(1);
        assertThat(made).hasSize(GREETED_MAX);
        assertThat(closed).isEmpty();
    }

    @Test
    void whoWasAskedLongestAgoIsForgotten() {
        for (int port = 1; port <= GREETED_MAX; port++) {
            hello(port);
        }
        hello(1);

        hello(GREETED_MAX + 1);

        assertThat(closed).containsExactly(address(2));
    }
}
