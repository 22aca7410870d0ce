package io.millrace.log.producer;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Batches;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class ProducerStatesTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    private final ProducerStates states = new ProducerStates(PARTITION, 1000, 3);
    private long endOffset = 100;

    @Test
    void remembersFiveBatchesAsDuplicates() {
        for (int i = 0; i < 6; i++) {
            append(1, 0, i * 2, 2);
        }
        assertThat(check(1, 0, 10, 2)).isEqualTo(new ProducerCheck.Duplicate(110, 111, 10));
        assertThat(check(1, 0, 2, 2)).isEqualTo(new ProducerCheck.Duplicate(102, 103, 10));
        assertThat(error(check(1, 0, 0, 2))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(error(check(1, 0, 10, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(error(check(1, 0, 11, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(error(check(1, 0, 13, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(check(1, 0, 12, 9)).isEqualTo(ProducerCheck.ACCEPTED);
    }

    @Test
    void sequencesWrap() {
        append(1, 0, Integer.MAX_VALUE - 1, 4);
        assertThat(check(1, 0, Integer.MAX_VALUE - 1, 4)).isEqualTo(new ProducerCheck.Duplicate(100, 103, 10));
        assertThat(check(1, 0, 2, 1)).isEqualTo(ProducerCheck.ACCEPTED);
        append(2, 0, Integer.MAX_VALUE, 1);
        assertThat(check(2, 0, 0, 1)).isEqualTo(ProducerCheck.ACCEPTED);
        assertThat(error(check(2, 0, 1, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void aNewEpochBeginsAtZeroAndAnOldOneIsFenced() {
        append(1, 3, 0, 1);
        assertThat(error(check(1, 4, 1, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(check(1, 4, 0, 1)).isEqualTo(ProducerCheck.ACCEPTED);
        append(1, 4, 0, 1);
        assertThat(error(check(1, 3, 1, 1))).isEqualTo(ErrorKind.INVALID_PRODUCER_EPOCH);
        assertThat(error(check(1, 3, 0, 1))).isEqualTo(ErrorKind.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void anUnknownProducerMayBeginAnywhere() {
        assertThat(check(1, 3, 77, 1)).isEqualTo(ProducerCheck.ACCEPTED);
        assertThat(check(-1, -1, -1, 1)).isEqualTo(ProducerCheck.ACCEPTED);
    }

    @Test
    void batchesWithoutProducerLeaveNoTrace() {
        append(-1, -1, -1, 1);
        assertThat(states.count()).isZero();
        assertThat(states.all()).isEmpty();
    }

    @Test
    void aFollowerBelievesItsLeader() {
        append(1, 3, 0, 1);
        assertThat(states.check(batch(1, 0, 9, 1, false), 0, endOffset, AppendOrigin.LEADER))
                .isEqualTo(ProducerCheck.ACCEPTED);
        assertThat(error(states.check(batch(1, 0, 9, 1, false), 0, endOffset, AppendOrigin.COORDINATOR)))
                .isEqualTo(ErrorKind.INVALID_PRODUCER_EPOCH);
        assertThat(states.check(batch(1, 3, 9, 1, false), 0, endOffset, AppendOrigin.COORDINATOR))
                .isEqualTo(ProducerCheck.ACCEPTED);
    }

    @Test
    void forgetsTheSilentButNotWhoIsInATransaction() {
        append(1, 0, 0, 1);
        states.apply(batch(2, 0, 0, 1, true), 0);
        assertThat(states.expire(1009)).isZero();
        assertThat(states.expire(1010)).isEqualTo(1);
        assertThat(states.all()).extracting(ProducerState::producerId).containsExactly(2L);
        assertThat(states.expire(Long.MAX_VALUE)).isZero();
    }

    @Test
    void forgetsTheLongestSilentWhenThereAreTooMany() {
        states.apply(batch(1, 0, 0, 1, true), 0);
        append(2, 0, 0, 1);
        append(3, 0, 0, 1);
        append(2, 0, 1, 1);
        append(4, 0, 0, 1);
        assertThat(states.all()).extracting(ProducerState::producerId).containsExactly(1L, 2L, 4L);
        assertThat(states.evictedCount()).isEqualTo(1);
    }

    @Test
    void markersEndTransactions() {
        states.apply(batch(1, 0, 0, 2, true), 0);
        endOffset += 2;
        states.apply(batch(1, 0, 2, 1, true), 0);
        endOffset += 1;
        assertThat(states.firstOpenTransactionOffset()).isEqualTo(100);
        assertThat(error(check(1, 0, 3, 1))).isEqualTo(ErrorKind.INVALID_TXN_STATE);

        ByteBuffer marker = marker(1, 0, ControlRecordType.ABORT, 7);
        assertThat(EndTxnMarker.read(marker, 0)).contains(new EndTxnMarker(false, 7));
        states.apply(marker, 0);
        assertThat(states.firstOpenTransactionOffset()).isEqualTo(ProducerState.NO_OFFSET);
        ProducerState state = states.all().iterator().next();
        assertThat(state.coordinatorEpoch()).isEqualTo(7);
        assertThat(state.lastSequence()).isEqualTo(2);
        assertThat(check(1, 0, 3, 1)).isEqualTo(ProducerCheck.ACCEPTED);

        // KIP-890: the marker carries the next epoch, which starts counting anew.
        states.apply(marker(1, 1, ControlRecordType.COMMIT, 8), 0);
        assertThat(error(check(1, 1, 3, 1))).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(check(1, 1, 0, 1)).isEqualTo(ProducerCheck.ACCEPTED);
    }

    @Test
    void anyDamageToAMarkerIsHarmless() {
        ByteBuffer marker = marker(1, 0, ControlRecordType.COMMIT, 7);
        for (int bit = BatchHeader.OVERHEAD * 8; bit < marker.limit() * 8; bit++) {
            ByteBuffer copy = Batches.copy(marker);
            copy.put(bit / 8, (byte) (copy.get(bit / 8) ^ 1 << bit % 8));
            assertThat(EndTxnMarker.read(copy.slice(), 0)).isNotNull();
        }
    }

    @Test
    void snapshotsComeBack() {
        append(1, 3, 5, 4);
        states.apply(batch(2, 0, 0, 1, true), 0);
        states.apply(marker(3, 9, ControlRecordType.COMMIT, 8), 0);
        ByteBuffer file = ProducerSnapshot.encode(states.all());
        ProducerStates loaded = new ProducerStates(PARTITION);
        loaded.load(((ProducerSnapshot.Decoded.Producers) ProducerSnapshot.decode(file)).producers());
        assertThat(loaded.all())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("batches")
                .isEqualTo(states.all());
        assertThat(ProducerSnapshot.encode(loaded.all())).isEqualTo(file);
        assertThat(loaded.check(batch(1, 3, 5, 4, false), 0, 200, AppendOrigin.CLIENT))
                .isEqualTo(new ProducerCheck.Duplicate(100, 103, 10));
        assertThat(loaded.firstOpenTransactionOffset()).isEqualTo(104);
    }

    @Test
    void anyDamageToASnapshotIsSeen() {
        append(1, 3, 5, 4);
        ByteBuffer file = ProducerSnapshot.encode(states.all());
        for (int bit = 0; bit < file.limit() * 8; bit++) {
            ByteBuffer copy = Batches.copy(file);
            copy.put(bit / 8, (byte) (copy.get(bit / 8) ^ 1 << bit % 8));
            assertThat(ProducerSnapshot.decode(copy)).isInstanceOf(ProducerSnapshot.Decoded.Damaged.class);
        }
        for (int cut = 0; cut < file.limit(); cut++) {
            assertThat(ProducerSnapshot.decode(file.slice(0, cut)))
                    .isInstanceOf(ProducerSnapshot.Decoded.Damaged.class);
        }
    }

    /// Against a model that keeps every batch in a list and looks at the last five.
    @Test
    void agreesWithANaiveModel() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            ProducerStates ours = new ProducerStates(PARTITION);
            Map<Integer, List<long[]>> model = new HashMap<>();
            Map<Integer, Integer> epochs = new HashMap<>();
            long offset = 0;
            for (int step = 0; step < 400; step++) {
                int pid = random.nextInt(3);
                int epoch = random.nextInt(20) == 0 ? random.nextInt(4) : epochs.getOrDefault(pid, 0);
                List<long[]> batches = model.computeIfAbsent(pid, any -> new ArrayList<>());
                int next = batches.isEmpty() ? 0 : (int) batches.getLast()[1] + 1;
                int sequence = Math.max(0, random.nextInt(3) == 0 ? next + random.nextInt(-12, 3) : next);
                int count = random.nextInt(1, 4);
                ByteBuffer batch = batch(pid, epoch, sequence, count, false);
                BatchHeader.setBaseOffset(batch, 0, offset);
                ProducerCheck check = ours.check(batch, 0, offset, AppendOrigin.CLIENT);
                String expected = expect(batches, epochs.get(pid), epoch, sequence, count);
                assertThat(name(check)).as("seed %d step %d", seed, step).isEqualTo(expected);
                if (expected.equals("accepted")) {
                    ours.apply(batch, 0);
                    if (!Integer.valueOf(epoch).equals(epochs.put(pid, epoch))) {
                        batches.clear();
                    }
                    batches.add(new long[] {sequence, sequence + count - 1, offset});
                    offset += count;
                }
            }
        }
    }

    private static String expect(List<long[]> batches, Integer known, int epoch, int sequence, int count) {
        if (known == null) {
            return "accepted";
        }
        if (known == epoch) {
            for (long[] batch : batches.subList(Math.max(0, batches.size() - 5), batches.size())) {
                if (batch[0] == sequence && batch[1] == sequence + count - 1) {
                    return "duplicate of " + batch[2];
                }
            }
            return sequence == batches.getLast()[1] + 1 ? "accepted" : "OUT_OF_ORDER_SEQUENCE";
        }
        if (epoch < known) {
            return "INVALID_PRODUCER_EPOCH";
        }
        return sequence == 0 ? "accepted" : "OUT_OF_ORDER_SEQUENCE";
    }

    private static String name(ProducerCheck check) {
        return switch (check) {
            case ProducerCheck.Accepted() -> "accepted";
            case ProducerCheck.Duplicate duplicate -> "duplicate of " + duplicate.firstOffset();
            case ProducerCheck.Refused refused -> refused.error().name();
        };
    }

    private static ErrorKind error(ProducerCheck check) {
        assertThat(check).isInstanceOf(ProducerCheck.Refused.class);
        return ((ProducerCheck.Refused) check).error();
    }

    private ProducerCheck check(long producerId, int epoch, int sequence, int count) {
        return states.check(batch(producerId, epoch, sequence, count, false), 0, endOffset, AppendOrigin.CLIENT);
    }

    private void append(long producerId, int epoch, int sequence, int count) {
        states.apply(batch(producerId, epoch, sequence, count, false), 0);
        endOffset += count;
    }

    private ByteBuffer batch(long producerId, int epoch, int sequence, int count, boolean transactional) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = record(10, "k", "v");
        }
        return Batches.idempotent(
                CompressionType.NONE, endOffset, producerId, (short) epoch, sequence, transactional, records);
    }

    private ByteBuffer marker(long producerId, int epoch, ControlRecordType type, int coordinatorEpoch) {
        return Batches.copy(MemoryRecords.withEndTransactionMarker(
                        endOffset, 10, 1, producerId, (short) epoch, new EndTransactionMarker(type, coordinatorEpoch))
                .buffer());
    }
}
