package io.millrace.broker.group;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.log.config.LogConfig;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps one shard in step with the outside: loads it when this node comes to lead its partition, hands it commands and
/// time, writes its records, gives out its answers. Decides nothing about groups.
///
/// Owned by: the loop of the shard's partition.
final class ShardHost implements ShardWriter.Owner, ShardLoader.Owner {
    private static final long LOAD_RETRY_MS = 200;
    /// A leadership that has just begun is a matter of one round with the followers.
    private static final long NEW_LEADER_RETRY_MS = 10;

    /// What all hosts of a node share.
    record Surroundings(
            int nodeId,
            GroupConfig config,
            CatalogSource catalog,
            Clock clock,
            Randomness randomness,
            GroupRecordCodec codec,
            Subscriptions subscriptions,
            CoordinatorEvents events) {}

    private final TopicPartition partition;
    private final int partitionCount;
    private final ShardHome home;
    private final Surroundings around;
    private @Nullable GroupShard shard;
    private @Nullable ShardLoader loader;
    private ShardWriter writer;
    private int leaderEpoch = -1;
    private TopicId loadedOf = TopicId.NONE;
    private long loadRetryMs = NEW_LEADER_RETRY_MS;
    private boolean draining;
    private Loop.@Nullable Timer timer;
    private long timerAtMs = Long.MAX_VALUE;

    ShardHost(TopicPartition partition, int partitionCount, ShardHome home, Surroundings around) {
        this.partition = partition;
        this.partitionCount = partitionCount;
        this.home = home;
        this.around = around;
        this.writer = newWriter();
    }

    private ShardWriter newWriter() {
        return new ShardWriter(partition, home, around.codec, around.config.commitTimeoutMs(), this);
    }

    Loop loop() {
        return home.loop();
    }

    @Override
    public Moment now() {
        return new Moment(around.clock.monotonicMs(), around.clock.wallMs());
    }

    @Override
    public int batchBytesMax() {
        return around.catalog
                .current()
                .topic(partition.topic())
                .map(topic -> topic.settings().log().batchBytesMax())
                .orElse(LogConfig.DEFAULT.batchBytesMax());
    }

    // --- requests

    <R> void submit(GroupCommand<R> command, Consumer<R> answer) {
        ErrorKind error = ready();
        GroupShard loaded = shard;
        if (error != ErrorKind.NONE || loaded == null) {
            answer.accept(command.refused(error));
            return;
        }
        Turn turn = new Turn(now());
        command.decide(loaded, answer, turn);
        finish(turn);
    }

    void list(ListGroups query, Consumer<ListGroups.Reply> answer) {
        ErrorKind error = ready();
        GroupShard loaded = shard;
        if (error == ErrorKind.NONE && loaded != null) {
            answer.accept(new ListGroups.Reply(ErrorKind.NONE, loaded.list(query)));
        } else {
            // Groups other nodes coordinate are listed by those nodes.
            boolean elsewhere = error == ErrorKind.NOT_COORDINATOR || error == ErrorKind.COORDINATOR_NOT_AVAILABLE;
            answer.accept(new ListGroups.Reply(elsewhere ? ErrorKind.NONE : error, List.of()));
        }
    }

    /// Nothing but the side effect: the shard gets loaded when this node leads it.
    void prepare() {
        ready();
    }

    void onTopicDeleted(String topic) {
        GroupShard loaded = shard;
        if (loaded != null) {
            Turn turn = new Turn(now());
            loaded.onTopicDeleted(topic, turn);
            finish(turn);
        }
    }

    /// The node stops: who waits for others is sent away, and so is whoever comes now. What is on its way to the log is
    /// answered when it is there.
    void drain() {
        draining = true;
        GroupShard loaded = shard;
        if (loaded != null) {
            Turn turn = new Turn(now());
            loaded.refuseParked(turn);
            finish(turn);
        }
    }

    /// Whether the shard can be asked. Begins to load it when it should be here, lets it go when it should not.
    private ErrorKind ready() {
        home.loop().assertOwned();
        if (draining) {
            return ErrorKind.NOT_COORDINATOR;
        }
        Optional<TopicView> topic = topic();
        Optional<PartitionView> view = topic.map(found -> found.partitions().get(partition.partition()));
        boolean leads = view.isPresent() && view.get().leader() == around.nodeId;
        if (!leads) {
            unload("this node does not lead the partition");
            boolean led = view.isPresent() && view.get().leader() != PartitionView.NO_LEADER;
            return led ? ErrorKind.NOT_COORDINATOR : ErrorKind.COORDINATOR_NOT_AVAILABLE;
        }
        TopicId topicId = topic.get().id();
        if (leaderEpoch != view.get().leaderEpoch() || !loadedOf.equals(topicId)) {
            unload("a new leader epoch began, or the topic is another one");
            loadedOf = topicId;
            loadRetryMs = NEW_LEADER_RETRY_MS;
            load(view.get().leaderEpoch());
        }
        boolean canBeLedElsewhere = view.get().replicas().size() > 1;
        if (canBeLedElsewhere && !home.mayLead().getAsBoolean()) {
            return ErrorKind.NOT_COORDINATOR; // who leads now may know later positions
        }
        return shard == null ? ErrorKind.COORDINATOR_LOADING : ErrorKind.NONE;
    }

    private Optional<TopicView> topic() {
        return around.catalog
                .current()
                .topic(partition.topic())
                // Another number of partitions would send every group elsewhere: fixed while a node runs, as in Kafka.
                .filter(topic -> topic.partitions().size() == partitionCount);
    }

    // --- loading

    private void load(int epoch) {
        leaderEpoch = epoch;
        GroupShard fresh = new GroupShard(around.config, around.subscriptions, around.randomness);
        ShardLoader next = new ShardLoader(partition, home, around.codec, around.config.loadBytes(), fresh, this);
        loader = next;
        next.start();
    }

    @Override
    public void onLoaded(ShardLoader done) {
        if (done != loader) {
            return;
        }
        loader = null;
        shard = done.shard();
        Turn turn = new Turn(now());
        done.shard().onLoaded(turn);
        around.events.loaded(partition, done.shard().groupCount(), done.shard().offsetCount(), done.skipped());
        finish(turn);
    }

    @Override
    public void onLoadFailed(ShardLoader failed, ErrorKind error) {
        if (failed != loader) {
            return;
        }
        boolean isNewLeader = error == ErrorKind.OFFSET_NOT_AVAILABLE || error == ErrorKind.NOT_LEADER;
        if (!isNewLeader) {
            around.events.loadFailed(partition, error);
        }
        int epoch = leaderEpoch;
        long retryMs = isNewLeader ? loadRetryMs : LOAD_RETRY_MS;
        loadRetryMs = Math.min(LOAD_RETRY_MS, loadRetryMs * 2);
        home.loop().after(retryMs, () -> {
            if (loader == failed) {
                load(epoch);
            }
        });
    }

    private void unload(String why) {
        leaderEpoch = -1;
        if (loader != null) {
            loader.cancel();
            loader = null;
        }
        GroupShard old = shard;
        if (old == null) {
            return;
        }
        shard = null;
        Turn turn = new Turn(now());
        writer.abandon(ErrorKind.NOT_LEADER, turn);
        old.onUnload(turn);
        writer = newWriter();
        disarm();
        around.events.unloaded(partition, why);
        turn.events().forEach(around.events::group);
        turn.answers().forEach(Runnable::run);
    }

    // --- what comes out of the shard

    private void finish(Turn turn) {
        turn.events().forEach(around.events::group);
        writer.add(turn.appends());
        arm();
        turn.answers().forEach(Runnable::run);
    }

    @Override
    public void onSent() {
        arm();
    }

    @Override
    public void onWritten() {
        GroupShard loaded = shard;
        if (loaded == null) {
            throw new InvariantViolation("a confirmation without a shard for " + partition);
        }
        Turn turn = new Turn(now());
        boolean unsure = false;
        for (var next = writer.nextDone(); next.isPresent(); next = writer.nextDone()) {
            ErrorKind result = next.get().result();
            if (result == ErrorKind.NONE) {
                next.get().confirm(loaded, turn);
            } else {
                next.get().refuse(result, turn);
                unsure |= leavesDoubt(result);
            }
        }
        finish(turn);
        if (unsure) {
            unload("an append ended in doubt");
            ready();
        }
    }

    /// Whether records that failed this way may nevertheless be, or come, in the log: then only the log knows the
    /// state.
    private static boolean leavesDoubt(ErrorKind error) {
        return switch (error) {
            case REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, NOT_LEADER, FENCED_LEADER_EPOCH -> true;
            default -> false;
        };
    }

    // --- time

    private void arm() {
        GroupShard loaded = shard;
        if (loaded == null) {
            return;
        }
        long next = Math.min(orNever(loaded.nextDeadlineMs()), orNever(writer.nextDeadlineMs()));
        if (next >= timerAtMs) {
            return; // the timer that is set comes early enough
        }
        disarm();
        timerAtMs = next;
        timer = home.loop().after(Math.max(next - around.clock.monotonicMs(), 0), this::onTimer);
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        timerAtMs = Long.MAX_VALUE;
    }

    private void onTimer() {
        timer = null;
        timerAtMs = Long.MAX_VALUE;
        GroupShard loaded = shard;
        if (loaded == null) {
            return;
        }
        Turn turn = new Turn(now());
        loaded.onTick(turn);
        writer.onTick(turn);
        finish(turn);
    }

    private static long orNever(OptionalLong deadline) {
        return deadline.orElse(Long.MAX_VALUE);
    }
}
