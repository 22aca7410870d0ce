package io.millrace.simulator.node;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.cluster.replica.FollowPosition;
import io.millrace.cluster.replica.LeaderPart;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.cluster.replica.ReadTicket;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.cluster.replica.ReplicaKey;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.simulator.net.SimNetwork.Reply;
import io.millrace.simulator.world.SimLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The leader's side of replica fetches: incremental sessions (KIP-227) and questions that wait for news.
///
/// Owned by: the data loop of the leader's node.
final class ReplicaDesk {
    private static final int WAIT_MS = 500;
    private static final int PART_BYTES_MAX = 4_096;

    private final SimLoop loop;
    private final SimHost host;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private int nextSessionId = 1;

    /// What one follower asked, by partition.
    private static final class Session {
        private final int id;
        private final int node;
        private final Map<ReplicaKey, Asked> partitions = new LinkedHashMap<>();
        private int nextEpoch = 1;
        private @Nullable Waiting waiting;

        Session(int id, int node) {
            this.id = id;
            this.node = node;
        }
    }

    private static final class Asked {
        private FollowPosition position;
        private long toldHighWatermark = -1;
        private long toldStart = -1;

        Asked(FollowPosition position) {
            this.position = position;
        }
    }

    /// A question that waits.
    private final class Waiting {
        private final Session session;
        private final long nodeEpoch;
        private final Reply<ReplicaFetched> reply;
        private final List<ReadTicket> tickets = new ArrayList<>();
        private Loop.@Nullable Timer limit;
        private boolean isDone;
        private boolean isWoken;

        Waiting(Session session, long nodeEpoch, Reply<ReplicaFetched> reply) {
            this.session = session;
            this.nodeEpoch = nodeEpoch;
            this.reply = reply;
        }

        void start() {
            read();
            if (!isDone) {
                limit = loop.after(WAIT_MS, this::finish);
            }
        }

        private void read() {
            isWoken = false;
            List<LeaderPart> parts = news(session, nodeEpoch);
            if (parts.stream().anyMatch(ReplicaDesk::isWorthAnAnswer)) {
                answer(parts);
            } else {
                session.partitions.forEach(this::await);
            }
        }

        private void await(ReplicaKey key, Asked asked) {
            Hosted hosted = host.find(key);
            if (hosted != null) {
                tickets.add(hosted.partition.await(true, asked.position.fetchOffset(), this::wake));
            }
        }

        private void wake() {
            if (!isDone && !isWoken) {
                isWoken = true;
                loop.post(() -> {
                    if (!isDone) {
                        drop();
                        read();
                    }
                });
            }
        }

        private void drop() {
            tickets.forEach(ReadTicket::cancel);
            tickets.clear();
        }

        /// Its time is up, or the next question came.
        void finish() {
            if (!isDone) {
                drop();
                answer(news(session, nodeEpoch));
            }
        }

        private void answer(List<LeaderPart> parts) {
            isDone = true;
            Loop.Timer mine = limit;
            if (mine != null) {
                mine.cancel();
            }
            session.waiting = null;
            for (LeaderPart part : parts) {
                Asked asked = session.partitions.get(part.key());
                if (asked != null) {
                    asked.toldHighWatermark = part.highWatermark();
                    asked.toldStart = part.startOffset();
                }
            }
            reply.send(new ReplicaFetched.Answer(session.id, parts, Lease.NONE));
        }
    }

    ReplicaDesk(SimLoop loop, SimHost host) {
        this.loop = loop;
        this.host = host;
    }

    void onRequest(int from, ReplicaCall call, Reply<ReplicaFetched> reply) {
        Session session = session(from, call.question());
        if (session == null) {
            reply.send(new ReplicaFetched.SessionLost());
            return;
        }
        Waiting before = session.waiting;
        if (before != null) {
            before.finish();
        }
        for (ReplicaKey key : call.question().forgotten()) {
            session.partitions.remove(key);
        }
        for (ReplicaFetch.Wanted wanted : call.question().wanted()) {
            Asked asked = session.partitions.computeIfAbsent(wanted.key(), _ -> new Asked(wanted.position()));
            asked.position = wanted.position();
            asked.toldHighWatermark = -1; // what it was told meanwhile it has dropped
        }
        Waiting waiting = new Waiting(session, call.nodeEpoch(), reply);
        session.waiting = waiting;
        waiting.start();
    }

    private @Nullable Session session(int from, ReplicaFetch question) {
        if (question.sessionId() == 0) {
            sessions.values().removeIf(session -> session.node == from && session.waiting == null);
            Session opened = new Session(nextSessionId++, from);
            sessions.put(opened.id, opened);
            return opened;
        }
        Session session = sessions.get(question.sessionId());
        if (session == null || session.node != from || session.nextEpoch != question.sessionEpoch()) {
            return null;
        }
        session.nextEpoch++;
        return session;
    }

    private static boolean isWorthAnAnswer(LeaderPart part) {
        return part.records().hasRemaining() || part.error() != ErrorKind.NONE || part.divergingEpoch() != null;
    }

    private List<LeaderPart> news(Session session, long nodeEpoch) {
        Asker asker = Asker.follower(session.node, nodeEpoch);
        List<LeaderPart> parts = new ArrayList<>();
        session.partitions.forEach((key, asked) -> {
            LeaderPart part = read(key, asked, asker);
            boolean isNews = isWorthAnAnswer(part)
                    || part.highWatermark() != asked.toldHighWatermark
                    || part.startOffset() != asked.toldStart;
            if (isNews) {
                parts.add(part);
            }
        });
        return parts;
    }

    private LeaderPart read(ReplicaKey key, Asked asked, Asker asker) {
        Hosted hosted = host.find(key);
        if (hosted == null) {
            return LeaderPart.refused(key, ErrorKind.NOT_LEADER);
        }
        FollowPosition at = asked.position;
        var ask = new FetchQuery.Ask(
                hosted.partition.id(),
                at.fetchOffset(),
                at.startOffset(),
                PART_BYTES_MAX,
                at.leaderEpoch(),
                at.lastEpoch());
        var query = new FetchQuery(asker, 1, PART_BYTES_MAX, WAIT_MS, false, List.of(ask));
        ReadOutcome outcome = hosted.partition.read(query, ask, PART_BYTES_MAX, true);
        ByteBuffer bytes = Reading.bytes(outcome.bytes(), damagedAt -> host.onDamaged(hosted, damagedAt));
        return bytes == null
                ? LeaderPart.refused(key, ErrorKind.STORAGE_ERROR)
                : new LeaderPart(
                        key,
                        outcome.error(),
                        bytes,
                        outcome.highWatermark(),
                        outcome.logStartOffset(),
                        outcome.divergingEpoch());
    }
}
