package io.millrace.cli.record;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// The standard output of the process, written without a stream that would hide errors. A channel tells how much of a
/// write went through before it failed; `System.out` tells neither.
///
/// Owned by: the thread of the command.
public final class StandardOutput implements Outlet {
    private static final int FD = 1;

    /// `struct pollfd`: an int and two shorts, the second of them filled in by the call.
    private static final long POLLFD_BYTES = 8;

    private static final long REVENTS_AT = 6;
    private static final short POLLERR = 8;
    private static final short POLLHUP = 16;

    /// Beyond this much at once, a channel would copy more memory than a write needs.
    private static final int WRITE_BYTES_MAX = 64 * 1024;

    private final FileChannel channel = new FileOutputStream(FileDescriptor.out).getChannel();
    private Optional<MethodHandle> poll = Optional.empty();

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES_MAX));
        try {
            channel.write(bytes);
        } finally {
            bytes.limit(end);
        }
    }

    /// Asks poll(2): a pipe without a reader has an error before anything is written. A write of no bytes would not
    /// tell.
    @Override
    public boolean isAbandoned() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment asked = arena.allocate(POLLFD_BYTES, Integer.BYTES);
            asked.set(ValueLayout.JAVA_INT, 0, FD);
            int found = (int) poll().invokeExact(asked, 1L, 0);
            return found > 0 && (asked.get(ValueLayout.JAVA_SHORT, REVENTS_AT) & (POLLERR | POLLHUP)) != 0;
        } catch (Throwable broken) { // what a method handle declares; poll itself throws nothing
            throw new IllegalStateException("poll(2)", broken);
        }
    }

    private MethodHandle poll() {
        MethodHandle handle = poll.orElseGet(StandardOutput::link);
        poll = Optional.of(handle);
        return handle;
    }

    @SuppressWarnings("restricted") // bin/millrace allows native access; Java has no other way to look at a pipe
    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = linker.defaultLookup();
        return linker.downcallHandle(
                symbols.findOrThrow("poll"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }
}
