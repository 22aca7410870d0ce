package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.console.ApiFixture.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Policies, parameters, limits, topic permissions, and what an import takes of them: statuses, words and shapes are
/// those observed of RabbitMQ 3.10.8 unless a test says otherwise.
class PoliciesTest {
    private static final String FIVE = "{\"pattern\":\"^q\",\"definition\":{\"max-length\":5}}";

    private final ApiFixture api = new ApiFixture();

    private static void refused(Answer answer, int status, String reason) {
        assertThat(answer.json().path("reason").asText()).isEqualTo(reason);
        assertThat(answer.status()).isEqualTo(status);
    }

    private static void term(Answer answer, String kind, String value) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("reason").toString()).isEqualTo("[\"" + kind + "\",\"" + value + "\"]");
    }

    private void done(int status, String method, String path, String body) {
        Answer answer = api.call(method, path, body);
        assertThat(answer.status()).as(method + path + answer.json()).isEqualTo(status);
    }

    private String shown(String path) {
        return api.get(path).json().toString();
    }

    @Test
    void policiesComeAndGo() {
        for (String kind : List.of("/policies", "/operator-policies")) {
            done(201, "PUT", kind + "/%2F/p", FIVE.replace("}}", "},\"priority\":3,\"apply-to\":\"queues\"}"));
            done(204, "PUT", kind + "/%2F/p", FIVE);
            String policy = "{\"vhost\":\"/\",\"name\":\"p\",\"pattern\":\"^q\",\"apply-to\":\"all\","
                    + "\"definition\":{\"max-length\":5},\"priority\":0}";
            assertThat(shown(kind + "/%2F/p")).isEqualTo(policy);
            assertThat(shown(kind + "/%2F")).isEqualTo("[" + policy + "]");
            assertThat(shown(kind)).isEqualTo("[" + policy + "]");
            assertThat(api.get(kind + "/nope").status()).isEqualTo(404);
            refused(api.call("PUT", kind + "/nope/p", FIVE), 404, "vhost_not_found");
            done(204, "DELETE", kind + "/%2F/p", "");
            done(404, "DELETE", kind + "/%2F/p", "");
            assertThat(shown(kind)).isEqualTo("[]");
        }
    }

    private void invalid(String kind, String body, String what) {
        refused(api.call("PUT", kind + "/%2F/z", body), 400, "Validation failed\n\n" + what + "\n");
    }

    private void invalidDefinition(String kind, String definition, String what) {
        invalid(kind, "{\"pattern\":\"x\",\"definition\":" + definition + "}", what);
    }

    @Test
    void whatAPolicyMayNotSay() {
        String own = "/policies";
        refused(api.call("PUT", own + "/%2F/z", "{}"), 400, "[{key_missing,pattern},{key_missing,definition}]");
        invalid(own, FIVE.replace("^q", "("), "pattern should be regular expression but is invalid: <<\"(\">>");
        invalid(own, FIVE.replace("\"^q\"", "5"), "pattern should be a binary but was 5");
        invalid(
                own,
                FIVE.replace("}}", "},\"priority\":\"7\"}"),
                "priority should be a number, actually was <<\"7\">>");
        assertThat(api.call("PUT", own + "/%2F/z", FIVE.replace("}}", "},\"apply-to\":\"wat\"}"))
                        .status())
                .isEqualTo(400);
        invalidDefinition(own, "{}", "no policy provided");
        invalidDefinition(own, "{\"max-length\":\"abc\"}", "<<\"abc\">> is not a valid maximum length");
        invalidDefinition(own, "{\"expires\":0}", "0 is not a valid queue expiry");
        invalidDefinition(own, "{\"overflow\":\"w\"}", "<<\"w\">> is not a valid overflow value");
        invalidDefinition(own, "{\"dead-letter-exchange\":5}", "5 is not a valid dead letter exchange name");
        invalidDefinition(own, "{\"max-age\":\"z\"}", "<<\"z\">> is not a valid max age");
        invalidDefinition(own, "{\"nonsense\":1}", "[{<<\"nonsense\">>,1}] are not recognised policy settings");
        invalidDefinition(
                "/operator-policies",
                "{\"overflow\":\"drop-head\"}",
                "[{<<\"overflow\">>,<<\"drop-head\">>}] are not recognised policy settings");
        done(201, "PUT", own + "/%2F/z", "{\"pattern\":\"\",\"definition\":{\"ha-mode\":\"all\",\"max-age\":\"7D\"}}");
    }

    /// The metadata loop of every node would have to try it on every queue.
    @Test
    void aPatternThatTakesTooLongIsRefused() {
        for (int queue = 0; queue < 20; queue++) {
            api.call("PUT", "/queues/%2F/" + "a".repeat(60) + queue + "!", "{}");
        }
        String body = "{\"pattern\":\"a.*a.*a.*a.*a.*b\",\"definition\":{\"max-length\":1}}";
        Answer answer = api.call("PUT", "/policies/%2F/endless", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("reason").asText()).startsWith("pattern takes too long");
        assertThat(api.get("/policies").json()).isEmpty();
    }

    @Test
    void whoMayMakePolicies() {
        api.user("pm", "policymaker");
        api.user("mon", "monitoring");
        done(201, "PUT", "/policies/%2F/p", FIVE);
        done(201, "PUT", "/operator-policies/%2F/p", FIVE);

        assertThat(api.callAs("mon:mon", true, "GET", "/policies", "").json()).isEmpty();
        refused(api.callAs("pm:pm", true, "GET", "/policies/%2F/p", ""), 401, "User not authorised to access object");
        api.allow("/", "pm");
        assertThat(api.callAs("pm:pm", true, "GET", "/policies", "").json()).hasSize(1);
        assertThat(api.callAs("pm:pm", true, "PUT", "/policies/%2F/u", FIVE).status())
                .isEqualTo(201);
        refused(
                api.callAs("mon:mon", true, "PUT", "/policies/%2F/u", FIVE),
                401,
                "User not authorised to access object");
        for (String path : List.of(
                "/operator-policies/%2F/u",
                "/vhost-limits/%2F/max-queues",
                "/user-limits/pm/max-channels",
                "/parameters/operator_policy/%2F/u",
                "/parameters/vhost-limits/%2F/limits",
                "/topic-permissions/%2F/pm")) {
            refused(api.callAs("pm:pm", true, "PUT", path, FIVE), 401, "Not administrator user");
            refused(api.callAs("pm:pm", true, "DELETE", path, ""), 401, "Not administrator user");
        }
        refused(
                api.callAs("mon:mon", true, "GET", "/global-parameters", ""),
                401,
                "User not authorised to access object");
    }

    @Test
    void aPolicyIsShownWithItsExchange() {
        done(201, "PUT", "/exchanges/%2F/e", "{\"type\":\"topic\"}");
        assertThat(api.get("/exchanges/%2F/e").json().has("policy")).isFalse();
        done(201, "PUT", "/policies/%2F/ae", "{\"pattern\":\"^e\",\"definition\":{\"alternate-exchange\":\"a\"}}");
        assertThat(api.get("/exchanges/%2F/e").json().path("policy").asText()).isEqualTo("ae");
    }

    @Test
    void limits() {
        done(204, "PUT", "/vhost-limits/%2F/max-queues", "{\"value\":5}");
        done(204, "PUT", "/vhost-limits/%2F/max-connections", "{\"value\":50}");
        assertThat(shown("/vhost-limits"))
                .isEqualTo("[{\"vhost\":\"/\",\"value\":{\"max-queues\":5,\"max-connections\":50}}]");
        assertThat(shown("/vhost-limits/%2F")).isEqualTo(shown("/vhost-limits"));
        done(204, "PUT", "/user-limits/guest/max-channels", "{\"value\":-1}");
        assertThat(shown("/user-limits/guest")).isEqualTo("[{\"user\":\"guest\",\"value\":{\"max-channels\":-1}}]");
        assertThat(api.get("/users/guest").json().path("limits").toString()).isEqualTo("{\"max-channels\":-1}");
        done(405, "GET", "/vhost-limits/%2F/max-queues", "");

        refused(
                api.call("PUT", "/vhost-limits/%2F/max-queues", "{\"value\":\"7\"}"),
                400,
                "Validation failed\n\nmax-queues should be a number, actually was <<\"7\">>\n");
        refused(
                api.call("PUT", "/user-limits/guest/wat", "{\"value\":5}"),
                400,
                "Unrecognised terms [{<<\"wat\">>,5}] in user-limits");
        refused(api.call("PUT", "/vhost-limits/%2F/max-queues", "{}"), 400, "[{key_missing,value}]");
        refused(api.call("PUT", "/vhost-limits/nope/max-queues", "{\"value\":5}"), 404, "vhost_not_found");
        term(api.call("PUT", "/user-limits/nope/max-channels", "{\"value\":5}"), "no_such_user", "nope");

        done(204, "DELETE", "/vhost-limits/%2F/max-queues", "");
        assertThat(shown("/vhost-limits")).isEqualTo("[{\"vhost\":\"/\",\"value\":{\"max-connections\":50}}]");
        done(204, "DELETE", "/vhost-limits/%2F/max-connections", "");
        assertThat(shown("/vhost-limits")).isEqualTo("[]");
        done(204, "DELETE", "/user-limits/guest/max-channels", "");
        assertThat(shown("/user-limits")).isEqualTo("[]");
    }

    @Test
    void parameters() {
        done(201, "PUT", "/parameters/vhost-limits/%2F/limits", "{\"value\":{\"max-queues\":9}}");
        done(204, "PUT", "/parameters/vhost-limits/%2F/limits", "{\"value\":{\"max-queues\":9}}");
        done(201, "PUT", "/parameters/operator_policy/%2F/o", "{\"value\":" + FIVE + "}");
        done(201, "PUT", "/policies/%2F/p", FIVE);
        assertThat(api.get("/operator-policies/%2F/o").status()).isEqualTo(200);
        assertThat(api.get("/parameters").json()).hasSize(2);
        assertThat(shown("/parameters/vhost-limits/%2F/limits"))
                .isEqualTo("{\"vhost\":\"/\",\"component\":\"vhost-limits\",\"name\":\"limits\","
                        + "\"value\":{\"max-queues\":9}}");
        assertThat(api.get("/parameters/policy")
                        .json()
                        .path(0)
                        .path("value")
                        .path("apply-to")
                        .asText())
                .isEqualTo("all");
        refused(
                api.call("PUT", "/parameters/wat/%2F/n", "{\"value\":{}}"),
                400,
                "Validation failed\n\ncomponent wat not found\n");
        refused(
                api.call("PUT", "/parameters/policy/%2F/n", "{\"value\":{}}"),
                400,
                "policies may not be set using this method");
        done(204, "DELETE", "/parameters/operator_policy/%2F/o", "");
        done(404, "DELETE", "/parameters/operator_policy/%2F/o", "");
        done(204, "DELETE", "/parameters/vhost-limits/%2F/limits", "");
        assertThat(shown("/vhost-limits")).isEqualTo("[]");

        done(201, "PUT", "/global-parameters/g", "{\"value\":{\"a\":[1]}}");
        done(204, "PUT", "/global-parameters/g", "{\"value\":\"x\"}");
        assertThat(shown("/global-parameters")).isEqualTo("[{\"name\":\"g\",\"value\":\"x\"}]");
        assertThat(shown("/global-parameters/g")).isEqualTo("{\"name\":\"g\",\"value\":\"x\"}");
        done(204, "DELETE", "/global-parameters/g", "");
        done(404, "DELETE", "/global-parameters/g", "");
    }

    @Test
    void topicPermissions() {
        String path = "/topic-permissions/%2F/guest";
        done(404, "GET", path, "");
        done(201, "PUT", path, "{\"exchange\":\"amq.topic\",\"write\":\"^a\",\"read\":\"^b\"}");
        done(204, "PUT", path, "{\"exchange\":\"amq.topic\",\"write\":\"^a\",\"read\":\"^c\"}");
        done(204, "PUT", path, "{\"exchange\":\"e\",\"write\":\"\",\"read\":\"\"}");
        assertThat(api.get(path + "/amq.topic").json().toString())
                .isEqualTo("[{\"user\":\"guest\",\"vhost\":\"/\",\"exchange\":\"amq.topic\",\"write\":\"^a\","
                        + "\"read\":\"^c\"}]");
        for (String list : List.of(
                path, "/topic-permissions", "/users/guest/topic-permissions", "/vhosts/%2F/topic-permissions")) {
            assertThat(api.get(list).json()).as(list).hasSize(2);
        }
        term(api.call("PUT", path, "{\"exchange\":\"e\",\"write\":\"(\",\"read\":\"\"}"), "invalid_regexp", "(");
        refused(api.call("PUT", path, "{\"exchange\":\"amq.topic\"}"), 400, "[{key_missing,write},{key_missing,read}]");
        refused(api.call("PUT", "/topic-permissions/nope/guest", "{}"), 400, "vhost_or_user_not_found");
        done(204, "DELETE", path + "/e", "");
        done(204, "DELETE", path, "");
        done(404, "DELETE", path, "");
    }

    @Test
    void definitionsHaveAllOfThem() {
        done(201, "PUT", "/policies/%2F/p", FIVE.replace("}}", "},\"priority\":3,\"apply-to\":\"quorum_queues\"}"));
        done(201, "PUT", "/operator-policies/%2F/o", FIVE);
        done(204, "PUT", "/vhost-limits/%2F/max-queues", "{\"value\":5}");
        done(204, "PUT", "/user-limits/guest/max-channels", "{\"value\":6}");
        done(201, "PUT", "/global-parameters/g", "{\"value\":{\"a\":[1,null,\"b\"]}}");
        done(
                201,
                "PUT",
                "/topic-permissions/%2F/guest",
                "{\"exchange\":\"e\",\"write\":\"^{username}-{vhost}\",\"read\":\"^{client_id}\"}");
        JsonNode export = api.get("/definitions").json();
        for (String section : List.of("policies", "global_parameters", "topic_permissions")) {
            assertThat(export.path(section)).as(section).hasSize(1);
        }
        assertThat(export.path("parameters")).hasSize(2);
        assertThat(export.path("users").path(0).path("limits").toString()).isEqualTo("{\"max-channels\":6}");

        ApiFixture other = new ApiFixture();
        assertThat(other.call("POST", "/definitions", export.toString()).status())
                .isEqualTo(204);
        assertThat(other.get("/definitions").json()).isEqualTo(export);

        ApiFixture third = new ApiFixture();
        Answer partly = third.call("POST", "/definitions/%2F", export.toString());
        assertThat(partly.status()).isEqualTo(200);
        assertThat(partly.json().toString())
                .isEqualTo("{\"left_out\":[\"global_parameters\",\"permissions\",\"topic_permissions\",\"users\","
                        + "\"vhosts\"]}");
        JsonNode one = api.get("/definitions/%2F").json();
        assertThat(third.get("/definitions/%2F").json()).isEqualTo(one);
        assertThat(third.call("POST", "/definitions/%2F", one.toString()).status())
                .isEqualTo(204);
    }

    /// RabbitMQ drops unknown parts without a word, and answers 500 for parts that are no lists.
    @Test
    void anImportDropsNothingSilently() {
        String valid =
                "\"policies\":[{\"vhost\":\"/\",\"name\":\"p\",\"pattern\":\"x\",\"definition\":{\"expires\":1}}]";
        term(imported("{" + valid + ",\"wat\":[{\"name\":\"x\"}],\"more\":1}"), "unknown_sections", "wat, more");
        term(imported("{" + valid + ",\"users\":\"x\"}"), "not_a_list_of_objects", "users");
        term(imported("{" + valid + ",\"queues\":[5]}"), "not_a_list_of_objects", "queues");
        refused(
                imported("{" + valid + ",\"parameters\":[{\"vhost\":\"/\",\"component\":\"shovel\",\"name\":\"n\","
                        + "\"value\":{}}]}"),
                400,
                "Validation failed\n\ncomponent shovel not found\n");
        term(
                imported("{" + valid + ",\"topic_permissions\":[{\"user\":\"nope\",\"vhost\":\"/\",\"exchange\":\"e\","
                        + "\"write\":\"\",\"read\":\"\"}]}"),
                "no_such_user",
                "nope");
        term(imported(valid.replace("\"/\"", "\"nope\"").transform(PoliciesTest::object)), "no_such_vhost", "nope");
        assertThat(shown("/policies"))
                .as("nothing was done of what was refused")
                .isEqualTo("[]");
        assertThat(imported("{" + valid + ",\"wat\":[],\"rabbitmq_definition_format\":\"cluster\"}")
                        .status())
                .isEqualTo(204);
        assertThat(api.get("/policies").json()).hasSize(1);
    }

    private static String object(String fields) {
        return "{" + fields + "}";
    }

    private Answer imported(String body) {
        return api.call("POST", "/definitions", body);
    }
}
