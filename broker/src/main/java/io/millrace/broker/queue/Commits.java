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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The commits of one commit queue from when they come until they are done. Who has sent one is told when it is done
/// and will not come again, or when it has been stored for long: then it will be done. Other queues have nothing here.
///
/// Owned by: one [QueueHost].
final class Commits {
    /// How long the client of a commit that is stored waits for queues that are away.
    static final long PATIENCE_MS = 10_000;

    /// Commits that wait for queues that are away, before others have to wait with them; and of those that are under
    /// way, of which one queue has less ([CommitRouter]).
    static final OutgoingLetters.Bounds BOUNDS = new OutgoingLetters.Bounds(16_384, 32 * 1024 * 1024);

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

        /// Nobody waits any more: a queue that is away for long must not keep what they had in memory.
        void leave() {
            caller = null;
            progress.awaited(false);
        }
    }

    /// Who waits for a commit. Keeps the message until it is placed, and who is to be told until they are.
    private final class Caller implements Publication {
        private @Nullable Message message;
        private Publication publication;
        private @Nullable Open open;
        private Loop.@Nullable Timer timer;

        Caller(Message message, Publication publication) {
            this.message = message;
            this.publication = publication;
        }

        void placed(Open at) {
            message = null;
            open = at;
            at.caller = this;
            at.progress.awaited(true);
        }

        @Override
        public void ended(End end) {
            if (end != End.STORED) {
                if (message != null) {
                    arriving.remove(message);
                }
                tell(end);
            } else if (open != null) {
                timer = around.loop().after(PATIENCE_MS, this::tellWhatIsKnown);
            }
        }

        /// It is stored, and will be done: unless it has failed already.
        void tellWhatIsKnown() {
            tell(open != null && open.progress.isRefused() ? End.REFUSED : End.STORED);
        }

        void tell(End end) {
            Loop.Timer pending = timer;
            if (pending != null) {
                pending.cancel();
            }
            if (open != null) {
                open.leave();
                open = null;
            }
            Publication told = publication;
            publication = UNHEARD;
            told.ended(end);
        }

        /// The queue goes: what is stored will be done by whoever has it next.
        void leave() {
            if (timer != null) {
                tellWhatIsKnown();
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
            caller.placed(of(offset));
        }
    }

    private Open of(long offset) {
        return open.computeIfAbsent(offset, _ -> new Open());
    }

    /// Does what is not done of one.
    void attempt(long offset, Message message, Consumer<Boolean> ended) {
        around.commits().attempt(queue.ref(), message, of(offset).progress, ended);
    }

    /// It is done, and settled in the machine. Nobody is told before that will outlive the process: it would be done
    /// again, which after a refusal means all of it.
    void done(long offset) {
        Open done = open.remove(offset);
        if (done != null && done.caller != null) {
            Caller caller = done.caller;
            boolean isRefused = done.progress.isRefused();
            store.whenNoted(end -> caller.tell(isRefused ? End.REFUSED : end));
        }
    }

    /// It can not be read any more.
    void lost(long offset) {
        Open lost = open.remove(offset);
        if (lost != null && lost.caller != null) {
            lost.caller.tell(End.FAILED);
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
