package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.console.ApiFixture.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Statuses, words and shapes are those observed of RabbitMQ 3.10.8 unless a test says otherwise.
class ManagementApiTest {
    private final ApiFixture api = new ApiFixture();

    private void refused(Answer answer, int status, String error, String reason) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("error").asText()).isEqualTo(error);
        assertThat(answer.json().path("reason").asText()).isEqualTo(reason);
    }

    @Test
    void whoIsLetIn() {
        refused(api.callAs("", true, "GET", "/overview", ""), 401, "not_authorized", "Login failed");
        Answer wrong = api.callAs("guest:wrong", true, "GET", "/overview", "");
        refused(wrong, 401, "not_authorized", "Login failed");
        assertThat(wrong.headers()).containsKey("WWW-Authenticate");
        refused(
                api.callAs(ApiFixture.GUEST, false, "GET", "/overview", ""),
                401,
                "not_authorised",
                "User can only log in via localhost");
        api.user("nobody");
        refused(api.callAs("nobody:nobody", true, "GET", "/whoami", ""), 401, "not_authorised", "Not management user");
        assertThat(api.get("/whoami").json().toString()).isEqualTo("{\"name\":\"guest\",\"tags\":[\"administrator\"]}");
    }

    @Test
    void tagsDecideWhatIsShown() {
        api.user("mgr", "management");
        api.user("mon", "monitoring");

        refused(api.callAs("mgr:mgr", true, "GET", "/nodes", ""), 401, "not_authorised", "Not monitor user");
        refused(api.callAs("mon:mon", true, "GET", "/users", ""), 401, "not_authorised", "Not administrator user");
        refused(
                api.callAs("mgr:mgr", true, "GET", "/queues/%2F", ""),
                401,
                "not_authorised",
                "User not authorised to access virtual host");
        assertThat(api.callAs("mgr:mgr", true, "GET", "/vhosts", "").json()).isEmpty();
        assertThat(api.callAs("mon:mon", true, "GET", "/vhosts", "").json()).hasSize(1);
        assertThat(api.callAs("mon:mon", true, "GET", "/nodes", "")
                        .json()
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("millrace@1");
    }

    @Test
    void whoMonitorsClosesOnlyHisOwnConnections() {
        api.user("mon", "monitoring");
        api.connect("his", "mon");
        api.connect("theirs", "other");

        assertThat(api.callAs("mon:mon", true, "GET", "/connections", "").json())
                .hasSize(2);
        for (String path : List.of("/connections/theirs", "/connections/username/other")) {
            refused(
                    api.callAs("mon:mon", true, "DELETE", path, ""),
                    401,
                    "not_authorised",
                    "User not authorised to access object");
        }
        assertThat(api.closed).isEmpty();

        for (String path : List.of("/connections/his", "/connections/username/mon")) {
            assertThat(api.callAs("mon:mon", true, "DELETE", path, "").status()).isEqualTo(204);
        }
        assertThat(api.call("DELETE", "/connections/theirs", "").status()).isEqualTo(204);
        assertThat(api.closed).containsExactly("his", "his", "theirs");
    }

    @Test
    void permissionsHoldForChanges() {
        api.call("PUT", "/users/u", "{\"password\":\"u\",\"tags\":\"management\"}");
        api.call("PUT", "/permissions/%2F/u", "{\"configure\":\"^mine\",\"write\":\"\",\"read\":\"\"}");

        assertThat(api.callAs("u:u", true, "PUT", "/queues/%2F/mine1", "{}").status())
                .isEqualTo(201);
        assertThat(api.callAs("u:u", true, "PUT", "/queues/%2F/other", "{}").status())
                .isEqualTo(401);
        assertThat(api.callAs("u:u", true, "DELETE", "/queues/%2F/mine1/contents", "")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whatIsNotThere() {
        for (String path : List.of("/nothing", "/queues/nope", "/queues/%2F/nope", "/vhosts/nope", "/users/nope")) {
            refused(api.get(path), 404, "Object Not Found", "Not Found");
        }
        Answer method = api.call("PATCH", "/overview", "");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.headers().get("Allow")).contains("GET", "HEAD", "OPTIONS");
        assertThat(api.call("OPTIONS", "/queues", "").status()).isEqualTo(200);
    }

    /// Without its padding.
    private void refusedHash(String text) {
        Answer hash = api.call("PUT", "/users/b", "{\"password_hash\":\"" + text + "\",\"tags\":\"\"}");
        assertThat(hash.status()).isEqualTo(400);
        assertThat(hash.json().path("reason").toString()).isEqualTo("[\"not_base64\",\"" + text + "\"]");
    }

    @Test
    void usersComeAndGo() {
        assertThat(api.call("PUT", "/users/a", "{\"password\":\"p\",\"tags\":\"monitoring,policymaker\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.call("PUT", "/users/a", "{\"password\":\"p\",\"tags\":[\"monitoring\"]}")
                        .status())
                .isEqualTo(204);
        assertThat(api.callAs("a:p", true, "GET", "/whoami", "").status()).isEqualTo(200);
        refused(api.call("PUT", "/users/b", "{\"password\":\"p\"}"), 400, "bad_request", "tags_not_present");
        Answer hash = api.call("PUT", "/users/b", "{\"password_hash\":\"###\",\"tags\":\"\"}");
        assertThat(hash.json().path("reason").toString()).isEqualTo("[\"not_base64\",\"###\"]");
        refusedHash("foo");
        refused(
                api.call("PUT", "/users/b", "{\"password\":\"p\",\"password_hash\":\"\",\"tags\":\"\"}"),
                400,
                "bad_request",
                "both_password_and_password_hash_are_provided");
        assertThat(api.get("/users/without-permissions").json()).hasSize(1);
        assertThat(api.call("POST", "/users/bulk-delete", "{\"users\":[\"a\",\"x\"]}")
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/users/a").status()).isEqualTo(404);
    }

    @Test
    void vhostsAndPermissions() {
        assertThat(api.call("PUT", "/vhosts/v", "{\"description\":\"d\",\"tags\":\"a,b\"}")
                        .status())
                .isEqualTo(201);
        assertThat(api.call("PUT", "/vhosts/v", "").status()).isEqualTo(204);
        JsonNode vhost = api.get("/vhosts/v").json();
        assertThat(vhost.path("description").asText()).isEqualTo("d");
        assertThat(vhost.path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(api.get("/permissions/v/guest").json().toString())
                .isEqualTo(
                        "{\"user\":\"guest\",\"vhost\":\"v\",\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
        String all = "{\"configure\":\"\",\"write\":\"\",\"read\":\"\"}";
        refused(api.call("PUT", "/permissions/v/x", all), 400, "bad_request", "vhost_or_user_not_found");
        refused(
                api.call("PUT", "/permissions/v/guest", "{}"),
                400,
                "bad_request",
                "[{key_missing,configure},{key_missing,write},{key_missing,read}]");
        assertThat(api.call("DELETE", "/permissions/v/guest", "").status()).isEqualTo(204);
        assertThat(api.call("DELETE", "/vhosts/v", "").status()).isEqualTo(204);
    }

    @Test
    void exchangesAndTheirErrors() {
        String topic =
                "{\"type\":\"topic\",\"durable\":\"true\",\"arguments\":{\"alternate-exchange\":\"amq.fanout\"}}";
        assertThat(api.call("PUT", "/exchanges/%2F/e", topic).status()).isEqualTo(201);
        assertThat(api.call("PUT", "/exchanges/%2F/e", topic).status()).isEqualTo(204);
        refused(
                api.call("PUT", "/exchanges/%2F/e", "{\"type\":\"direct\"}"),
                400,
                "bad_request",
                "inequivalent arg 'type' for exchange 'e' in vhost '/': received 'direct' but current is 'topic'");
        refused(
                api.call("PUT", "/exchanges/%2F/x", "{\"type\":\"nosuch\"}"),
                400,
                "bad_request",
                "invalid exchange type 'nosuch'");
        refused(api.call("PUT", "/exchanges/%2F/amq.x", "{}"), 401, "not_authorised", "Access refused.");
        refused(api.call("DELETE", "/exchanges/%2F/amq.default", ""), 401, "not_authorised", "Access refused.");
        refused(api.call("PUT", "/exchanges/nope/x", "{}"), 404, "not_found", "vhost_not_found");
        refused(api.call("PUT", "/exchanges/%2F/x", "{bad"), 400, "bad_request", "not_json");
        refused(api.call("PUT", "/exchanges/%2F/x", "[]"), 400, "bad_request", "not_json");
        assertThat(api.get("/exchanges/%2F/amq.default").json().path("name").asText())
                .isEmpty();
        assertThat(api.get("/exchanges/%2F").json()).hasSize(8);
    }

    @Test
    void queuesAndTheirErrors() {
        String ttl = "{\"durable\":true,\"arguments\":{\"x-message-ttl\":60000}}";
        assertThat(api.call("PUT", "/queues/%2F/q%2F1", ttl).status()).isEqualTo(201);
        assertThat(api.call("PUT", "/queues/%2F/q%2F1", ttl).status()).isEqualTo(204);
        JsonNode queue = api.get("/queues/%2F/q%2F1").json();
        assertThat(queue.path("name").asText()).isEqualTo("q/1");
        assertThat(queue.path("messages").asInt(-1)).isZero();
        assertThat(queue.path("arguments").path("x-message-ttl").asInt()).isEqualTo(60000);
        refused(
                api.call("PUT", "/queues/%2F/q%2F1", "{\"durable\":false}"),
                400,
                "bad_request",
                "inequivalent arg 'durable' for queue 'q/1' in vhost '/': received 'false' but current is 'true'");
        refused(
                api.call("PUT", "/queues/%2F/w", "{\"arguments\":{\"x-queue-type\":\"wat\"}}"),
                400,
                "bad_request",
                "invalid arg 'x-queue-type' for queue 'w' in vhost '/': \"unsupported queue type 'wat'\"");
        refused(
                api.call("PUT", "/queues/%2F/w", "{\"arguments\":{\"x-message-ttl\":\"abc\"}}"),
                400,
                "bad_request",
                "invalid arg 'x-message-ttl' for queue 'w' in vhost '/': \"expected integer, got longstr\"");
        assertThat(api.call("DELETE", "/queues/%2F/q%2F1", "").status()).isEqualTo(204);
    }

    @Test
    void pages() {
        for (String name : List.of("q1", "q2", "q3", "other")) {
            api.call("PUT", "/queues/%2F/" + name, "{}");
        }
        assertThat(api.get("/queues?page=1&page_size=2&columns=name").json().toString())
                .isEqualTo("{\"filtered_count\":4,\"item_count\":2,\"items\":[{\"name\":\"other\"},{\"name\":\"q1\"}],"
                        + "\"page\":1,\"page_count\":2,\"page_size\":2,\"total_count\":4}");
        assertThat(names("/queues?page=1&name=Q&sort=name&sort_reverse=true")).containsExactly("q3", "q2", "q1");
        assertThat(names("/queues?page=1&name=%5Eq%5B12%5D&use_regex=true")).containsExactly("q1", "q2");
        refused(
                api.get("/queues?page=9&page_size=2"),
                400,
                "page_out_of_range",
                "Page out of range, page: 9 page size: 2, len: 4");
        refused(
                api.get("/queues?page=1&page_size=501"),
                400,
                "invalid_pagination_parameters",
                "Invalid pagination parameters: page number 1, page size 501");
        refused(api.get("/queues?page=x"), 400, "bad_request", "Pagination parameters are invalid");
        refused(
                api.get("/queues?page=1&name=(&use_regex=true"),
                400,
                "bad_request",
                "Pagination parameters are invalid");
        assertThat(api.get("/queues?columns=name").json()).hasSize(4);
    }

    private List<String> names(String path) {
        List<String> names = new ArrayList<>();
        api.get(path)
                .json()
                .path("items")
                .forEach(item -> names.add(item.path("name").asText()));
        return names;
    }

    @Test
    void bindings() {
        api.call("PUT", "/queues/%2F/q", "{}");
        api.call("PUT", "/exchanges/%2F/e", "{\"type\":\"topic\"}");
        Answer made = api.call("POST", "/bindings/%2F/e/e/q/q", "{\"routing_key\":\"#/~ %\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.headers()).containsEntry("Location", "q/%2523%252F%257E%2B%2525");
        api.call("POST", "/bindings/%2F/e/e/q/q", "{}");
        api.call("POST", "/bindings/%2F/e/e/q/q", "{\"routing_key\":\"k\",\"arguments\":{\"x\":1}}");
        JsonNode between = api.get("/bindings/%2F/e/e/q/q").json();
        assertThat(between).hasSize(3);
        assertThat(between.path(0).path("properties_key").asText()).isEqualTo("~");
        assertThat(api.get("/queues/%2F/q/bindings").json()).hasSize(4);
        refused(
                api.call("POST", "/bindings/%2F/e/nope/q/q", "{}"),
                404,
                "not_found",
                "no exchange 'nope' in vhost '/'");
        refused(api.call("POST", "/bindings/%2F/e/e/q/nope", "{}"), 404, "not_found", "no queue 'nope' in vhost '/'");
        refused(api.call("POST", "/bindings/%2F/e/amq.default/q/q", "{}"), 401, "not_authorised", "Access refused.");

        assertThat(api.get("/bindings/%2F/e/e/q/q/%23%2F%7E+%25")
                        .json()
                        .path("routing_key")
                        .asText())
                .isEqualTo("#/~ %");
        for (JsonNode binding : between) {
            String key = binding.path("properties_key").asText().replace("%", "%25");
            assertThat(api.call("DELETE", "/bindings/%2F/e/e/q/q/" + key, "").status())
                    .as(key)
                    .isEqualTo(204);
        }
        assertThat(api.get("/bindings/%2F/e/e/q/q").json()).isEmpty();
    }

    @Test
    void publishesToTopics() {
        assertThat(api.call("POST", "/bindings/%2F/e/amq.topic/t/" + ApiFixture.TOPIC, "{\"routing_key\":\"k\"}")
                        .status())
                .isEqualTo(201);

        assertThat(api.call("POST", "/exchanges/%2F/amq.topic/publish", message("{}", "k", "x", "string"))
                        .json()
                        .toString())
                .isEqualTo("{\"routed\":true}");
        assertThat(api.published()).isEqualTo(1);
    }

    @Test
    void aTopicIsOutOfReachOfOtherVirtualHosts() {
        api.call("PUT", "/vhosts/tenant", "");
        refused(
                api.call("POST", "/bindings/tenant/e/amq.topic/t/" + ApiFixture.TOPIC, "{\"routing_key\":\"k\"}"),
                404,
                "not_found",
                "no queue '" + ApiFixture.TOPIC + "' in vhost 'tenant'");

        api.node.bindUnchecked("tenant", new Binding("amq.topic", new Destination.ToTopic(ApiFixture.TOPIC), "k"));
        assertThat(api.call("POST", "/exchanges/tenant/amq.topic/publish", message("{}", "k", "x", "string"))
                        .json()
                        .toString())
                .isEqualTo("{\"routed\":false}");
        assertThat(api.published()).isZero();
    }

    @Test
    void topicPermissionsHoldForRoutingKeys() {
        api.call("PUT", "/queues/%2F/q", "{}");
        String permission = "{\"exchange\":\"amq.topic\",\"write\":\"^guest\",\"read\":\"^mine\"}";
        assertThat(api.call("PUT", "/topic-permissions/%2F/guest", permission).status())
                .isEqualTo(201);

        String publish = "/exchanges/%2F/amq.topic/publish";
        refused(
                api.call("POST", publish, message("{}", "other.key", "x", "string")),
                401,
                "not_authorised",
                "ACCESS_REFUSED - write access to topic 'other.key' in exchange 'amq.topic' in vhost '/' refused"
                        + " for user 'guest'");
        assertThat(api.call("POST", publish, message("{}", "guest.key", "x", "string"))
                        .status())
                .isEqualTo(200);
        String bind = "/bindings/%2F/e/amq.topic/q/q";
        assertThat(api.call("POST", bind, "{\"routing_key\":\"#\"}").status()).isEqualTo(401);
        assertThat(api.call("POST", bind, "{\"routing_key\":\"mine.#\"}").status())
                .isEqualTo(201);
        assertThat(api.call("POST", "/bindings/%2F/e/amq.direct/q/q", "{\"routing_key\":\"any\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void publishGetPurge() {
        api.call("PUT", "/queues/%2F/q", "{}");
        String properties = "{\"delivery_mode\":2,\"headers\":{\"a\":1,\"c\":[1,{\"d\":true}]},\"message_id\":\"m\"}";
        String publish = "/exchanges/%2F/amq.default/publish";
        assertThat(api.call("POST", publish, message(properties, "q", "hello", "string"))
                        .json()
                        .toString())
                .isEqualTo("{\"routed\":true}");
        assertThat(api.call("POST", publish, message("{}", "q", "/w==", "base64"))
                        .status())
                .isEqualTo(200);
        assertThat(api.call("POST", publish, message("{}", "none", "x", "string"))
                        .json()
                        .toString())
                .isEqualTo("{\"routed\":false}");
        refused(
                api.call("POST", "/exchanges/%2F/nope/publish", message("{}", "q", "x", "string")),
                400,
                "bad_request",
                "404 NOT_FOUND - no exchange 'nope' in vhost '/'");
        assertThat(api.call("POST", publish, message("{\"delivery_mode\":\"2\"}", "q", "x", "string"))
                        .json()
                        .path("reason")
                        .toString())
                .isEqualTo("[\"not_int\",\"delivery_mode\"]");

        String get = "/queues/%2F/q/get";
        JsonNode got = api.call("POST", get, getting(5, "ack_requeue_true")).json();
        assertThat(got).hasSize(2);
        assertThat(got.path(0).path("payload").asText()).isEqualTo("hello");
        assertThat(got.path(0).path("properties").path("headers").toString())
                .isEqualTo("{\"a\":1,\"c\":[1,{\"d\":true}]}");
        assertThat(got.path(1).path("payload_encoding").asText()).isEqualTo("base64");
        assertThat(api.call("POST", get, getting(1, "ack_requeue_false")).json())
                .hasSize(1);
        assertThat(api.get("/queues/%2F/q").json().path("messages").asInt()).isOne();
        refused(
                api.call("DELETE", "/queues/%2F/q?if-empty=true", ""),
                400,
                "bad_request",
                "queue 'q' in vhost '/' not empty");
        assertThat(api.call("DELETE", "/queues/%2F/q/contents", "").status()).isEqualTo(204);
        assertThat(api.call("POST", get, getting(1, "ack_requeue_true")).json()).isEmpty();
        refused(
                api.call("POST", get, "{\"count\":1,\"encoding\":\"auto\"}"),
                400,
                "bad_request",
                "[{key_missing,ackmode}]");
    }

    private static String message(String properties, String key, String payload, String encoding) {
        return "{\"properties\":" + properties + ",\"routing_key\":\"" + key + "\",\"payload\":\"" + payload
                + "\",\"payload_encoding\":\"" + encoding + "\"}";
    }

    private static String getting(int count, String mode) {
        return "{\"count\":" + count + ",\"ackmode\":\"" + mode + "\",\"encoding\":\"auto\"}";
    }

    @Test
    void definitionsGoOutAndIn() {
        api.call("PUT", "/vhosts/v", "");
        api.call("PUT", "/queues/v/q", "{\"durable\":true,\"arguments\":{\"x-max-length\":5}}");
        api.call("PUT", "/exchanges/v/e", "{\"type\":\"fanout\"}");
        api.call("POST", "/bindings/v/e/e/q/q", "{\"routing_key\":\"k\"}");
        JsonNode export = api.get("/definitions").json();

        ApiFixture other = new ApiFixture();
        assertThat(other.call("POST", "/definitions", export.toString()).status())
                .isEqualTo(204);
        assertThat(other.call("POST", "/definitions", export.toString()).status())
                .isEqualTo(204);
        assertThat(other.get("/definitions").json()).isEqualTo(export);
        Answer nowhere = other.call("POST", "/definitions", "{\"queues\":[{\"name\":\"q\",\"vhost\":\"nowhere\"}]}");
        assertThat(nowhere.json().path("reason").toString()).isEqualTo("[\"no_such_vhost\",\"nowhere\"]");
        assertThat(other.call("POST", "/definitions/v", "{\"queues\":[{\"name\":\"q2\",\"durable\":true}]}")
                        .status())
                .isEqualTo(204);
        assertThat(other.get("/definitions/v").json().path("queues")).hasSize(2);
    }

    @Test
    void aStartLeavesPasswordsAsTheyWereChanged() {
        String file = "{\"users\":[{\"name\":\"u\",\"password\":\"old\",\"tags\":\"management\"}]}";
        assertThat(api.load(file)).isEqualTo(204);
        assertThat(api.callAs("u:old", true, "GET", "/whoami", "").status()).isEqualTo(200);
        api.call("PUT", "/users/u", "{\"password\":\"new\",\"tags\":\"management\"}");

        assertThat(api.load(file)).isEqualTo(204);
        assertThat(api.callAs("u:old", true, "GET", "/whoami", "").status()).isEqualTo(401);
        assertThat(api.callAs("u:new", true, "GET", "/whoami", "").status()).isEqualTo(200);

        assertThat(api.call("POST", "/definitions", file).status()).isEqualTo(204);
        assertThat(api.callAs("u:old", true, "GET", "/whoami", "").status()).isEqualTo(200);
    }

    @Test
    void healthAndOverview() {
        assertThat(api.get("/health/checks/alarms").json().toString()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(api.get("/health/checks/port-listener/5672").status()).isEqualTo(200);
        assertThat(api.get("/health/checks/port-listener/1").json().toString())
                .isEqualTo("{\"status\":\"failed\",\"reason\":\"No active listener\",\"missing\":1,\"ports\":[5672]}");
        refused(api.get("/health/checks/port-listener/x"), 400, "bad_request", "Invalid port");
        JsonNode overview = api.get("/overview").json();
        assertThat(overview.path("object_totals").path("exchanges").asInt()).isEqualTo(7);
        assertThat(overview.path("product_version").asText()).isEqualTo("1.2.3");
        assertThat(api.get("/overview?columns=object_totals.queues").json().toString())
                .isEqualTo("{\"object_totals\":{\"queues\":0}}");
        for (String empty : List.of("/connections", "/channels", "/consumers", "/policies", "/vhost-limits")) {
            assertThat(api.get(empty).json()).as(empty).isEmpty();
        }
    }

    @Test
    void nodesHaveColumnsAndAnOldHealthCheck() {
        assertThat(api.get("/nodes?columns=name").json().path(0).fieldNames())
                .toIterable()
                .containsExactly("name");
        for (String path : List.of("/healthchecks/node", "/healthchecks/node/millrace@1")) {
            assertThat(api.get(path).json().path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void aMessageGoesInAndOut() {
        assertThat(api.get("/aliveness-test/%2F").json().path("status").asText())
                .isEqualTo("ok");
        assertThat(api.get("/aliveness-test/%2F").status()).isEqualTo(200);
        assertThat(api.get("/queues/%2F/aliveness-test").json().path("messages").asInt())
                .isZero();
        assertThat(api.get("/aliveness-test/none").status()).isEqualTo(404);
    }

    @Test
    void trafficHasRates() {
        api.call("PUT", "/queues/%2F/busy", "{}");
        String message =
                "{\"properties\":{},\"routing_key\":\"busy\",\"payload\":\"x\",\"payload_encoding\":\"string\"}";
        for (int count = 0; count < 4; count++) {
            api.call("POST", "/exchanges/%2F/amq.default/publish", message);
        }
        JsonNode queue = api.get("/queues/%2F/busy").json().path("message_stats");
        assertThat(queue.path("publish").asInt()).isEqualTo(4);
        assertThat(queue.path("publish_details").path("rate").asDouble()).isEqualTo(2);
        JsonNode exchange = api.get("/exchanges/%2F/amq.default").json().path("message_stats");
        assertThat(exchange.path("publish_out").asInt()).isEqualTo(4);
        assertThat(api.get("/exchanges/%2F/amq.topic").json().has("message_stats"))
                .isFalse();
        JsonNode all = api.get("/overview").json().path("message_stats");
        assertThat(all.path("publish").asInt()).isEqualTo(4);
        api.call("PUT", "/queues/%2F/idle", "{}");
        assertThat(api.get("/queues?sort=message_stats.publish_details.rate&sort_reverse=true")
                        .json()
                        .findValuesAsText("name"))
                .containsExactly("busy", "idle");
    }

    @Test
    void hashesAndHealth() {
        String hash = api.get("/auth/hash_password/secret").json().path("ok").asText();
        api.call("PUT", "/users/hashed", "{\"tags\":\"management\",\"password_hash\":\"" + hash + "\"}");
        assertThat(api.callAs("hashed:secret", true, "GET", "/whoami", "").status())
                .isEqualTo(200);
        assertThat(api.get("/health/checks/certificate-expiration/1/months").status())
                .isEqualTo(200);
        assertThat(api.get("/health/checks/certificate-expiration/1/ages").status())
                .isEqualTo(400);
    }
}
