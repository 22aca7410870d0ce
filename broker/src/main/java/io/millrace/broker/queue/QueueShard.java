package io.millrace.broker.queue;

import io.millrace.broker.queue.QueuePlaces.Residence;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The queues of one loop. A queue is hosted from its first use on.
///
/// Owned by: its loop.
public final class QueueShard {
    private static final long REFUSED_AGAIN_MS = 10_000;

    private final QueueSurroundings around;
    private final QueuePlaces places;
    private final Map<TopicId, QueueSlot> slots = new HashMap<>();
    /// Of queues that were let go of with messages that had been handed out and were not safe.
    private final Map<TopicId, Long> seenBelow = new HashMap<>();

    private final Preparations preparations;
    private final long startedMs;
    private boolean stopped;
    private QueueTraffic past = QueueTraffic.NONE;

    public QueueShard(QueueSurroundings around, QueuePlaces places) {
        this.around = around;
        this.places = places;
        this.preparations = new Preparations(around.loop(), this::load);
        this.startedMs = around.clock().wallMs();
    }

    Loop loop() {
        return around.loop();
    }

    /// Does `work` with a queue, which may have to be loaded first; everything for one queue in the order it comes.
    ///
    /// @param refused called instead when the queue does not live here, or went before it was loaded
    void use(QueueView queue, Consumer<QueueHost> work, Consumer<QueueOutcome> refused) {
        around.loop().assertOwned();
        QueueSlot slot = slots.get(queue.id());
        if (slot != null) {
            slot.use(work, refused);
            return;
        }
        Residence residence = stopped ? Residence.ELSEWHERE : places.residence(queue);
        switch (residence) {
            case HERE -> opened(queue).use(work, refused);
            case ELSEWHERE -> refused.accept(QueueOutcome.UNAVAILABLE);
            case GONE -> refused.accept(QueueOutcome.GONE);
        }
    }

    /// @param asked as whoever asks remembers it, maybe with policies from before it was let go: nobody would tell the
    ///     slot of later ones again
    private QueueSlot opened(QueueView asked) {
        QueueView queue = places.current(asked);
        QueueSlot slot = new QueueSlot(
                queue,
                around,
                startedMs,
                seenBelow.getOrDefault(queue.id(), 0L),
                () -> places.residence(queue) == Residence.HERE,
                () -> reload(queue));
        slots.put(queue.id(), slot);
        slot.open();
        return slot;
    }

    /// Runs `work` when everything asked of the queue before is done; at once when nobody uses it.
    void afterOthers(QueueView queue, Runnable work) {
        QueueSlot slot = slots.get(queue.id());
        if (slot == null) {
            work.run();
        } else {
            slot.afterOthers(work);
        }
    }

    /// Decides whether a queue may be deleted. If so, whatever is asked of it afterwards waits until it is, or [#stay]:
    /// nobody consumes from, or publishes to, a queue that was found unused or empty.
    void leave(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        use(
                queue,
                host -> {
                    CountsReply decided = host.mayLeave(ifUnused, ifEmpty);
                    QueueSlot slot = slots.get(queue.id());
                    if (slot != null && decided.outcome() == QueueOutcome.DONE) {
                        slot.leave();
                    }
                    reply.accept(decided);
                },
                outcome -> reply.accept(new CountsReply(outcome, 0, 0, 0)));
    }

    /// A queue is not deleted after all.
    void stay(QueueView queue) {
        QueueSlot slot = slots.get(queue.id());
        if (slot != null) {
            slot.stay();
        }
    }

    /// The log holds something else than was thought: the next life of the queue knows. Time may matter to it although
    /// nobody uses it.
    private void reload(QueueView queue) {
        unload(queue.id(), QueueOutcome.UNAVAILABLE);
        prepare(places.current(queue));
    }

    private void unload(TopicId id, QueueOutcome why) {
        QueueSlot slot = slots.remove(id);
        if (slot != null) {
            past = past.plus(slot.hosted().map(HostedQueue::traffic).orElse(QueueTraffic.NONE));
            if (slot.unsafeEnd() > 0) {
                seenBelow.put(id, slot.unsafeEnd());
            }
            slot.close(why);
        }
        if (why == QueueOutcome.GONE) {
            seenBelow.remove(id);
        }
    }

    /// The queue was deleted. May be called from any thread.
    public void onDeleted(QueueView queue) {
        around.loop().run(() -> unload(queue.id(), QueueOutcome.GONE));
    }

    /// Policies made another queue of it. May be called from any thread.
    public void onChanged(QueueView queue) {
        around.loop().run(() -> {
            QueueSlot slot = slots.get(queue.id());
            if (slot != null) {
                slot.change(queue);
            }
            prepare(queue);
        });
    }

    /// Whoever leads its log, it is another leadership than before. May be called from any thread.
    ///
    /// @param timed the queue if time matters to it although nobody uses it
    public void onLeader(TopicId id, Optional<QueueView> timed) {
        around.loop().run(() -> {
            unload(id, QueueOutcome.UNAVAILABLE);
            timed.ifPresent(this::prepare);
        });
    }

    /// Whether time matters to a queue although nobody uses it.
    public static boolean isTimed(QueueView queue) {
        return QueueArguments.isTimed(queue);
    }

    /// Loads a queue if time matters to it although nobody uses it. May be called from any thread.
    public void onCreated(QueueView queue) {
        around.loop().run(() -> prepare(queue));
    }

    private void prepare(QueueView queue) {
        if (QueueArguments.isTimed(queue)) {
            preparations.add(queue);
        }
    }

    /// One whose disk refuses is tried again.
    private void load(QueueView queue, Runnable done) {
        use(queue, _ -> done.run(), _ -> {
            done.run();
            if (!stopped && places.residence(queue) == Residence.HERE) {
                around.loop().after(REFUSED_AGAIN_MS, () -> preparations.add(queue));
            }
        });
    }

    /// The node stops: brings home what is on its way and writes down how things stand. May be called from any thread.
    ///
    /// @param done called on the shard's loop
    public void stop(Runnable done) {
        around.loop().run(() -> {
            stopped = true;
            List<QueueSlot> all = new ArrayList<>(slots.values());
            slots.clear();
            int[] left = {all.size()};
            if (all.isEmpty()) {
                done.run();
            }
            all.forEach(slot -> slot.closeInOrder(() -> {
                if (--left[0] == 0) {
                    done.run();
                }
            }));
        });
    }

    /// What the queues hold that are in use. Called on the shard's loop.
    public void forEachHosted(BiConsumer<TopicId, HostedQueue> action) {
        around.loop().assertOwned();
        slots.forEach((id, slot) -> slot.hosted().ifPresent(hosted -> action.accept(id, hosted)));
    }

    /// What went through queues that are in use no more. Called on the shard's loop.
    public QueueTraffic past() {
        around.loop().assertOwned();
        return past;
    }

    /// How many queues are in use. Called on the shard's loop.
    public int hosted() {
        return slots.size();
    }
}
