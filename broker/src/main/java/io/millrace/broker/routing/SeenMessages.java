package io.millrace.broker.routing;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.model.VhostName;

/// What de-duplicating exchanges have seen, as far as this node knows. May be called on any loop.
public interface SeenMessages {
    /// Every message is the first one.
    SeenMessages NONE = new SeenMessages() {
        @Override
        public boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs) {
            return true;
        }

        @Override
        public void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
            // nothing is remembered
        }
    };

    /// Whether the exchange has not seen the value; it has from now on.
    ///
    /// @param ttlMs for how long, 0 for as long as there is room
    boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs);

    /// The message did not arrive after all: when it is sent again it is the first one.
    void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value);
}
