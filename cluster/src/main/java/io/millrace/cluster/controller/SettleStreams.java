package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.Map;
import java.util.Optional;

/// Brings the settings of streams' topics in line with their arguments and policies, some hundred at a time: the rest
/// of a change of policies.
///
/// @param reply to the change
record SettleStreams(VhostName vhost, TopologyReply reply) implements Command<TopologyReply> {
    private static final int STREAMS_PER_STEP = 500;

    @Override
    public Decision<TopologyReply> decide(MetadataImage image, Randomness randomness) {
        return after(new Decision.Draft(image));
    }

    /// Behind what `draft` has done.
    Decision<TopologyReply> after(Decision.Draft draft) {
        Optional<VhostView> now = draft.image().topology().vhost(vhost);
        int settled = 0;
        for (QueueView queue : now.map(there -> there.queuesFrom("")).orElseThrow()) {
            if (queue.spec().type() == QueueType.STREAM && settle(queue, draft)) {
                settled++;
            }
            if (settled == STREAMS_PER_STEP) {
                return draft.step(this);
            }
        }
        return draft.decision(reply);
    }

    private static boolean settle(QueueView queue, Decision.Draft draft) {
        Optional<TopicView> topic =
                queue.home() instanceof Home.OnLog log ? draft.image().topic(log.topicId()) : Optional.empty();
        if (topic.isEmpty()) {
            return false;
        }
        int before = draft.size();
        Map<String, String> wanted = QueueTopics.settings(queue.spec(), queue.policy());
        for (String setting : QueueTopics.STREAM_SETTINGS) {
            Optional<String> value = Optional.ofNullable(wanted.get(setting));
            if (!value.equals(Optional.ofNullable(topic.get().overrides().get(setting)))) {
                var resource = new ConfigResource(
                        ConfigResource.Kind.TOPIC, topic.get().name());
                draft.add(new ConfigChanged(resource, setting, value));
            }
        }
        return draft.size() > before;
    }

    @Override
    public TopologyReply refused(Outcome why) {
        return new TopologyReply.Failed(why);
    }
}
