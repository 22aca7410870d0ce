package io.millrace.amqp.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeededRandomness;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class BasicPropertiesTest {
    @Test
    void nothingIsThereWhenNothingIsSet() {
        assertThat(BasicProperties.EMPTY.octets()).isEqualTo(new byte[2]);
        assertThat(BasicProperties.EMPTY.headers()).isEqualTo(FieldTable.EMPTY);
        assertThat(BasicProperties.EMPTY.contentType()).isEmpty();
        assertThat(BasicProperties.EMPTY.timestamp()).isEmpty();
        assertThat(BasicProperties.EMPTY.deliveryMode()).isEmpty();
        assertThat(BasicProperties.EMPTY.isPersistent()).isFalse();
        assertThat(BasicProperties.EMPTY).hasToString("BasicProperties");
    }

    @Test
    void everyPropertyHasItsAccessor() {
        FieldTable headers = FieldTable.builder().put("x", 1).build();
        BasicProperties properties = BasicProperties.builder()
                .text(Property.CONTENT_TYPE, "a")
                .text(Property.CONTENT_ENCODING, "b")
                .headers(headers)
                .deliveryMode(2)
                .priority(200)
                .text(Property.CORRELATION_ID, "c")
                .text(Property.REPLY_TO, "d")
                .text(Property.EXPIRATION, "e")
                .text(Property.MESSAGE_ID, "f")
                .timestamp(-1)
                .text(Property.TYPE, "g")
                .text(Property.USER_ID, "h")
                .text(Property.APP_ID, "i")
                .text(Property.CLUSTER_ID, "j")
                .build();

        assertThat(List.of(
                        properties.contentType(),
                        properties.contentEncoding(),
                        properties.correlationId(),
                        properties.replyTo(),
                        properties.expiration(),
                        properties.messageId(),
                        properties.type(),
                        properties.userId(),
                        properties.appId(),
                        properties.clusterId()))
                .extracting(each -> each.orElse("?"))
                .containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        assertThat(properties.headers()).isEqualTo(headers);
        assertThat(properties.deliveryMode()).hasValue(2);
        assertThat(properties.isPersistent()).isTrue();
        assertThat(properties.priority()).hasValue(200);
        assertThat(properties.timestamp()).hasValue(-1);
        assertThat(properties.octets()).startsWith(0xff, 0xfc);
        assertThat(properties.toString()).contains("CLUSTER_ID=j", "PRIORITY=200");
    }

    @Test
    void theBuilderChangesOnlyWhatItIsTold() {
        BasicProperties properties = PropertiesSamples.any(new SeededRandomness(7));

        BasicProperties changed = properties.toBuilder()
                .text(Property.EXPIRATION, "60000")
                .without(Property.USER_ID)
                .build();

        assertThat(changed.expiration()).contains("60000");
        assertThat(changed.userId()).isEmpty();
        assertThat(changed.headers()).isEqualTo(properties.headers());
        assertThat(properties.toBuilder().build()).isEqualTo(properties).hasSameHashCodeAs(properties);
    }

    @Test
    void refusesWhatDoesNotHoldTogether() {
        assertMalformed("");
        assertMalformed("00");
        assertMalformed("0000 00"); // octets that no flag announces
        assertMalformed("1001 0000 02"); // a further flag word
        assertMalformed("1002 02"); // a reserved flag
        assertMalformed("8000"); // no length
        assertMalformed("8000 02 61"); // a string cut off
        assertMalformed("1000"); // an octet missing
        assertMalformed("0040 00000000000000"); // a timestamp cut off
        assertMalformed("2000 000000"); // a table's length cut off
        assertMalformed("2000 00000001"); // a table cut off
        assertMalformed("2000 ffffffff"); // a table beyond any memory
        assertMalformed("2000 00000003 01617a"); // a header of unknown type
    }

    private static void assertMalformed(String hex) {
        assertThat(BasicProperties.decode(octets(hex)))
                .as(hex)
                .isEqualTo(
                        new Decoded.Malformed<>(AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed content properties")));
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
