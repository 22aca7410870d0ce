package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The commits of one commit queue from when they come until they are done. Who has sent one is told when it is done
/// and will not come again, or when it has been stored for long: then it will be done. Other queues have nothing here.
///
/// Owned by: one [QueueHost].
final class Commits {
    /// How long the client of a commit that is stored waits for queues that are away.
    static final long PATIENCE_MS = 10_000;

    /// Commits that wait for queues that are away, before others have to wait with them.
    static final int OPEN_MAX = 16_384;

    private final QueueView queue;
    private final QueueSurroundings around;
    private final QueueStore store;
    private final boolean areHere;
    private final Map<Message, Caller> arriving = new HashMap<>();
    private final Map<Long, Open> open = new LinkedHashMap<>();

    Commits(QueueView queue, QueueSurroundings around, QueueStore store) {
        this.queue = queue;
        this.around = around;
        this.store = store;
        this.areHere = CommitQueue.is(queue);
    }

    boolean areHere() {
        return areHere;
    }

    /// A commit that is stored and not done.
    private static final class Open {
        private final CommitProgress progress = new CommitProgress();
        private @Nullable Caller caller;
    }

    /// Who waits for a commit.
    private final class Caller implements Publication {
        private final Message message;
        private final Publication publication;
        private boolean isStored;
        private boolean isTold;
        private Loop.@Nullable Timer timer;

        Caller(Message message, Publication publication) {
            this.message = message;
            this.publication = publication;
        }

        @Override
        public void ended(End end) {
            if (end != End.STORED) {
                arriving.remove(message);
                tell(end);
            } else if (!isTold) {
                isStored = true;
                timer = around.loop().after(PATIENCE_MS, () -> tell(End.STORED));
            }
        }

        void tell(End end) {
            if (!isTold) {
                isTold = true;
                Loop.Timer pending = timer;
                if (pending != null) {
                    pending.cancel();
                }
                publication.ended(end);
            }
        }

        /// The queue goes: what is stored will be done by whoever has it next.
        void leave() {
            if (isStored) {
                tell(End.STORED);
            }
        }
    }

    /// A message comes.
    ///
    /// @return who is to be told of it instead
    Publication caller(Message message, Publication publication) {
        if (!areHere) {
            return publication;
        }
        Caller caller = new Caller(message, publication);
        arriving.put(message, caller);
        return caller;
    }

    /// A message that came by [#caller] is in, at this place.
    void placed(long offset, Message message) {
        Caller caller = areHere ? arriving.remove(message) : null;
        if (caller != null) {
            of(offset).caller = caller;
        }
    }

    private Open of(long offset) {
        return open.computeIfAbsent(offset, _ -> new Open());
    }

    /// Does what is not done of one. What this node can not read waits for one that can.
    void attempt(long offset, Message message, Consumer<Boolean> ended) {
        Optional<Commit> commit = Commit.of(message);
        if (commit.isEmpty()) {
            ended.accept(false);
        } else {
            around.commits()
                    .attempt(queue.ref().vhost(), commit.get(), message.publishedMs(), of(offset).progress, ended);
        }
    }

    /// It is done, and settled in the machine.
    void done(long offset) {
        Open done = open.remove(offset);
        if (done == null || done.caller == null) {
            return;
        }
        Caller caller = done.caller;
        if (done.progress.isRefused()) {
            caller.tell(End.REFUSED);
        } else {
            store.whenNoted(_ -> caller.tell(End.STORED));
        }
    }

    void close() {
        List<Open> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(each -> {
            if (each.caller != null) {
                each.caller.leave();
            }
        });
    }
}
