package io.millrace.amqp.session;

import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.stream.TopicStreams;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;

/// What all sessions of one event loop use.
///
/// @param topics what else clients may use as queues
/// @param formats of messages that came by other protocols
/// @param router this loop's own
/// @param nodeId this node, where queues in memory are declared
public record AmqpPorts(
        TopologySource topology,
        TopologyChanges changes,
        Queues queues,
        TopicStreams topics,
        MessageFormats formats,
        Router router,
        DirectReplies replies,
        Passwords passwords,
        Memory memory,
        Occupancy occupancy,
        Clock clock,
        Randomness randomness,
        AmqpConfig config,
        int nodeId,
        String clusterName) {}
