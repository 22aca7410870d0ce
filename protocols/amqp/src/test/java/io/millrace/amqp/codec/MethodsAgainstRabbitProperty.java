package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Method;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every method, both ways, against the codec of RabbitMQ's Java client.
class MethodsAgainstRabbitProperty {
    private final MethodDecoder decoder = new MethodDecoder();

    @Property(tries = 30)
    void theyReadWhatWeWrite(SeededRandomness random) throws Exception {
        for (Class<?> type : Methods.all()) {
            AmqpMethod ours = Methods.any(random, type);
            ByteBuf bytes = Bytes.of(writer -> writer.method(7, ours));

            assertThat(RabbitCodec.frame(bytes.duplicate()).getChannel()).isEqualTo(7);
            assertSame(RabbitCodec.method(bytes), RabbitCodec.like(ours));
            bytes.release();
        }
    }

    @Property(tries = 30)
    void weReadWhatTheyWrite(SeededRandomness random) throws Exception {
        for (Class<?> type : Methods.all()) {
            AmqpMethod ours = Methods.any(random, type);
            Method theirs = RabbitCodec.like(ours);

            assertThat(ours.classId()).isEqualTo(theirs.protocolClassId());
            assertThat(ours.methodId()).isEqualTo(theirs.protocolMethodId());
            assertThat(ours.hasContent()).isEqualTo(theirs.hasContent());
            FrameRead read = FrameReader.read(RabbitCodec.bytes(theirs.toFrame(7)), FrameReader.FRAME_MAX_DEFAULT);
            AmqpMethod again = decoded((Frame.Method) read);
            assertThat(again.getClass()).isEqualTo(type);
            // Their maps have no order, so that tables are compared as they see them.
            assertSame(RabbitCodec.like(again), theirs);
        }
    }

    @Test
    void noMethodIsMissing() {
        List<String> theirs = Arrays.stream(AMQImpl.class.getClasses())
                .flatMap(group -> Arrays.stream(group.getClasses()))
                .filter(Method.class::isAssignableFrom)
                .map(each -> each.getName().substring(AMQImpl.class.getName().length() + 1))
                .toList();
        List<String> ours = Methods.all().stream()
                .map(each -> each.getName().replaceFirst(".*\\.", "").replace("Methods$", "$"))
                .toList();

        assertThat(ours).containsExactlyInAnyOrderElementsOf(theirs).hasSizeGreaterThan(60);
    }

    /// Their methods without fields have no `equals`.
    private static void assertSame(Method actual, Method expected) {
        assertThat(actual.getClass()).isEqualTo(expected.getClass());
        assertThat(actual.toString()).isEqualTo(expected.toString());
        if (!expected.toString().endsWith("()")) {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private AmqpMethod decoded(Frame.Method frame) {
        return ((Decoded.Complete<AmqpMethod>) decoder.decode(frame.payload())).value();
    }
}
