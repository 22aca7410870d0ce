package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/// Connections that share one limit: bytes are counted as long as the socket has not taken them.
class SocketBacklogTest {
    private static final int MUCH = 100 * 1024;

    private final UnsentBytes all = new UnsentBytes(MUCH);

    /// A connection whose socket takes what is written when the test says so.
    private final class Connection {
        private final Stuck channel = new Stuck();
        private final SocketBacklog backlog = new SocketBacklog(all);
        private final ChannelHandlerContext context =
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter()).lastContext();

        void write(int bytes) {
            context.write(Unpooled.wrappedBuffer(new byte[bytes]));
            backlog.look(context);
        }
    }

    private static final class Stuck extends EmbeddedChannel {
        private boolean takes;

        Stuck() {
            config().setWriteBufferWaterMark(new WriteBufferWaterMark(2 * MUCH, 4 * MUCH));
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            if (takes) {
                super.doWrite(in);
            }
        }

        void take() {
            takes = true;
            flush();
            runPendingTasks();
        }
    }

    @Test
    void countsWhatIsUnsentAndForgetsItWhenItHasLeft() {
        Connection one = new Connection();

        one.write(2000);
        long unsent = all.bytes();
        one.channel.take();

        assertThat(unsent).isGreaterThanOrEqualTo(2000);
        assertThat(all.bytes()).isZero();
    }

    @Test
    void holdsBackWhoHasMuchWhileAllHaveTooMuch() {
        Connection slow = new Connection();
        slow.write(MUCH - 20 * 1024);
        boolean alone = slow.channel.isWritable();

        Connection other = new Connection();
        other.write(40 * 1024);
        slow.backlog.look(slow.context);

        assertThat(alone).isTrue();
        assertThat(slow.channel.isWritable()).isFalse();
        assertThat(other.channel.isWritable()).isTrue();
        slow.channel.take();
        assertThat(slow.channel.isWritable()).isTrue();
        assertThat(other.channel.isWritable()).isTrue();
    }

    @Test
    void givesBackWhatAConnectionHadThatEnds() {
        Connection one = new Connection();
        one.write(2000);

        one.backlog.clear();

        assertThat(all.bytes()).isZero();
    }
}
