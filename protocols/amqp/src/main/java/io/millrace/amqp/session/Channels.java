package io.millrace.amqp.session;

import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.ReplyCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The channels of a connection, by number. One that we closed because of an error is deaf until the client says that
/// it has heard of it.
///
/// Owned by: one connection's loop.
final class Channels implements AmqpChannel.Owner {
    private final Connection connection;
    private final MethodDecoder decoder;
    private final Consumer<AmqpError> onHardError;
    private final AmqpOutput output;
    private final Map<Integer, AmqpChannel> channels = new HashMap<>();
    private @Nullable AmqpChannel recent;
    private boolean isSlow;
    private long lookedMs;

    Channels(Connection connection, MethodDecoder decoder, Consumer<AmqpError> onHardError, AmqpOutput output) {
        this.connection = connection;
        this.decoder = decoder;
        this.onHardError = onHardError;
        this.output = output;
    }

    void onFrame(Frame frame) {
        AmqpChannel channel = recent;
        if (channel == null || channel.number() != frame.channel()) {
            channel = channels.get(frame.channel());
        }
        if (channel == null) {
            channel = add(frame.channel());
        }
        if (channel == null) {
            return;
        }
        recent = channel;
        if (channel.isClosed()) {
            onDeafChannel(channel, frame);
        } else {
            channel.onFrame(frame);
        }
    }

    private @Nullable AmqpChannel add(int number) {
        int most = connection.channelMax();
        if (channels.size() >= most) {
            onHardError.accept(AmqpError.of(
                    ReplyCode.NOT_ALLOWED,
                    "number of channels opened (" + channels.size() + ") has reached the negotiated channel_max ("
                            + most + ")"));
            return null;
        }
        AmqpChannel channel = new AmqpChannel(number, connection, decoder, this);
        channel.slow(isSlow);
        channels.put(number, channel);
        return channel;
    }

    private void onDeafChannel(AmqpChannel channel, Frame frame) {
        if (!(frame instanceof Frame.Method method)
                || !(decoder.decode(method.payload()) instanceof Decoded.Complete<AmqpMethod>(AmqpMethod said))) {
            return;
        }
        if (said instanceof ChannelMethods.CloseOk) {
            remove(channel);
        } else if (said instanceof ChannelMethods.Close) {
            connection.send(channel.number(), new ChannelMethods.CloseOk());
        }
    }

    private void remove(AmqpChannel channel) {
        channels.remove(channel.number());
        recent = null;
    }

    @Override
    public void failed(AmqpChannel channel, AmqpError error) {
        if (error.code().isHard()) {
            onHardError.accept(error);
            return;
        }
        channel.close();
        connection.send(
                channel.number(),
                new ChannelMethods.Close(error.code().code(), error.text(), error.classId(), error.methodId()));
    }

    @Override
    public void ended(AmqpChannel channel) {
        channel.close();
        remove(channel);
    }

    @Override
    public void broken(String why, RuntimeException fault) {
        output.fail(why, fault);
    }

    /// Closes channels of which a delivery was not settled in time.
    void onTick(long nowMs) {
        long allowedMs = connection.config().consumerTimeoutMs();
        if (allowedMs == 0 || nowMs - lookedMs < DeliveryAges.lookMs(allowedMs)) {
            return;
        }
        lookedMs = nowMs;
        for (AmqpChannel channel : List.copyOf(channels.values())) {
            if (channel.isOpen() && channel.deliveries().isOverdue(nowMs)) {
                AmqpError error = AmqpError.of(
                        ReplyCode.PRECONDITION_FAILED,
                        "delivery acknowledgement on channel " + channel.number() + " timed out. Timeout value used: "
                                + allowedMs
                                + " ms. This timeout value can be configured, see consumers doc guide to learn more");
                output.tell(error.text());
                failed(channel, error);
            }
        }
    }

    List<SessionView.ChannelView> views() {
        return channels.values().stream()
                .filter(AmqpChannel::isOpen)
                .map(AmqpChannel::view)
                .toList();
    }

    /// Whether all that came in has been done, as far as it is done in order.
    boolean areDone() {
        return channels.values().stream().allMatch(AmqpChannel::isDone);
    }

    void slow(boolean slow) {
        isSlow = slow;
        channels.values().forEach(channel -> channel.slow(slow));
    }

    /// Also when a channel is in the middle of something.
    void closeAll() {
        List<AmqpChannel> all = List.copyOf(channels.values());
        channels.clear();
        recent = null;
        all.forEach(AmqpChannel::close);
    }
}
