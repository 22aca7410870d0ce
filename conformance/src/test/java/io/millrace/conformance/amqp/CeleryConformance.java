package io.millrace.conformance.amqp;

import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Debian's Celery 5.2 on kombu 5.2: a worker process and a client of it. What is checked is written in
/// `conformance/peers/amqp-python/celery_client.py`.
@ExtendWith(SharedAmqp.class)
final class CeleryConformance {
    private final AmqpBroker broker;

    CeleryConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @Test
    void aWorkerServesItsClient() {
        InstalledClients.file("/usr/lib/python3/dist-packages/celery");
        String client = Repository.file("conformance/peers/amqp-python/celery_client.py")
                .toString();

        Programs.run(
                        Duration.ofSeconds(85),
                        List.of("/usr/bin/python3", client, broker.address().uri()),
                        "",
                        // root may run the worker, and nothing is written beside the sources
                        Map.of("C_FORCE_ROOT", "true", "PYTHONDONTWRITEBYTECODE", "1"))
                .ok();
    }
}
