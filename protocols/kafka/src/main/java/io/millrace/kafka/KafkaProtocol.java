package io.millrace.kafka;

import io.millrace.kafka.session.Apis;
import io.millrace.kafka.session.KafkaApis;
import io.millrace.kafka.session.KafkaPorts;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Output;
import io.millrace.kafka.session.Peer;
import io.millrace.kafka.session.Surroundings;

/// The Kafka protocol of one loop: makes a session for each connection. All sessions share the handlers and, through
/// them, what lives longer than a connection (fetch sessions, producer id blocks).
///
/// Owned by: one event loop; a server with several loops makes one for each.
public final class KafkaProtocol {
    private final Surroundings around;
    private final Apis apis;

    public KafkaProtocol(KafkaPorts ports) {
        this.around = new Surroundings(
                ports.metrics(), ports.clock(), ports.quotas(), ports.config().inFlightMax());
        this.apis = KafkaApis.of(ports);
    }

    /// A session for a connection that has just been accepted.
    public KafkaSession connect(Peer peer, Output output) {
        return new KafkaSession(apis, peer, output, around);
    }
}
