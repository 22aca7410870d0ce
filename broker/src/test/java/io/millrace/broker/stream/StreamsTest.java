package io.millrace.broker.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueMemory;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.stream.StreamFixture.Reader;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Streams: places, credit, shared reads, topics. [StreamsProperty] has whatever order.
class StreamsTest {
    private final StreamFixture at = new StreamFixture();
    private final QueueView stream = at.declare("s");

    @AfterEach
    void nothingIsKept() {
        assertThat(at.topics.openSlices).isZero();
    }

    private static List<String> bodies(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "m" + n).toList();
    }

    private void append(int from, int to) {
        bodies(from, to).forEach(body -> at.append(stream, "k", body));
    }

    @ParameterizedTest
    @CsvSource({"first, 0", "last, 9", "next, 10", "3, 3", "99, 10"})
    void beginsWhereItIsToldTo(String offset, int first) {
        append(0, 10);
        boolean isNumber = Character.isDigit(offset.charAt(0));
        Reader reader = at.reader(stream, 100, isNumber ? (Object) Long.parseLong(offset) : offset);

        append(10, 12);

        assertThat(reader.outcome).isEqualTo(QueueOutcome.DONE);
        assertThat(reader.bodies()).isEqualTo(bodies(first, 12));
    }

    @Test
    void beginsWithWhatIsYoungEnough() {
        append(0, 3);
        at.clock.advance(Duration.ofHours(2));
        append(3, 5);

        assertThat(at.reader(stream, 100, "1h").bodies()).isEqualTo(bodies(3, 5));
        assertThat(read(Arguments.of(StreamStart.ARGUMENT, new ArgumentValue.Timestamp(0))))
                .isEqualTo(bodies(0, 5));
    }

    @Test
    void goesOnBehindWhatIsDamagedOnceForAllWhoStandThere() {
        append(0, 10);
        at.topics.log("queue.s", 0).damaged.addAll(List.of(3L, 4L, 9L));
        Reader first = at.reader(stream, 100, "first");
        Reader second = at.reader(stream, 100, "first");
        Reader last = at.reader(stream, 100, "last");

        append(10, 12);
        at.loop.call(() -> this);

        assertThat(first.bodies()).containsExactly("m0", "m1", "m2", "m5", "m6", "m7", "m8", "m10", "m11");
        assertThat(second.bodies()).isEqualTo(first.bodies());
        assertThat(last.bodies()).containsExactly("m10", "m11");
        assertThat(at.skipped).contains("queue.s-0 3 to 5", "queue.s-0 9 to 10");
    }

    /// A reader with other arguments.
    private List<String> read(Arguments arguments) {
        return at.new Reader(stream, 100, arguments).bodies();
    }

    @Test
    void saysWhereAMessageStands() {
        append(0, 2);

        assertThat(at.reader(stream, 10, "first").headers())
                .containsExactly("x-stream-offset=0\n", "x-stream-offset=1\n");
    }

    @Test
    void deliversNoMoreThanThePrefetchAndOneMoreForEachSettled() {
        append(0, 10);
        Reader reader = at.reader(stream, 3, "first");
        assertThat(reader.bodies()).isEqualTo(bodies(0, 3));

        reader.settle(2);

        assertThat(reader.bodies()).isEqualTo(bodies(0, 5));
    }

    @Test
    void theCommonPrefetchIsForAllConsumersOfTheHold() {
        append(0, 10);
        Reader one = at.reader(stream, 100, "first");
        one.call(() -> one.hold.limit(2));
        assertThat(one.bodies()).hasSize(10); // was delivered before
        one.settle(9);

        Reader two = at.reader(stream, 100, "first");
        two.call(() -> two.hold.limit(2));

        append(10, 14);
        assertThat(one.bodies()).isEqualTo(bodies(0, 11));
    }

    @Test
    void pausesAndGoesOn() {
        Reader reader = at.reader(stream, 100, "first");
        reader.call(() -> reader.hold.pause(true));
        append(0, 3);
        assertThat(reader.bodies()).isEmpty();

        reader.call(() -> reader.hold.pause(false));

        assertThat(reader.bodies()).isEqualTo(bodies(0, 3));
    }

    @Test
    void whoStandsAtTheSamePlaceSharesTheRead() {
        append(0, 4);
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            readers.add(at.reader(stream, 100, "next"));
        }
        int before = at.topics.fetches;
        assertThat(at.topics.waiting()).isEqualTo(1);

        append(4, 5);

        readers.forEach(reader -> assertThat(reader.bodies()).containsExactly("m4"));
        assertThat(at.topics.fetches - before).isEqualTo(1); // the next one that waits
    }

    @Test
    void aSlowOneHoldsUpNobodyAndReadsNothingAhead() {
        append(0, 50);
        Reader slow = at.reader(stream, 1, "first");
        Reader quick = at.reader(stream, 100, "first");

        assertThat(slow.bodies()).isEqualTo(bodies(0, 1));
        assertThat(quick.bodies()).isEqualTo(bodies(0, 50));
    }

    @Test
    void whatWasReadAndNotSentIsLetGoWhenMemoryIsFullAndReadAgain() {
        at.topics.batchesPerFetch = 100;
        append(0, 50);
        Reader reader = at.reader(stream, 10, "first");
        assertThat(at.memoryBytes).isPositive();

        at.isFull = true;
        reader.call(() -> reader.hold.pause(true));
        assertThat(at.memoryBytes).isZero();

        reader.call(() -> reader.hold.pause(false));
        for (int i = 0; i < 4; i++) {
            reader.settle(10);
        }
        assertThat(reader.bodies()).isEqualTo(bodies(0, 50));
        reader.call(reader.hold::close);
        assertThat(at.memoryBytes).isZero();
    }

    @Test
    void closingLeavesNothingBehind() {
        append(0, 5);
        Reader reader = at.reader(stream, 2, "first");
        Reader waiting = at.reader(stream, 2, "next");
        assertThat(at.size(stream.id())).isEqualTo(2);

        reader.call(reader.hold::close);
        waiting.call(waiting.hold::close);
        append(5, 6);

        assertThat(at.topics.waiting()).isZero();
        assertThat(at.memoryBytes).isZero();
        assertThat(at.size(stream.id())).isZero();
        assertThat(waiting.bodies()).isEmpty();
    }

    @Test
    void aCancelledConsumerGetsNothingMoreAndItsDeliveriesCanBeSettled() {
        append(0, 5);
        Reader reader = at.reader(stream, 2, "first");

        reader.call(() -> reader.hold.cancel("c", () -> {}));
        reader.settle(2);

        assertThat(reader.bodies()).isEqualTo(bodies(0, 2));
        assertThat(at.size(stream.id())).isZero();
    }

    @Test
    void whatRetentionTookIsPassedOver() {
        append(0, 10);
        Reader reader = at.reader(stream, 2, "first");
        at.topics.startAt("queue.s", 0, 6);

        reader.settle(2);
        at.loop.advance(Duration.ofSeconds(1));
        reader.settle(2);
        at.loop.advance(Duration.ofSeconds(1));

        // two batches were read ahead before
        assertThat(reader.bodies())
                .containsExactly("m0", "m1", "m6", "m7", "m8", "m9")
                .hasSize(6);
    }

    @Test
    void goesOnWhenALeaderIsThereAgain() {
        append(0, 2);
        Reader reader = at.reader(stream, 10, "first");
        at.topics.readsFailWith = ErrorKind.NOT_LEADER;
        append(2, 4);
        at.loop.advance(Duration.ofSeconds(3));
        assertThat(reader.bodies()).isEqualTo(bodies(0, 2));

        at.topics.readsFailWith = ErrorKind.NONE;
        at.loop.advance(Duration.ofSeconds(3));

        assertThat(reader.bodies()).isEqualTo(bodies(0, 4));
    }

    @Test
    void aConsumerIsRefusedWhenNobodyLeadsForLong() {
        at.topics.readsFailWith = ErrorKind.NOT_LEADER;
        Reader reader = at.reader(stream, 10, "first");

        at.loop.advance(Duration.ofSeconds(20));

        assertThat(reader.outcome).isEqualTo(QueueOutcome.UNAVAILABLE);
        assertThat(at.size(stream.id())).isZero();
    }

    @Test
    void consumersHearWhenTheirStreamIsDeleted() {
        Reader reader = at.reader(stream, 10, "first");

        at.topics.delete("queue.s");
        at.loop.advance(Duration.ofSeconds(10));

        assertThat(reader.isCancelled).isTrue();
        assertThat(at.reader(stream, 10, "first").outcome).isEqualTo(QueueOutcome.GONE);
    }

    @Test
    void consumesOnlyWithAcknowledgementsAndAPrefetch() {
        Hold hold = at.streams.hold(stream);
        List<QueueOutcome> outcomes = new ArrayList<>();
        for (ConsumerSpec spec : List.of(
                new ConsumerSpec("a", true, false, 1, Arguments.NONE),
                new ConsumerSpec("b", false, false, 0, Arguments.NONE),
                new ConsumerSpec("c", false, false, 1, StreamFixture.starting("nowhere")))) {
            hold.consume(spec, at.reader(stream, 1, "next"), outcomes::add);
        }

        assertThat(outcomes).containsOnly(QueueOutcome.UNSUPPORTED).hasSize(3);
    }

    @Test
    void filtersByValue() {
        for (String value : List.of("eu", "us", "eu")) {
            at.loop.call(() -> {
                at.publish(stream, at.message("k", value, value));
                return at;
            });
        }
        at.append(stream, "k", "plain");
        Arguments europe = StreamFixture.starting("first").with(StreamFilter.ARGUMENT, ArgumentValue.text("eu"));

        assertThat(read(europe)).containsExactly("eu", "eu");
        assertThat(read(europe.with(StreamFilter.MATCH_UNFILTERED, ArgumentValue.bool(true))))
                .containsExactly("eu", "eu", "plain");
    }

    @Test
    void whatAFilterDropsCostsNoCredit() {
        for (int i = 0; i < 20; i++) {
            at.append(stream, "k", "plain");
        }
        at.loop.call(() -> {
            at.publish(stream, at.message("k", "eu", "eu"));
            return at;
        });
        Arguments europe = StreamFixture.starting("first").with(StreamFilter.ARGUMENT, ArgumentValue.text("eu"));

        assertThat(at.new Reader(stream, 1, europe).bodies()).containsExactly("eu");
    }

    // --- publishing

    @Test
    void whatIsPublishedInATurnIsOneBatch() {
        at.append(stream, "k", "a", "b", "c");

        assertThat(at.published).containsExactly("a STORED", "b STORED", "c STORED");
        assertThat(at.topics.log("queue.s", 0).end).isEqualTo(3);
        at.topics.batchesPerFetch = 1;
        assertThat(at.reader(stream, 10, 1).bodies()).containsExactly("b", "c");
    }

    @Test
    void publishersHearOfWhatIsRefused() {
        at.topics.refuseWith = ErrorKind.STORAGE_ERROR;
        at.append(stream, "k", "a");
        at.topics.delete("queue.s");
        at.append(stream, "k", "b");

        assertThat(at.published).containsExactly("a FAILED", "b FAILED");
    }

    @Test
    void whatCanNeverBeTakenSpoilsNothingElseOfItsTurn() {
        at.topics.tooLarge = message -> StreamFixture.text(message).equals("large");

        at.append(stream, "k", "a", "large", "b");

        assertThat(at.published).containsExactly("a STORED", "large UNFIT", "b STORED");
        assertThat(at.reader(stream, 10, "first").bodies()).containsExactly("a", "b");
    }

    /// The answer that one is refused takes a while.
    @Test
    void whatCanNeverBeTakenDoesNotChangeTheOrderOfTheRest() {
        at.topics.config = FakeTopics.taking(true, 1 << 20);
        QueueView table = at.topic("table", 1);
        publishInTwoTurns(table, "");

        assertThat(at.published).containsExactlyInAnyOrder("a STORED", "b STORED", "c STORED", "d STORED", "odd UNFIT");
        assertThat(at.reader(table, 10, "first").bodies()).containsExactly("a", "b", "c", "d");
        assertThat(at.topics.refusals).isEqualTo(1);
    }

    @Test
    void aBatchThatIsLargerThanItSeemedIsNotTried() {
        at.topics.config = FakeTopics.taking(false, 2_000);
        at.topics.hiddenBytes = 1_500;
        QueueView small = at.topic("small", 1);
        publishInTwoTurns(small, "k");

        assertThat(at.published).contains("a STORED", "odd STORED", "d STORED");
        assertThat(at.reader(small, 10, "first").bodies()).containsExactly("a", "odd", "b", "c", "d");
        assertThat(at.topics.refusals).isZero();
    }

    private void publishInTwoTurns(QueueView topic, String oddKey) {
        at.loop.call(() -> {
            at.publish(topic, at.message("k", "a", null));
            at.publish(topic, at.message(oddKey, "odd", null));
            at.publish(topic, at.message("k", "b", null));
            return at;
        });
        at.append(topic, "k", "c", "d");
        at.loop.advance(Duration.ofMillis(10));
    }

    @Test
    void aMessageThatIsTooOldForItsTopicIsUnfit() {
        at.topics.refuseWith = ErrorKind.INVALID_TIMESTAMP;
        at.append(stream, "k", "a");

        assertThat(at.published).containsExactly("a UNFIT");
    }

    // --- topics

    @Test
    void aTopicIsMergedAndSaysThePartition() {
        QueueView topic = at.topic("orders", 2);
        at.append(topic, "a", "odd"); // 97
        at.append(topic, "b", "even");

        assertThat(at.reader(topic, 10, "first").headers())
                .containsExactlyInAnyOrder(
                        "x-stream-offset=0\nx-stream-partition=1\n", "x-stream-offset=0\nx-stream-partition=0\n");
    }

    @Test
    void ofManyPartitionsOnlySomeAreReadAtATime() {
        QueueView topic = at.topic("orders", 40);
        for (char key = 'A'; key < 'A' + 40; key++) {
            at.append(topic, String.valueOf(key), "a", "b");
        }
        long piece = 2 * (QueueMemory.OVERHEAD_BYTES + 100);

        Reader reader = at.reader(topic, 1, "first");
        assertThat(at.memoryBytes).isPositive().isLessThan(9 * piece);
        for (int i = 0; i < 79; i++) {
            reader.settle(1);
            assertThat(at.memoryBytes).isLessThan(9 * piece);
        }

        assertThat(reader.deliveries).hasSize(80);
    }

    @Test
    void partitionsThatAreAddedAreReadFromTheirStart() {
        QueueView topic = at.topic("orders", 1);
        Reader reader = at.reader(topic, 10, "next");
        at.topics.create("orders", 2);
        at.append(topic, "a", "odd");

        at.loop.advance(Duration.ofSeconds(10));

        assertThat(reader.bodies()).containsExactly("odd");
    }

    @Test
    void withoutAKeyATurnIsOneBatchSomewhere() {
        QueueView topic = at.topic("orders", 3);
        at.append(topic, "", "a", "b", "c");

        assertThat(Stream.of(0, 1, 2).map(partition -> at.topics.log("orders", partition).end))
                .containsExactlyInAnyOrder(0L, 0L, 3L);
    }

    @Test
    void onlyPlainTopicsAreSeen() {
        at.topics.create("orders", 1);
        at.topics.create("internal-state", 1);
        at.topics.create("__own", 1);
        VhostName root = new VhostName("/");

        assertThat(at.found.find(root, new QueueName("orders"))).isPresent();
        assertThat(at.found.find(new VhostName("other"), new QueueName("orders")))
                .isEmpty();
        assertThat(Stream.of("internal-state", "__own", "queue.s", "none")
                        .flatMap(name -> at.found.find(VhostName.HOME, new QueueName(name)).stream()))
                .isEmpty();
    }

    // --- counts and deletion

    private CountsReply counts(QueueView of) {
        List<CountsReply> replies = new ArrayList<>();
        at.loop.call(() -> {
            at.streams.counts(of, false, replies::add);
            return at;
        });
        return replies.getFirst();
    }

    @Test
    void countsMessagesAndConsumers() {
        append(0, 5);
        at.topics.startAt("queue.s", 0, 2);
        at.reader(stream, 1, "first");

        assertThat(counts(stream)).isEqualTo(new CountsReply(QueueOutcome.DONE, 3, 0, 1));
        at.topics.readsFailWith = ErrorKind.NOT_LEADER;
        assertThat(counts(stream).outcome()).isEqualTo(QueueOutcome.UNAVAILABLE);
    }

    private QueueOutcome delete(QueueView of, boolean ifUnused, boolean ifEmpty) {
        List<CountsReply> replies = new ArrayList<>();
        at.loop.call(() -> {
            at.streams.delete(of, ifUnused, ifEmpty, replies::add);
            return at;
        });
        return replies.getFirst().outcome();
    }

    @Test
    void deletesAStreamUnlessAConditionForbidsIt() {
        append(0, 1);
        Reader reader = at.reader(stream, 1, "first");
        assertThat(delete(stream, true, false)).isEqualTo(QueueOutcome.IN_USE);
        assertThat(delete(stream, false, true)).isEqualTo(QueueOutcome.NOT_EMPTY);
        assertThat(at.changes).isEmpty();

        reader.call(reader.hold::close);

        assertThat(delete(stream, true, false)).isEqualTo(QueueOutcome.DONE);
        assertThat(at.changes).containsExactly(new TopologyChange.DeleteQueue(stream.ref(), stream.id()));
    }

    @Test
    void aTopicIsNotDeleted() {
        assertThat(delete(at.topic("orders", 1), false, false)).isEqualTo(QueueOutcome.UNSUPPORTED);
        assertThat(at.changes).isEmpty();
    }
}
