package io.millrace.cli.topic;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic create`.
@Command(name = "create", description = "Create topics.", mixinStandardHelpOptions = true)
final class CreateTopic implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final TopicSettings wanted = new TopicSettings();

    @Option(
            names = {"-r", "--replicas", "--replication-factor"},
            paramLabel = "N",
            description = "Replicas of each partition (default: the broker's default.replication.factor).")
    private Optional<Short> replicas = Optional.empty();

    @Option(names = "--if-missing", description = "It is fine when a topic exists already.")
    private boolean ifMissing;

    @Option(names = "--dry-run", description = "Only ask whether it could be done.")
    private boolean dryRun;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        wanted.refuseFewerThanOne(shared);
        if (replicas.isPresent() && replicas.get() < 1) {
            throw shared.misused("--replicas is 1 or more, or left out");
        }
        List<NewTopic> topics = names.stream()
                .map(name -> new NewTopic(name, wanted.partitions(), replicas).configs(wanted.settings()))
                .toList();
        var outcomes = new ArrayList<Map<String, Object>>();
        try (Admin admin = shared.admin()) {
            CreateTopicsResult result = admin.createTopics(topics, new CreateTopicsOptions().validateOnly(dryRun));
            for (String name : names) {
                outcomes.add(outcome(
                        admin, name, Objects.requireNonNull(result.values().get(name))));
            }
        }
        if (shared.isJson()) {
            shared.answer().json(outcomes);
        }
    }

    private Map<String, Object> outcome(Admin admin, String name, KafkaFuture<Void> reply) {
        boolean created = !existedBefore(admin, reply);
        String done = dryRun ? "could be created" : "created";
        shared.answer().say("Topic " + name + " " + (created ? done : "exists already"));
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("topic", name);
        outcome.put("created", created && !dryRun);
        return outcome;
    }

    private boolean existedBefore(Admin admin, KafkaFuture<Void> reply) {
        try {
            Replies.await(admin, reply);
            return false;
        } catch (CommandFailure failure) {
            if (ifMissing && failure.getCause() instanceof TopicExistsException) {
                return true;
            }
            throw failure;
        }
    }
}
