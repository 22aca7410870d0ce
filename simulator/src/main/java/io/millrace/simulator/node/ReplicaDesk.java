package io.millrace.simulator.node;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.cluster.replica.FetchBudget;
import io.millrace.cluster.replica.FollowPosition;
import io.millrace.cluster.replica.LeaderPart;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.cluster.replica.StandingRead;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import io.millrace.simulator.check.Violation;
import io.millrace.simulator.net.SimNetwork.Reply;
import io.millrace.simulator.world.SimLoop;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The leader's side of replica fetches: incremental sessions (KIP-227) whose questions stay with their partitions, and
/// are read when they are new or something has changed. All that is read for one answer shares its room, as in the
/// server.
///
/// Owned by: the data loop of the leader's node.
/// Invariant: a question is due, or left with its partition, or was told something and waits to be asked anew. A leader
/// that breaks that forgets a follower, which the checks would take for one that is slow: so it is checked here.
final class ReplicaDesk {
    private static final int WAIT_MS = 500;
    private static final int PART_BYTES_MAX = 4_096;

    private final SimLoop loop;
    private final SimHost host;
    private final int answerBytesMax;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private int nextSessionId = 1;

    /// What one follower asked, by partition.
    private static final class Session {
        private final int id;
        private final int node;
        private final Map<TopicIdPartition, Asked> partitions = new HashMap<>();
        private final Set<Asked> due = new LinkedHashSet<>();
        private int nextEpoch = 1;
        private @Nullable Waiting waiting;

        Session(int id, int node) {
            this.id = id;
            this.node = node;
        }

        void ask(ReplicaFetch.Wanted wanted) {
            forget(wanted.key());
            Asked asked = new Asked(this, wanted);
            partitions.put(wanted.key(), asked);
            due.add(asked);
        }

        void forget(TopicIdPartition key) {
            Asked before = partitions.remove(key);
            if (before != null) {
                due.remove(before);
            }
        }
    }

    /// One question, until it is asked anew.
    private static final class Asked implements StandingRead {
        private final Session session;
        private final TopicIdPartition key;
        private final FollowPosition position;
        private boolean isNew = true;
        private boolean isTold;
        private long toldHighWatermark = -1;
        private long toldStart = -1;

        Asked(Session session, ReplicaFetch.Wanted wanted) {
            this.session = session;
            this.key = wanted.key();
            this.position = wanted.position();
        }

        @Override
        public void onChange() {
            onNews(false);
            Waiting waiting = session.waiting;
            if (waiting != null) {
                waiting.readSoon();
            }
        }

        @Override
        public void onNews(boolean isAwaited) {
            if (session.partitions.get(key) == this) {
                session.due.add(this);
            }
        }
    }

    /// A fetch that waits.
    private final class Waiting {
        private final Session session;
        private final long nodeEpoch;
        private final Reply<ReplicaFetched> reply;
        private final Map<TopicIdPartition, LeaderPart> found = new LinkedHashMap<>();
        private Loop.@Nullable Timer limit;
        private boolean isDone;
        private boolean isReadPosted;

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
            List<Asked> due = List.copyOf(session.due);
            session.due.clear();
            boolean isWorthIt = false;
            FetchBudget budget = new FetchBudget(answerBytesMax);
            for (Asked asked : due) {
                LeaderPart part = ReplicaDesk.this.read(asked, Asker.follower(session.node, nodeEpoch), budget);
                isWorthIt |= isWorthAnAnswer(part);
                if (isWorthAnAnswer(part)
                        || part.highWatermark() != asked.toldHighWatermark
                        || part.startOffset() != asked.toldStart) {
                    found.put(asked.key, part);
                }
            }
            if (isWorthIt) {
                answer();
            }
        }

        private void readSoon() {
            if (!isReadPosted) {
                isReadPosted = true;
                loop.post(() -> {
                    isReadPosted = false;
                    if (!isDone) {
                        read();
                    }
                });
            }
        }

        /// Its time is up, or the next question came.
        void finish() {
            if (!isDone) {
                read();
            }
            if (!isDone) {
                answer();
            }
        }

        private void answer() {
            isDone = true;
            Loop.Timer mine = limit;
            if (mine != null) {
                mine.cancel();
            }
            session.waiting = null;
            found.forEach((key, part) -> {
                Asked asked = session.partitions.get(key);
                if (asked != null) {
                    asked.toldHighWatermark = part.highWatermark();
                    asked.toldStart = part.startOffset();
                    asked.isTold = isWorthAnAnswer(part);
                }
            });
            session.partitions.values().forEach(ReplicaDesk.this::checkNotLost);
            reply.send(new ReplicaFetched.Answer(session.id, List.copyOf(found.values()), Lease.NONE));
        }
    }

    ReplicaDesk(SimLoop loop, SimHost host, int answerBytesMax) {
        this.loop = loop;
        this.host = host;
        this.answerBytesMax = answerBytesMax;
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
        call.question().forgotten().forEach(session::forget);
        call.question().wanted().forEach(session::ask);
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

    private void checkNotLost(Asked asked) {
        Hosted hosted = host.find(asked.key);
        boolean isAwaited = !asked.isTold && !asked.session.due.contains(asked);
        if (isAwaited && hosted != null && hosted.partition.log().writtenOffset() > asked.position.fetchOffset()) {
            throw new Violation("%s: what node %d asked from %d on was lost, and there are records up to %d"
                    .formatted(
                            hosted.partition.id(),
                            asked.session.node,
                            asked.position.fetchOffset(),
                            hosted.partition.log().writtenOffset()));
        }
    }

    private LeaderPart read(Asked asked, Asker asker, FetchBudget budget) {
        TopicIdPartition key = asked.key;
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
        var query = new FetchQuery(asker, 1, answerBytesMax, WAIT_MS, false, List.of(ask));
        ReadOutcome outcome =
                hosted.partition.read(query, ask, budget.of(ask), budget.isUntouched(), asked, asked.isNew);
        asked.isNew = false;
        budget.spend(ask, outcome.bytes());
        ByteBuffer bytes = Reading.bytes(outcome.bytes(), damagedAt -> host.onDamaged(hosted, damagedAt));
        if (outcome.bytes() instanceof ReadResult.Cold && bytes != null && !bytes.hasRemaining()) {
            asked.session.due.add(asked); // there was no room for a whole batch, and it is not left with its partition
        }
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
