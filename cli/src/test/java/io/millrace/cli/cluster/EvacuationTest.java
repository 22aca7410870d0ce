package io.millrace.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.Evacuation.Host;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where the replicas of a node go that is emptied.
class EvacuationTest {
    private static final List<Host> HOSTS = List.of(
            new Host(1, "a", true),
            new Host(2, "a", true),
            new Host(3, "b", true),
            new Host(4, "c", true),
            new Host(5, "c", false),
            new Host(6, "b", true));

    @Test
    void goesToARackThePartitionIsNotOnWhateverTheLoad() {
        Evacuation evacuation = new Evacuation(1, HOSTS, Map.of(4, 100));

        assertThat(evacuation.target(List.of(3, 2, 1))).contains(List.of(3, 2, 4));
    }

    @Test
    void goesToTheLeastLoadedAndCountsIt() {
        Evacuation evacuation = new Evacuation(1, HOSTS, Map.of(2, 9, 3, 1, 4, 9, 6, 2));

        assertThat(evacuation.target(List.of(1))).contains(List.of(3));
        assertThat(evacuation.target(List.of(1))).contains(List.of(3));
        assertThat(evacuation.target(List.of(1))).contains(List.of(6));
    }

    @Test
    void hasNowhereToGoWhenAllOthersHaveItOrTakeNothing() {
        Evacuation evacuation = new Evacuation(1, HOSTS, Map.of());

        assertThat(evacuation.target(List.of(1, 2, 3, 4, 6))).isEmpty();
    }
}
