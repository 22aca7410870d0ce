package io.millrace.server;

import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.LocalCluster;
import io.millrace.model.TopicId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Topics that the metadata says were deleted, as a node hears at its start when it replays what it missed: what it has
/// of them goes. What no record speaks of is somebody's data without metadata and stays, also when the record of its
/// deletion went with a snapshot.
///
/// Written by: the metadata loop, until the start has looked.
final class DeletedTopics {
    private final Set<TopicId> ids = ConcurrentHashMap.newKeySet();
    private volatile boolean isSettled;

    private DeletedTopics() {}

    /// Called before the metadata is started.
    static DeletedTopics listenTo(LocalCluster cluster) {
        DeletedTopics deleted = new DeletedTopics();
        cluster.subscribe((before, after, delta) -> delta.deleted().forEach(deleted::add));
        return deleted;
    }

    private void add(TopicView topic) {
        if (!isSettled) {
            ids.add(topic.id());
        }
    }

    /// Once the metadata is replayed.
    void settle(Consumer<Predicate<TopicId>> deleting) {
        isSettled = true;
        deleting.accept(ids::contains);
        ids.clear();
    }
}
