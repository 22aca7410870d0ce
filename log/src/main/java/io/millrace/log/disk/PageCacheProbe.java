package io.millrace.log.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Asks the kernel whether bytes of a file are in the page cache, without reading them: Linux's `cachestat(2)` (since
/// 6.5) counts cached pages in one call, whatever the length; where it is missing, `preadv2(RWF_NOWAIT)` tries one byte
/// at the range's begin, middle and end. Without either (other systems, native access refused) the answer is always
/// "no", and reads go to a thread that may block.
///
/// Owned by: nobody; immutable.
final class PageCacheProbe {
    private static final int CACHESTAT = 451;
    private static final int RWF_NOWAIT = 8;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final long PAGE = 4096;
    private static final long CACHESTAT_BYTES = 40;

    private final Optional<Calls> calls;

    private PageCacheProbe(Optional<Calls> calls) {
        this.calls = calls;
    }

    static PageCacheProbe ofThisMachine() {
        boolean known = System.getProperty("os.name").equals("Linux")
                && Linker.class.getModule() != null
                && PageCacheProbe.class.getModule().isNativeAccessEnabled();
        return new PageCacheProbe(known ? Calls.link() : Optional.empty());
    }

    OfFile of(String path) {
        return new OfFile(path, calls);
    }

    private record Calls(MethodHandle syscall, MethodHandle open, MethodHandle close, MethodHandle preadv2) {
        @SuppressWarnings("restricted") // reading is all it does: preadv2 of one byte that must not wait
        static Optional<Calls> link() {
            Linker linker = Linker.nativeLinker();
            try {
                return Optional.of(new Calls(
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("syscall"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT),
                                Linker.Option.firstVariadicArg(1)),
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("open"),
                                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                                Linker.Option.firstVariadicArg(2)),
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("close"),
                                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)),
                        linker.downcallHandle(
                                linker.defaultLookup().findOrThrow("preadv2"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT))));
            } catch (java.util.NoSuchElementException | UnsupportedOperationException e) {
                return Optional.empty();
            }
        }
    }

    /// The probe of one file: its own read descriptor, opened with the first question, because a file channel does not
    /// show its descriptor. Thread-safe.
    static final class OfFile {
        private static final int NOT_OPENED = -1;
        private static final int UNUSABLE = -2;

        private final String path;
        private final Optional<Calls> calls;
        private int descriptor = NOT_OPENED;
        private boolean cachestatMissing;

        private OfFile(String path, Optional<Calls> calls) {
            this.path = path;
            this.calls = calls;
        }

        synchronized boolean isCached(long position, long length) {
            if (calls.isEmpty() || length <= 0) {
                return length <= 0;
            }
            try (Arena arena = Arena.ofConfined()) {
                return ask(calls.get(), arena, position, length);
            } catch (Throwable e) {
                throw new AssertionError("a native call the JDK linked can not throw", e);
            }
        }

        private boolean ask(Calls call, Arena arena, long position, long length) throws Throwable {
            if (descriptor == NOT_OPENED) {
                int opened = (int) call.open().invokeExact(arena.allocateFrom(path), O_RDONLY_CLOEXEC);
                descriptor = opened >= 0 ? opened : UNUSABLE;
            }
            if (descriptor == UNUSABLE) {
                return false;
            }
            if (!cachestatMissing) {
                long pages = cachedPages(call, arena, position, length);
                if (pages >= 0) {
                    return pages >= pagesSpanned(position, length);
                }
                cachestatMissing = true;
            }
            return hasByte(call, arena, position)
                    && hasByte(call, arena, position + length / 2)
                    && hasByte(call, arena, position + length - 1);
        }

        private long cachedPages(Calls call, Arena arena, long position, long length) throws Throwable {
            MemorySegment range = arena.allocate(2 * Long.BYTES, Long.BYTES);
            range.set(ValueLayout.JAVA_LONG, 0, position);
            range.set(ValueLayout.JAVA_LONG, Long.BYTES, length);
            MemorySegment stat = arena.allocate(CACHESTAT_BYTES, Long.BYTES);
            long result = (long) call.syscall().invokeExact((long) CACHESTAT, descriptor, range, stat, 0);
            return result == 0 ? stat.get(ValueLayout.JAVA_LONG, 0) : -1;
        }

        private static long pagesSpanned(long position, long length) {
            return (position + length - 1) / PAGE - position / PAGE + 1;
        }

        private boolean hasByte(Calls call, Arena arena, long position) throws Throwable {
            MemorySegment vector = arena.allocate(2 * Long.BYTES, Long.BYTES);
            vector.set(ValueLayout.ADDRESS, 0, arena.allocate(1));
            vector.set(ValueLayout.JAVA_LONG, Long.BYTES, 1);
            return (long) call.preadv2().invokeExact(descriptor, vector, 1, position, RWF_NOWAIT) == 1;
        }

        synchronized void close() {
            if (descriptor < 0) {
                return;
            }
            try {
                int ignored = (int) calls.orElseThrow().close().invokeExact(descriptor);
            } catch (Throwable e) {
                throw new AssertionError("a native call the JDK linked can not throw", e);
            }
            descriptor = UNUSABLE;
        }
    }
}
