package io.millrace.cluster.raft;

import io.millrace.cluster.MetadataLogContract;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.model.TopicId;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class RaftMetadataLogTest extends MetadataLogContract {
    @TempDir
    Path folder;

    private final MetadataThread loop = new MetadataThread("metadata", failure -> {});

    @AfterEach
    void stop() {
        loop.close();
    }

    @Override
    protected MetadataLog start(MetadataLog.Listener listener) {
        NodeIdentity identity = new NodeIdentity("wxyzWXYZ0123456789abcd", 1, new TopicId(7, 8));
        MetadataLog log = new RaftMetadataLog(RaftSettings.alone(identity, folder), MetadataLevel.newest());
        log.start(loop, listener);
        return log;
    }

    @Override
    protected <T> T inLoop(Supplier<T> turn) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> answer.complete(turn.get()));
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    protected void await(BooleanSupplier done) {
        Awaitility.await().until(done::getAsBoolean);
    }
}
