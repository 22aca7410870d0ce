package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FileCacheTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final FileCache cache = new FileCache(disk, 2);

    @Test
    void closesFilesNotUsedLatelyWhenThereAreTooMany() throws IOException {
        disk.createFolder("/d");
        for (int i = 0; i < 10; i++) {
            cache.file("/d", "f" + i).holdOrCreate().release();
            assertThat(cache.openFiles()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aHeldFileStaysOpenAlthoughTheCacheLetItGo() throws IOException {
        disk.createFolder("/d");
        OpenFile held = cache.file("/d", "held").holdOrCreate();
        for (int i = 0; i < 5; i++) {
            cache.file("/d", "f" + i).holdOrCreate().release();
        }
        held.file().write(new ByteBuffer[] {DiskContract.bytes("x")}, 0);
        held.release();
        assertThat(disk.sizeOf("/d/held")).isEqualTo(1);
    }

    @Test
    void aSlowOpenHoldsUpNobodyElseAndTwoRacersShareOneFile() throws Exception {
        disk.createFolder("/d");
        disk.create("/d/slow").close();
        CountDownLatch opening = new CountDownLatch(2);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger open = new AtomicInteger();
        Disk slow = slowDisk(opening, gate, open);
        FileCache shared = new FileCache(slow, 2);
        CachedFile file = shared.file("/d", "slow");
        try (ExecutorService racers = Executors.newFixedThreadPool(2)) {
            Future<OpenFile> first = racers.submit(file::hold);
            Future<OpenFile> second = racers.submit(file::hold);
            assertThat(opening.await(10, TimeUnit.SECONDS)).isTrue();
            shared.file("/d", "other").holdOrCreate().release(); // while both are inside the call
            gate.countDown();
            OpenFile held = first.get(10, TimeUnit.SECONDS);
            assertThat(second.get(10, TimeUnit.SECONDS)).isSameAs(held);
            assertThat(open).hasValue(1);
            assertThat(shared.openFiles()).isEqualTo(2);
            held.release();
            held.release();
            assertThat(open).hasValue(1);
            file.discard();
            assertThat(open).hasValue(0);
        }
    }

    /// Opening waits at the gate; `open` counts the descriptors of what was opened that way.
    private Disk slowDisk(CountDownLatch opening, CountDownLatch gate, AtomicInteger open) {
        return proxy(Disk.class, disk, "open", found -> {
            opening.countDown();
            gate.await(10, TimeUnit.SECONDS);
            open.incrementAndGet();
            return proxy(DiskFile.class, found, "close", closed -> {
                open.decrementAndGet();
                return closed;
            });
        });
    }

    private interface Hook {
        Object after(Object outcome) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Object target, String call, Hook hook) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object outcome = method.invoke(target, arguments);
                    return method.getName().equals(call) ? hook.after(outcome) : outcome;
                }));
    }

    @Test
    void closesWhatNobodyUsedBetweenTwoLooks() throws IOException {
        disk.createFolder("/d");
        FileCache roomy = new FileCache(disk, 1_000);
        CachedFile busy = roomy.file("/d", "busy");
        busy.holdOrCreate().release();
        for (int i = 0; i < 300; i++) {
            roomy.file("/d", "f" + i).holdOrCreate().release();
        }
        roomy.closeUnused(0);
        busy.hold().release();
        roomy.closeUnused(FileCache.UNUSED_MS - 1);
        assertThat(roomy.openFiles()).isEqualTo(301);

        roomy.closeUnused(FileCache.UNUSED_MS);

        assertThat(roomy.openFiles()).isEqualTo(1);
        OpenFile open = busy.current();
        busy.hold().release();
        assertThat(busy.current()).isSameAs(open);
    }

    @Test
    void aHeldFileIsNotClosedHoweverLongItIs() throws IOException {
        disk.createFolder("/d");
        CachedFile file = cache.file("/d", "f");
        OpenFile held = file.holdOrCreate();
        for (int look = 0; look < 5; look++) {
            cache.closeUnused(look * FileCache.UNUSED_MS);
        }
        assertThat(cache.openFiles()).isEqualTo(1);
        held.file().write(new ByteBuffer[] {DiskContract.bytes("x")}, 0);
        held.release();

        cache.closeUnused(6 * FileCache.UNUSED_MS);

        assertThat(cache.openFiles()).isZero();
        file.hold().release();
        assertThat(cache.openFiles()).isEqualTo(1);
        assertThat(disk.sizeOf("/d/f")).isEqualTo(1);
    }

    @Test
    void whoeverUsesAFileWhileUnusedOnesAreClosedHasAnOpenOne() throws Exception {
        disk.createFolder("/d");
        AtomicInteger open = new AtomicInteger();
        FileCache watched = new FileCache(slowDisk(new CountDownLatch(0), new CountDownLatch(0), open), 100);
        CachedFile file = watched.file("/d", "f");
        disk.create("/d/f").close();
        try (ExecutorService users = Executors.newFixedThreadPool(2)) {
            Future<Integer> used = users.submit(() -> {
                int opens = 0;
                for (int i = 0; i < 20_000; i++) {
                    OpenFile held = file.hold();
                    opens += open.get() > 0 ? 1 : 0;
                    held.release();
                }
                return opens;
            });
            for (int look = 0; !used.isDone(); look++) {
                watched.closeUnused(look * FileCache.UNUSED_MS);
            }
            assertThat(used.get()).isEqualTo(20_000);
        }
        file.discard();
        assertThat(open).hasValue(0);
        assertThat(watched.openFiles()).isZero();
    }

    @Test
    void aDiscardedFileIsOpenedAgain() throws IOException {
        disk.createFolder("/d");
        CachedFile file = cache.file("/d", "f");
        OpenFile first = file.holdOrCreate();
        file.discard();
        OpenFile second = file.hold();
        assertThat(second).isNotSameAs(first);
        assertThat(first.file().size()).isZero();
        first.release();
        second.release();
    }
}
