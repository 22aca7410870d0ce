package io.millrace.broker.stream;

import io.millrace.model.TopicId;

/// How many consumers streams have on this node, on all loops. May be called from any thread.
public interface StreamAudience {
    void came(TopicId stream);

    void went(TopicId stream);

    int size(TopicId stream);
}
