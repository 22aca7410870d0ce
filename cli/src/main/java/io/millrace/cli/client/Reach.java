package io.millrace.cli.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;

/// Whether a Kafka listener is there, asked with a plain connection before a client library is loaded. The library
/// would wait for a minute where nobody listens, and would take the first four letters of another protocol for the size
/// of an answer, and memory for it.
final class Reach {
    private static final int TIMEOUT_MS = 3_000;

    /// Ends a line in the middle of the request: a server that reads lines, as HTTP's do, has one to answer.
    private static final int CORRELATION_ID = 0x4d520d0a;

    /// Far more than an answer to ApiVersions takes, and far less than any letters say.
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    private static final int HTTP = 0x48545450;
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;

    /// What was found at an address.
    sealed interface Found {
        /// Nobody accepts connections.
        record Nobody() implements Found {}

        /// Somebody does, and has not shown to be anything else than Kafka.
        record Listener() implements Found {}

        /// Somebody answered otherwise than Kafka does.
        ///
        /// @param like what the answer looks like
        record Stranger(String address, String like) implements Found {}
    }

    private Reach() {}

    /// What the first address is that has somebody.
    ///
    /// @param speaks whether to speak to who is there, which needs a listener without TLS
    static Found anyOf(String bootstrap, boolean speaks) {
        for (String each : List.of(bootstrap.split(",", -1))) {
            Found found = at(each.strip(), speaks);
            if (!(found instanceof Found.Nobody)) {
                return found;
            }
        }
        return new Found.Nobody();
    }

    private static Found at(String address, boolean speaks) {
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            return new Found.Nobody();
        }
        int port = Integer.parseInt(address.substring(colon + 1));
        if (port > 65_535) {
            return new Found.Nobody();
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), TIMEOUT_MS);
            return speaks ? ask(socket, address) : new Found.Listener();
        } catch (IOException nobody) {
            return new Found.Nobody();
        }
    }

    /// Sends ApiVersions and looks at the first eight bytes of the answer. Silence and a closed connection say nothing:
    /// the library may have its own try.
    private static Found ask(Socket socket, String address) {
        try {
            socket.setSoTimeout(TIMEOUT_MS);
            OutputStream out = socket.getOutputStream();
            out.write(apiVersions());
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            if (size < Integer.BYTES || size > ANSWER_BYTES_MAX || in.readInt() != CORRELATION_ID) {
                return new Found.Stranger(address, like(size));
            }
        } catch (IOException silent) {
            return new Found.Listener();
        }
        return new Found.Listener();
    }

    /// Version 0, which every broker answers: size, API key 18, version, correlation id, and no client id.
    private static byte[] apiVersions() {
        return ByteBuffer.allocate(14)
                .putInt(10)
                .putShort((short) 18)
                .putShort((short) 0)
                .putInt(CORRELATION_ID)
                .putShort((short) -1)
                .array();
    }

    private static String like(int first) {
        if (first == HTTP) {
            return "like HTTP";
        }
        int kind = first >>> 24;
        return kind == TLS_ALERT || kind == TLS_HANDSHAKE ? "like TLS" : "otherwise than Kafka does";
    }
}
