package io.millrace.simulator.node;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.cluster.LeaderStanding;
import io.millrace.cluster.replica.ArrivingBatches;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.cluster.replica.ReadTicket;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.simulator.client.ClientAnswer;
import io.millrace.simulator.client.ClientCall;
import io.millrace.simulator.net.SimNetwork.Reply;
import io.millrace.simulator.world.SimLoop;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where clients produce and fetch.
///
/// Owned by: the data loop of its node.
final class ClientDesk {
    private static final int BYTES_MAX = 8_192;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SimLoop loop;
    private final SimHost host;
    private final Clock clock;
    private final LeaderStanding standing;
    private final boolean acknowledgesEarly;
    private final AppendWatch watch;

    /// Hears of every append that a log took.
    @FunctionalInterface
    interface AppendWatch {
        void onAppend(Partition partition);
    }

    /// @param acknowledgesEarly a bug on purpose, see [Sabotage]
    ClientDesk(
            SimLoop loop,
            SimHost host,
            Clock clock,
            LeaderStanding standing,
            boolean acknowledgesEarly,
            AppendWatch watch) {
        this.loop = loop;
        this.host = host;
        this.clock = clock;
        this.standing = standing;
        this.acknowledgesEarly = acknowledgesEarly;
        this.watch = watch;
    }

    void onRequest(ClientCall call, Reply<ClientAnswer> reply) {
        switch (call) {
            case ClientCall.Produce produce -> produce(produce, reply);
            case ClientCall.Fetch fetch -> new Fetching(fetch, reply).start();
        }
    }

    private void produce(ClientCall.Produce call, Reply<ClientAnswer> reply) {
        Hosted hosted = host.find(call.partition());
        if (hosted == null || !standing.mayLead(clock.monotonicMs())) {
            reply.send(new ClientAnswer.Produced(ErrorKind.NOT_LEADER, -1, LeaderHint.NONE));
            return;
        }
        Partition partition = hosted.partition;
        long deadlineMs = call.acks() == Acks.ALL ? clock.monotonicMs() + call.timeoutMs() : Long.MAX_VALUE;
        ArrivingBatches arriving = partition.arriving(call.batch(), AppendOrigin.CLIENT, clock.wallMs());
        long before = partition.log().endOffset();
        partition.append(
                arriving,
                arriving.check(),
                Lease.NONE,
                acknowledgesEarly ? Acks.LEADER : call.acks(),
                deadlineMs,
                answer -> reply.send(new ClientAnswer.Produced(
                        answer.error(), answer.result().firstOffset(), answer.leader())));
        if (partition.log().endOffset() > before) {
            watch.onAppend(partition);
            host.work().flushSoon(hosted);
        }
    }

    /// A fetch that waits for records.
    private final class Fetching {
        private final ClientCall.Fetch call;
        private final Reply<ClientAnswer> reply;
        private final long deadlineMs;
        private @Nullable ReadTicket ticket;
        private Loop.@Nullable Timer limit;
        private boolean isDone;

        Fetching(ClientCall.Fetch call, Reply<ClientAnswer> reply) {
            this.call = call;
            this.reply = reply;
            this.deadlineMs = clock.monotonicMs() + call.maxWaitMs();
        }

        void start() {
            read();
            if (!isDone) {
                limit = loop.after(call.maxWaitMs(), this::read);
            }
        }

        private void read() {
            if (isDone) {
                return;
            }
            dropTicket();
            Hosted hosted = host.find(call.partition());
            if (hosted == null || !standing.mayLead(clock.monotonicMs())) {
                answer(refused(ErrorKind.NOT_LEADER, LeaderHint.NONE));
                return;
            }
            Partition partition = hosted.partition;
            var ask = new FetchQuery.Ask(call.partition(), call.offset(), BYTES_MAX, call.leaderEpoch(), -1);
            var query = new FetchQuery(Asker.CONSUMER, 1, BYTES_MAX, call.maxWaitMs(), false, List.of(ask));
            ReadOutcome outcome = partition.read(query, ask, BYTES_MAX, true);
            ByteBuffer bytes = Reading.bytes(outcome.bytes(), damagedAt -> host.onDamaged(hosted, damagedAt));
            if (bytes == null) {
                answer(refused(ErrorKind.STORAGE_ERROR, LeaderHint.NONE));
            } else if (outcome.error() != ErrorKind.NONE) {
                answer(new ClientAnswer.Fetched(
                        outcome.error(),
                        NOTHING,
                        outcome.highWatermark(),
                        outcome.logStartOffset(),
                        partition.assignment().hint(),
                        false));
            } else if (bytes.hasRemaining() || clock.monotonicMs() >= deadlineMs) {
                answer(new ClientAnswer.Fetched(
                        ErrorKind.NONE,
                        bytes,
                        outcome.highWatermark(),
                        outcome.logStartOffset(),
                        LeaderHint.NONE,
                        isUnderMinInSync(partition.assignment())));
            } else {
                ticket = partition.await(call.offset(), () -> loop.post(this::read));
            }
        }

        private static ClientAnswer refused(ErrorKind error, LeaderHint hint) {
            return new ClientAnswer.Fetched(error, NOTHING, -1, -1, hint, false);
        }

        private static boolean isUnderMinInSync(Assignment assignment) {
            int wanted = Math.min(
                    assignment.settings().minInSyncReplicas(),
                    assignment.replicas().size());
            return assignment.isr().size() < wanted;
        }

        private void dropTicket() {
            ReadTicket mine = ticket;
            ticket = null;
            if (mine != null) {
                mine.cancel();
            }
        }

        private void answer(ClientAnswer answer) {
            isDone = true;
            Loop.Timer mine = limit;
            if (mine != null) {
                mine.cancel();
            }
            reply.send(answer);
        }
    }
}
