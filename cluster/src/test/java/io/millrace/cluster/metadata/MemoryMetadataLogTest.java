package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.MetadataLogContract;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

class MemoryMetadataLogTest extends MetadataLogContract {
    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();

    @Override
    protected MetadataLog start(MetadataLog.Listener listener) {
        MetadataLog log = new MemoryMetadataLog(1, storage, clock);
        log.start(loop, listener);
        return log;
    }

    @Override
    protected <T> T inLoop(Supplier<T> turn) {
        return loop.call(turn);
    }

    @Override
    protected void await(BooleanSupplier done) {
        loop.runReady();
        assertThat(done.getAsBoolean()).isTrue();
    }
}
