package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.state.FetchPartition;
import io.millrace.kafka.state.FetchSession;
import io.millrace.kafka.state.FetchSessions;
import io.millrace.kafka.state.FetchSessions.Turn;
import io.millrace.log.FileSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/// Fetch (key 1): applies the request to its session (KIP-227), asks the logs, which wait for data without a thread,
/// and answers with slices of segment files. A client that goes away takes its waiting query with it.
///
/// On the listener of the cluster other nodes fetch for their replicas; whoever says so elsewhere is a consumer all the
/// same. Followers have fetch sessions of their own, so that no consumer drives one out, and no quota.
///
/// A client over its quota is answered without any partition (KIP-219): nothing of what was found counts as told, and
/// its session stays as it was, so that it finds all of it when it asks again.
final class HandleFetch implements Handler<FetchRequest> {
    /// From here on consumers may be served by followers (KIP-392).
    private static final int RACKS_VERSION = 11;

    private final Partitions partitions;
    private final CatalogSource catalog;
    private final FetchSessions consumers;
    private final FetchSessions followers;
    private final int bytesMax;

    HandleFetch(
            Partitions partitions,
            CatalogSource catalog,
            FetchSessions consumers,
            FetchSessions followers,
            int bytesMax) {
        this.partitions = partitions;
        this.catalog = catalog;
        this.consumers = consumers;
        this.followers = followers;
        this.bytesMax = bytesMax;
    }

    @Override
    public void handle(FetchRequest request, RequestContext context, Reply reply) {
        Asker asker = asker(request, context);
        if (asker.isFollower() && isOutlived(asker)) {
            refuse(Errors.STALE_BROKER_EPOCH, reply);
            return;
        }
        FetchSessions sessions = asker.isFollower() ? followers : consumers;
        switch (sessions.turn(request.data(), context.apiVersion(), context.nowMs())) {
            case Turn.Refused(Errors error) -> {
                if (!asker.isFollower()) {
                    reply.mayCarry(0); // it is refused either way, and silent if it must
                }
                refuse(error, reply);
            }
            case Turn.Full full ->
                ask(request, asker, context, full.partitions(), reply, new Full(sessions, full, context));
            case Turn.Incremental(FetchSession session) -> {
                if (asker.isFollower()) {
                    follow(request, asker, context, session, reply);
                } else {
                    ask(request, asker, context, session.partitions(), reply, new Incremental(session));
                }
            }
        }
    }

    private static void refuse(Errors error, Reply reply) {
        reply.send(FetchResponse.of(new FetchResponseData().setErrorCode(error.code())));
    }

    private static Asker asker(FetchRequest request, RequestContext context) {
        if (request.replicaId() >= 0 && context.listener().equals(NodeView.CLUSTER_LISTENER)) {
            return Asker.follower(request.replicaId(), request.replicaEpoch());
        }
        return context.apiVersion() >= RACKS_VERSION
                ? Asker.consumerIn(request.data().rackId())
                : Asker.CONSUMER;
    }

    /// The node has been started again since it sent this.
    private boolean isOutlived(Asker asker) {
        return Nodes.find(catalog.current(), asker.nodeId())
                .filter(node -> asker.nodeEpoch() < node.epoch())
                .isPresent();
    }

    private void ask(
            FetchRequest request,
            Asker asker,
            RequestContext context,
            List<FetchPartition> wanted,
            Reply reply,
            Telling telling) {
        Catalog now = catalog.current();
        List<FetchPartition> known = new ArrayList<>(wanted.size());
        List<FetchPartition> unknown = new ArrayList<>();
        List<FetchQuery.Ask> asks = new ArrayList<>(wanted.size());
        for (FetchPartition partition : wanted) {
            FetchQuery.Ask ask = partition.ask(now);
            if (ask == null) {
                unknown.add(partition);
            } else {
                known.add(partition);
                asks.add(ask);
            }
        }
        FetchAnswer answer = new FetchAnswer(context, catalog, isReadCommitted(request));
        if (asks.isEmpty()) {
            boolean isFree = asker.isFollower() || reply.mayCarry(0);
            reply.send(isFree ? finish(answer, telling, unknown) : throttled(telling));
            return;
        }
        int bytes = asker.isFollower() ? bytesMax : (int) Math.min(bytesMax, reply.carriesAtMost());
        // A follower waits in its session, where it can name others meanwhile.
        int waitMs = asker.isFollower() ? 0 : request.maxWait();
        Partitions.Waiting waiting = partitions.fetch(query(request, asker, bytes, waitMs, asks), fetched -> {
            if (asker.isFollower() || reply.mayCarry(recordBytes(fetched))) {
                tell(answer, telling, known, fetched);
                reply.send(finish(answer, telling, unknown));
            } else {
                fetched.parts().forEach(HandleFetch::release);
                reply.send(throttled(telling));
            }
        });
        reply.onAbandoned(waiting::cancel);
    }

    /// Goes on with a follower's session, of which only that is looked at which has been named or has changed. A
    /// connection that goes takes its session with it; a consumer may come back to its own.
    private void follow(FetchRequest request, Asker asker, RequestContext context, FetchSession session, Reply reply) {
        FollowerReads<FetchPartition> reads = session.readsFor(asker, partitions);
        FetchAnswer answer = new FetchAnswer(context, catalog, isReadCommitted(request));
        reads.fetch(query(request, asker, bytesMax, request.maxWait(), List.of()), answered -> {
            for (FollowerReads.Answered<FetchPartition> each : answered) {
                tell(answer, new Incremental(session), each.question(), each.part());
            }
            reply.send(answer.finish(session.id()));
        });
        reply.onAbandoned(() -> followers.close(session));
        reply.onHurried(reads::hurry); // other partitions are waiting to be named
    }

    private static FetchQuery query(
            FetchRequest request, Asker asker, int bytesAtMost, int waitMs, List<FetchQuery.Ask> asks) {
        FetchRequestData data = request.data();
        int bytes = Math.clamp(data.maxBytes(), 0, bytesAtMost);
        return new FetchQuery(
                asker,
                Math.clamp(data.minBytes(), 0, bytes),
                bytes,
                Math.max(0, waitMs),
                isReadCommitted(request),
                asks);
    }

    private static boolean isReadCommitted(FetchRequest request) {
        return request.isolationLevel() == IsolationLevel.READ_COMMITTED;
    }

    private static void tell(FetchAnswer answer, Telling telling, List<FetchPartition> known, FetchReply fetched) {
        for (int i = 0; i < known.size(); i++) {
            tell(answer, telling, known.get(i), fetched.parts().get(i));
        }
    }

    private static void tell(FetchAnswer answer, Telling telling, FetchPartition partition, FetchReply.Part part) {
        if (telling.tells(partition, part)) {
            answer.add(partition, part);
        } else {
            release(part);
        }
    }

    private static long recordBytes(FetchReply fetched) {
        long bytes = 0;
        for (FetchReply.Part part : fetched.parts()) {
            bytes += part.bytes();
        }
        return bytes;
    }

    private static void release(FetchReply.Part part) {
        FileSlice slice = part.slice();
        if (slice != null) {
            slice.release();
        }
    }

    private static FetchResponse throttled(Telling telling) {
        return FetchResponse.of(new FetchResponseData().setSessionId(telling.sessionIdSoFar()));
    }

    private static FetchResponse finish(FetchAnswer answer, Telling telling, List<FetchPartition> unknown) {
        for (FetchPartition partition : unknown) {
            telling.tellsError(partition);
            answer.add(partition, Errors.UNKNOWN_TOPIC_ID);
        }
        return answer.finish(telling.sessionId());
    }

    /// Which parts of an answer the client needs to be told, and under which session.
    private sealed interface Telling {
        boolean tells(FetchPartition partition, FetchReply.Part part);

        void tellsError(FetchPartition partition);

        /// Called last.
        int sessionId();

        /// Of the session there is already, 0 for none: who is told nothing is given no new one.
        int sessionIdSoFar();
    }

    private record Incremental(FetchSession session) implements Telling {
        @Override
        public boolean tells(FetchPartition partition, FetchReply.Part part) {
            return session.tells(partition, part);
        }

        @Override
        public void tellsError(FetchPartition partition) {
            session.tellsError(partition);
        }

        @Override
        public int sessionId() {
            return session.id();
        }

        @Override
        public int sessionIdSoFar() {
            return session.id();
        }
    }

    /// Tells everything, and opens a session for it when the client wants one.
    private static final class Full implements Telling {
        private final FetchSessions sessions;
        private final Turn.Full turn;
        private final RequestContext context;

        Full(FetchSessions sessions, Turn.Full turn, RequestContext context) {
            this.sessions = sessions;
            this.turn = turn;
            this.context = context;
        }

        @Override
        public boolean tells(FetchPartition partition, FetchReply.Part part) {
            partition.told(part);
            return true;
        }

        @Override
        public void tellsError(FetchPartition partition) {}

        @Override
        public int sessionId() {
            if (!turn.opensSession()) {
                return 0;
            }
            Optional<FetchSession> session = sessions.open(turn.partitions(), context.apiVersion(), context.nowMs());
            return session.map(FetchSession::id).orElse(0);
        }

        @Override
        public int sessionIdSoFar() {
            return 0;
        }
    }
}
