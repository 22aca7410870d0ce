package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.console.port.Totals;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What one node shows of all of them.
class OverviewTest {
    private final ApiFixture api = new ApiFixture();

    @Test
    void theOverviewAddsUpAllNodes() {
        api.call("PUT", "/queues/%2F/busy", "{}");
        api.call(
                "POST",
                "/exchanges/%2F/amq.default/publish",
                "{\"properties\":{},\"routing_key\":\"busy\",\"payload\":\"x\",\"payload_encoding\":\"string\"}");
        api.connect("his", "guest");
        api.join("millrace@2", Optional.of(new Totals(10, 3, Map.of("publish", new Totals.Count(100, 2.5)))));

        JsonNode overview = api.get("/overview").json();

        assertThat(overview.path("queue_totals").toString())
                .isEqualTo("{\"messages\":14,\"messages_ready\":11,\"messages_unacknowledged\":3}");
        assertThat(overview.path("message_stats").path("publish").asInt()).isEqualTo(101);
        assertThat(overview.path("message_stats")
                        .path("publish_details")
                        .path("rate")
                        .asDouble())
                .isEqualTo(3.0);
        JsonNode objects = overview.path("object_totals");
        assertThat(objects.path("connections").asInt()).isEqualTo(6);
        assertThat(objects.path("channels").asInt()).isEqualTo(6);
        assertThat(objects.path("consumers").asInt()).isEqualTo(7);
        assertThat(objects.path("queues").asInt()).isEqualTo(1);
    }

    @Test
    void aNodeThatDoesNotAnswerDoesNotRun() {
        api.join("millrace@2", Optional.of(Totals.NONE));
        api.join("millrace@3", Optional.empty());

        assertThat(api.get("/nodes?columns=name,running").json().toString())
                .isEqualTo("[{\"name\":\"millrace@1\",\"running\":true},"
                        + "{\"name\":\"millrace@2\",\"running\":true},{\"name\":\"millrace@3\",\"running\":false}]");
        assertThat(api.get("/nodes/millrace@3").json().path("running").asBoolean(true))
                .isFalse();
        assertThat(api.get("/nodes/millrace@4").status()).isEqualTo(404);
    }

    @Test
    void aNodeTellsItsMemory() {
        assertThat(api.get("/nodes/millrace@1/memory")
                        .json()
                        .path("memory")
                        .path("total")
                        .path("rss")
                        .isNumber())
                .isTrue();
        assertThat(api.get("/nodes/millrace@4/memory").status()).isEqualTo(404);
    }
}
