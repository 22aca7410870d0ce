package io.millrace.cli.cluster.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Millrace as a user starts it: `bin/millrace start`, whose script becomes the JVM.
///
/// @param command the path of `bin/millrace`
/// @param amqp whether the nodes speak AMQP, too, and have its management API
public record MillraceNodes(Path command, boolean amqp) implements NodeSoftware {
    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) {
        // The first start makes its own folder and forms the cluster.
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        var words = new ArrayList<>(List.of(command.toString(), "start"));
        words.addAll(List.of("--node", Integer.toString(place.id())));
        words.addAll(List.of("--cluster", plan.clusterAddresses()));
        words.addAll(List.of("--data", place.data().toString()));
        set(words, "listeners.kafka=" + place.kafkaAddress());
        set(words, "listeners.cluster=" + place.host() + ":" + place.clusterPort());
        set(words, "listeners.amqp=" + (amqp ? place.amqpAddress() : ""));
        set(words, "listeners.management=" + (amqp ? place.managementAddress() : ""));
        set(words, "listeners.http=" + NodePlace.LOOPBACK + ":" + place.thirdPort());
        plan.settings().forEach(setting -> set(words, setting));
        return new Launch(words, environment(place));
    }

    private static void set(List<String> words, String setting) {
        words.add("--set");
        words.add(setting);
    }

    private static Map<String, String> environment(NodePlace place) {
        return place.jvmFlags().isEmpty() ? Map.of() : Map.of("MILLRACE_OPTS", String.join(" ", place.jvmFlags()));
    }
}
