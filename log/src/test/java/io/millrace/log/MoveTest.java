package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A log changes over to its copy in another directory, and what a crash in between leaves.
final class MoveTest {
    private static final TopicPartition ORDERS = LogFixture.ORDERS;
    private static final String HERE = LogFixture.PATH;
    private static final String THERE = "/disk/there";
    private static final Set<String> CHANGES =
            Set.of("rename", "delete", "create", "createFolder", "syncFolder", "claim");

    private final MemoryDisk memory = new MemoryDisk(new ManualClock());
    private int changesLeft = Integer.MAX_VALUE;

    /// A disk that dies at a change.
    private Disk disk() {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (self, method, arguments) -> {
                    if (CHANGES.contains(method.getName()) && changesLeft-- <= 0) {
                        throw new IOException("dead");
                    }
                    try {
                        return method.invoke(memory, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private static PartitionLog copyOf(LogFixture from, LogDirectory to) throws IOException {
        LogDirectory.Found folder = to.beginFuture(ORDERS, LogFixture.ID);
        PartitionLog copy = to.openFuture(folder, from.log().config());
        long next = from.log().startOffset();
        while (next < from.log().endOffset()) {
            var bytes = LogFixture.bytes(from.log().read(next, from.log().writtenOffset(), 1 << 20, true));
            replicate(copy, bytes);
            FlushJob job = copy.beginFlush(true).orElseThrow();
            job.run();
            copy.endFlush(job);
            next = copy.endOffset();
        }
        copy.advanceStartOffset(from.log().startOffset());
        return copy;
    }

    private static void replicate(PartitionLog copy, ByteBuffer bytes) {
        BatchCheck check =
                BatchValidator.validate(ORDERS, bytes, AppendOrigin.LEADER, copy.config(), 1 << 20, 1_000_000);
        assertThat(copy.append(check, Lease.NONE, AppendOrigin.LEADER, 0, 1_000_000)
                        .error())
                .isEqualTo(ErrorKind.NONE);
    }

    /// A log of several segments, whose first records were deleted.
    private static LogFixture filled(Disk disk) {
        LogFixture fixture = new LogFixture(disk, HERE, Configs.small(300, 64));
        for (int at = 0; at < 12; at++) {
            fixture.appendFlushed(at, "value-" + at, "more-" + at);
        }
        assertThat(fixture.log().advanceStartOffset(5)).isEqualTo(ErrorKind.NONE);
        return fixture;
    }

    private static MoveJob move(PartitionLog log, PartitionLog copy) {
        MoveJob job = log.beginMove(copy, 20).orElseThrow();
        assertThat(job).isNotNull();
        assertThat(log.read(6, log.writtenOffset(), 100, true))
                .as("meanwhile readers are asked to come again")
                .isInstanceOfSatisfying(
                        ReadResult.Cold.class,
                        cold -> assertThat(cold.job().run()).isInstanceOf(ReadResult.Moved.class));
        job.run();
        log.endMove(job);
        return job;
    }

    @Test
    void goesOnInTheOtherDirectory() throws IOException {
        LogFixture fixture = filled(memory);
        List<String> before = fixture.readAll(5);
        LogDirectory there = LogFixture.openDirectory(memory, THERE);

        MoveJob job = move(fixture.log(), copyOf(fixture, there));

        assertThat(job.error()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().directory()).isSameAs(there);
        assertThat(fixture.log().startOffset()).isEqualTo(5);
        assertThat(fixture.readAll(5)).isEqualTo(before);
        fixture.appendFlushed(99, "after");
        assertThat(fixture.readAll(5)).hasSize(before.size() + 1).last().isEqualTo("24=after");
        assertThat(memory.exists(THERE + "/" + ORDERS + "/" + SegmentNames.of(0, SegmentNames.LOG)))
                .isTrue();
        assertThat(memory.exists(HERE + "/" + ORDERS)).isFalse();
        fixture.directory().sweep(Long.MAX_VALUE);
        assertThat(memory.list(HERE)).noneMatch(name -> name.startsWith("orders"));

        // And back, over what the first move has left noted.
        PartitionLog back = copyOf(fixture, fixture.directory());
        assertThat(move(fixture.log(), back).error()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.readAll(5)).hasSize(before.size() + 1);
        fixture.log().close();
        there.close(partition -> 0L);
        fixture.directory().close(partition -> 0L);
        assertThat(LogFixture.openDirectory(memory, THERE).found()).isEmpty();
        PartitionLog opened = LogFixture.openDirectory(memory, HERE).open(ORDERS, LogFixture.ID, LogConfig.DEFAULT);
        assertThat(opened.startOffset()).isEqualTo(5);
        assertThat(opened.endOffset()).isEqualTo(25);
    }

    @Test
    void aCopyThatLacksSomethingDoesNotTakeItsPlace() throws IOException {
        LogFixture fixture = filled(memory);
        PartitionLog copy = copyOf(fixture, LogFixture.openDirectory(memory, THERE));
        fixture.append(1, "later");

        assertThat(fixture.log().beginMove(copy, 0)).isEmpty();
        fixture.flush(true);
        assertThat(fixture.log().beginMove(copy, 0)).isEmpty();
    }

    @Test
    void staysWhereItIsWhenTheOtherDiskRefuses() throws IOException {
        for (String refused : List.of("create", "rename")) {
            LogFixture fixture = new MoveTest().staysWhenRefused(refused);
            fixture.appendFlushed(99, "after");
            assertThat(fixture.readAll(5)).hasSize(20);
            ((MemoryDisk) fixture.disk()).kill();
            fixture.reopen();
            assertThat(fixture.readAll(5)).hasSize(20);
        }
    }

    private LogFixture staysWhenRefused(String call) throws IOException {
        LogFixture fixture = filled(memory);
        List<String> before = fixture.readAll(5);
        MemoryDisk other = new MemoryDisk(new ManualClock());
        boolean[] isRefusing = {false};
        Disk refusing = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (self, method, arguments) -> {
                    boolean isCopyMoved = call.equals("create")
                            || String.valueOf(arguments[0]).endsWith("-future");
                    if (isRefusing[0] && method.getName().equals(call) && isCopyMoved) {
                        throw new IOException("no");
                    }
                    try {
                        return method.invoke(other, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
        MoveJob job = fixture.log()
                .beginMove(copyOf(fixture, LogFixture.openDirectory(refusing, THERE)), 20)
                .orElseThrow();
        isRefusing[0] = true;

        job.run();
        fixture.log().endMove(job);

        assertThat(job.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(job.errorMessage()).contains("no");
        assertThat(fixture.log().isFailed()).isFalse();
        assertThat(fixture.log().directory()).isSameAs(fixture.directory());
        assertThat(fixture.readAll(5)).isEqualTo(before);
        return fixture;
    }

    /// Dies at every change of either disk, one run each; the process is gone or the power. What is found afterwards is
    /// the whole log, once.
    @Test
    void aCrashAnywhereLeavesOneWholeCopy() throws IOException {
        List<FutureFate> fates = new ArrayList<>();
        for (int changes = 0; changes < 60; changes++) {
            for (boolean isPowerCut : List.of(false, true)) {
                fates.addAll(new MoveTest().crashAfter(changes, isPowerCut));
            }
        }
        assertThat(fates).contains(FutureFate.RESUMED, FutureFate.PROMOTED);
    }

    private List<FutureFate> crashAfter(int changes, boolean isPowerCut) throws IOException {
        memory.createFolder("/disk");
        memory.syncFolder("/");
        LogFixture fixture = filled(disk());
        List<String> before = fixture.readAll(5);
        fixture.directory().checkpointStarts(List.of(fixture.log())); // as DeleteRecords does before it answers
        LogDirectory there = LogFixture.openDirectory(disk(), THERE);
        PartitionLog copy = copyOf(fixture, there);
        MoveJob job = fixture.log().beginMove(copy, 20).orElseThrow();
        changesLeft = changes;
        job.run();
        fixture.log().endMove(job);
        changesLeft = Integer.MAX_VALUE;
        if (isPowerCut) {
            memory.crash(new SeededRandomness(changes));
        } else {
            memory.kill();
        }

        LogDirectory hereAgain = LogFixture.openDirectory(memory, HERE);
        LogDirectory thereAgain = LogFixture.openDirectory(memory, THERE);
        List<FutureFate> fates = FutureFate.settle(List.of(hereAgain, thereAgain)).stream()
                .map(FutureFate.Decided::fate)
                .toList();
        boolean isHere = !hereAgain.found().isEmpty();
        assertThat(isHere)
                .as("after %d", changes)
                .isNotEqualTo(!thereAgain.found().isEmpty());
        hereAgain.sweep(Long.MAX_VALUE);
        PartitionLog found = (isHere ? hereAgain : thereAgain)
                .open(ORDERS, LogFixture.ID, fixture.log().config());
        assertThat(found.startOffset()).as("start after %d, %s", changes, fates).isEqualTo(5);
        assertThat(found.endOffset()).isEqualTo(24);
        assertThat(Batches.decode(LogFixture.bytes(found.read(5, 24, 1 << 20, true))))
                .isNotEmpty()
                .isSubsetOf(all(before));
        return fates;
    }

    /// The first batch begins below the start.
    private static List<String> all(List<String> before) {
        List<String> all = new ArrayList<>(before);
        all.add("4=value-2");
        return all;
    }

    @Test
    void whatBecomesOfACopyThatIsFound() {
        assertThat(FutureFate.of(false, true, false, false, false)).isEqualTo(FutureFate.RESUMED);
        assertThat(FutureFate.of(false, true, false, true, false)).isEqualTo(FutureFate.DROPPED);
        assertThat(FutureFate.of(true, false, true, false, false)).isEqualTo(FutureFate.DROPPED);
        assertThat(FutureFate.of(false, false, true, false, false)).isEqualTo(FutureFate.PROMOTED);
        assertThat(FutureFate.of(false, false, false, false, true)).isEqualTo(FutureFate.DROPPED);
        assertThat(FutureFate.of(false, false, false, false, false)).isEqualTo(FutureFate.SET_ASIDE);
    }

    @Test
    void aCopyWithoutItsLogIsKeptForAnOperator() throws IOException {
        LogFixture fixture = filled(memory);
        LogDirectory there = LogFixture.openDirectory(memory, THERE);
        copyOf(fixture, there).close();
        memory.kill();

        LogDirectory again = LogFixture.openDirectory(memory, THERE);
        List<FutureFate.Decided> decided = FutureFate.settle(List.of(again));

        assertThat(decided).extracting(FutureFate.Decided::fate).containsExactly(FutureFate.SET_ASIDE);
        assertThat(again.strayCount()).isEqualTo(1);
        assertThat(again.found()).isEmpty();
    }

    @Test
    void namesThatLeaveNoRoomForTheMarkCanNotMove() {
        assertThat(LogDirectory.canMove(new TopicPartition("t".repeat(200), 7))).isTrue();
        assertThat(LogDirectory.canMove(new TopicPartition("t".repeat(249), 7))).isFalse();
    }
}
