package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A shard with virtual time and a log in memory that confirms at once, or when the test says so.
final class GroupFixture {
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;

    /// Subscriptions in tests are topic names with commas between; `?` cannot be read.
    static final Subscriptions SUBSCRIPTIONS = subscription -> {
        String text = new String(subscription.bytes(), StandardCharsets.UTF_8);
        return text.equals("?")
                ? Optional.<Set<String>>empty()
                : Optional.<Set<String>>of(new LinkedHashSet<>(List.of(text.split(","))));
    };

    final GroupConfig config;
    final GroupShard shard;
    final List<GroupRecord> log = new ArrayList<>();
    final List<GroupEvent> events = new ArrayList<>();
    private final Deque<Turn.Append> held = new ArrayDeque<>();
    private boolean holding;
    long nowMs = 1_000_000;

    GroupFixture() {
        this(GroupConfig.DEFAULT.withInitialRebalanceDelayMs(0));
    }

    GroupFixture(GroupConfig config) {
        this.config = config;
        this.shard = new GroupShard(config, SUBSCRIPTIONS, new SeededRandomness(42));
        inTurn(shard::onLoaded);
    }

    /// A new coordinator that reads what the old one wrote.
    GroupFixture(GroupFixture before) {
        this.config = before.config;
        this.nowMs = before.nowMs;
        this.shard = new GroupShard(config, SUBSCRIPTIONS, new SeededRandomness(43));
        log.addAll(before.log);
        log.forEach(shard::apply);
        inTurn(shard::onLoaded);
    }

    /// One request and its answer, once it came.
    static final class Asked<R> {
        private final List<R> answers = new ArrayList<>();

        void add(R answer) {
            answers.add(answer);
        }

        boolean isAnswered() {
            return !answers.isEmpty();
        }

        R answer() {
            if (answers.size() != 1) {
                throw new AssertionError("expected one answer, got " + answers);
            }
            return answers.get(0);
        }
    }

    <R> Asked<R> ask(GroupCommand<R> command) {
        Asked<R> asked = new Asked<>();
        inTurn(turn -> command.decide(shard, asked.answers::add, turn));
        return asked;
    }

    void inTurn(Consumer<Turn> work) {
        Turn turn = new Turn(new Moment(nowMs, wallMs()));
        work.accept(turn);
        finish(turn);
    }

    long wallMs() {
        return nowMs + 1_700_000_000_000L;
    }

    private void finish(Turn turn) {
        events.addAll(turn.events());
        held.addAll(turn.appends());
        turn.answers().forEach(Runnable::run);
        if (!holding) {
            confirmAll();
        }
        fireDue();
    }

    private void fireDue() {
        OptionalLong next = shard.nextDeadlineMs();
        if (next.isPresent() && next.getAsLong() <= nowMs) {
            inTurn(shard::onTick);
        }
    }

    void hold() {
        holding = true;
    }

    /// Confirms what was held back, and everything from now on at once.
    void release() {
        holding = false;
        confirmAll();
    }

    int heldCount() {
        return held.size();
    }

    void confirmAll() {
        while (!held.isEmpty()) {
            Turn.Append append = held.remove();
            log.addAll(append.records());
            append.records().forEach(shard::apply);
            Turn turn = new Turn(new Moment(nowMs, wallMs()));
            append.outcome().appended(turn);
            finish(turn);
        }
    }

    void refuseAll(ErrorKind error) {
        while (!held.isEmpty()) {
            Turn.Append append = held.remove();
            inTurn(turn -> append.outcome().refused(error, turn));
        }
    }

    /// Lets time pass, stopping at every deadline on the way.
    void pass(long ms) {
        long until = nowMs + ms;
        while (true) {
            OptionalLong next = shard.nextDeadlineMs();
            if (next.isEmpty() || next.getAsLong() > until) {
                break;
            }
            nowMs = Math.max(nowMs, next.getAsLong());
            inTurn(shard::onTick);
        }
        nowMs = until;
    }

    // --- commands with the usual contents

    static Opaque bytes(String text) {
        return new Opaque(text.getBytes(StandardCharsets.UTF_8));
    }

    static List<JoinGroup.Protocol> speaking(String... names) {
        return List.of(names).stream()
                .map(name -> new JoinGroup.Protocol(name, bytes("orders")))
                .toList();
    }

    static JoinGroup join(String memberId) {
        return join(memberId, null, speaking("range"));
    }

    static JoinGroup join(String memberId, @Nullable String instanceId, List<JoinGroup.Protocol> protocols) {
        return new JoinGroup(
                "group",
                memberId,
                instanceId,
                "client",
                "/127.0.0.1",
                SESSION_MS,
                REBALANCE_MS,
                "consumer",
                protocols,
                false,
                false,
                "test");
    }

    static JoinGroup staticJoin(String instanceId) {
        return join("", instanceId, speaking("range"));
    }

    static JoinGroup requiringId(JoinGroup join) {
        return new JoinGroup(
                join.groupId(),
                join.memberId(),
                join.instanceId(),
                join.clientId(),
                join.clientHost(),
                join.sessionTimeoutMs(),
                join.rebalanceTimeoutMs(),
                join.protocolType(),
                join.protocols(),
                true,
                true,
                join.reason());
    }

    static SyncGroup sync(String memberId, int generation, SyncGroup.Assignment... assignments) {
        return new SyncGroup("group", memberId, null, generation, "consumer", null, List.of(assignments));
    }

    static SyncGroup.Assignment to(String memberId, String assignment) {
        return new SyncGroup.Assignment(memberId, bytes(assignment));
    }

    static CommitOffsets commit(String memberId, int generation, int partition, long offset) {
        return new CommitOffsets(
                "group",
                memberId,
                null,
                generation,
                true,
                -1,
                List.of(new CommitOffsets.Commit(
                        new TopicPartition("orders", partition), TopicId.NONE, offset, 3, "note")));
    }

    long committed(int partition) {
        FetchOffsets.Reply reply = ask(new FetchOffsets(
                        "group", false, List.of(new TopicPartition("orders", partition))))
                .answer();
        CommittedOffset offset = reply.positions().get(0).offset();
        return offset == null ? -1 : offset.offset();
    }

    GroupState state() {
        return ask(new DescribeGroup("group")).answer().state();
    }

    ErrorKind beat(String memberId, int generation) {
        return ask(new Heartbeat("group", memberId, null, generation)).answer();
    }

    /// A stable group of one member, which leads it.
    String stableAlone() {
        JoinGroup.Reply joined = ask(join("")).answer();
        ask(sync(joined.memberId(), joined.generation(), to(joined.memberId(), "all")))
                .answer();
        return joined.memberId();
    }

    /// A stable group of one static member.
    String stableStatic(String instanceId) {
        JoinGroup.Reply joined = ask(staticJoin(instanceId)).answer();
        ask(new SyncGroup(
                        "group",
                        joined.memberId(),
                        instanceId,
                        joined.generation(),
                        null,
                        null,
                        List.of(to(joined.memberId(), "all"))))
                .answer();
        return joined.memberId();
    }
}
