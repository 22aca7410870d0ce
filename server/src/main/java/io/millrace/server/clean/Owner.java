package io.millrace.server.clean;

import io.millrace.server.partition.PartitionHost;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/// Hands a question over to the loop that owns some logs, and waits for the answer.
///
/// Called by: the cleaner's thread, never by a loop that owns something.
final class Owner {
    private Owner() {}

    static <T> T ask(PartitionHost host, Function<PartitionHost, T> question) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        host.loop().post(() -> answer.completeAsync(() -> question.apply(host), Runnable::run));
        try {
            return answer.get();
        } catch (ExecutionException fault) {
            throw new IllegalStateException("a log's owner failed", fault.getCause());
        }
    }
}
