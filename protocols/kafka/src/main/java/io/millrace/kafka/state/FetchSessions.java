package io.millrace.kafka.state;

import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/// The fetch sessions of one loop: a bounded cache. A client whose session was evicted, or whose connection landed on
/// another loop, is told FETCH_SESSION_ID_NOT_FOUND and opens a new one, as KIP-227 has it.
///
/// Owned by: one loop.
/// Invariant: never more than `sessionsMax` sessions, never more than `partitionsMax` partitions in one, and in all of
/// them together never more than a few times as many.
public final class FetchSessions {
    /// A session unused for so long may be evicted for any other; one younger than this is never evicted for a bigger
    /// one.
    private static final long EVICTABLE_AFTER_MS = 120_000;

    /// So many of the largest sessions fit. Kafka counts sessions only, and a thousand of the largest would fill the
    /// heap.
    private static final long LARGEST_SESSIONS_MAX = 2;

    private static final int FIRST_TOPIC_ID_VERSION = 13;

    private final Randomness randomness;
    private final int sessionsMax;
    private final int partitionsMax;
    /// In order of last use, longest unused first.
    private final Map<Integer, FetchSession> byId = new LinkedHashMap<>(16, 0.75f, true);
    /// In all sessions together.
    private long partitionCount;

    public FetchSessions(Randomness randomness, int sessionsMax, int partitionsMax) {
        this.randomness = randomness;
        this.sessionsMax = sessionsMax;
        this.partitionsMax = partitionsMax;
    }

    public int size() {
        return byId.size();
    }

    /// What a Fetch request means for its session.
    public sealed interface Turn {
        /// The request is refused as a whole.
        record Refused(Errors error) implements Turn {}

        /// The request names everything itself.
        ///
        /// @param opensSession whether the client would like a session from now on
        record Full(List<FetchPartition> partitions, boolean opensSession) implements Turn {}

        /// The request goes on with a session.
        record Incremental(FetchSession session) implements Turn {}
    }

    /// Applies a request: closes, keeps or looks up its session.
    public Turn turn(FetchRequestData request, short version, long nowMs) {
        int epoch = request.sessionEpoch();
        if (epoch == FetchMetadata.FINAL_EPOCH || epoch == FetchMetadata.INITIAL_EPOCH) {
            remove(request.sessionId());
            return new Turn.Full(asked(request, version), epoch == FetchMetadata.INITIAL_EPOCH);
        }
        FetchSession session = byId.get(request.sessionId());
        if (session == null) {
            return new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (!session.expects(epoch)) {
            return new Turn.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.isByTopicId() != version >= FIRST_TOPIC_ID_VERSION) {
            return new Turn.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        partitionCount -= session.size();
        update(session, request, version);
        partitionCount += session.size();
        session.turn(nowMs);
        return next(session);
    }

    private Turn next(FetchSession session) {
        if (session.size() == 0) {
            // Nothing left to follow: the session ends, and the answer says so by carrying no session id.
            remove(session.id());
            return new Turn.Full(List.of(), false);
        }
        if (session.size() > partitionsMax || !haveRoom(0)) {
            remove(session.id());
            return new Turn.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        return new Turn.Incremental(session);
    }

    /// Opens a session for what was just answered in full; empty when the cache is full of better ones.
    public Optional<FetchSession> open(List<FetchPartition> partitions, short version, long nowMs) {
        if (partitions.isEmpty() || partitions.size() > partitionsMax || !makeRoom(partitions.size(), nowMs)) {
            return Optional.empty();
        }
        FetchSession session = new FetchSession(freshId(), version >= FIRST_TOPIC_ID_VERSION, nowMs, partitions);
        byId.put(session.id(), session);
        partitionCount += session.size();
        return Optional.of(session);
    }

    /// Whoever had it will not come back.
    public void close(FetchSession session) {
        if (byId.get(session.id()) == session) {
            remove(session.id());
        }
    }

    private boolean haveRoom(int newSize) {
        return partitionCount + newSize <= LARGEST_SESSIONS_MAX * partitionsMax;
    }

    private void remove(int id) {
        FetchSession removed = byId.remove(id);
        if (removed != null) {
            partitionCount -= removed.size();
            removed.end();
        }
    }

    private boolean makeRoom(int newSize, long nowMs) {
        if (sessionsMax == 0) {
            return false;
        }
        while (!haveRoom(newSize)) {
            FetchSession victim = byId.values().iterator().next();
            if (!isUnused(victim, nowMs)) {
                return false;
            }
            remove(victim.id());
        }
        return byId.size() < sessionsMax || makePlace(newSize, nowMs);
    }

    private boolean makePlace(int newSize, long nowMs) {
        FetchSession victim = byId.values().iterator().next();
        if (!isUnused(victim, nowMs)) {
            victim = smallest(nowMs).filter(s -> s.size() < newSize).orElse(null);
        }
        if (victim == null) {
            return false;
        }
        remove(victim.id());
        return true;
    }

    private static boolean isUnused(FetchSession session, long nowMs) {
        return nowMs - session.usedMs() >= EVICTABLE_AFTER_MS;
    }

    private Optional<FetchSession> smallest(long nowMs) {
        return byId.values().stream()
                .filter(session -> nowMs - session.createdMs() >= EVICTABLE_AFTER_MS)
                .min((a, b) -> Integer.compare(a.size(), b.size()));
    }

    private int freshId() {
        while (true) {
            int id = 1 + randomness.nextInt(Integer.MAX_VALUE);
            if (!byId.containsKey(id)) {
                return id;
            }
        }
    }

    private static List<FetchPartition> asked(FetchRequestData request, short version) {
        Map<FetchPartition.Key, FetchPartition> asked = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchRequestData.FetchPartition partition : topic.partitions()) {
                FetchPartition.Key key = key(topic.topic(), topic.topicId(), partition.partition(), version);
                // Named twice: the last one counts, as in a session.
                asked.put(key, new FetchPartition(key, partition));
            }
        }
        return new ArrayList<>(asked.values());
    }

    private static void update(FetchSession session, FetchRequestData request, short version) {
        for (FetchTopic topic : request.topics()) {
            for (FetchRequestData.FetchPartition partition : topic.partitions()) {
                session.follow(key(topic.topic(), topic.topicId(), partition.partition(), version), partition);
            }
        }
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            for (int partition : topic.partitions()) {
                session.forget(key(topic.topic(), topic.topicId(), partition, version));
            }
        }
    }

    private static FetchPartition.Key key(String topic, Uuid topicId, int partition, short version) {
        return version >= FIRST_TOPIC_ID_VERSION
                ? new FetchPartition.Key(
                        "", new TopicId(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits()), partition)
                : new FetchPartition.Key(topic, TopicId.NONE, partition);
    }
}
