package io.millrace.console.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.ApiRequest;
import io.millrace.console.web.Routes;
import io.millrace.model.VhostName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Asked of node 1 of three, of which the third is down.
class HealthChecksTest {
    private static final String OK = "200 {\"status\":\"ok\"}";

    private final List<ClusterView.AlarmRow> alarms = new ArrayList<>();
    private final Routes routes = new Routes();

    HealthChecksTest() {
        new HealthChecks(new Nodes()).addTo(routes);
    }

    private final class Nodes implements ClusterView {
        @Override
        public String clusterName() {
            return "test";
        }

        @Override
        public NodeRow self() {
            return nodes().getFirst();
        }

        @Override
        public List<NodeRow> nodes() {
            return List.of(
                    new NodeRow("millrace@1", true, Optional.empty()),
                    new NodeRow("millrace@2", true, Optional.empty()),
                    new NodeRow("millrace@3", false, Optional.empty()));
        }

        @Override
        public List<AlarmRow> alarms() {
            return alarms;
        }

        @Override
        public Optional<String> home(QueueView queue) {
            return Optional.empty();
        }

        @Override
        public List<ListenerRow> listeners() {
            return List.of();
        }

        @Override
        public String notReady() {
            return "";
        }
    }

    private static final class Nothing implements Topology {
        @Override
        public Optional<VhostView> vhost(VhostName name) {
            return Optional.empty();
        }

        @Override
        public Collection<VhostView> vhosts() {
            return List.of();
        }

        @Override
        public Optional<UserView> user(String name) {
            return Optional.empty();
        }

        @Override
        public Collection<UserView> users() {
            return List.of();
        }
    }

    private String get(String path) {
        List<ApiAnswer> answers = new ArrayList<>();
        ApiRequest request =
                new ApiRequest("GET", "/api" + path, Optional.empty(), Optional.empty(), true, new byte[0]);
        routes.answerNode(Nothing::new, request, Runnable::run, answers::add);
        assertThat(answers).hasSize(1);
        ApiAnswer answer = answers.getFirst();
        return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void anAlarmOfAnyNodeIsOneOfTheCluster() {
        assertThat(get("/health/checks/alarms")).isEqualTo(OK);
        alarms.add(new ClusterView.AlarmRow("millrace@2", "disk"));

        assertThat(get("/health/checks/alarms"))
                .isEqualTo("503 {\"status\":\"failed\",\"reason\":\"There are alarms in effect in the cluster\","
                        + "\"alarms\":[{\"node\":\"millrace@2\",\"resource\":\"disk\"}]}");
        assertThat(get("/health/checks/local-alarms")).isEqualTo(OK);
    }

    @Test
    void itsOwnAlarmsAreLocal() {
        alarms.add(new ClusterView.AlarmRow("millrace@1", "memory"));
        alarms.add(new ClusterView.AlarmRow("millrace@2", "disk"));

        assertThat(get("/health/checks/local-alarms"))
                .isEqualTo("503 {\"status\":\"failed\",\"reason\":\"There are alarms in effect on the node\","
                        + "\"alarms\":[{\"node\":\"millrace@1\",\"resource\":\"memory\"}]}");
    }

    @Test
    void theOldCheckIsOfTheNodeThatIsNamed() {
        assertThat(get("/healthchecks/node")).isEqualTo(OK);
        assertThat(get("/healthchecks/node/millrace@1")).isEqualTo(OK);
        assertThat(get("/healthchecks/node/millrace@2")).isEqualTo(OK);
        assertThat(get("/healthchecks/node/millrace@3"))
                .isEqualTo("503 {\"status\":\"failed\",\"reason\":\"nodedown\"}");
        assertThat(get("/healthchecks/node/millrace@4")).startsWith("404 ");

        alarms.add(new ClusterView.AlarmRow("millrace@2", "memory"));
        alarms.add(new ClusterView.AlarmRow("millrace@2", "disk"));

        assertThat(get("/healthchecks/node")).isEqualTo(OK);
        assertThat(get("/healthchecks/node/millrace@2"))
                .isEqualTo("503 {\"status\":\"failed\",\"reason\":\"resource alarm(s) in effect:[memory,disk]\"}");
    }
}
