package io.millrace.cluster.peer;

/// What a connection between nodes is for. Each purpose has connections of its own, so that a fetch that waits for
/// records keeps no vote and no heartbeat waiting. The one who connects names it as the client id of its requests.
public enum PeerChannel {
    /// The Raft engine's requests, in Kafka's schemas: Vote, Fetch, FetchSnapshot and so on.
    METADATA("millrace-metadata"),
    /// What a node asks of the controller: registration, heartbeats, changes.
    CONTROL("millrace-control"),
    /// Followers fetching records from leaders, as Kafka's Fetch.
    RECORDS("millrace-records"),
    /// What a node's clients want of queues that other nodes have.
    QUEUES("millrace-queues");

    private final String clientId;

    PeerChannel(String clientId) {
        this.clientId = clientId;
    }

    /// As it stands in the header of requests.
    public String clientId() {
        return clientId;
    }
}
