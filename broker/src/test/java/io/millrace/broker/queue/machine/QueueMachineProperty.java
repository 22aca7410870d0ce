package io.millrace.broker.queue.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.machine.NaiveQueue.Message;
import io.millrace.broker.queue.machine.NaiveQueue.Where;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Publishers, consumers, time, policies and crashes in any order, against a queue that is one plain list. After every
/// step each message is in the place the list says, the counts add up, and a snapshot read back from bytes says the
/// same.
class QueueMachineProperty {
    /// Below what the machine does in one turn: the list does everything at once.
    private static final int UNSETTLED_MAX = 900;

    @Property(tries = 150)
    void queuesKeepTheirPromises(SeededRandomness random) {
        World world = new World(random, AnyQueue.of(random));
        for (int step = 0; step < 250; step++) {
            world.step();
            world.check();
        }
    }

    /// A machine, the list it must agree with, and the log both were told of.
    private static final class World {
        final SeededRandomness random;
        final boolean isDelaying;
        final boolean isDense;
        final Map<ConsumerKey, ConsumerOptions> consumers = new LinkedHashMap<>();
        final Map<ConsumerKey, Integer> granted = new LinkedHashMap<>();
        final List<ConsumerKey> paused = new ArrayList<>();
        final List<ConsumerKey> everyone = new ArrayList<>();
        final ArrayDeque<Integer> admitted = new ArrayDeque<>();
        final List<Effect> effects = new ArrayList<>();
        QueueMachine machine;
        NaiveQueue naive;
        NaiveQueue checkpointed;
        Snapshot checkpoint;
        long nowMs = 1_000;
        long nextOffset;
        long keys;

        World(SeededRandomness random, QueueSettings settings) {
            this.random = random;
            this.isDelaying = random.nextBoolean();
            this.isDense = random.nextBoolean();
            this.machine = new QueueMachine(settings);
            this.naive = new NaiveQueue(settings);
            this.checkpointed = naive.copy();
            this.checkpoint = machine.snapshot();
        }

        void step() {
            switch (random.nextInt(26)) {
                case 0, 1, 2 -> publish(random.between(1, random.onceIn(4) ? 200 : 10));
                case 3, 4, 5, 6 -> deliver(random.between(1, random.onceIn(4) ? 200 : 10));
                case 7 -> get();
                case 8, 9, 10, 11 -> settle(random.between(1, random.onceIn(4) ? 200 : 10));
                case 12 -> settleNothing();
                case 13, 14 -> enforce();
                case 15 -> nowMs += random.between(0, 100);
                case 16 -> addConsumer();
                case 17 -> leave();
                case 18 -> hinder();
                case 19, 20 -> republish();
                case 21 -> changePolicy();
                case 22 -> checkpoint();
                case 23 -> restart();
                case 24 -> admitOnly();
                default -> purge();
            }
        }

        private void publish(int count) {
            for (int i = 0; i < count && unsettled(naive) < UNSETTLED_MAX; i++) {
                MessageFacts facts = AnyQueue.message(random, nowMs, isDelaying);
                if (admit(facts.bytes())) {
                    arrive(facts);
                }
                nowMs += random.onceIn(20) ? 1 : 0;
            }
        }

        private static long unsettled(NaiveQueue queue) {
            return queue.all(message -> message.where != Where.SETTLED).size();
        }

        private boolean admit(int bytes) {
            naive.mature(nowMs);
            naive.expire(nowMs - 1);
            long inFlight = admitted.stream().mapToLong(each -> each).sum();
            Admission expected = naive.admit(bytes, admitted.size(), inFlight);
            assertThat(machine.admit(bytes, nowMs)).isEqualTo(expected);
            return expected == Admission.ACCEPTED;
        }

        private void arrive(MessageFacts facts) {
            nextOffset += isDense || random.onceIn(3) ? 0 : random.nextInt(5);
            machine.enqueue(nextOffset, facts, nowMs);
            naive.enqueue(nextOffset, facts, nowMs);
            nextOffset++;
        }

        private void admitOnly() {
            int bytes = random.nextInt(50);
            if (admit(bytes)) {
                admitted.add(bytes);
            }
            if (admitted.size() > 5) {
                machine.withdraw(admitted.remove());
            }
        }

        private void deliver(int count) {
            for (int i = 0; i < count; i++) {
                List<ConsumerKey> takers = takers();
                Optional<Message> expected = takers.isEmpty() ? Optional.empty() : naive.next(nowMs);

                Optional<Delivery> delivery = machine.next(nowMs);

                assertThat(delivery.map(Delivery::offset)).isEqualTo(expected.map(message -> message.offset));
                if (delivery.isEmpty()) {
                    return;
                }
                ConsumerKey taker = delivery.get().consumer();
                assertThat(takers).contains(taker);
                assertDelivered(delivery.get(), expected.orElseThrow());
                granted.computeIfPresent(taker, (key, left) -> left - 1);
                naive.deliver(expected.get(), taker, optionsOf(taker).noAck());
            }
        }

        private ConsumerOptions optionsOf(ConsumerKey key) {
            ConsumerOptions options = consumers.get(key);
            assertThat(options).isNotNull();
            return options;
        }

        private static void assertDelivered(Delivery delivery, Message message) {
            assertThat(delivery.redelivered()).isEqualTo(message.redelivered);
            assertThat(delivery.deliveryCount()).isEqualTo(message.returns);
        }

        /// Who may get the next message.
        private List<ConsumerKey> takers() {
            if (naive.settings.singleActive()) {
                return machine.activeConsumer().filter(this::hasRoom).stream().toList();
            }
            List<ConsumerKey> withRoom =
                    consumers.keySet().stream().filter(this::hasRoom).toList();
            int highest = withRoom.stream()
                    .mapToInt(key -> optionsOf(key).priority())
                    .max()
                    .orElse(0);
            return withRoom.stream()
                    .filter(key -> optionsOf(key).priority() == highest)
                    .toList();
        }

        private boolean hasRoom(ConsumerKey key) {
            ConsumerOptions options = optionsOf(key);
            long held = naive.all(message -> key.equals(message.holder)).size();
            return !paused.contains(key)
                    && granted.getOrDefault(key, 1) > 0
                    && (options.noAck() || options.prefetch() == 0 || held < options.prefetch());
        }

        private void get() {
            ConsumerKey getter = new ConsumerKey(keys++);
            everyone.add(getter);
            boolean noAck = random.nextBoolean();
            Optional<Message> expected = naive.next(nowMs);

            Optional<Delivery> delivery = machine.get(getter, noAck, nowMs);

            assertThat(delivery.map(Delivery::offset)).isEqualTo(expected.map(message -> message.offset));
            if (expected.isPresent()) {
                assertDelivered(delivery.orElseThrow(), expected.get());
                naive.deliver(expected.get(), getter, noAck);
            }
        }

        private void settle(int count) {
            List<Message> unacked = naive.in(Where.UNACKED);
            boolean inOrder = random.nextBoolean();
            for (int i = 0; i < Math.min(count, unacked.size()); i++) {
                Message message = inOrder ? unacked.get(i) : random.pick(unacked);
                if (message.where == Where.UNACKED && message.holder != null) {
                    settle(message, message.holder);
                }
            }
        }

        private void settle(Message message, ConsumerKey holder) {
            boolean requeue = random.nextBoolean();
            if (random.nextInt(3) > 0) {
                assertThat(machine.ack(holder, message.offset)).isEqualTo(Settlement.DONE);
                message.where = Where.SETTLED;
                message.holder = null;
            } else {
                assertThat(machine.reject(holder, message.offset, requeue)).isEqualTo(Settlement.DONE);
                if (requeue) {
                    naive.putBack(message);
                } else {
                    naive.giveUp(message, Reason.REJECTED);
                }
            }
        }

        /// Nobody may settle what it does not hold.
        private void settleNothing() {
            for (int i = 0; i < 20 && !everyone.isEmpty(); i++) {
                ConsumerKey key = random.pick(everyone);
                long offset = random.between(-2, (int) nextOffset + 2);
                if (naive.held(key, offset).isEmpty()) {
                    assertThat(machine.ack(key, offset)).isEqualTo(Settlement.UNKNOWN);
                    assertThat(machine.reject(key, offset, random.nextBoolean()))
                            .isEqualTo(Settlement.UNKNOWN);
                }
                if (naive.all(message -> message.offset == offset && message.where == Where.DEAD)
                        .isEmpty()) {
                    assertThat(machine.deadLettered(offset)).isEqualTo(Settlement.UNKNOWN);
                }
            }
        }

        private void enforce() {
            machine.enforce(nowMs);
            naive.enforce(nowMs);
            assertThat(machine.nextDeadlineMs()).isGreaterThan(nowMs);
        }

        private void addConsumer() {
            ConsumerKey key = new ConsumerKey(keys++);
            ConsumerOptions options = new ConsumerOptions(
                    random.onceIn(3) ? ConsumerOptions.UNLIMITED : random.between(1, 100),
                    random.onceIn(5),
                    random.onceIn(8),
                    random.onceIn(2) ? 0 : random.between(-2, 3));
            Consuming expected = consumers.values().stream().anyMatch(ConsumerOptions::exclusive)
                    ? Consuming.HELD_EXCLUSIVELY
                    : options.exclusive() && (naive.settings.singleActive() || !consumers.isEmpty())
                            ? Consuming.NOT_ALONE
                            : Consuming.STARTED;

            assertThat(machine.addConsumer(key, options)).isEqualTo(expected);

            if (expected == Consuming.STARTED) {
                consumers.put(key, options);
                everyone.add(key);
            }
        }

        private void leave() {
            if (everyone.isEmpty()) {
                return;
            }
            ConsumerKey key = random.pick(everyone);
            switch (random.nextInt(4)) {
                case 0 -> {
                    machine.cancel(key);
                    forget(key);
                }
                case 1 -> assertThat(machine.recover(key)).isEqualTo(naive.putBackAll(key));
                default -> {
                    assertThat(machine.remove(key)).isEqualTo(naive.putBackAll(key));
                    forget(key);
                    everyone.remove(key);
                }
            }
        }

        private void forget(ConsumerKey key) {
            consumers.remove(key);
            paused.remove(key);
            granted.remove(key);
        }

        private void hinder() {
            if (consumers.isEmpty()) {
                return;
            }
            ConsumerKey key = random.pick(List.copyOf(consumers.keySet()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    machine.pause(key);
                    paused.add(key);
                }
                case 1 -> {
                    int deliveries = random.nextInt(20);
                    machine.grant(key, deliveries);
                    granted.put(key, deliveries);
                }
                case 2 -> {
                    machine.grant(key, Integer.MAX_VALUE);
                    granted.remove(key);
                }
                default -> {
                    machine.resume(key);
                    paused.removeIf(key::equals);
                }
            }
        }

        private void republish() {
            for (Message dead : naive.in(Where.DEAD)) {
                if (random.nextBoolean()) {
                    assertThat(machine.deadLettered(dead.offset)).isEqualTo(Settlement.DONE);
                    dead.where = Where.SETTLED;
                }
            }
        }

        private void changePolicy() {
            QueueSettings changed = AnyQueue.underAnyPolicy(random, naive.settings);
            machine.change(changed);
            naive.settings = changed;
        }

        private void checkpoint() {
            checkpoint = machine.snapshot();
            checkpointed = naive.copy();
        }

        /// The process ends: in order, with a last snapshot, or at any time after one.
        private void restart() {
            Restart restart = random.pick(List.of(Restart.values()));
            long since =
                    naive.all(message -> message.offset >= checkpointed.end()).size();
            boolean isTooLong = unsettled(checkpointed) + since > UNSETTLED_MAX;
            if (restart == Restart.CLEAN || isTooLong || random.nextBoolean()) {
                checkpoint();
            }
            List<Message> log = naive.messages;
            long checkpointEnd = checkpointed.end();
            QueueSettings settings = naive.settings;
            naive = checkpointed;
            naive.settings = settings;
            naive.effects.clear();
            effects.clear();
            machine = QueueMachine.restore(
                    settings,
                    SnapshotCodec.decode(SnapshotCodec.encode(checkpoint)).orElseThrow(),
                    restart);
            machine.drainEffects(effects::add);
            replay(log, checkpointEnd);
            naive.restart(restart);
            machine.replayed(nowMs);
            naive.mature(nowMs);
            afterRestart();
        }

        private void replay(List<Message> log, long checkpointEnd) {
            long from = random.nextBoolean() ? checkpoint.firstUnsettled() : 0;
            for (Message message : log) {
                if (message.offset >= from) {
                    machine.enqueue(message.offset, message.facts, message.appendedAtMs);
                }
                if (message.offset >= checkpointEnd) {
                    naive.enqueue(message.offset, message.facts, message.appendedAtMs);
                }
            }
        }

        private void afterRestart() {
            consumers.clear();
            paused.clear();
            granted.clear();
            everyone.clear();
            admitted.clear();
            checkpoint();
        }

        void check() {
            machine.drainEffects(effects::add);
            assertThat(effects).isEqualTo(naive.effects);
            assertThat(machine.counts())
                    .isEqualTo(new QueueCounts(
                            naive.in(Where.READY).size(),
                            naive.bytes(Where.READY),
                            naive.in(Where.UNACKED).size(),
                            naive.bytes(Where.UNACKED),
                            naive.in(Where.DELAYED).size(),
                            naive.bytes(Where.DELAYED),
                            naive.in(Where.DEAD).size(),
                            consumers.size()));
            assertThat(machine.end()).isEqualTo(naive.end());
            assertThat(machine.firstUnsettled()).isEqualTo(naive.firstUnsettled());
            checkDeadline();
            checkSnapshot();
            checkDelayed();
        }

        private void checkDeadline() {
            long first = naive.in(Where.READY).stream()
                    .mapToLong(message -> message.expiresAtMs)
                    .min()
                    .orElse(MessageFacts.NEVER);
            assertThat(machine.nextDeadlineMs()).isLessThanOrEqualTo(first);
        }

        private void checkSnapshot() {
            Snapshot snapshot = machine.snapshot();
            for (Message message : naive.messages) {
                boolean isSettled = message.offset < snapshot.firstUnsettled()
                        || snapshot.settled().contains(message.offset);
                assertThat(isSettled).isEqualTo(message.where == Where.SETTLED);
            }
            assertThat(SnapshotCodec.decode(SnapshotCodec.encode(snapshot))).contains(snapshot);
        }

        private void checkDelayed() {
            int max = random.nextInt(10);
            List<DelayedMessage> expected = naive.in(Where.DELAYED).stream()
                    .map(message -> new DelayedMessage(message.facts.dueAtMs(), message.offset))
                    .sorted((a, b) -> a.dueAtMs() == b.dueAtMs()
                            ? Long.compare(a.offset(), b.offset())
                            : Long.compare(a.dueAtMs(), b.dueAtMs()))
                    .limit(max)
                    .toList();
            assertThat(machine.delayed(max)).isEqualTo(expected);
        }

        private void purge() {
            if (!random.onceIn(3)) {
                return;
            }
            List<Message> ready = naive.in(Where.READY);
            Purged purged = machine.purge();
            assertThat(purged.messages()).isEqualTo(naive.purge());
            for (Message message : naive.messages) {
                boolean went = purged.offsets().contains(message.offset);
                assertThat(went || !ready.contains(message)).isTrue();
                assertThat(!went || message.where == Where.SETTLED).isTrue();
            }
        }
    }
}
