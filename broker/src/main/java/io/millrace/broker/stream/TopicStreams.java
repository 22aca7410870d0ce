package io.millrace.broker.stream;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.InvariantViolation;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.Optional;

/// Topics as those see them who know queues: each is a stream queue of its name in the virtual host `/`. A queue of
/// that name comes first; who asks has looked for one. Topics that belong to a queue, or to the broker itself, are not
/// to be seen.
///
/// May be used from any thread.
public final class TopicStreams {
    private static final String OWN_PREFIX = "__";
    private static final Arguments ARGUMENTS =
            Arguments.of("x-queue-type", ArgumentValue.text(QueueType.STREAM.word()));

    private final CatalogSource catalog;
    private final TopologySource topology;

    public TopicStreams(CatalogSource catalog, TopologySource topology) {
        this.catalog = catalog;
        this.topology = topology;
    }

    /// The topic that a queue's name stands for in a virtual host.
    public Optional<QueueView> find(VhostName vhost, QueueName name) {
        return vhost.equals(VhostName.HOME) ? find(name.value()) : Optional.empty();
    }

    private Optional<QueueView> find(String topic) {
        return topic.startsWith(OWN_PREFIX)
                ? Optional.empty()
                : catalog.current().topic(topic).filter(this::isVisible).map(TopicStreams::view);
    }

    private boolean isVisible(TopicView topic) {
        return !topic.internal() && topology.topology().queueOn(topic.id()).isEmpty();
    }

    private static QueueView view(TopicView topic) {
        QueueRef ref = new QueueRef(VhostName.HOME, new QueueName(topic.name()));
        return new QueueView(
                new QueueSpec(ref, QueueType.STREAM, true, false, false, ARGUMENTS),
                topic.id(),
                new Home.OnLog(topic.name(), topic.id()),
                Optional.empty(),
                EffectivePolicy.NONE);
    }

    /// Whether a queue is a stream, a topic or one that was declared.
    public static boolean isStream(QueueView queue) {
        return queue.spec().type() == QueueType.STREAM && queue.home() instanceof Home.OnLog;
    }

    /// Whether a stream is a topic, and no queue that was declared: those have topics of other names.
    public static boolean isTopic(QueueView queue) {
        return queue.home() instanceof Home.OnLog log
                && log.topic().equals(queue.ref().name().value());
    }

    static TopicId topicOf(QueueView stream) {
        if (stream.home() instanceof Home.OnLog log) {
            return log.topicId();
        }
        throw new InvariantViolation(stream.ref() + " is no stream");
    }
}
