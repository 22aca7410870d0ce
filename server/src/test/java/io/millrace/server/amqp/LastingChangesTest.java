package io.millrace.server.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A connection's end is told until somebody has decided it.
class LastingChangesTest {
    private static final TopologyReply UNDECIDED =
            new TopologyReply.Failed(Outcome.refused(ErrorKind.NOT_CONTROLLER, ""));

    private final ManualLoop loop = new ManualLoop(new ManualClock());
    private final List<TopologyChange> asked = new ArrayList<>();
    private final List<TopologyReply> replies = new ArrayList<>();
    private TopologyReply answer = UNDECIDED;
    private final LastingChanges changes = new LastingChanges(loop, (change, reply) -> {
        asked.add(change);
        loop.post(() -> reply.accept(answer));
    });

    private void submit(TopologyChange change) {
        loop.call(() -> {
            changes.submit(change, replies::add);
            return this;
        });
    }

    @Test
    void anEndThatNobodyDecidedIsToldAgain() {
        var gone = new TopologyChange.ConnectionGone(new ConnectionId(1, 2, 3));
        submit(gone);
        loop.advance(Duration.ofSeconds(30));
        assertThat(asked).hasSizeGreaterThan(10).containsOnly(gone);
        assertThat(replies).isEmpty();

        answer = new TopologyReply.Done(true);
        loop.advance(Duration.ofSeconds(2));

        assertThat(replies).containsExactly(answer);
        assertThat(loop.pendingCount()).isZero();
    }

    @Test
    void everythingElseIsTheCallersToRepeat() {
        submit(new TopologyChange.DeleteVhost(new VhostName("v")));

        assertThat(asked).hasSize(1);
        assertThat(replies).containsExactly(UNDECIDED);
    }
}
