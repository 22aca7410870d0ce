package io.millrace.server.stream;

import io.millrace.broker.stream.StreamAudience;
import io.millrace.model.TopicId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts the consumers of streams on all loops; a stream without one costs nothing. May be used from any thread.
public final class SharedAudience implements StreamAudience {
    private final Map<TopicId, Integer> sizes = new ConcurrentHashMap<>();

    @Override
    public void came(TopicId stream) {
        sizes.merge(stream, 1, Integer::sum);
    }

    @Override
    public void went(TopicId stream) {
        sizes.computeIfPresent(stream, (_, size) -> size == 1 ? null : size - 1);
    }

    @Override
    public int size(TopicId stream) {
        return sizes.getOrDefault(stream, 0);
    }
}
