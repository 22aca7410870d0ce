package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.quota.Quotas;
import io.millrace.kafka.session.Apis;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Peer;
import io.millrace.kafka.session.RequestMetrics;
import io.millrace.kafka.session.Surroundings;
import io.millrace.model.Principal;
import io.millrace.server.loop.EventLoop;
import io.millrace.testkit.ManualClock;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A connection whose client is over its quota.
class KafkaConnectionTest {
    private static final long NOTHING_SCHEDULED = -1;

    private final ManualClock clock = new ManualClock();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    /// Not the channel's own: that one throws away what is scheduled when it closes, which no real loop does.
    private final EmbeddedChannel scheduler = new EmbeddedChannel();
    private final EventLoop loop = new EventLoop(scheduler.eventLoop(), "test");
    private final KafkaConnection connection = new KafkaConnection(
            new ConnectionRegistry(loop, clock, new AtomicInteger()),
            new ConnectionLimits(10, 10, 1 << 20, 60_000, 1 << 20, 1 << 19, 0),
            new MemoryBudget(1 << 20, new SpareBuffers()),
            loop,
            clock,
            output -> new KafkaSession(
                    new Apis(List.of()),
                    new Peer(Principal.ANONYMOUS, "127.0.0.1", "kafka"),
                    output,
                    new Surroundings(RequestMetrics.NONE, clock, Quotas.NONE, 5)));

    @BeforeEach
    void connect() {
        scheduler.freezeTime();
        channel.pipeline().addLast(connection);
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        scheduler.finishAndReleaseAll();
    }

    private void pass(long ms) {
        clock.advanceMs(ms);
        scheduler.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        scheduler.runScheduledPendingTasks();
    }

    private boolean isReading() {
        return channel.config().isAutoRead();
    }

    @Test
    void isReadAgainWhenTheLongestSilenceIsOver() {
        connection.mute(1_000);
        connection.mute(3_000);
        connection.mute(2_000);

        pass(1_000);
        assertThat(isReading()).isFalse();
        pass(1_999);
        assertThat(isReading()).isFalse();
        pass(1);
        assertThat(isReading()).isTrue();
        assertThat(scheduler.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
    }

    @Test
    void leavesNothingInTheSchedulerWhenItGoes() {
        connection.mute(10_000);
        connection.mute(12_000);
        pass(10_000); // by now it waits for the rest
        assertThat(scheduler.runScheduledPendingTasks()).isPositive();

        channel.close();

        assertThat(scheduler.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
    }
}
