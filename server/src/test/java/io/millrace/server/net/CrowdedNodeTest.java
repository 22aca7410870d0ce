package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A whole node with little request memory and peers that begin requests they never finish.
@Timeout(60)
class CrowdedNodeTest {
    private static final int PEERS = 1_000;

    @TempDir
    private Path folder;

    private Node node;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE
                        .withData(folder.toString())
                        .withSets(List.of(
                                "listeners.kafka=127.0.0.1:0",
                                "listeners.http=",
                                "listeners.management=",
                                "listeners.amqp=",
                                "network.request-bytes-max=1048576",
                                "network.unsent-bytes-max=16384",
                                "kafka.auto.create.topics.enable=false",
                                "kafka.num.partitions=3")))
                .config());
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    @Test
    void halfFramesOfManyPeersDoNotKeepOthersFromBeingServed() throws IOException {
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < PEERS; i++) {
                Socket peer = connect();
                peer.getOutputStream()
                        .write(ByteBuffer.allocate(5).putInt(1 << 20).array());
                peers.add(peer);
            }
            try (Socket honest = connect()) {
                assertThat(unknownTopics(honest, 1)).isEqualTo(1);
                assertThat(unknownTopics(honest, 3_000))
                        .as("a request of many reads")
                        .isEqualTo(3_000);
            }
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    /// What was read and can not be served yet uses the budget up; it must be served all the same once answers are
    /// taken.
    @Test
    void requestsReadAheadOfTheirTurnAreAllServed() throws IOException {
        int each = 3_000;
        byte[] ahead = apiVersions(each);
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 30; i++) {
                Socket client = connect();
                client.getOutputStream().write(ahead);
                clients.add(client);
            }
            for (Socket client : clients) {
                DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                for (int id = 0; id < each; id++) {
                    byte[] answer = new byte[in.readInt()];
                    in.readFully(answer);
                    assertThat(ByteBuffer.wrap(answer).getInt()).isEqualTo(id);
                }
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static byte[] apiVersions(int count) {
        ByteBuffer frames = ByteBuffer.allocate(count * 14);
        for (int id = 0; id < count; id++) {
            frames.putInt(10)
                    .putShort((short) 18)
                    .putShort((short) 0)
                    .putInt(id)
                    .putShort((short) -1);
        }
        return frames.array();
    }

    @Test
    void settingsUnderKafkaAct() throws IOException, InterruptedException, ExecutionException {
        try (Socket client = connect()) {
            assertThat(unknownTopics(client, 1)).as("not created on the way").isEqualTo(1);
        }
        String bootstrap = "127.0.0.1:" + node.kafkaAddress().getPort();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(Set.of(new NewTopic("standard", Optional.empty(), Optional.empty())))
                    .all()
                    .get();
            assertThat(admin.describeTopics(Set.of("standard"))
                            .allTopicNames()
                            .get()
                            .get("standard")
                            .partitions())
                    .hasSize(3);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(node.kafkaAddress());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
        return socket;
    }

    /// Asks for so many topics that do not exist, allowing to make them; how many are reported unknown.
    private static long unknownTopics(Socket socket, int count) throws IOException {
        MetadataRequestData data = new MetadataRequestData().setAllowAutoTopicCreation(true);
        for (int i = 0; i < count; i++) {
            data.topics().add(new MetadataRequestData.MetadataRequestTopic().setName("missing-" + i));
        }
        MetadataRequest request = new MetadataRequest(data, (short) 9);
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "honest", count);
        ByteBuffer frame = request.serializeWithHeader(header);
        socket.getOutputStream()
                .write(ByteBuffer.allocate(4 + frame.remaining())
                        .putInt(frame.remaining())
                        .put(frame)
                        .array());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        MetadataResponse response = (MetadataResponse) AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
        return response.errors().values().stream()
                .filter(error -> error == Errors.UNKNOWN_TOPIC_OR_PARTITION)
                .count();
    }
}
