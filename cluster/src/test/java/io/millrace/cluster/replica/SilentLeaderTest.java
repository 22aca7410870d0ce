package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A leader that the controller does not answer any more.
class SilentLeaderTest {
    private final LedPartition led = new LedPartition(1);
    private final List<AppendReply> replies = new ArrayList<>();

    private void append(String value) {
        ArrivingBatches arriving = led.partition.arriving(LedPartition.batch(value), AppendOrigin.CLIENT, 1);
        led.partition.append(arriving, arriving.check(), Lease.NONE, Acks.ALL, Long.MAX_VALUE, replies::add);
        led.partition.log().beginFlush(false).ifPresent(job -> {
            job.run();
            led.partition.log().endFlush(job);
        });
        led.partition.onFlushed();
    }

    @Test
    void whoWaitsForFollowersIsSentElsewhereAtOnce() {
        append("waits");
        assertThat(replies).isEmpty();

        led.partition.onSilence();

        assertThat(replies).extracting(AppendReply::error).containsExactly(ErrorKind.NOT_LEADER);
        assertThat(led.partition.log().endOffset()).isEqualTo(1);
    }
}
