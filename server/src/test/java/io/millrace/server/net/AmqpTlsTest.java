package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// AMQP with TLS over real sockets: PEM files, and logins by certificates.
class AmqpTlsTest {
    private static final int READ_MS_MAX = 60_000;

    @TempDir
    private static Path folder;

    private static TestCertificate server;
    private static TestCertificate guest;
    private static Node node;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        server = TestCertificate.make(folder, "server");
        guest = TestCertificate.make(folder, "guest");
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "storage.directories=" + folder.resolve("data"),
                        "listeners.kafka=127.0.0.1:0",
                        "listeners.http=",
                        "listeners.management=",
                        "listeners.amqp=",
                        "listeners.amqps=127.0.0.1:0",
                        "tls.certificate-file=" + server.certificateFile(),
                        "tls.key-file=" + server.keyFile(),
                        "tls.client-ca-file=" + guest.certificateFile())))
                .config());
    }

    @AfterAll
    static void stop() throws Exception {
        node.stop();
    }

    @Test
    void letsAClientInByItsCertificate() throws Exception {
        try (Socket socket = connect(true)) {
            socket.getOutputStream().write(AmqpNodeTest.HEADER);
            assertThat(start(socket)).contains("AMQPLAIN PLAIN EXTERNAL");

            socket.getOutputStream().write(AmqpNodeTest.startOk("EXTERNAL", ""));
            assertThat(AmqpNodeTest.method(socket)).isEqualTo("10.30");
        }
    }

    @Test
    void letsAClientInByPasswordAndReadsOnAfterCloseOk() throws Exception {
        try (Socket socket = connect(false)) {
            OutputStream out = socket.getOutputStream();
            out.write(AmqpNodeTest.HEADER);
            assertThat(start(socket)).contains("AMQPLAIN PLAIN").doesNotContain("EXTERNAL");
            out.write(AmqpNodeTest.startOk());
            assertThat(AmqpNodeTest.method(socket)).isEqualTo("10.30");
            out.write(AmqpNodeTest.frame(0, 10, 31, new byte[] {0, 10, 0, 0, 32, 0, 0, 0}));
            out.write(AmqpNodeTest.frame(0, 10, 40, new byte[] {1, '/', 0, 0}));
            assertThat(AmqpNodeTest.method(socket)).isEqualTo("10.41");

            out.write(AmqpNodeTest.frame(0, 10, 50, new byte[] {0, (byte) 200, 0, 0, 0, 0, 0}));
            assertThat(AmqpNodeTest.method(socket)).isEqualTo("10.51");
            out.write(new byte[1024 * 1024]);
        }
    }

    @Test
    void hangsUpOnAClientWithoutTls() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(READ_MS_MAX);
            socket.getOutputStream().write(AmqpNodeTest.HEADER);

            byte[] heard = socket.getInputStream().readAllBytes();

            assertThat(new String(heard, StandardCharsets.US_ASCII)).doesNotContain("AMQP");
        }
    }

    @Test
    void saysWhichFileCanNotBeUsed() throws Exception {
        Path nothing = Files.writeString(folder.resolve("nothing.pem"), "nothing");

        assertThatThrownBy(() -> TlsFiles.read(nothing.toString(), nothing.toString(), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nothing.toString());
    }

    @Test
    void findsTheCommonNameInADistinguishedName() {
        assertThat(PeerCertificate.commonName("CN=a\\, b,O=Millrace")).isEqualTo("a, b");
        assertThat(PeerCertificate.commonName("O=Millrace")).isEmpty();
    }

    private static int port() {
        return node.amqpsAddress().orElseThrow().getPort();
    }

    /// All of `connection.start`.
    private static String start(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.skipNBytes(3);
        byte[] payload = new byte[in.readInt() + 1];
        in.readFully(payload);
        return new String(payload, StandardCharsets.UTF_8);
    }

    private static Socket connect(boolean withCertificate) throws IOException, GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(server.store());
        KeyManager[] keys = {};
        if (withCertificate) {
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(guest.store(), guest.password());
            keys = own.getKeyManagers();
        }
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys, trust.getTrustManagers(), null);
        Socket socket = tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(READ_MS_MAX);
        return socket;
    }
}
