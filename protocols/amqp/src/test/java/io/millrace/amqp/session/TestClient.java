package io.millrace.amqp.session;

import io.millrace.amqp.codec.Assembled;
import io.millrace.amqp.codec.ContentAssembler;
import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.FrameRead;
import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.FrameWriter;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.broker.topology.ConnectionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A client at the other end of a session, without a socket between them. Every step runs until nothing more happens.
final class TestClient implements AmqpOutput {
    private static final int SECTION_HEADER = 8;
    private static final FieldTable CAPABLE = FieldTable.builder()
            .put(
                    "capabilities",
                    FieldTable.builder()
                            .put("consumer_cancel_notify", true)
                            .put("authentication_failure_close", true)
                            .put("connection.blocked", true)
                            .build())
            .build();

    final TestBroker broker;
    final AmqpSession session;
    private final ByteBuf toSession = Unpooled.buffer();
    private final ByteBuf fromSession = Unpooled.buffer();
    private final MethodDecoder decoder = new MethodDecoder();
    private final Map<Integer, ContentAssembler> assemblers = new HashMap<>();
    private final FrameWriter writer = new FrameWriter(UnpooledByteBufAllocator.DEFAULT, this::toSession);
    private boolean flushWanted;
    private boolean resumed;
    private boolean saidAll;
    private boolean ended;
    /// Whether the socket was closed with something unsent.
    boolean abandoned;

    /// What the socket has not taken.
    long unsentBytes;

    private String why = "";
    private String told = "";
    private @Nullable Throwable fault;
    private boolean turnsBroker = true;

    TestClient(TestBroker broker, long number) {
        this(broker, new AmqpPeer(new ConnectionId(1, 1, number), "127.0.0.1", true, ""));
    }

    TestClient(TestBroker broker, AmqpPeer peer) {
        this.broker = broker;
        this.session = new AmqpSession(broker.ports(), peer, this);
    }

    /// What the client heard: a method, with its content when it has one.
    record Heard(int channel, AmqpMethod method, BasicProperties properties, String body) {}

    static TestClient open(TestBroker broker, long number) {
        return open(broker, number, "guest");
    }

    static TestClient open(TestBroker broker, long number, String user) {
        TestClient client = new TestClient(broker, number);
        client.login("PLAIN", "\0" + user + "\0" + user);
        client.send(0, new ConnectionMethods.TuneOk(2047, 131_072, 60));
        client.send(0, new ConnectionMethods.Open("/"));
        client.send(1, new ChannelMethods.Open());
        client.heard();
        return client;
    }

    void login(String mechanism, String response) {
        bytes(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        send(0, new ConnectionMethods.StartOk(CAPABLE, mechanism, LongString.of(response), "en_US"));
    }

    /// Leaves the broker's answers for the test to run.
    void leaveBroker() {
        turnsBroker = false;
    }

    void send(int channel, AmqpMethod method) {
        gather(channel, method);
        step();
    }

    /// Sends with what comes next, in one read.
    void gather(int channel, AmqpMethod method) {
        writer.method(channel, method);
    }

    void gather(int channel, AmqpMethod method, BasicProperties properties, String body) {
        writer.content(channel, method, properties, Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
    }

    /// A message without its last frame.
    void beginMessage(int channel, int bytes) {
        ByteBuf all = Unpooled.buffer();
        FrameWriter whole = new FrameWriter(UnpooledByteBufAllocator.DEFAULT, piece -> {
            all.writeBytes(piece);
            piece.release();
        });
        whole.content(
                channel,
                new BasicMethods.Publish("", "q", false, false),
                BasicProperties.EMPTY,
                Unpooled.wrappedBuffer(new byte[bytes]));
        whole.flush();
        int lastPiece = bytes % (FrameReader.FRAME_MAX_LOWEST - Frame.EMPTY_BYTES) + Frame.EMPTY_BYTES;
        toSession.writeBytes(all, all.readableBytes() - lastPiece);
        step();
    }

    /// To exchange and key.
    void publish(String exchange, String key, String body) {
        publish(new BasicMethods.Publish(exchange, key, false, false), BasicProperties.EMPTY, body);
    }

    void publish(BasicMethods.Publish publish, BasicProperties properties, String body) {
        gather(1, publish, properties, body);
        step();
    }

    void declareQueue(String name) {
        send(1, new QueueMethods.Declare(name, false, false, false, false, false, FieldTable.EMPTY));
    }

    void declareExchange(String name, String type) {
        send(1, new ExchangeMethods.Declare(name, type, false, false, false, false, false, FieldTable.EMPTY));
    }

    void bind(String queue, String exchange, String key) {
        send(1, new QueueMethods.Bind(queue, exchange, key, false, FieldTable.EMPTY));
    }

    void consume(String queue, String tag, boolean noAck) {
        send(1, new BasicMethods.Consume(queue, tag, false, noAck, false, false, FieldTable.EMPTY));
    }

    void bytes(byte[] bytes) {
        toSession.writeBytes(bytes);
        step();
    }

    /// Everything until it is quiet.
    void step() {
        writer.flush();
        boolean more = true;
        while (more) {
            int before = toSession.readableBytes();
            session.onBytes(toSession);
            toSession.discardReadBytes();
            boolean turned = turnsBroker && broker.runOne();
            boolean flushed = flush();
            more = turned || flushed || resumed || toSession.readableBytes() < before;
            resumed = false;
        }
    }

    private boolean flush() {
        boolean wanted = flushWanted;
        flushWanted = false;
        if (wanted) {
            session.flush();
        }
        return wanted;
    }

    void close() {
        session.onClose();
        step();
    }

    /// What came since this was last asked.
    List<Heard> heard() {
        List<Heard> all = new ArrayList<>();
        if (fromSession.readableBytes() >= SECTION_HEADER && fromSession.getByte(fromSession.readerIndex()) == 'A') {
            throw new AssertionError("a protocol header");
        }
        while (FrameReader.read(fromSession, FrameReader.FRAME_MAX_DEFAULT) instanceof Frame frame) {
            if (!(frame instanceof Frame.Heartbeat)) {
                hear(frame, all);
            }
        }
        if (!(FrameReader.read(fromSession, FrameReader.FRAME_MAX_DEFAULT) instanceof FrameRead.Incomplete)
                || fromSession.isReadable()) {
            throw new AssertionError("the session wrote no whole frames");
        }
        fromSession.clear();
        return all;
    }

    private void hear(Frame frame, List<Heard> all) {
        ContentAssembler assembler =
                assemblers.computeIfAbsent(frame.channel(), number -> new ContentAssembler(decoder, Integer.MAX_VALUE));
        switch (assembler.onFrame(frame)) {
            case Assembled.Incomplete _ -> {}
            case Assembled.Command(AmqpMethod method) ->
                all.add(new Heard(frame.channel(), method, BasicProperties.EMPTY, ""));
            case Assembled.Message(AmqpMethod method, BasicProperties properties, ByteBuf body) -> {
                all.add(new Heard(frame.channel(), method, properties, body.toString(StandardCharsets.UTF_8)));
                body.release();
            }
            case Assembled.Failed(var error) -> throw new AssertionError(error.text());
        }
    }

    List<AmqpMethod> methods() {
        return heard().stream().map(Heard::method).toList();
    }

    /// The first of this kind; nothing before it is kept.
    AmqpMethod heardOf(Class<? extends AmqpMethod> kind) {
        return methods().stream()
                .filter(kind::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    static AmqpMethod amqplain(String user, String password) {
        FieldTable login = FieldTable.builder()
                .put("LOGIN", user)
                .put("PASSWORD", password)
                .build();
        ByteBuf out = Unpooled.buffer();
        login.writeTo(out);
        out.skipBytes(Integer.BYTES);
        byte[] response = new byte[out.readableBytes()];
        out.readBytes(response);
        return new ConnectionMethods.StartOk(CAPABLE, "AMQPLAIN", LongString.of(response), "en_US");
    }

    AmqpMethod only() {
        List<AmqpMethod> methods = methods();
        if (methods.size() != 1) {
            throw new AssertionError("not one method: " + methods);
        }
        return methods.getFirst();
    }

    byte[] raw() {
        byte[] bytes = new byte[fromSession.readableBytes()];
        fromSession.readBytes(bytes);
        return bytes;
    }

    /// Nothing more is said to the client; what it says is read.
    boolean isSaidAll() {
        return saidAll;
    }

    /// What the log says.
    String told() {
        return told;
    }

    boolean isEnded() {
        return ended;
    }

    String why() {
        return why;
    }

    @Nullable
    Throwable fault() {
        return fault;
    }

    private void toSession(ByteBuf bytes) {
        toSession.writeBytes(bytes);
        bytes.release();
    }

    @Override
    public void write(ByteBuf bytes) {
        fromSession.writeBytes(bytes);
        bytes.release();
    }

    @Override
    public ByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public void flushSoon() {
        flushWanted = true;
    }

    @Override
    public void resume() {
        resumed = true;
    }

    @Override
    public void tell(String what) {
        told = what;
    }

    @Override
    public void end() {
        saidAll = true;
    }

    @Override
    public void close(String reason) {
        ended = true;
        why = reason;
    }

    @Override
    public void abandon() {
        abandoned = true;
    }

    @Override
    public long unsentBytes() {
        return unsentBytes;
    }

    @Override
    public void fail(String reason, Throwable cause) {
        ended = true;
        why = reason;
        fault = cause;
    }
}
