package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.util.List;
import org.junit.jupiter.api.Test;

/// [Arguments] and their values. (They live in `model`, which the testkit is built on.)
class ArgumentsTest {
    @Test
    void wholeNumbersAreEqualByValueAndKeepTheirWidth() {
        var narrow = new Whole(5, Width.BYTE);
        var wide = new Whole(5, Width.LONG);

        assertThat(narrow).isEqualTo(wide).hasSameHashCodeAs(wide);
        assertThat(narrow.width()).isEqualTo(Width.BYTE);
        assertThat(new ArgumentValue.Real(0.5, true)).isEqualTo(new ArgumentValue.Real(0.5, false));
        assertThat((ArgumentValue) narrow).isNotEqualTo(new ArgumentValue.Real(5, false));
    }

    @Test
    void orderIsKeptAndNotCompared() {
        Arguments one = Arguments.of("b", ArgumentValue.whole(1)).with("a", ArgumentValue.text("x"));
        Arguments other = Arguments.of("a", ArgumentValue.text("x")).with("b", new Whole(1, Width.SHORT));

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.entries().keySet()).containsExactly("b", "a");
        assertThat(one.with("b", ArgumentValue.bool(true)).entries().keySet()).containsExactly("b", "a");
        assertThat(Arguments.of(one.entries())).isEqualTo(one);
        assertThat(new ArgumentValue.Table(one)).isEqualTo(new ArgumentValue.Table(other));
    }

    @Test
    void whatIsAskedForAsTextHasToBeText() {
        Arguments arguments = Arguments.of("n", ArgumentValue.whole(1)).with("t", ArgumentValue.text("grün"));

        assertThat(arguments.text("t")).contains("grün");
        assertThat(arguments.text("n")).isEmpty();
        assertThat(arguments.find("none")).isEmpty();
    }

    @Test
    void aStringIsItsBytes() {
        byte[] bytes = {(byte) 0xff, 0, 'a'};
        ByteString string = ByteString.of(bytes);
        bytes[2] = 'b';

        assertThat(string.toByteArray()).containsExactly(0xff, 0, 'a');
        assertThat(string).isNotEqualTo(ByteString.of(bytes));
        assertThat(new ArgumentValue.Text(string))
                .isEqualTo(new ArgumentValue.Text(ByteString.of(string.toByteArray())));
        assertThat((Object) new ArgumentValue.Text(string)).isNotEqualTo(new ArgumentValue.Binary(string));
        assertThat(new ArgumentValue.Sequence(List.of(new ArgumentValue.Nothing())))
                .isEqualTo(new ArgumentValue.Sequence(List.of(new ArgumentValue.Nothing())));
    }
}
