package io.millrace.server.net;

import io.millrace.log.FileSlice;
import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/// A run of batches on its way from the page cache to a socket without passing through us (`sendfile`). The file
/// belongs to the log: when the bytes are sent, or never will be, only the slice is released.
final class SliceRegion extends DefaultFileRegion {
    private final FileSlice slice;

    SliceRegion(FileChannel channel, FileSlice slice) {
        super(channel, slice.position(), slice.length());
        this.slice = slice;
    }

    @Override
    protected void deallocate() {
        slice.release();
    }
}
