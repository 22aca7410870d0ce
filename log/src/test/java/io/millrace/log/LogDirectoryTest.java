package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LogDirectoryTest {
    private static final String PATH = LogFixture.PATH;

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());

    @Test
    void refusesASecondProcess() {
        LogFixture.openDirectory(disk, PATH);
        assertThatThrownBy(() -> LogFixture.openDirectory(disk, PATH))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("in use by another process")
                .hasMessageContaining(PATH + "/.lock");
    }

    @Test
    void belongsToOneNodeOfOneCluster() {
        LogDirectory first = LogFixture.openDirectory(disk, PATH);
        first.close(partition -> 0L);
        LogDirectory again = LogFixture.openDirectory(disk, PATH);
        assertThat(again.directoryId()).isEqualTo(first.directoryId());
        again.close(partition -> 0L);
        assertThatThrownBy(() -> LogDirectory.open(
                        disk, PATH, new LogDirectory.Settings(2, "cluster", 10), new SeededRandomness(1)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("belongs to node 1 of cluster cluster");
        // The refusal let the lock go.
        LogFixture.openDirectory(disk, PATH).close(partition -> 0L);
    }

    @Test
    void anEmptyLogNeedsNoFolder() throws IOException {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.flush(true);
        fixture.reopenCleanly();
        assertThat(disk.exists(fixture.folder())).isFalse();
        assertThat(fixture.directory().found()).isEmpty();
    }

    @Test
    void deletedPartitionsAreRenamedAndSweptAway() throws IOException {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.appendFlushed(1, "x");
        fixture.log().delete();
        assertThat(disk.list(PATH)).anyMatch(name -> name.matches("orders-0\\.[0-9a-f]{32}-delete"));
        PartitionLog successor = fixture.directory().open(LogFixture.ORDERS, LogFixture.ID, LogConfig.DEFAULT);
        assertThat(successor.endOffset()).isZero();
        assertThat(fixture.directory().sweep(0)).isZero();
        assertThat(disk.list(PATH)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aSweepEndsBetweenTwoFilesWhenItIsToldTo() throws IOException {
        AtomicReference<Runnable> beforeDelete = new AtomicReference<>(() -> {});
        LogFixture fixture = new LogFixture(deletingWith(beforeDelete), PATH, LogConfig.DEFAULT);
        fixture.appendFlushed(1, "x");
        fixture.log().delete();
        String folder = PATH + "/"
                + disk.list(PATH).stream()
                        .filter(name -> name.endsWith("-delete"))
                        .findFirst()
                        .orElseThrow();
        int files = disk.list(folder).size();
        beforeDelete.set(fixture.directory()::endSweeps);

        fixture.directory().sweep(0);
        fixture.directory().sweep(0);

        assertThat(files).isGreaterThan(1);
        assertThat(disk.list(folder)).hasSize(files - 1);
    }

    private Disk deletingWith(AtomicReference<Runnable> beforeDelete) throws IOException {
        disk.createFolder("/disk");
        disk.syncFolder("/");
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("delete")) {
                        beforeDelete.get().run();
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void finishesDeletionsAfterARestart() throws IOException {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.appendFlushed(1, "x");
        fixture.log().delete();
        disk.kill();
        LogDirectory again = LogFixture.openDirectory(disk, PATH);
        assertThat(again.found()).isEmpty();
        again.sweep(0);
        assertThat(disk.list(PATH)).noneMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void writesKafkasCheckpoints() throws IOException {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.appendFlushed(1, "x", "y", "z");
        fixture.log().advanceStartOffset(1);
        fixture.directory().checkpoint(Map.of(LogFixture.ORDERS, 2L));
        assertThat(text("recovery-point-offset-checkpoint")).isEqualTo("0\n1\norders 0 3\n");
        assertThat(text("log-start-offset-checkpoint")).isEqualTo("0\n1\norders 0 1\n");
        assertThat(text("replication-offset-checkpoint")).isEqualTo("0\n1\norders 0 2\n");
        assertThat(text("meta.properties"))
                .contains("version=1\n", "cluster.id=cluster\n", "node.id=1\n", "directory.id=");
        fixture.log().close();
        fixture.directory().close(partition -> 3L);
        assertThat(text(".kafka_cleanshutdown")).isEqualTo("{\"version\":0,\"brokerEpoch\":-1}");
        assertThat(text("replication-offset-checkpoint")).isEqualTo("0\n1\norders 0 3\n");
    }

    @Test
    void isNotCleanWhenALogWasLeftOpenOrCouldNotBeClosed() {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.directory().close(partition -> 0L);
        assertThat(LogFixture.openDirectory(disk, PATH).wasClean()).isFalse();
        disk.kill();
        LogFixture failing = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        failing.append(1, "x");
        disk.refuseSyncs(true);
        assertThatThrownBy(() -> failing.log().close()).isInstanceOf(StorageException.class);
        disk.refuseSyncs(false);
        failing.directory().close(partition -> 0L);
        assertThat(LogFixture.openDirectory(disk, PATH).wasClean()).isFalse();
    }

    @Test
    void opensManyLogsWithFewFiles() throws IOException {
        LogDirectory directory = LogFixture.openDirectory(disk, PATH);
        List<PartitionLog> logs = IntStream.range(0, 20)
                .mapToObj(i -> directory.open(new TopicPartition("t", i), LogFixture.ID, LogConfig.DEFAULT))
                .toList();
        for (PartitionLog log : logs) {
            LogFixture.append(log, Batches.of(1, "x"), Lease.NONE, 0, 1);
            FlushJob job = log.beginFlush(true).orElseThrow();
            job.run();
            log.endFlush(job);
        }
        assertThat(directory.openFiles()).isLessThanOrEqualTo(3);
        for (PartitionLog log : logs) {
            assertThat(Batches.decode(LogFixture.bytes(log.read(0, 1, 1000, true))))
                    .containsExactly("0=x");
        }
    }

    private String text(String name) throws IOException {
        return FileContents.readText(disk, PATH + "/" + name);
    }

    @Test
    void aStartOffsetSurvivesAPowerCutOnceItIsCheckpointed() {
        LogFixture fixture = new LogFixture(disk, PATH, LogConfig.DEFAULT);
        fixture.appendFlushed(1, "a");
        fixture.appendFlushed(1, "b");
        assertThat(fixture.log().advanceStartOffset(1)).isEqualTo(ErrorKind.NONE);
        PartitionLog log = fixture.log();
        assertThat(log.directory().checkpointStarts(List.of(log))).containsExactly(log);
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.log().startOffset()).isEqualTo(1);
        PartitionLog gone = fixture.log();
        gone.delete();
        assertThat(gone.directory().checkpointStarts(List.of(gone))).isEmpty();
    }
}
