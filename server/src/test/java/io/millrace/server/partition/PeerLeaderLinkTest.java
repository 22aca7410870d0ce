package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.replica.FollowPosition;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// How long a leader is waited for.
final class PeerLeaderLinkTest implements PeerLink {
    private final List<Long> timeouts = new ArrayList<>();
    private final List<Consumer<PeerAnswer>> answers = new ArrayList<>();
    private final List<ReplicaFetched> fetched = new ArrayList<>();
    private final PeerLeaderLink link = new PeerLeaderLink(
            (loop, to, channel) -> this,
            new ManualLoop(new ManualClock()),
            1,
            () -> 1L,
            () -> Optional.of(new PeerAddress("leader", 9190)),
            bytes -> {});

    @Override
    public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
        timeouts.add(timeoutMs);
        answers.add(answer);
    }

    @Override
    public void close() {}

    private long timeoutMs() {
        TopicIdPartition key = new TopicIdPartition(new TopicId(1, 1), 0);
        ReplicaFetch.Wanted wanted = new ReplicaFetch.Wanted(key, new FollowPosition(1, 0, 0, -1));
        link.fetch(new ReplicaFetch(7, 1, List.of(wanted), List.of()), fetched::add);
        return timeouts.getLast();
    }

    private void fail(PeerAnswer.Reason reason) {
        answers.getLast().accept(new PeerAnswer.Failed(reason, true, "said the test"));
    }

    @Test
    void aLeaderThatNeverAnswersIsAskedAgainSoon() {
        assertThat(timeoutMs()).isEqualTo(2_000);
        fail(PeerAnswer.Reason.UNREACHABLE);
        assertThat(timeoutMs()).isEqualTo(2_000);
    }

    @Test
    void aSlowLeaderIsGivenMoreTimeForAWhile() {
        timeoutMs();
        fail(PeerAnswer.Reason.TIMED_OUT);
        assertThat(timeoutMs()).isEqualTo(3_500);
        for (int i = 0; i < 5; i++) {
            fail(PeerAnswer.Reason.TIMED_OUT);
            timeoutMs();
        }
        assertThat(timeoutMs()).isEqualTo(10_000);
        for (int i = 0; i < 20; i++) {
            answers.getLast().accept(new PeerAnswer.Frame(ByteBuffer.allocate(0), Lease.NONE));
            timeoutMs();
        }
        assertThat(timeoutMs()).isEqualTo(2_000);
    }
}
