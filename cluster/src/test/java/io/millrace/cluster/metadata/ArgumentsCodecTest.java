package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentsCodecTest {
    private static Arguments throughBytes(Arguments arguments) throws MalformedRecord {
        RecordWriter out = new RecordWriter();
        ArgumentsCodec.write(out, arguments);
        return ArgumentsCodec.read(new RecordReader(ByteBuffer.wrap(out.toBytes())));
    }

    /// Order and widths, too, which equality does not look at.
    @Property
    void bringsThemBackExactly(SeededRandomness chance) throws MalformedRecord {
        Arguments arguments = new RandomTopology(chance).arguments();

        assertThat(throughBytes(arguments)).isEqualTo(arguments).hasToString(arguments.toString());
        assertThat(ArgumentsCodec.refusal(arguments)).isEmpty();
    }

    private static Arguments nested(int depth) {
        ArgumentValue value = ArgumentValue.bool(true);
        for (int at = 0; at < depth; at++) {
            value = at % 2 == 0
                    ? new ArgumentValue.Table(Arguments.of("in", value))
                    : new ArgumentValue.Sequence(List.of(value));
        }
        return Arguments.of("out", value);
    }

    @Test
    void saysWhatItWouldNotReadAgain() throws MalformedRecord {
        assertThat(ArgumentsCodec.refusal(nested(64))).isEmpty();
        assertThat(throughBytes(nested(64))).isEqualTo(nested(64));

        assertThat(ArgumentsCodec.refusal(nested(65))).isPresent();
        assertThatThrownBy(() -> throughBytes(nested(65))).isInstanceOf(MalformedRecord.class);
    }
}
