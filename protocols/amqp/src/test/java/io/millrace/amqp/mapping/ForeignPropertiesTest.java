package io.millrace.amqp.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What an AMQP client sees of a message that came by another protocol.
class ForeignPropertiesTest {
    private Arguments headers = Arguments.NONE;
    private Map<String, String> properties = Map.of();

    private final MessageFormat format = new MessageFormat() {
        @Override
        public Arguments headers(byte[] ignored) {
            return headers;
        }

        @Override
        public Traits traits(byte[] ignored) {
            return Traits.PLAIN;
        }

        @Override
        public byte[] withHeaders(byte[] ignored, Arguments other, boolean dropExpiration) {
            return new byte[0];
        }

        @Override
        public Optional<String> property(byte[] ignored, String name) {
            return Optional.ofNullable(properties.get(name));
        }
    };

    private BasicProperties mapped(int headerBytesMax) {
        Message message = new Message(FormatId.KAFKA, "", "k", new byte[0], new byte[0], 12_345);
        return ForeignProperties.of(message, format, headerBytesMax);
    }

    @Test
    void headersKeepTheirTypesAndOrder() {
        headers = Arguments.of("t", ArgumentValue.text("text"))
                .with("b", new ArgumentValue.Binary(ByteString.of(new byte[] {-1})))
                .with("n", ArgumentValue.whole(7))
                .with("v", new ArgumentValue.Nothing());

        assertThat(mapped(4_096).headers()).isEqualTo(Tables.table(headers));
    }

    @Test
    void saysWhenAndThatItIsPersistent() {
        BasicProperties none = mapped(4_096);

        assertThat(none.timestamp()).hasValue(12);
        assertThat(none.isPersistent()).isTrue();
        assertThat(none.headers()).isEqualTo(FieldTable.EMPTY);
    }

    @Test
    void propertiesItHasAWordFor() {
        properties = Map.of(
                "content_type", "text/plain",
                "content_encoding", "gzip",
                "correlation_id", "c",
                "message_id", "m",
                "reply_to", "x".repeat(256));
        BasicProperties mapped = mapped(4_096);

        assertThat(mapped.contentType()).hasValue("text/plain");
        assertThat(mapped.contentEncoding()).hasValue("gzip");
        assertThat(mapped.correlationId()).hasValue("c");
        assertThat(mapped.messageId()).hasValue("m");
        assertThat(mapped.replyTo()).isEmpty(); // longer than AMQP can say
    }

    @Test
    void whatDoesNotFitIsLeftOut() {
        headers = Arguments.of("first", ArgumentValue.whole(1))
                .with("n".repeat(256), ArgumentValue.text("a name longer than AMQP can say"))
                .with("large", ArgumentValue.text("x".repeat(5_000)))
                .with("last", ArgumentValue.text("y"));

        assertThat(mapped(4_096).headers().entries())
                .extracting(FieldTable.Entry::name)
                .containsExactly("first", "last");
    }
}
