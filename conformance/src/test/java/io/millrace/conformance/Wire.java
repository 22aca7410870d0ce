package io.millrace.conformance;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// A bare socket that speaks Kafka frames, right or wrong ones.
///
/// Owned by: one test. Every read gives up after ten seconds.
public final class Wire implements AutoCloseable {
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /// Connects over loopback.
    public Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) READ_LIMIT.toMillis());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// Whether a broker there names at least one broker that serves clients.
    static boolean answersMetadata(int port) {
        var request = new MetadataRequest(new MetadataRequestData().setAllowAutoTopicCreation(false), (short) 12);
        try (var wire = new Wire(port)) {
            RequestHeader header = header(ApiKeys.METADATA, 12, 1);
            wire.send(header, request);
            return !((MetadataResponse) wire.receive(header)).brokers().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /// A request header of these tests.
    public static RequestHeader header(ApiKeys api, int version, int correlation) {
        return new RequestHeader(api, (short) version, "conformance", correlation);
    }

    /// Sends a request as a client would.
    public void send(RequestHeader header, AbstractRequest request) throws IOException {
        send(request.serializeWithHeader(header));
    }

    /// Sends one frame: the length, then these bytes.
    public void send(ByteBuffer frame) throws IOException {
        var bytes = new byte[4 + frame.remaining()];
        ByteBuffer.wrap(bytes).putInt(frame.remaining()).put(frame.duplicate());
        sendRaw(bytes);
    }

    /// Sends bytes that need not be a frame.
    public void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// The next frame, without its length.
    public ByteBuffer receive() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > 100_000_000) {
            throw new IOException("frame of " + length + " bytes");
        }
        var bytes = new byte[length];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /// The next frame, read as the answer to a request with that header.
    public AbstractResponse receive(RequestHeader header) throws IOException {
        return AbstractResponse.parseResponse(receive(), header);
    }

    /// Whether the broker ends the connection without another byte.
    public boolean isClosedByBroker() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException e) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true; // a reset is an end too
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
