package io.millrace.kafka.session;

/// What the Kafka protocol of one node is set up with.
///
/// @param nodeId this node
/// @param autoCreateTopics whether a Metadata request makes topics it does not find (`auto.create.topics.enable`)
/// @param inFlightMax requests of one connection that may wait for their answer to leave
/// @param fetchBytesMax upper bound of one Fetch answer whatever the client asks (`fetch.max.bytes`)
/// @param fetchSessionsMax fetch sessions kept by one [KafkaSession] factory, that is by one loop (KIP-227)
/// @param fetchSessionPartitionsMax a fetch of more partitions is served without a session
public record KafkaConfig(
        int nodeId,
        boolean autoCreateTopics,
        int inFlightMax,
        int fetchBytesMax,
        int fetchSessionsMax,
        int fetchSessionPartitionsMax) {
    /// Kafka 4.4's defaults for node `nodeId`.
    public static KafkaConfig defaults(int nodeId) {
        return new KafkaConfig(nodeId, true, 64, 57_671_680, 1_000, 100_000);
    }
}
