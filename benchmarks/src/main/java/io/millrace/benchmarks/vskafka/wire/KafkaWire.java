package io.millrace.benchmarks.vskafka.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// A blocking connection that sends one request and waits for its answer: for set-up, never for the load.
///
/// Owned by: the thread that opened it.
public final class KafkaWire implements AutoCloseable {
    static final String CLIENT_ID = "bench";
    private static final int CONNECT_MILLIS = 1_000;
    private static final int READ_MILLIS = 120_000;
    private static final int RESPONSE_BYTES_MAX = 256 << 20;

    private final Socket socket;
    private final DataInputStream in;
    private int correlationId;

    public KafkaWire(InetSocketAddress address) throws IOException {
        socket = new Socket();
        try {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(READ_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /// Sends the request in the version it was built for.
    public <R extends AbstractResponse> R send(AbstractRequest request, Class<R> answer) throws IOException {
        correlationId++;
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), CLIENT_ID, correlationId);
        ByteBuffer body = request.serializeWithHeader(header);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + body.remaining());
        frame.putInt(body.remaining()).put(body);
        socket.getOutputStream().write(frame.array());
        int size = in.readInt();
        if (size < 0 || size > RESPONSE_BYTES_MAX) {
            throw new IOException("a response of " + size + " bytes");
        }
        byte[] response = new byte[size];
        in.readFully(response);
        return answer.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(response), header));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
