package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A dead letter's history as RabbitMQ was seen to write it.
class DeathsTest {
    private static Death death(String queue, String reason) {
        return new Death(reason, queue, 5_500, "ex", "key", Optional.empty());
    }

    private static List<ArgumentValue> deaths(Arguments headers) {
        return ((ArgumentValue.Sequence) headers.find("x-death").orElseThrow()).values();
    }

    private static Arguments entry(Arguments headers, int at) {
        return ((ArgumentValue.Table) deaths(headers).get(at)).entries();
    }

    @Test
    void theFirstDeathSaysEverything() {
        Arguments headers = Deaths.after(
                Arguments.of("own", ArgumentValue.whole(1)),
                new Death("expired", "q", 5_500, "ex", "key", Optional.of("20")),
                false);

        assertThat(headers.entries().keySet())
                .containsExactly(
                        "own", "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason");
        assertThat(headers.text("x-first-death-exchange")).contains("ex");
        assertThat(headers.text("x-first-death-queue")).contains("q");
        assertThat(headers.text("x-first-death-reason")).contains("expired");
        Arguments entry = entry(headers, 0);
        assertThat(entry.entries().keySet())
                .containsExactly("count", "reason", "queue", "time", "exchange", "routing-keys", "original-expiration");
        assertThat(entry.find("count")).contains(ArgumentValue.whole(1));
        assertThat(entry.find("time")).contains(new ArgumentValue.Timestamp(5));
        assertThat(entry.find("routing-keys")).contains(new ArgumentValue.Sequence(List.of(ArgumentValue.text("key"))));
        assertThat(entry.text("original-expiration")).contains("20");
    }

    @Test
    void theSameDeathAgainIsCountedAndComesFirst() {
        Arguments headers = Deaths.after(Arguments.NONE, death("a", "rejected"), false);
        headers = Deaths.after(headers, death("b", "expired"), false);
        headers = Deaths.after(headers, death("a", "rejected"), false);

        assertThat(deaths(headers)).hasSize(2);
        assertThat(entry(headers, 0).text("queue")).contains("a");
        assertThat(entry(headers, 0).find("count")).contains(ArgumentValue.whole(2));
        assertThat(entry(headers, 0).entries().keySet())
                .containsExactly("count", "exchange", "queue", "reason", "routing-keys", "time");
        assertThat(entry(headers, 1).text("queue")).contains("b");
        assertThat(headers.text("x-first-death-queue")).contains("a");
    }

    @Test
    void anotherReasonIsAnotherEntry() {
        Arguments headers = Deaths.after(Arguments.NONE, death("a", "rejected"), false);
        headers = Deaths.after(headers, death("a", "maxlen"), false);
        assertThat(deaths(headers)).hasSize(2);
        assertThat(entry(headers, 0).text("reason")).contains("maxlen");
    }

    @Test
    void furtherKeysAreRememberedAndGoWhenTheQueueNamesAKey() {
        var cc = new ArgumentValue.Sequence(List.of(ArgumentValue.text("k2")));
        Arguments kept = Deaths.after(Arguments.of("CC", cc), death("a", "rejected"), false);
        assertThat(Deaths.furtherKeys(kept)).containsExactly("k2");
        assertThat(entry(kept, 0).find("routing-keys"))
                .contains(new ArgumentValue.Sequence(List.of(ArgumentValue.text("key"), ArgumentValue.text("k2"))));

        Arguments dropped = Deaths.after(Arguments.of("CC", cc), death("a", "rejected"), true);
        assertThat(Deaths.furtherKeys(dropped)).isEmpty();
        assertThat(entry(dropped, 0)).isEqualTo(entry(kept, 0));
    }

    @Test
    void whatIsNoHistoryIsReplaced() {
        Arguments headers =
                Deaths.after(Arguments.of("x-death", ArgumentValue.text("odd")), death("a", "rejected"), false);
        assertThat(deaths(headers)).hasSize(1);
    }

    @Test
    void aCycleIsOneWithoutARejection() {
        Arguments headers = Deaths.after(Arguments.NONE, death("a", "expired"), false);
        headers = Deaths.after(headers, death("b", "maxlen"), false);
        assertThat(Deaths.isCycle(headers, "a")).isTrue();
        assertThat(Deaths.isCycle(headers, "b")).isTrue();
        assertThat(Deaths.isCycle(headers, "c")).isFalse();

        headers = Deaths.after(headers, death("b", "rejected"), false);
        assertThat(Deaths.isCycle(headers, "a")).isFalse();
        assertThat(Deaths.isCycle(headers, "b")).isFalse();
    }
}
