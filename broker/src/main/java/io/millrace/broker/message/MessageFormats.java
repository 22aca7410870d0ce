package io.millrace.broker.message;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The formats of all protocols that are there. Immutable.
public final class MessageFormats {
    private final Map<FormatId, MessageFormat> formats;

    public MessageFormats(Map<FormatId, MessageFormat> formats) {
        this.formats = new EnumMap<>(formats);
    }

    /// What the queue has to know of `message`; nothing special when nobody here can read it.
    public MessageFormat.Traits traits(Message message) {
        MessageFormat format = of(message);
        return format == null ? MessageFormat.Traits.PLAIN : format.traits(message.properties());
    }

    /// `null` when nobody here can read the message.
    public @Nullable MessageFormat of(Message message) {
        return formats.get(message.format());
    }
}
