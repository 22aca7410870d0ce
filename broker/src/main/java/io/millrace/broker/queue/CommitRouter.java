package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit.Routed;
import io.millrace.broker.queue.Commit.Settled;
import io.millrace.broker.queue.DeadLetterRouter.Topics;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.Clock;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Does what decided commits say: brings the messages to their queues and topics and, when all are stored, settles what
/// was acknowledged. What has gone meanwhile is done with.
///
/// Owned by: one loop.
public final class CommitRouter {
    /// Where a commit was routed more may have been known than here: so long what is not there may still come.
    static final long MISSING_MS = 30_000;

    /// Bytes of commits that wait for one queue or topic; one commit may be more. Others come again later, so that one
    /// that does not answer leaves room for commits that do not concern it.
    static final long BYTES_MAX = 8 * 1024 * 1024;

    private final Clock clock;
    private final TopologySource topology;
    private final Topics topics;
    private final Supplier<Queues> queues;
    private final QueueEvents events;
    private final Map<Place, Long> outBytes = new HashMap<>();

    private record Place(VhostName vhost, Target target) {}

    private record Part(int number, Message message) {}

    /// @param queues as this loop sees them; asked for when the first commit is done
    public CommitRouter(
            Clock clock, TopologySource topology, Topics topics, Supplier<Queues> queues, QueueEvents events) {
        this.clock = clock;
        this.topology = topology;
        this.topics = topics;
        this.queues = queues;
        this.events = events;
    }

    /// Tries what is not done yet. What this node can not read waits for one that can.
    ///
    /// @param from a commit queue
    /// @param record from there
    /// @param ended called on the same loop: whether all is done
    void attempt(QueueRef from, Message record, CommitProgress progress, Consumer<Boolean> ended) {
        Optional<VhostView> vhost = topology.topology().vhost(from.vhost());
        Optional<Commit> commit = Commit.of(record);
        if (vhost.isEmpty() || commit.isEmpty()) {
            ended.accept(vhost.isEmpty());
        } else {
            new Attempt(from, vhost.get(), commit.get(), record, progress, ended).publish();
        }
    }

    /// One walk through the parts of a commit that are not done: a message for each target, then each queue with
    /// something settled.
    private final class Attempt {
        private final QueueRef from;
        private final VhostView vhost;
        private final Commit commit;
        private final Message record;
        private final CommitProgress progress;
        private final Consumer<Boolean> ended;
        private final boolean isAgain;
        private int part;
        private int open;
        private boolean failed;
        private Runnable next = this::settle;

        Attempt(
                QueueRef from,
                VhostView vhost,
                Commit commit,
                Message record,
                CommitProgress progress,
                Consumer<Boolean> ended) {
            this.from = from;
            this.vhost = vhost;
            this.commit = commit;
            this.record = record;
            this.progress = progress;
            this.ended = ended;
            this.isAgain = progress.tryAgain();
        }

        void publish() {
            Map<Target, Lane> lanes = new LinkedHashMap<>();
            open = 1; // until all are handed over
            for (Routed routed : commit.messages()) {
                for (Target target : routed.targets()) {
                    int number = part++;
                    if (!progress.isDone(number)) {
                        lanes.computeIfAbsent(target, _ -> new Lane(target, find(target)))
                                .add(number, routed.message());
                    }
                }
            }
            lanes.values().forEach(Lane::go);
            countDown();
        }

        private void settle() {
            next = () -> ended.accept(!failed);
            open = 1;
            for (Settled settled : commit.settled()) {
                int number = part++;
                if (!progress.isDone(number) && !progress.isRefused()) {
                    Optional<QueueView> queue = vhost.queue(settled.queue())
                            .filter(there -> there.id().equals(settled.id()));
                    Lane lane = new Lane(new ToQueue(settled.queue()), queue);
                    lane.add(number, settled.order().toMessage(record.publishedMs()));
                    lane.go();
                }
            }
            countDown();
        }

        /// Empty when it has gone since the message was routed, or this node has not heard of it.
        private Optional<QueueView> find(Target target) {
            return switch (target) {
                case ToQueue(QueueName name) -> vhost.anyQueue(name);
                case ToTopic(String topic) -> topics.find(vhost.name(), new QueueName(topic));
            };
        }

        private void countDown() {
            if (--open == 0) {
                if (failed) {
                    ended.accept(false);
                } else {
                    next.run();
                }
            }
        }

        /// What one queue or topic is to get, in order: all at once the first time, and after a failure one by one, so
        /// that none passes one that fails again.
        private final class Lane {
            private final Target target;
            private final Optional<QueueView> queue;
            private final Deque<Part> left = new ArrayDeque<>(1);
            private int out;
            private boolean isGoing;

            Lane(Target target, Optional<QueueView> queue) {
                this.target = target;
                this.queue = queue;
            }

            void add(int number, Message message) {
                open++;
                left.add(new Part(number, message));
                if (!isAgain) {
                    go();
                }
            }

            void go() {
                if (isGoing) {
                    return; // an answer came before its message was handed over
                }
                isGoing = true;
                while (!left.isEmpty() && (out == 0 || !isAgain)) {
                    send(left.remove());
                }
                isGoing = false;
            }

            private void send(Part sent) {
                if (queue.isEmpty()) {
                    boolean hasGone = progress.missingMs(clock.monotonicMs()) >= MISSING_MS;
                    answered(sent, hasGone ? End.NOWHERE : End.FAILED);
                } else if (out == 0 && !takeRoom()) {
                    answered(sent, End.FAILED);
                } else {
                    out++;
                    queues.get().publish(queue.get(), stamped(sent.message), end -> {
                        if (--out == 0) {
                            giveRoom();
                        }
                        answered(sent, end);
                    });
                }
            }

            /// Topics may refuse what is old, and it may have become so here.
            private Message stamped(Message message) {
                return target instanceof ToTopic
                        ? new Message(
                                message.format(),
                                message.exchange(),
                                message.routingKey(),
                                message.properties(),
                                message.body(),
                                clock.wallMs(),
                                message.dueMs())
                        : message;
            }

            private boolean takeRoom() {
                Place place = new Place(vhost.name(), target);
                long taken = outBytes.getOrDefault(place, 0L);
                boolean hasRoom = taken == 0 || taken + record.bytes() <= BYTES_MAX;
                if (hasRoom) {
                    outBytes.put(place, taken + record.bytes());
                }
                return hasRoom;
            }

            private void giveRoom() {
                outBytes.computeIfPresent(
                        new Place(vhost.name(), target),
                        (_, taken) -> taken > record.bytes() ? taken - record.bytes() : null);
            }

            private void answered(Part sent, End end) {
                if (isDone(end)) {
                    progress.done(sent.number);
                } else {
                    failed = true;
                    open -= left.size();
                    left.clear();
                }
                go();
                countDown();
            }

            /// Once somebody was told that the commit will be done, a full queue only makes it wait, and what a topic
            /// can never take is dropped there, as with dead letters.
            private boolean isDone(End end) {
                if (end == End.UNFIT && !progress.mayBeRefused()) {
                    events.unfit(from, target);
                } else if (end == End.UNFIT || (end == End.REFUSED && progress.mayBeRefused())) {
                    progress.refused();
                } else {
                    return end == End.STORED || end == End.NOWHERE;
                }
                return true;
            }
        }
    }
}
