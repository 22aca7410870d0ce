package io.millrace.console.resource;

import io.millrace.broker.topology.NamePattern;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.web.Refusal;

/// A policy's pattern is tried on every queue of its virtual host by the metadata loop of every node. So it is tried
/// here first, where nobody waits, and one that takes too long over the names there are is refused.
final class PatternPace {
    private static final long LOOKS_MAX = 1_000_000;

    /// A pattern that may begin anywhere looks at each letter of a name several times.
    private static final long LOOKS_A_QUEUE = 200;

    private PatternPace() {}

    static void check(VhostView vhost, PolicyView policy) throws Refusal {
        NamePattern pattern = new NamePattern(policy.pattern());
        long left = LOOKS_MAX + LOOKS_A_QUEUE * vhost.queueCount();
        for (QueueView queue : vhost.queuesFrom("")) {
            left -= pattern.looks(queue.ref().name().value());
            if (left < 0) {
                throw Refusal.badRequest(
                        "pattern takes too long over the names of the queues there are: " + policy.pattern());
            }
        }
    }
}
