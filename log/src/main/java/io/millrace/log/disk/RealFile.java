package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// One open file of the machine's file system.
///
/// Owned by: whoever writes it, one thread at a time; reads and probes come from any thread.
/// Invariant: `channelPosition` is where the channel's own cursor stands, so that a gathering write that follows the
/// one before it needs no seek.
final class RealFile implements DiskFile {
    private final FileChannel channel;
    private final PageCacheProbe.OfFile cached;
    private long channelPosition;

    RealFile(String path, FileChannel channel, PageCacheProbe probe) {
        this.channel = channel;
        this.cached = probe.of(path);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        if (sources.length == 1) {
            writeOne(sources[0], position);
            return;
        }
        if (channelPosition != position) {
            channel.position(position);
        }
        // Until all is written the cursor's place is unknown: an error must not leave a wrong belief behind.
        channelPosition = -1;
        long end = position;
        int first = 0;
        while (first < sources.length) {
            end += channel.write(sources, first, sources.length - first);
            while (first < sources.length && !sources[first].hasRemaining()) {
                first++;
            }
        }
        channelPosition = end;
    }

    private void writeOne(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
        channelPosition = -1;
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public boolean isCached(long position, long length) {
        return cached.isCached(position, length);
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.of(channel);
    }

    @Override
    public void close() throws IOException {
        cached.close();
        channel.close();
    }
}
