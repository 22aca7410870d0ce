package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.AppendReply;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every metadata log does, whatever it is kept in.
public abstract class MetadataLogContract {
    /// Opens the log over what earlier ones kept and starts it with `listener`.
    protected abstract MetadataLog start(MetadataLog.Listener listener);

    /// Runs `turn` in the log's loop.
    protected abstract <T> T inLoop(Supplier<T> turn);

    /// Lets the log work until `done`.
    protected abstract void await(BooleanSupplier done);

    @Test
    void leadsAndCommitsBatchesInOrder() {
        Heard heard = new Heard();
        MetadataLog log = start(heard);
        await(heard::leads);

        List<Long> offsets = new ArrayList<>();
        for (int batch = 0; batch < 5; batch++) {
            offsets.add(append(log, heard.epoch, fenced(batch * 10, 3)));
        }
        await(() -> heard.records.size() == 15);

        assertThat(offsets).isSorted().doesNotHaveDuplicates();
        assertThat(heard.records)
                .containsExactlyElementsOf(IntStream.range(0, 5)
                        .boxed()
                        .flatMap(batch -> fenced(batch * 10, 3).stream())
                        .toList());
        assertThat(heard.positions).contains(offsets.getLast());
        log.close();
    }

    @Test
    void handsOutEverythingAgainAfterARestart() {
        Heard first = new Heard();
        MetadataLog log = start(first);
        await(first::leads);
        append(log, first.epoch, fenced(0, 4));
        await(() -> first.records.size() == 4);
        log.close();

        Heard second = new Heard();
        MetadataLog again = start(second);
        await(second::leads);

        assertThat(second.records).containsExactlyElementsOf(fenced(0, 4));
        assertThat(second.epoch).isGreaterThan(first.epoch);
        assertThat(inLoop(() -> again.append(first.epoch, fenced(0, 1)))).isInstanceOf(AppendReply.NotLeader.class);
        again.close();
    }

    @Test
    void startsFromASnapshotAndWhatCameAfter() {
        Heard first = new Heard();
        MetadataLog log = start(first);
        await(first::leads);
        append(log, first.epoch, fenced(0, 4));
        await(() -> first.records.size() == 4);
        inLoop(() -> {
            log.writeSnapshot(first.last, fenced(100, 2)::forEach);
            return true;
        });
        append(log, first.epoch, fenced(50, 1));
        await(() -> first.records.size() == 5);
        log.close();

        Heard second = new Heard();
        MetadataLog again = start(second);
        await(second::leads);

        assertThat(second.records)
                .containsExactly(
                        new MetadataRecord.NodeFenced(100),
                        new MetadataRecord.NodeFenced(101),
                        new MetadataRecord.NodeFenced(50));
        again.close();
    }

    @Test
    void startsFromASnapshotOfManyRecordsAndLargeOnes() {
        List<MetadataRecord> contents = new ArrayList<>(fenced(0, 5_000));
        contents.add(new MetadataRecord.FeatureLevelSet("x".repeat(32_000), 1, 1));
        contents.add(new MetadataRecord.FeatureLevelSet("y".repeat(32_000), 1, 1));
        contents.addAll(fenced(0, 10));
        Heard first = new Heard();
        MetadataLog log = start(first);
        await(first::leads);
        append(log, first.epoch, fenced(0, 1));
        await(() -> first.records.size() == 1);
        inLoop(() -> {
            log.writeSnapshot(first.last, contents::forEach);
            return true;
        });
        log.close();

        Heard second = new Heard();
        MetadataLog again = start(second);
        await(second::leads);

        assertThat(second.records).containsExactlyElementsOf(contents);
        again.close();
    }

    @Test
    void keepsALargeBatch() {
        Heard first = new Heard();
        MetadataLog log = start(first);
        await(first::leads);
        List<MetadataRecord> large =
                Collections.nCopies(100, new MetadataRecord.FeatureLevelSet("x".repeat(32_000), 1, 1));
        append(log, first.epoch, large);
        append(log, first.epoch, fenced(0, 1));
        await(() -> first.records.size() == 101);
        log.close();

        Heard second = new Heard();
        MetadataLog again = start(second);
        await(second::leads);

        assertThat(second.records)
                .startsWith(large.getFirst())
                .hasSize(101)
                .endsWith(fenced(0, 1).getFirst());
        again.close();
    }

    @Test
    void refusesABatchThatIsTooLarge() {
        Heard heard = new Heard();
        MetadataLog log = start(heard);
        await(heard::leads);
        MetadataRecord large = new MetadataRecord.FeatureLevelSet("x".repeat(32_000), 1, 1);

        assertThat(inLoop(() -> log.append(heard.epoch, Collections.nCopies(300, large))))
                .isInstanceOf(AppendReply.TooLarge.class);
        append(log, heard.epoch, fenced(0, 1));
        await(() -> heard.records.size() == 1);
        log.close();
    }

    private long append(MetadataLog log, int epoch, List<MetadataRecord> records) {
        AppendReply reply = inLoop(() -> log.append(epoch, records));
        assertThat(reply).isInstanceOf(AppendReply.Accepted.class);
        return ((AppendReply.Accepted) reply).lastOffset();
    }

    private static List<MetadataRecord> fenced(int first, int count) {
        return IntStream.range(first, first + count)
                .<MetadataRecord>mapToObj(MetadataRecord.NodeFenced::new)
                .toList();
    }

    /// Remembers what it was told.
    private static final class Heard implements MetadataLog.Listener {
        private final List<MetadataRecord> records = new CopyOnWriteArrayList<>();
        private final List<Long> positions = new CopyOnWriteArrayList<>();
        private volatile Position last = Position.NONE;
        private volatile int epoch;
        private volatile boolean leading;

        boolean leads() {
            return leading;
        }

        @Override
        public void onSnapshot(Position last, List<MetadataRecord> snapshot) {
            records.clear();
            records.addAll(snapshot);
        }

        @Override
        public void onCommitted(Position last, List<MetadataRecord> batch) {
            this.last = last;
            positions.add(last.offset());
            records.addAll(batch);
        }

        @Override
        public void onLeader(OptionalInt leaderId, int epoch) {
            this.epoch = epoch;
            leading = leaderId.equals(OptionalInt.of(1));
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            throw new AssertionError(why, cause);
        }
    }
}
