package io.millrace.server.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;

/// What one connection has written and its socket has not taken. Where all connections have too much, this one counts
/// as not writable until its socket has taken everything.
///
/// Owned by: the connection's event loop.
final class SocketBacklog {
    /// What a connection may have unsent however much others have.
    private static final long LEAST_BYTES = 64 * 1024;

    /// Not worth to be counted. The empty write below counts as some when it is heard of, and must not cause another.
    private static final long FEW_BYTES = 1024;

    private static final int WRITABILITY_BIT = 1;

    private final UnsentBytes all;
    private long bytes;
    private boolean draining;

    SocketBacklog(UnsentBytes all) {
        this.all = all;
    }

    /// Something was flushed.
    void look(ChannelHandlerContext context) {
        ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
        if (unsent == null) {
            clear();
            return;
        }
        long pending = unsent.totalPendingWriteBytes();
        set(pending <= FEW_BYTES ? 0 : pending);
        unsent.setUserDefinedWritability(WRITABILITY_BIT, bytes <= LEAST_BYTES || !all.isTooMuch());
        if (bytes > 0 && !draining) {
            draining = true;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> {
                draining = false;
                look(context);
            });
        }
    }

    /// The connection has ended.
    void clear() {
        set(0);
    }

    private void set(long now) {
        if (now != bytes) {
            all.add(now - bytes);
            bytes = now;
        }
    }
}
