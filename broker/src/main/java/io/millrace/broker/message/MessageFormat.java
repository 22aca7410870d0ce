package io.millrace.broker.message;

import io.millrace.model.Arguments;
import java.util.Optional;

/// Reads and edits one protocol's properties for queues and mappings, which do not know them. Pure; one for each
/// [FormatId], made by its protocol.
public interface MessageFormat {
    /// User headers; empty when there are none or they can not be read.
    Arguments headers(byte[] properties);

    /// What the queue has to know, from one look.
    Traits traits(byte[] properties);

    /// The same properties with other user headers, and without the time to live when `dropExpiration`.
    byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration);

    /// A property as text under its AMQP name (`message_id`, `reply_to`, `content_type`, ...), for mappings.
    Optional<String> property(byte[] properties, String name);

    /// @param persistent whether it is to outlive a restart
    /// @param priority 0 to 255, -1 when it has none
    /// @param expirationMs time to live in milliseconds, -1 when it has none
    record Traits(boolean persistent, int priority, long expirationMs) {
        /// Stands for a property that is not there.
        public static final int NONE = -1;

        public static final Traits PLAIN = new Traits(true, NONE, NONE);
    }
}
