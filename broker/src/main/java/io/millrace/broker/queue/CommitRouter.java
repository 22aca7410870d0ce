package io.millrace.broker.queue;

import io.millrace.broker.queue.Commit.Routed;
import io.millrace.broker.queue.Commit.Settled;
import io.millrace.broker.queue.DeadLetterRouter.Topics;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Does what decided commits say: brings the messages to their queues and topics and, when all are stored, settles what
/// was acknowledged. What has gone meanwhile is done with.
///
/// Owned by: one loop.
public final class CommitRouter {
    private final TopologySource topology;
    private final Topics topics;
    private final Supplier<Queues> queues;

    /// @param queues as this loop sees them; asked for when the first commit is done
    public CommitRouter(TopologySource topology, Topics topics, Supplier<Queues> queues) {
        this.topology = topology;
        this.topics = topics;
        this.queues = queues;
    }

    /// Tries what is not done yet.
    ///
    /// @param decidedMs when the commit was decided
    /// @param ended called on the same loop: whether all is done
    void attempt(VhostName name, Commit commit, long decidedMs, CommitProgress progress, Consumer<Boolean> ended) {
        Optional<VhostView> vhost = topology.topology().vhost(name);
        if (vhost.isEmpty()) {
            ended.accept(true);
        } else {
            new Attempt(vhost.get(), commit, decidedMs, progress, ended).publish();
        }
    }

    /// One walk through the parts of a commit that are not done: a message for each target, then each queue with
    /// something settled.
    private final class Attempt {
        private final VhostView vhost;
        private final Commit commit;
        private final long decidedMs;
        private final CommitProgress progress;
        private final Consumer<Boolean> ended;
        private int part;
        private int open;
        private boolean failed;
        private Runnable next = this::settle;

        Attempt(VhostView vhost, Commit commit, long decidedMs, CommitProgress progress, Consumer<Boolean> ended) {
            this.vhost = vhost;
            this.commit = commit;
            this.decidedMs = decidedMs;
            this.progress = progress;
            this.ended = ended;
        }

        void publish() {
            open = 1; // until all are handed over
            for (Routed routed : commit.messages()) {
                for (Target target : routed.targets()) {
                    int number = part++;
                    if (!progress.isDone(number)) {
                        open++;
                        find(target)
                                .ifPresentOrElse(
                                        queue -> queues.get()
                                                .publish(queue, routed.message(), end -> ended(number, end)),
                                        () -> ended(number, End.NOWHERE));
                    }
                }
            }
            countDown();
        }

        private void settle() {
            next = () -> ended.accept(!failed);
            open = 1;
            for (Settled settled : commit.settled()) {
                int number = part++;
                if (!progress.isDone(number) && !progress.isRefused()) {
                    open++;
                    vhost.queue(settled.queue())
                            .filter(queue -> queue.id().equals(settled.id()))
                            .ifPresentOrElse(
                                    queue -> queues.get()
                                            .publish(
                                                    queue,
                                                    settled.order().toMessage(decidedMs),
                                                    end -> ended(number, end)),
                                    () -> ended(number, End.NOWHERE));
                }
            }
            countDown();
        }

        /// Empty when it has gone since the message was routed.
        private Optional<QueueView> find(Target target) {
            return switch (target) {
                case ToQueue(QueueName name) -> vhost.anyQueue(name);
                case ToTopic(String topic) -> topics.find(vhost.name(), new QueueName(topic));
            };
        }

        private void ended(int number, End end) {
            if (end == End.FAILED) {
                failed = true;
            } else {
                progress.done(number);
            }
            if (end == End.REFUSED || end == End.UNFIT) {
                progress.refused();
            }
            countDown();
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
    }
}
