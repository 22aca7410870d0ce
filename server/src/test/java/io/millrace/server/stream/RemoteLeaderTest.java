package io.millrace.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;
import org.junit.jupiter.api.Test;

/// Reads of partitions that another node leads: which requests they share, and what becomes of them.
class RemoteLeaderTest {
    private static final TopicId TOPIC = new TopicId(7, 7);
    private static final short FETCH_VERSION = 17;
    private static final long WAIT_MS = 5_000;

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final List<Asked> asked = new ArrayList<>();
    private Optional<PeerAddress> address = Optional.of(new PeerAddress("127.0.0.1", 1));
    private final RemoteLeader leader =
            new RemoteLeader(clock, () -> new LeaderLine((_, _, _) -> new Link(), loop, () -> address));
    private final List<FetchReply.Part> parts = new ArrayList<>();

    /// A request on its way.
    private record Asked(ByteBuffer frame, Consumer<PeerAnswer> answer) {
        FetchRequestData fetch() {
            ByteBuffer bytes = frame.duplicate();
            RequestHeader.parse(bytes);
            return new FetchRequestData(new ByteBufferAccessor(bytes), FETCH_VERSION);
        }

        List<Integer> partitions() {
            return fetch().topics().stream()
                    .map(FetchTopic::partitions)
                    .flatMap(List::stream)
                    .map(FetchRequestData.FetchPartition::partition)
                    .toList();
        }

        /// With records in one of its partitions, nothing in the others.
        void answer(int partitionWithRecords) {
            FetchableTopicResponse topic = new FetchableTopicResponse().setTopicId(new Uuid(7, 7));
            for (int partition : partitions()) {
                SimpleRecord record = new SimpleRecord(1, null, "v".getBytes(StandardCharsets.UTF_8));
                topic.partitions()
                        .add(new PartitionData()
                                .setPartitionIndex(partition)
                                .setHighWatermark(9)
                                .setRecords(
                                        partition == partitionWithRecords
                                                ? MemoryRecords.withRecords(Compression.NONE, record)
                                                : MemoryRecords.EMPTY));
            }
            var data = new FetchResponseData();
            data.responses().add(topic);
            short headerVersion = ApiKeys.FETCH.responseHeaderVersion(FETCH_VERSION);
            ByteBuffer bytes = RequestUtils.serialize(
                    new ResponseHeader(1, headerVersion).data(), headerVersion, data, FETCH_VERSION);
            answer.accept(new PeerAnswer.Frame(bytes, Lease.NONE));
        }

        void fail() {
            answer.accept(new PeerAnswer.Failed(PeerAnswer.Reason.CLOSED, true, "gone"));
        }
    }

    private final class Link implements PeerLink {
        private final List<Asked> mine = new ArrayList<>();

        @Override
        public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
            Asked one = new Asked(frame, answer);
            asked.add(one);
            mine.add(one);
        }

        @Override
        public void close() {
            mine.forEach(Asked::fail);
        }
    }

    private RemoteLeader.Read read(int partition) {
        var read = new RemoteLeader.Read(
                TOPIC,
                new TopicPartition("t", partition),
                3,
                1_000,
                clock.monotonicMs() + WAIT_MS,
                reply -> parts.add(reply.parts().getFirst()));
        leader.fetch(read);
        return read;
    }

    private Asked next() {
        return asked.removeFirst();
    }

    @Test
    void whatIsThereIsAnsweredAtOnce() {
        read(0);
        Asked question = next();
        assertThat(question.fetch().maxWaitMs()).isZero();
        assertThat(question.fetch().replicaState().replicaId()).isEqualTo(-1);

        question.answer(0);

        assertThat(parts).hasSize(1);
        assertThat(parts.getFirst().error()).isEqualTo(ErrorKind.NONE);
        assertThat(parts.getFirst().bytes()).isPositive();
        assertThat(parts.getFirst().highWatermark()).isEqualTo(9);
        assertThat(asked).isEmpty();
    }

    @Test
    void readsThatWaitShareARequest() {
        for (int partition = 0; partition < 5; partition++) {
            read(partition);
        }
        List<Asked> questions = List.copyOf(asked);
        asked.clear();
        questions.forEach(question -> question.answer(-1));

        // three connections for those that came first, one after the other; the others when one is free
        assertThat(asked).hasSize(3);
        next().answer(-1);
        assertThat(asked.getLast().partitions()).containsExactlyInAnyOrder(0, 3, 4);
        asked.getLast().answer(3);
        assertThat(parts).hasSize(1);
        assertThat(parts.getFirst().partition().partition()).isEqualTo(3);
    }

    @Test
    void onePlaceOfAPartitionAtATime() {
        read(0);
        read(0);
        next().answer(-1);
        next().answer(-1);

        assertThat(asked).allSatisfy(poll -> assertThat(poll.partitions()).containsExactly(0));
    }

    @Test
    void nothingIsAnAnswerWhenTheTimeIsUp() {
        read(0);
        next().answer(-1);
        clock.advance(Duration.ofMillis(WAIT_MS));

        next().answer(-1);

        assertThat(parts).hasSize(1);
        assertThat(parts.getFirst().error()).isEqualTo(ErrorKind.NONE);
        assertThat(parts.getFirst().bytes()).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void aReadThatWasGivenUpIsNotAnsweredAndNotAskedForAgain() {
        RemoteLeader.Read read = read(0);
        next().answer(-1);
        leader.cancel(read);

        next().answer(-1);

        assertThat(parts).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void aBrokenConnectionMeansAskingAgain() {
        read(0);
        next().fail();

        assertThat(parts).extracting(FetchReply.Part::error).containsExactly(ErrorKind.NOT_LEADER);
    }

    @Test
    void whatAFencedNodeDoesNotAnswerIsGivenUpAtOnce() {
        List<AppendReply> appended = new ArrayList<>();
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1, null, new byte[1]))
                .buffer();
        leader.append(TOPIC, 0, batch, 30_000, appended::add);
        read(0);
        loop.advance(Duration.ofSeconds(1));
        assertThat(appended).isEmpty();
        assertThat(parts).isEmpty();

        address = Optional.empty();
        loop.advance(Duration.ofMillis(250));

        assertThat(appended).extracting(AppendReply::error).containsExactly(ErrorKind.REQUEST_TIMED_OUT);
        assertThat(parts).extracting(FetchReply.Part::error).containsExactly(ErrorKind.NOT_LEADER);
    }

    @Test
    void appendsAndOffsetsFailWithTheConnection() {
        List<AppendReply> appended = new ArrayList<>();
        List<OffsetReply> offsets = new ArrayList<>();
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1, null, new byte[1]))
                .buffer();
        leader.append(TOPIC, 0, batch, 1_000, appended::add);
        leader.offset(new OffsetQuery(new TopicPartition("t", 0), OffsetQuery.Kind.LATEST, -1, -1, true), offsets::add);

        next().fail();
        next().fail();

        assertThat(appended).extracting(AppendReply::error).containsExactly(ErrorKind.REQUEST_TIMED_OUT);
        assertThat(offsets).extracting(OffsetReply::error).containsExactly(ErrorKind.NOT_LEADER);
    }
}
