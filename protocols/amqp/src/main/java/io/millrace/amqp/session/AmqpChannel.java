package io.millrace.amqp.session;

import io.millrace.amqp.codec.Assembled;
import io.millrace.amqp.codec.ContentAssembler;
import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.method.AccessMethods;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.method.TxMethods;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/// One channel: its methods one after the other. A method that has to ask elsewhere makes those behind it wait, on this
/// channel only.
///
/// Owned by: one connection's loop.
/// Invariant: nothing is done, and nothing sent, after [#close].
final class AmqpChannel {
    /// What a parked method counts for beside its body.
    private static final int PARKED_METHOD_BYTES = 256;

    private static final AmqpError TOO_MUCH =
            AmqpError.of(ReplyCode.RESOURCE_ERROR, "too many octets of messages that are not complete");

    private static final AmqpMethod NO_METHOD = new ChannelMethods.CloseOk();

    private final int number;
    private final Connection connection;
    private final Owner owner;
    private final ContentAssembler assembler;
    private final Publisher publisher;
    private final Deliveries deliveries;
    private final Deque<Incoming> parked = new ArrayDeque<>();

    private State state = State.STARTING;
    private AmqpMethod current = NO_METHOD;
    private boolean waiting;
    private boolean unparking;
    private boolean dirty;
    private String lastQueue = "";

    AmqpChannel(int number, Connection connection, MethodDecoder decoder, Owner owner) {
        this.number = number;
        this.connection = connection;
        this.owner = owner;
        this.assembler = new ContentAssembler(decoder, connection.config().messageBytesMax());
        this.publisher = new Publisher(this);
        this.deliveries = new Deliveries(this);
    }

    private enum State {
        STARTING,
        OPEN,
        CLOSED
    }

    /// Who has the channels.
    interface Owner {
        /// The channel can not go on; it, or the connection, is closed with this error.
        void failed(AmqpChannel channel, AmqpError error);

        /// The client has closed it.
        void ended(AmqpChannel channel);

        /// A fault of ours.
        void broken(String why, RuntimeException fault);
    }

    /// A method and, where it has one, its content.
    private static final class Incoming {
        private static final byte[] NO_BODY = new byte[0];

        private final AmqpMethod method;
        private final BasicProperties properties;
        private final byte[] body;

        Incoming(AmqpMethod method, BasicProperties properties, byte[] body) {
            this.method = method;
            this.properties = properties;
            this.body = body;
        }

        Incoming(AmqpMethod method) {
            this(method, BasicProperties.EMPTY, NO_BODY);
        }

        int size() {
            return PARKED_METHOD_BYTES + properties.size() + body.length;
        }
    }

    int number() {
        return number;
    }

    Connection connection() {
        return connection;
    }

    AmqpPorts ports() {
        return connection.ports();
    }

    Publisher publisher() {
        return publisher;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /// Whether no method waits.
    boolean isDone() {
        return isClosed() || (!waiting && parked.isEmpty());
    }

    SessionView.ChannelView view() {
        return new SessionView.ChannelView(
                number,
                deliveries.prefetch(),
                deliveries.channelPrefetch(),
                publisher.confirms(),
                publisher.transaction() != null,
                deliveries.unsettledCount(),
                publisher.unconfirmed(),
                deliveries.views());
    }

    /// What an empty queue name stands for; empty when no queue was declared yet.
    String lastQueue() {
        return lastQueue;
    }

    void lastQueue(String name) {
        lastQueue = name;
    }

    void send(AmqpMethod method) {
        connection.send(number, method);
    }

    /// An answer that the client may not want.
    void answer(boolean noWait, AmqpMethod method) {
        if (!noWait) {
            send(method);
        }
    }

    void onFrame(Frame frame) {
        int heldBefore = assembler.heldBytes();
        Assembled assembled = assembler.onFrame(frame);
        int more = assembler.heldBytes() - heldBefore;
        if (more != 0 && !connection.inflow().arriving(more)) {
            owner.failed(this, TOO_MUCH);
            return;
        }
        switch (assembled) {
            case Assembled.Incomplete _ -> {}
            case Assembled.Command(AmqpMethod method) -> on(new Incoming(method));
            case Assembled.Message(AmqpMethod method, BasicProperties properties, ByteBuf body) ->
                on(new Incoming(method, properties, taken(body)));
            case Assembled.Failed(AmqpError error) -> owner.failed(this, error);
        }
    }

    /// The one copy of a body on its way in.
    private static byte[] taken(ByteBuf body) {
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        body.release();
        return bytes;
    }

    private void on(Incoming incoming) {
        if (waiting || unparking || !parked.isEmpty()) {
            parked.add(incoming);
            connection.inflow().parked(incoming.size());
        } else {
            handle(incoming);
        }
    }

    private void handle(Incoming incoming) {
        AmqpMethod method = incoming.method;
        current = method;
        try {
            dispatch(incoming);
        } catch (Refused refused) {
            fail(method, refused);
        } catch (RuntimeException fault) {
            owner.broken("a fault in method " + method.classId() + "." + method.methodId(), fault);
        }
    }

    private void fail(AmqpMethod method, Refused refused) {
        owner.failed(this, refused.error().in(method.classId(), method.methodId()));
    }

    private void dispatch(Incoming incoming) throws Refused {
        AmqpMethod method = incoming.method;
        if (state == State.STARTING) {
            open(method);
            return;
        }
        switch (method) {
            case BasicMethods.Publish publish -> HandlePublish.on(this, publish, incoming.properties, incoming.body);
            case BasicMethods.Ack ack -> HandleSettlement.ack(this, ack);
            case BasicMethods.Nack nack -> HandleSettlement.nack(this, nack);
            case BasicMethods.Reject reject -> HandleSettlement.reject(this, reject);
            default -> {
                deliveries.flush(); // what was settled before has happened before
                dispatchRare(method);
            }
        }
    }

    private void dispatchRare(AmqpMethod method) throws Refused {
        switch (method) {
            case BasicMethods.Recover recover -> HandleSettlement.recover(this, recover);
            case BasicMethods.RecoverAsync recover -> HandleSettlement.recover(this, recover);
            case BasicMethods.Get get -> HandleGet.on(this, get);
            case BasicMethods.Qos qos -> HandleConsume.qos(this, qos);
            case BasicMethods.Consume consume -> HandleConsume.consume(this, consume);
            case BasicMethods.Cancel cancel -> HandleConsume.cancel(this, cancel);
            case BasicMethods.CancelOk _ -> {} // the client heard of a cancellation
            case ExchangeMethods exchange -> HandleExchange.on(this, exchange);
            case QueueMethods queue -> HandleQueue.on(this, queue);
            case ConfirmMethods confirm -> HandleConfirm.on(this, confirm);
            case TxMethods tx -> HandleTx.on(this, tx);
            case ChannelMethods channel -> onChannel(channel);
            case AccessMethods.Request _ -> send(new AccessMethods.RequestOk(1));
            case AccessMethods.RequestOk _ -> throw unimplemented();
            case BasicMethods _ -> throw unimplemented();
            case ConnectionMethods _ -> throw unimplemented();
        }
    }

    static Refused unimplemented() {
        return new Refused(ReplyCode.COMMAND_INVALID, "unimplemented method");
    }

    private void open(AmqpMethod method) throws Refused {
        if (!(method instanceof ChannelMethods.Open)) {
            throw new Refused(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
        }
        connection.places().enterChannel();
        state = State.OPEN;
        send(new ChannelMethods.OpenOk());
    }

    private void onChannel(ChannelMethods method) throws Refused {
        switch (method) {
            case ChannelMethods.Open _ -> throw new Refused(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
            case ChannelMethods.Flow(boolean active) -> {
                if (!active) {
                    throw Refused.notImplemented("active=false");
                }
                send(new ChannelMethods.FlowOk(true));
            }
            case ChannelMethods.Close _ -> {
                send(new ChannelMethods.CloseOk());
                owner.ended(this);
            }
            default -> throw unimplemented();
        }
    }

    /// Makes all methods behind this one wait until [Continuation#goOn]; asked before the question is, since an answer
    /// may come before the call returns.
    Continuation await() {
        waiting = true;
        return new Continuation(current);
    }

    /// Says that something is there, or has gone, once it is so for every node.
    void whenKnown(Step answer) {
        Continuation then = await();
        ports().changes().whenKnown(() -> then.goOn(answer));
    }

    /// What goes on when an answer is there. Nothing does when the channel has closed meanwhile.
    final class Continuation {
        private final AmqpMethod method;

        private Continuation(AmqpMethod method) {
            this.method = method;
        }

        void goOn(Step step) {
            if (isClosed()) {
                return;
            }
            waiting = false;
            current = method;
            try {
                step.run();
            } catch (Refused refused) {
                fail(method, refused);
            } catch (RuntimeException fault) {
                owner.broken("a fault after method " + method.classId() + "." + method.methodId(), fault);
            }
            unpark();
        }
    }

    private void unpark() {
        if (unparking) {
            return;
        }
        unparking = true;
        while (!waiting && !isClosed()) {
            Incoming next = parked.poll();
            if (next == null) {
                break;
            }
            connection.inflow().parked(-next.size());
            handle(next);
        }
        unparking = false;
    }

    /// There is something to say or to pass on at the end of the turn.
    void touch() {
        if (!dirty && !isClosed()) {
            dirty = true;
            connection.dirty(this);
        }
    }

    void endOfTurn() {
        dirty = false;
        if (!isClosed()) {
            deliveries.flush();
            publisher.tell();
        }
    }

    /// The socket takes nothing more for now, or takes it again.
    void slow(boolean isSlow) {
        deliveries.slow(isSlow);
    }

    /// Gives back what was not settled and forgets what waits.
    void close() {
        if (isClosed()) {
            return;
        }
        if (state == State.OPEN) {
            connection.places().leaveChannel();
        }
        state = State.CLOSED;
        connection.inflow().arriving(-assembler.heldBytes());
        assembler.close();
        deliveries.close();
        publisher.close();
        parked.forEach(incoming -> connection.inflow().parked(-incoming.size()));
        parked.clear();
    }
}
