package io.millrace.kafka.state;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData;
import org.jspecify.annotations.Nullable;

/// One partition somebody fetches: what was asked last and what was told last. Lives for one request, or as long as the
/// [FetchSession] it belongs to.
///
/// Owned by: the loop of the connection that fetches.
public final class FetchPartition implements FollowerReads.Question {
    private static final long NEVER_TOLD = -1;

    private final Key key;
    private long fetchOffset;
    private long startOffset;
    private int bytesMax;
    private int currentLeaderEpoch;
    private int lastFetchedEpoch;
    private long toldHighWatermark = NEVER_TOLD;
    private long toldLogStartOffset = NEVER_TOLD;
    private @Nullable Catalog resolvedBy;
    private FetchQuery.@Nullable Ask ask;

    public FetchPartition(Key key, FetchRequestData.FetchPartition asked) {
        this.key = key;
        update(asked);
    }

    public Key key() {
        return key;
    }

    void update(FetchRequestData.FetchPartition asked) {
        fetchOffset = asked.fetchOffset();
        startOffset = asked.logStartOffset();
        bytesMax = Math.max(0, asked.partitionMaxBytes());
        currentLeaderEpoch = asked.currentLeaderEpoch();
        lastFetchedEpoch = asked.lastFetchedEpoch();
        if (startOffset >= 0) {
            // A follower (it alone has a start) drops what it is told of a partition that it has named anew meanwhile.
            toldHighWatermark = NEVER_TOLD;
        }
        ask = null;
        resolvedBy = null;
    }

    /// What to ask the log, or null when no topic has this id. The topic behind an id is looked up once per catalogue.
    @Override
    public FetchQuery.@Nullable Ask ask(Catalog catalog) {
        if (resolvedBy != catalog) {
            resolvedBy = catalog;
            ask = resolve(catalog);
        }
        return ask;
    }

    @Override
    public FetchReply.Part unknown() {
        TopicPartition nameless = new TopicPartition(key.topic(), key.partition());
        return FetchReply.Part.refused(nameless, ErrorKind.UNKNOWN_TOPIC_ID, LeaderHint.NONE);
    }

    private FetchQuery.@Nullable Ask resolve(Catalog catalog) {
        String name = key.topic();
        if (!key.topicId().isNone()) {
            Optional<TopicView> topic = catalog.topic(key.topicId());
            if (topic.isEmpty()) {
                return null;
            }
            name = topic.get().name();
        }
        return new FetchQuery.Ask(
                new TopicPartition(name, key.partition()),
                fetchOffset,
                startOffset,
                bytesMax,
                currentLeaderEpoch,
                lastFetchedEpoch);
    }

    /// Whether `part` is news to the client (KIP-227): records, an error, a moved high watermark or log start, a
    /// diverging epoch, a replica to read from instead.
    boolean isNews(FetchReply.Part part) {
        return part.error() != ErrorKind.NONE
                || part.bytes() > 0
                || part.divergingEpoch() != null
                || part.nearerReplica() != FetchReply.Part.NO_REPLICA
                || part.highWatermark() != toldHighWatermark
                || part.logStartOffset() != toldLogStartOffset;
    }

    /// Takes note of what the client is told. After an error the next good answer is news again.
    public void told(FetchReply.Part part) {
        toldHighWatermark = part.error() == ErrorKind.NONE ? part.highWatermark() : NEVER_TOLD;
        toldLogStartOffset = part.logStartOffset();
    }

    /// Takes note that the client is told of an error found before the log was asked.
    void toldError() {
        toldHighWatermark = NEVER_TOLD;
    }

    /// A partition by its topic's name (before Fetch version 13) or its topic's id.
    ///
    /// @param topic empty when asked by id
    /// @param topicId [TopicId#NONE] when asked by name
    public record Key(String topic, TopicId topicId, int partition) {}
}
