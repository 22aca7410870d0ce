package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file of definitions is there before the first client is.
class StartDefinitionsTest {
    /// As RabbitMQ 3.10 writes it; the hash is that of the password `secret`.
    private static final String EXPORT = """
            {"rabbit_version":"3.10.8","rabbitmq_version":"3.10.8","product_name":"RabbitMQ","product_version":"3.10.8",
             "users":[{"name":"admin","password_hash":"AAAAAAmpGNWh4Zb1y9OixpZ8JE04dFn6QBxU9IcgRn7sp6Ks",
                "hashing_algorithm":"rabbit_password_hashing_sha256","tags":["administrator"],"limits":{}}],
             "vhosts":[{"name":"/"},{"name":"shop"}],
             "permissions":[{"user":"admin","vhost":"shop","configure":".*","write":".*","read":".*"}],
             "topic_permissions":[],"parameters":[],
             "global_parameters":[{"name":"cluster_name","value":"rabbit@old"}],
             "policies":[{"vhost":"shop","name":"short","pattern":"^orders","apply-to":"queues",
                "definition":{"max-length":10},"priority":1}],
             "queues":[{"name":"orders","vhost":"shop","durable":true,"auto_delete":false,
                "arguments":{"x-queue-type":"classic"}}],
             "exchanges":[{"name":"sales","vhost":"shop","type":"topic","durable":true,"auto_delete":false,
                "internal":false,"arguments":{}}],
             "bindings":[{"source":"sales","vhost":"shop","destination":"orders","destination_type":"queue",
                "routing_key":"order.#","arguments":{}}]}
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("definitions.json");
        Files.writeString(file, EXPORT);
    }

    private Node start(String data) throws Exception {
        return Node.start(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "storage.directories=" + folder.resolve(data),
                        "amqp.definitions=" + file,
                        "listeners.kafka=127.0.0.1:0",
                        "listeners.http=",
                        "listeners.amqp=",
                        "listeners.management=127.0.0.1:0")))
                .config());
    }

    private static String get(Node node, String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = call(node, "GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static int send(Node node, String method, String path) throws IOException, InterruptedException {
        return call(node, method, path).statusCode();
    }

    private static HttpResponse<String> call(Node node, String method, String path)
            throws IOException, InterruptedException {
        return call(node, method, path, "admin:secret");
    }

    private static HttpResponse<String> call(Node node, String method, String path, String user)
            throws IOException, InterruptedException {
        InetSocketAddress address = node.managementAddress().orElseThrow();
        String login = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + address.getPort() + "/api" + path))
                .header("Authorization", "Basic " + login)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void anExportIsThereAtEachStart() throws Exception {
        for (int start = 0; start < 2; start++) {
            Node node = start("data");
            try {
                assertThat(get(node, "/queues/shop/orders"))
                        .contains("\"policy\":\"short\"", "\"durable\":true", "\"max-length\":10");
                assertThat(get(node, "/bindings/shop/e/sales/q/orders")).contains("\"routing_key\":\"order.#\"");
                assertThat(get(node, "/definitions"))
                        .contains("\"password_hash\":\"AAAAAAmpGNWh4Zb1y9OixpZ8JE04dFn6QBxU9IcgRn7sp6Ks\"");
            } finally {
                node.stop();
            }
        }
    }

    /// With users of every kind, arguments of every type of queue, policies of both kinds and limits.
    @Test
    void whatRabbitMqExportsIsTakenAsItIs() throws Exception {
        var json = new ObjectMapper();
        JsonNode exported;
        try (InputStream resource =
                StartDefinitionsTest.class.getResourceAsStream("/rabbitmq-3.10.8-definitions.json")) {
            exported = json.readTree(resource);
        }
        Files.writeString(file, exported.toString());
        Node node = start("data");
        try {
            JsonNode here = json.readTree(
                    call(node, "GET", "/definitions", "guest:guest").body());
            for (String section : List.of(
                    "permissions",
                    "topic_permissions",
                    "parameters",
                    "global_parameters",
                    "policies",
                    "queues",
                    "exchanges",
                    "bindings")) {
                assertThat(here.path(section))
                        .as(section)
                        .isNotEmpty()
                        .containsExactlyInAnyOrderElementsOf(exported.path(section));
            }
            List<JsonNode> users = new ArrayList<>();
            exported.path("users").forEach(users::add);
            users.removeIf(user -> user.path("name").asText().equals("guest")); // who is there already stays
            assertThat(here.path("users")).containsAll(users);
            assertThat(here.path("vhosts").findValuesAsText("name")).contains("/", "shop", "tr");
            assertThat(call(node, "GET", "/whoami", "clerk:s3cret").statusCode())
                    .isEqualTo(200);
        } finally {
            node.stop();
        }
    }

    @Test
    void whatWasChangedSinceStaysUntilTheFileChanges() throws Exception {
        Node node = start("data");
        try {
            assertThat(send(node, "DELETE", "/policies/shop/short")).isEqualTo(204);
            assertThat(send(node, "DELETE", "/queues/shop/orders")).isEqualTo(204);
            assertThat(get(node, "/definitions")).doesNotContain(folder.toString());
        } finally {
            node.stop();
        }
        node = start("data");
        try {
            assertThat(get(node, "/policies")).isEqualTo("[]");
            assertThat(get(node, "/queues")).isEqualTo("[]");
        } finally {
            node.stop();
        }
        Files.writeString(file, EXPORT.replace("\"max-length\":10", "\"max-length\":11"));
        node = start("data");
        try {
            assertThat(get(node, "/queues/shop/orders")).contains("\"policy\":\"short\"", "\"max-length\":11");
        } finally {
            node.stop();
        }
    }

    @Test
    void aFileThatIsRefusedLaterKeepsNoNodeFromStarting() throws Exception {
        start("data").stop();
        Files.writeString(file, "{");
        Node node = start("data");
        try {
            assertThat(get(node, "/queues/shop/orders")).contains("\"policy\":\"short\"");
        } finally {
            node.stop();
        }
        Files.delete(file);
        start("data").stop();
    }

    @Test
    void aNodeDoesNotStartWithoutWhatItsOperatorWants() throws Exception {
        Files.writeString(
                file, EXPORT.replace("\"vhost\":\"shop\",\"name\":\"short\"", "\"vhost\":\"gone\",\"name\":\"short\""));
        assertThatThrownBy(() -> start("refused"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no_such_vhost");
        Files.delete(file);
        assertThatThrownBy(() -> start("missing"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("definitions.json");
    }
}
