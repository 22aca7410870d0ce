package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.model.QueueName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The trie against a matcher that tries everything.
class TopicMatchProperty {
    private static final List<String> WORDS = List.of("a", "b", "c", "", "*", "#", "#", "*");

    @Property(tries = 300)
    void theTrieFindsWhatANaiveMatcherFinds(SeededRandomness random) {
        Set<Binding> bindings = new LinkedHashSet<>();
        ExchangeIndex index = TopicIndex.EMPTY;
        for (int step = 0; step < 80; step++) {
            Binding binding = binding(words(random, WORDS.size()), random.nextInt(3));
            if (random.onceIn(4)) {
                index = index.without(binding);
                bindings.remove(binding);
            } else {
                index = index.with(binding);
                bindings.add(binding);
            }
            assertThat(index.contains(binding)).isEqualTo(bindings.contains(binding));
            assertMatches(index, bindings, words(random, random.between(1, WORDS.size())));
        }
        assertThat(listed(index)).containsExactlyInAnyOrderElementsOf(bindings);
        assertThat(index.size()).isEqualTo(bindings.size());

        for (Binding binding : bindings) {
            index = index.without(binding);
        }
        assertThat(index).isEqualTo(TopicIndex.EMPTY);
    }

    @Test
    void manyRestsInAPatternDoNotExplode() {
        ExchangeIndex index = TopicIndex.EMPTY;
        for (int count = 1; count < 60; count++) {
            index = index.with(binding("#.a.".repeat(count) + "#", 0)).with(binding("#.".repeat(count) + "*.b", 1));
        }

        assertThat(matched(index, "a.".repeat(120) + "a")).hasSize(59);
        assertThat(matched(index, "a.".repeat(120) + "b")).hasSize(118);
    }

    @Test
    void longKeysNeedNoStack() {
        String pattern = "a.".repeat(100_000) + "#";
        ExchangeIndex index = TopicIndex.EMPTY.with(binding(pattern, 0));

        assertThat(matched(index, "a.".repeat(100_000) + "b")).hasSize(1);
        assertThat(listed(index)).hasSize(1);
        assertThat(index.without(binding(pattern, 0))).isEqualTo(TopicIndex.EMPTY);
    }

    private static void assertMatches(ExchangeIndex index, Set<Binding> bindings, String key) {
        List<Binding> expected = bindings.stream()
                .filter(binding -> NaiveRouter.topicMatches(binding.key(), key))
                .toList();

        assertThat(matched(index, key)).as(key).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String words(SeededRandomness random, int kinds) {
        List<String> words = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            words.add(WORDS.get(random.nextInt(kinds)));
        }
        return String.join(".", words);
    }

    private static Binding binding(String pattern, int queue) {
        return new Binding("x", new ToQueue(new QueueName("q" + queue)), pattern);
    }

    private static List<Binding> matched(ExchangeIndex index, String key) {
        List<Binding> matched = new ArrayList<>();
        index.match(() -> key, new Chance(new SeededRandomness(1), _ -> true, SeenMessages.NONE), matched::add);
        return matched;
    }

    private static List<Binding> listed(ExchangeIndex index) {
        List<Binding> listed = new ArrayList<>();
        index.forEach(listed::add);
        return listed;
    }
}
